/** From columns and what they are to a dataset: which is the label, which are learned from, which are left out and why. */
import { formatCount, t } from '../../protocol/l10n.js';
import { joinList } from '../files.js';
import { splitsOfParts } from '../namedParts.js';
import { DataError, type DatasetOptions, type OpenOptions, type UnreadableFile } from '../reader.js';
import type { SplitName } from '../splitNames.js';
import { chooseTextColumns, type TextColumns } from '../text/textColumns.js';
import { TableCollection } from './collection.js';
import type { ColumnProfile, ColumnType } from './columns.js';
import { labelColumns } from './labelColumns.js';
import type { PackedTable, Packing } from './pack.js';
import { readTable, sameCategories, sameNumbers, sameRows } from './read.js';

/** How columns are learned from, by what they are; others are left out. */
export const packings: Partial<Record<ColumnType, Packing>> = {
  numeric: 'number',
  boolean: 'category',
  categorical: 'category',
};

/** Of a cell. */
const leastBytes: Partial<Record<Packing, number>> = { number: 8, category: 4 };

export interface DatasetSource {
  path: string;
  files: string[];
  problems: UnreadableFile[];
}

export interface TableSource<Part> extends DatasetSource {
  format: string;
  parts: readonly Part[];
  /** All columns, as the first part has them. */
  profiles: readonly ColumnProfile[];
}

/**
 * A column that is asked for as text, or one of sentences with at most a label beside it.
 * @returns null when the columns are a table
 */
export function textColumns(
  profiles: readonly ColumnProfile[],
  { labelColumn, textColumn, like }: Pick<DatasetOptions, 'labelColumn' | 'textColumn' | 'like'>,
): TextColumns | null {
  if (like?.kind === 'table') return null;
  const names = profiles.map(({ name }) => name);
  if (labelColumn && !names.includes(labelColumn)) return null; // told as of a table
  const chosen = chooseTextColumns(names, { text: textColumn, label: labelColumn });
  const text = chosen && profiles.find(({ name }) => name === chosen.text && name !== chosen.label);
  if (!text) return null;
  if (textColumn || like) return chosen;
  if ((text.type !== 'text' && text.type !== 'identifier') || text.numeric > 0) return null;
  const others = profiles.filter(({ name, type }) => name !== text.name && name !== chosen.label && packings[type]);
  return others.length === 0 ? chosen : null;
}

/** What is told of a file without the column of labels that others have. */
export function lacksLabels(file: string, column: string): UnreadableFile {
  return { file, reason: t('It has no column “{0}”: its rows are without a label.', column) };
}

/** How a table that is too large for memory is read again, whenever its values are needed. */
export interface ReadAgain {
  /** A table whose columns take more is too large. */
  memoryBytes: number;
  /** The blocks of each part. */
  read(columns: ReadonlyMap<string, Packing>, options: OpenOptions): AsyncIterable<AsyncIterable<PackedTable>>;
}

/**
 * @param read blocks of these columns of a part, in order; a part but the first may lack the column of labels
 * @param again null keeps all in memory, whatever it takes
 * @throws DataError for a column that is asked for and not there, no rows, or nothing to learn from
 */
export async function tableCollection<Part extends { split: SplitName }>(
  { format, parts, profiles, path, files, problems }: TableSource<Part>,
  read: (part: Part, columns: ReadonlyMap<string, Packing>, mayLack: string | null) => AsyncIterable<PackedTable>,
  options: DatasetOptions,
  again: ReadAgain | null = null,
): Promise<TableCollection> {
  const names = profiles.map(({ name }) => name);
  const kept = options.like?.kind === 'table' ? options.like.columns : null;
  const chosen = kept ? [...kept.keys()] : (options.table?.columns ?? null);
  const isChosen = chosen && new Set(chosen);
  const group = options.groups ?? null;
  const there = new Set(names);
  const asked = [options.labelColumn, options.textColumn, group, ...(chosen ?? [])];
  const missing = asked.filter((wanted) => wanted && !there.has(wanted)).map((wanted) => `"${wanted}"`);
  if (missing.length > 0)
    throw new DataError(
      t('{0} has no column {1}.', path, joinList(missing.slice(0, 20))),
      path,
      t('Its columns are {0}.', names.slice(0, 20).join(', ')),
    );
  const label = options.labelColumn ?? labelColumnOf(profiles, chosen);
  const learned = new Map<string, Packing>(kept);
  for (const profile of kept ? [] : profiles) {
    const { name, type } = profile;
    if (name === label || name === group || isChosen?.has(name) === false) continue;
    const packing = packings[type] ?? (chosen && isNumeric(profile) ? 'number' : undefined);
    if (packing) learned.set(name, packing);
    else
      problems.push({ file: path, reason: t('Column "{0}" is left out: it is {1}.', name, leftOutAs[type] ?? type) });
  }
  if (learned.size === 0)
    throw new DataError(
      t('{0} has no column of numbers or categories to learn from, in {1} columns.', path, formatCount(names.length)),
      path,
      t('Choose a table with numbers or categories.'),
    );
  const columns = new Map(learned);
  if (label !== null) columns.set(label, labelPacking(profiles, label));
  if (group !== null) columns.set(group, 'category');
  // Known beforehand of the first part: what is given up anyway is not held until then.
  const rows = profiles[0]?.count ?? 0;
  const least = [...learned.values()].reduce((sum, packing) => sum + rows * (leastBytes[packing] ?? 0), 0);
  const most = again?.memoryBytes ?? Infinity;
  const table = await readTable(
    parts.map((part, i) => read(part, columns, i > 0 ? label : null)),
    learned.size,
    least > most ? null : most,
  );
  const count = table.rows.reduce((sum, rows) => sum + rows, 0);
  if (count === 0)
    throw new DataError(t('{0} has no rows.', path), path, t('Choose a table with numbers or categories.'));
  const labels = sameNumbers(table.named, label) ?? sameCategories(table.named, label);
  const groups = sameCategories(table.named, group);
  return new TableCollection(
    {
      kind: 'table',
      format,
      path,
      count,
      shape: [learned.size],
      range: null,
      classes: labels?.categories ?? null,
      groups: groups?.categories ?? null,
      splits: splitsOfParts(parts, table.rows),
      problems,
      files,
    },
    labels?.codes ?? null,
    groups?.codes ?? null,
    async function* (open) {
      if (table.blocks) yield* table.blocks;
      else if (again) yield* sameRows(again.read(learned, open), table.rows, path);
    },
    kept ? asKept(profiles, kept) : profiles.filter(({ name }) => learned.has(name)),
  );
}

/** What the columns are said to be, in that order: a few values may look like something else. */
function asKept(profiles: readonly ColumnProfile[], kept: ReadonlyMap<string, Packing>): ColumnProfile[] {
  const types = { number: 'numeric', category: 'categorical', text: 'text' } as const;
  const byName = new Map(profiles.map((profile) => [profile.name, profile]));
  return [...kept].flatMap(([name, packing]) => {
    const profile = byName.get(name);
    return profile ? [{ ...profile, type: types[packing] }] : [];
  });
}

/** Numbers, however they are written, are the same label where they are the same number. */
function labelPacking(profiles: readonly ColumnProfile[], label: string): Packing {
  return profiles.some((profile) => profile.name === label && isNumeric(profile)) ? 'number' : 'category';
}

function isNumeric({ count, missing, numeric }: ColumnProfile): boolean {
  return numeric > 0 && numeric === count - missing;
}

const leftOutAs: Partial<Record<ColumnType, string>> = {
  get constant() {
    return t('the same in every row');
  },
  get identifier() {
    return t('a number or name of the row');
  },
  get text() {
    return t('text');
  },
  get date() {
    return t('a date');
  },
};

/** @param chosen columns to learn from, which are no labels unless that is said; null when all could be */
function labelColumnOf(profiles: readonly ColumnProfile[], chosen: readonly string[] | null): string | null {
  const [likeliest] = labelColumns(profiles);
  return likeliest === undefined || chosen?.includes(likeliest) ? null : likeliest;
}
