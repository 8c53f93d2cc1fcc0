/** From columns and what they are to a dataset: which is the label, which are learned from, which are left out and why. */
import { formatCount, t } from '../../protocol/l10n.js';
import { splitsOfParts } from '../namedParts.js';
import { DataError, type DatasetOptions, type UnreadableFile } from '../reader.js';
import type { SplitName } from '../splitNames.js';
import { chooseTextColumns, LABEL_NAMES, type TextColumns } from '../text/textColumns.js';
import { TableCollection } from './collection.js';
import type { ColumnProfile, ColumnType } from './columns.js';
import { joinTables, type PackedColumn, type PackedTable, type Packing } from './pack.js';

/** How columns are learned from, by what they are; others are left out. */
const packings: Partial<Record<ColumnType, Packing>> = {
  numeric: 'number',
  boolean: 'category',
  categorical: 'category',
};

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
 * A column of sentences with at most a label beside it is text.
 * @returns null when the columns are a table
 */
export function textColumns(profiles: readonly ColumnProfile[], { labelColumn }: DatasetOptions): TextColumns | null {
  const chosen = chooseTextColumns(profiles.map(({ name }) => name));
  const label = labelColumn ?? chosen?.label ?? null;
  const text = chosen && profiles.find(({ name }) => name === chosen.text && name !== label);
  if (!text || (text.type !== 'text' && text.type !== 'identifier') || text.numeric > 0) return null;
  const others = profiles.filter(({ name, type }) => name !== text.name && name !== label && packings[type]);
  return others.length === 0 ? { text: text.name, label } : null;
}

/**
 * @param pack reads these columns of a part
 * @throws DataError for a column that is asked for and not there, no rows, or nothing to learn from
 */
export async function tableCollection<Part extends { split: SplitName }>(
  { format, parts, profiles, path, files, problems }: TableSource<Part>,
  pack: (part: Part, columns: ReadonlyMap<string, Packing>) => Promise<PackedTable>,
  options: DatasetOptions,
): Promise<TableCollection> {
  const names = profiles.map(({ name }) => name);
  for (const wanted of [options.labelColumn, options.groups])
    if (wanted && !names.includes(wanted))
      throw new DataError(
        t('{0} has no column "{1}".', path, wanted),
        path,
        t('Its columns are {0}.', names.slice(0, 20).join(', ')),
      );
  const label = options.labelColumn ?? labelColumnOf(profiles);
  const group = options.groups ?? null;
  const columns = new Map<string, Packing>();
  for (const { name, type } of profiles) {
    const packing = name === label || name === group ? 'category' : packings[type];
    if (packing) columns.set(name, packing);
    else
      problems.push({ file: path, reason: t('Column "{0}" is left out: it is {1}.', name, leftOutAs[type] ?? type) });
  }
  const tables: PackedTable[] = [];
  for (const part of parts) tables.push(await pack(part, columns));
  const table = joinTables(sameCategories(tables));
  const learned = table.columns.filter(({ name }) => name !== label && name !== group);
  if (table.rows === 0 || learned.length === 0)
    throw new DataError(
      table.rows === 0
        ? t('{0} has no rows.', path)
        : t(
            '{0} has no column of numbers or categories to learn from, in {1} columns.',
            path,
            formatCount(names.length),
          ),
      path,
      t('Choose a table with numbers or categories.'),
    );
  const labels = table.columns.find(({ name }) => name === label);
  const groups = table.columns.find(({ name }) => name === group);
  return new TableCollection(
    {
      kind: 'table',
      format,
      path,
      count: table.rows,
      shape: [learned.length],
      range: null,
      classes: labels?.packing === 'category' ? [...labels.categories] : null,
      groups: groups?.packing === 'category' ? [...groups.categories] : null,
      splits: splitsOfParts(
        parts,
        tables.map(({ rows }) => rows),
      ),
      problems,
      files,
    },
    labels?.packing === 'category' ? labels.codes : null,
    groups?.packing === 'category' ? groups.codes : null,
    { rows: table.rows, columns: learned },
    profiles,
  );
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

/** By a usual name; else the first column, or else the last, when it is a category. */
function labelColumnOf(profiles: readonly ColumnProfile[]): string | null {
  for (const name of LABEL_NAMES) {
    const found = profiles.find((column) => column.name.trim().toLowerCase() === name && column.distinct > 1);
    if (found) return found.name;
  }
  const isCategory = ({ type }: ColumnProfile): boolean => type === 'categorical' || type === 'boolean';
  const candidates = [profiles[0], profiles[profiles.length - 1]];
  return candidates.find((column) => column !== undefined && isCategory(column))?.name ?? null;
}

/** Each part has categories of its own: they get common codes, in the order of UTF-16 units. */
function sameCategories(tables: readonly PackedTable[]): PackedTable[] {
  const [first] = tables;
  const common = first?.columns.map((_, i) => {
    const all = new Set(
      tables.flatMap(({ columns }) => {
        const column = columns[i];
        return column?.packing === 'category' ? [...column.categories] : [];
      }),
    );
    return [...all].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  });
  return tables.map(({ rows, columns }) => ({
    rows,
    columns: columns.map((column, i): PackedColumn => {
      if (column.packing !== 'category') return column;
      const categories = common?.[i] ?? [];
      const codes = column.categories.map((category) => categories.indexOf(category));
      return { ...column, categories, codes: column.codes.map((code) => (code < 0 ? -1 : (codes[code] as number))) };
    }),
  }));
}
