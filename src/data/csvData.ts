/** CSV files: tables of numbers and categories, or texts with a label. */
import { formatCount, t } from '../protocol/l10n.js';
import { nothingFound } from './fileHeaders.js';
import { CSV_NAME } from './fileNames.js';
import { namedParts, splitsOfParts, type NamedPart } from './namedParts.js';
import { DataError, type Collection, type DatasetOptions } from './reader.js';
import { TableCollection } from './table/collection.js';
import { profileColumns, type ColumnProfile, type ColumnType } from './table/columns.js';
import { openCsv, type Csv } from './table/csv.js';
import { joinTables, packTable, type PackedColumn, type PackedTable, type Packing } from './table/pack.js';
import { TextPacker } from './text/collection.js';
import { chooseTextColumns, LABEL_NAMES, type TextColumns } from './text/textColumns.js';
import { openTree } from './tree/tree.js';

/** How columns are learned from, by what they are; others are left out. */
const packings: Partial<Record<ColumnType, Packing>> = {
  numeric: 'number',
  boolean: 'category',
  categorical: 'category',
};

/**
 * One file, or files named train, validation and test. A column of sentences with at most a label beside it is text,
 * everything else is a table.
 * @throws DataError
 */
export async function openCsvData(target: string, options: DatasetOptions = {}): Promise<Collection> {
  const tree = await openTree(target, options);
  try {
    const parts = namedParts(tree, (name) => CSV_NAME.test(name));
    const [first] = parts;
    if (!first) throw await nothingFound(tree, t('CSV files'), t('Choose a .csv or .tsv file, or a folder of such.'));
    const profiles = await profileColumns(await read(first, options));
    const files = tree.kind === 'folder' ? parts.map(({ file }) => file.path) : [target];
    const source = { path: target, files, problems: [...tree.problems] };
    const texts = textColumns(profiles, options);
    return texts ? await openTexts(parts, texts, source, options) : await openTable(parts, profiles, source, options);
  } finally {
    await tree.close();
  }
}

interface Source {
  path: string;
  files: string[];
  problems: { file: string; reason: string }[];
}

function read({ file }: NamedPart, options: DatasetOptions): Promise<Csv> {
  return openCsv(file.stream(options.signal ? { signal: options.signal } : {}), file.path);
}

/** Null when the columns are a table. */
function textColumns(profiles: readonly ColumnProfile[], { labelColumn }: DatasetOptions): TextColumns | null {
  const chosen = chooseTextColumns(profiles.map(({ name }) => name));
  const label = labelColumn ?? chosen?.label ?? null;
  const text = chosen && profiles.find(({ name }) => name === chosen.text && name !== label);
  if (!text || (text.type !== 'text' && text.type !== 'identifier') || text.numeric > 0) return null;
  const others = profiles.filter(({ name, type }) => name !== text.name && name !== label && packings[type]);
  return others.length === 0 ? { text: text.name, label } : null;
}

async function openTexts(
  parts: readonly NamedPart[],
  { text, label }: TextColumns,
  source: Source,
  options: DatasetOptions,
): Promise<Collection> {
  const packer = new TextPacker();
  const columns = new Map<string, Packing>([[text, 'text']]);
  if (label !== null) columns.set(label, 'category');
  for (const part of parts) {
    packer.begin(part.split);
    const table = await packTable(await read(part, options), columns, part.file.path);
    const [texts, labels] = table.columns;
    if (texts?.packing !== 'text') continue;
    for (let row = 0; row < table.rows; row++) {
      const content = texts.bytes.subarray(texts.offsets[row], texts.offsets[row + 1]);
      packer.add(content, categoryOf(labels, row), t('row {0} of {1}', row + 1, part.file.name), part.file.path);
    }
  }
  return packer.collection({ format: 'csv', ...source });
}

async function openTable(
  parts: readonly NamedPart[],
  profiles: readonly ColumnProfile[],
  { path, files, problems }: Source,
  options: DatasetOptions,
): Promise<Collection> {
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
  for (const part of parts) tables.push(await packTable(await read(part, options), columns, part.file.path));
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
      format: 'csv',
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

function categoryOf(column: PackedColumn | undefined, row: number): string | null {
  return column?.packing === 'category' ? (column.categories[column.codes[row] as number] ?? null) : null;
}
