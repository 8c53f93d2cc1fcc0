import type { Json, JsonSchema } from './description.js';
import { expectation } from './expectation.js';

/**
 * The reference of the recipe as markdown, derived from its schema: one table for each object, one for each choice with
 * options of its own.
 */
export function recipeReference(schema: JsonSchema): string {
  const parts = [
    '# Recipe reference',
    'Made from the schema by `npm run generate`; not to be edited by hand.',
    `A recipe is a \`*.pretrain.json\` file: JSON with comments and trailing commas. ${schema.description ?? ''}`,
    'The smallest recipe:',
    '```jsonc\n{ "data": { "path": "digits" } }\n```',
    ...objectParts(schema, [], 2),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Heading, words and table of an object, then of everything inside that has properties itself. */
function objectParts(schema: JsonSchema, path: readonly string[], level: number): string[] {
  const name = path.join('.');
  const heading = path.length === 0 ? 'The whole' : `\`${name}\``;
  const parts = [`${'#'.repeat(level)} ${heading}`];
  if (path.length > 0) parts.push(words(schema));
  const object = schema.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;
  const properties = Object.entries(object.properties ?? {}).filter(isDescribed);
  if (properties.length > 0) parts.push(table(properties, new Set(object.required)));
  for (const branch of object.allOf ?? []) parts.push(...choiceParts(branch, object, path));
  properties.push(...optionObjects(object));
  for (const [key, property] of properties)
    if (hasProperties(property)) parts.push(...objectParts(property, [...path, key], Math.min(level + path.length, 4)));
  return parts;
}

/** Options of choices that are objects themselves; one that several choices have is told once. */
function optionObjects({ allOf = [] }: JsonSchema): [string, JsonSchema][] {
  const options = allOf.flatMap(({ then }) => Object.entries(then?.properties ?? {}).filter(isDescribed));
  return options.filter(([, one], i) => options.findIndex(([, other]) => other === one) === i);
}

/** What one choice of an object is and which options it adds. */
function choiceParts({ if: condition, then }: JsonSchema, object: JsonSchema, path: readonly string[]): string[] {
  const [key, value] = Object.entries(condition?.properties ?? {}).filter(isDescribed)[0] ?? [];
  if (key === undefined || value === undefined) return [];
  const choice = object.properties?.[key];
  const index = choice === undefined || choice === true ? -1 : (choice.enum ?? []).indexOf(value.const ?? null);
  const texts = choice === undefined || choice === true ? [] : (choice.markdownEnumDescriptions ?? []);
  const options = Object.entries(then?.properties ?? {}).filter(isDescribed);
  const heading =
    `**\`"${key}": ${JSON.stringify(value.const)}\`** in \`${path.join('.')}\`. ${texts[index] ?? ''}`.trim();
  return options.length === 0 ? [heading] : [heading, table(options, new Set())];
}

function table(properties: readonly (readonly [string, JsonSchema])[], required: ReadonlySet<string>): string {
  const rows = properties.map(([name, schema]) =>
    [`\`${name}\``, allowed(schema), standard(schema, required.has(name)), words(schema)].map(cell),
  );
  const header = ['Property', 'Value', 'Default', 'Meaning'];
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function allowed(schema: JsonSchema): string {
  if (schema.type === 'array') return `${expectation(schema)}, each ${expectation(schema.items ?? {})}`;
  return hasProperties(schema) && !schema.anyOf ? 'an object, see below' : expectation(schema);
}

function standard({ default: value, properties }: JsonSchema, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (value === undefined || properties !== undefined) return '';
  return `\`${JSON.stringify(value)}\``;
}

/** A property's words, then those of the values it can have; choices with options have paragraphs of their own. */
function words(schema: JsonSchema): string {
  const own = schema.markdownDescription ?? schema.description ?? '';
  const values = [schema, ...(schema.anyOf ?? [])].flatMap((one) => {
    const isChoice = one.enumDescriptions !== undefined && one.markdownEnumDescriptions !== undefined;
    const texts = (isChoice ? undefined : (one.enumDescriptions ?? one.markdownEnumDescriptions)) ?? [];
    return (one.enum ?? []).flatMap((value, i) => meaning(value, texts[i]));
  });
  return [own, ...values].join('\n\n');
}

function meaning(value: Json, text: string | undefined): string[] {
  return text === undefined ? [] : [`\`${JSON.stringify(value)}\`: ${text}`];
}

function hasProperties(schema: JsonSchema): boolean {
  return schema.properties !== undefined || (schema.anyOf ?? []).some(hasProperties);
}

function isDescribed(entry: [string, JsonSchema | true]): entry is [string, JsonSchema] {
  return entry[1] !== true;
}

/** A table's cell is one line, in which a bar must not end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, '<br>');
}
