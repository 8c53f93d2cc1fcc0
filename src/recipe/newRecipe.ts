import { t } from '../protocol/l10n.js';
import type { Json, JsonSchema, Starts } from './description.js';
import { filled, holds } from './defaults.js';
import { spaced } from './expectation.js';

export interface NewRecipe {
  name: string;
  /** Relative to where the recipe will stand, with "/"; empty for the recipe's own folder. */
  dataPath: string;
  /** More of `data`, e.g. what chooses among several ways to read the files. */
  data?: Readonly<Record<string, Json>>;
  /** Of the data, e.g. "image"; a start that does for any where it is left out. */
  kind?: string;
  /** The schema's first one when left out. */
  method?: string;
  /** The method's own options, where they are not the defaults. */
  options?: Readonly<Record<string, Json>>;
  /** What the recipe is for, in the comment at its top; what the method does when left out. */
  description?: string;
}

/** Properties that people change first; the others are a completion away. */
const important: Record<string, readonly string[]> = {
  data: ['path', 'validation'],
  pretrain: ['optimizer', 'epochs', 'batchSize', 'shuffle', 'seed'],
};

const LINE_WIDTH = 100;

/**
 * The text of a new recipe: the important properties at their defaults, each with a comment from the schema.
 * @throws RangeError when the schema has no such method
 */
export function newRecipeText(
  schema: JsonSchema,
  { name, dataPath, data = {}, kind = '', method, options = {}, description }: NewRecipe,
): string {
  const stage = property(schema, 'pretrain');
  const methods = property(stage, 'method');
  const chosen = method ?? methods.default ?? '';
  const index = (methods.enum ?? []).indexOf(chosen);
  if (index < 0) throw new RangeError(`There is no method "${String(method)}"`);
  const about = description ?? methods.enumDescriptions?.[index] ?? '';
  const path = dataPath === '' ? '.' : dataPath;
  const needed = neededBy(schema, index, kind);
  const given: Sections = {
    data: joined(needed.data, data),
    encoder: needed.encoder,
    pretrain: { ...needed.pretrain, ...options },
  };
  const recipe = filled(schema, {
    data: { ...given.data, path },
    encoder: given.encoder,
    pretrain: { method: chosen, ...given.pretrain },
  }) as Sections;
  const isGiven = (section: keyof Sections, key: string) => Object.hasOwn(given[section], key);
  const isShown = (section: keyof Sections, key: string): boolean =>
    (important[section] ?? []).includes(key) || isGiven(section, key);
  const sections = (['data', 'encoder', 'pretrain'] as const).map((section) => {
    const sectionSchema = property(schema, section);
    const optional = Object.keys(sectionSchema.properties ?? {});
    const rows = Object.entries(recipe[section])
      .filter(([key], i) => i === 0 || !optional.includes(key) || isShown(section, key))
      // What is off is only in the way.
      .filter(([key, value]) => value !== false || isGiven(section, key))
      .sort(([a], [b]) => rank(section, a) - rank(section, b))
      .flatMap(([key, value]) => {
        const written = isGiven(section, key) ? spaced(given[section][key] ?? null) : short(value, kind);
        return [...comment(describe(sectionSchema, key, recipe[section]), 4), `    "${key}": ${written},`];
      });
    return [...comment(sectionSchema.description ?? '', 2), `  "${section}": {`, ...trimmed(rows), '  },'].join('\n');
  });
  const title = name.trim() === '' ? [] : [`  "name": ${JSON.stringify(name)},`, ''];
  return [...comment(about, 0), '{', ...title, sections.join('\n\n').slice(0, -1), '}', ''].join('\n');
}

/** Both; what is an object in both has the members of both. */
function joined(needed: Record<string, Json>, given: Record<string, Json>): Record<string, Json> {
  const both = Object.keys(given).filter((key) => isObject(needed[key]) && isObject(given[key]));
  const members = both.map((key) => [key, { ...(needed[key] as object), ...(given[key] as object) }] as const);
  return { ...needed, ...given, ...Object.fromEntries(members) };
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Sections = Record<'data' | 'encoder' | 'pretrain', Record<string, Json>>;

/** What the method needs of data and encoder, as the whole recipe among the schema's snippets has it, and its start. */
function neededBy(schema: JsonSchema, index: number, kind: string): Sections {
  const { body, starts } = schema.defaultSnippets?.[index] ?? {};
  const { data, encoder } = (body ?? {}) as Partial<Sections>;
  const needed = Object.entries(data ?? {}).filter(([key]) => key !== 'path' && key !== 'validation');
  const start = starts?.[kind as keyof Starts];
  return {
    data: Object.fromEntries(needed),
    encoder: start?.encoder ?? encoder ?? {},
    pretrain: start?.pretrain ?? {},
  };
}

/** The choice first, then its own options, then what all choices share. */
function rank(section: string, key: string): number {
  if (key === 'path' || key === 'type' || key === 'method') return -1;
  return (important[section] ?? []).indexOf(key) + 1;
}

function property(schema: JsonSchema, name: string): JsonSchema {
  const found = schema.properties?.[name];
  return found === undefined || found === true ? {} : found;
}

/** Words for a property of the choice that was made, and what can stand there when that is a short list. */
function describe(section: JsonSchema, key: string, value: Record<string, Json>): string {
  const chosen = (section.allOf ?? []).filter((one) => holds(one.if, value));
  const schema = [section, ...chosen.flatMap(({ then }) => then ?? [])]
    .map((one) => property(one, key))
    .find((one) => Object.keys(one).length > 0);
  if (!schema) return '';
  const text = schema.description ?? (schema.markdownDescription ?? '').replaceAll(/[`*]/g, '');
  const choices = (schema.anyOf ?? [schema]).flatMap((one) => one.enum ?? []).map((one) => JSON.stringify(one));
  return choices.length > 1 ? `${text} ${t('Possible: {0}.', choices.join(', '))}` : text;
}

function comment(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  // Any white space parts words, so no text can break out of its comment.
  for (const word of text.split(/[\s\u0085\u2028\u2029]+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + word.length + indent + 4 > LINE_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines.map((one) => `${' '.repeat(indent)}// ${one}`);
}

/**
 * On one line; of an object, which is all defaults here, only the name and the first option. Of one that has options for
 * each kind of data only those of this kind, or of the first.
 */
function short(value: Json, kind: string): string {
  if (!isObject(value)) return spaced(value);
  const entries = Object.entries(value);
  if (!entries.every(([, one]) => isObject(one))) return spaced(Object.fromEntries(entries.slice(0, 2)));
  const [own, options] = entries.find(([name]) => name === kind) ?? entries[0] ?? ['', {}];
  if (own === '') return '{}';
  return spaced({ [own]: Object.fromEntries(Object.entries(options as Record<string, Json>).slice(0, 2)) });
}

/** Without the comma after the last row. */
function trimmed(rows: string[]): string[] {
  return rows.map((row, i) => (i === rows.length - 1 ? row.slice(0, -1) : row));
}
