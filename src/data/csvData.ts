/** CSV files: tables of numbers and categories, or texts with a label. */
import { t } from '../protocol/l10n.js';
import { nothingFound } from './fileHeaders.js';
import { CSV_NAME } from './fileNames.js';
import { namedParts, type NamedPart } from './namedParts.js';
import { LeftOut } from './leftOut.js';
import { TABLE_BYTES } from './pack/pack.js';
import type { Collection, DatasetOptions, UnreadableFile } from './reader.js';
import { profileColumns } from './table/columns.js';
import { openCsv, type Csv, type CsvOptions } from './table/csv.js';
import { lacksLabels, tableCollection, textColumns, type DatasetSource } from './table/dataset.js';
import { Footers } from './table/footers.js';
import { ColumnPacker, packTable, type PackedColumn, type PackedTable, type Packing } from './table/pack.js';
import { TextPacker } from './text/collection.js';
import type { TextColumns } from './text/textColumns.js';
import { openTree, type Tree } from './tree/tree.js';

/**
 * One file, or files named train, validation and test. A column of sentences with at most a label beside it is text,
 * everything else is a table.
 * @param memoryBytes a table that takes more is read from its file again whenever its values are needed
 * @throws DataError
 */
export async function openCsvData(
  target: string,
  options: DatasetOptions = {},
  memoryBytes = TABLE_BYTES,
): Promise<Collection> {
  const tree = await openTree(target, options);
  try {
    const parts = csvParts(tree);
    const [first] = parts;
    if (!first) throw await nothingFound(tree, t('CSV files'), t('Choose a .csv or .tsv file, or a folder of such.'));
    const leftOut = new LeftOut(options);
    const footers = new Footers(options.table?.missing ?? undefined);
    const profiles = await profileColumns(await read(first, options, leftOut), missingOf(options));
    const files = tree.kind === 'folder' ? parts.map(({ file }) => file.path) : [target];
    const source = { path: target, files, problems: [...tree.problems] };
    const texts = textColumns(profiles, options);
    const collection = texts
      ? await openTexts(parts, texts, source, options, leftOut, footers)
      : await tableCollection(
          { format: 'csv', parts, profiles, ...source },
          (part, columns, mayLack) =>
            blocksOf(part, columns, options, leftOut, { mayLack, problems: source.problems, footers }),
          options,
          {
            memoryBytes,
            async *read(columns, open) {
              const again = await openTree(target, { ...open, onError: options.onError ?? 'stop' });
              try {
                for (const part of csvParts(again)) yield blocksOf(part, columns, { ...options, ...open }, leftOut);
              } finally {
                await again.close();
              }
            },
          },
        );
    collection.info.problems.push(...leftOut.problems());
    collection.info.remarks = footers.remarks();
    return collection;
  } finally {
    await tree.close();
  }
}

function csvParts(tree: Tree): NamedPart[] {
  return namedParts(tree, (name) => CSV_NAME.test(name));
}

/** @param first what hears of the rows when they are read first; null for rows that are read again */
async function* blocksOf(
  part: NamedPart,
  columns: ReadonlyMap<string, Packing>,
  options: DatasetOptions,
  leftOut: LeftOut,
  first: { mayLack: string | null; problems: UnreadableFile[]; footers: Footers } | null = null,
): AsyncGenerator<PackedTable, void, undefined> {
  const csv = await read(part, options, leftOut);
  const mayLack = first?.mayLack ?? null;
  if (first) tellLack(part, csv, mayLack, first.problems);
  const packer = new ColumnPacker(csv, columns, part.file.path, {
    ...missingOf(options),
    mayLack,
    leaveOut: leftOut.line,
  });
  const blocks = first ? first.footers.watch(csv.blocks, part.file.name) : csv.blocks;
  for await (const block of blocks) yield packer.pack(block);
}

function tellLack({ file }: NamedPart, { names }: Csv, column: string | null, problems: UnreadableFile[]): void {
  if (column !== null && !names.includes(column)) problems.push(lacksLabels(file.path, column));
}

function read({ file }: NamedPart, { signal, table = {} }: DatasetOptions, leftOut: LeftOut): Promise<Csv> {
  const { separator = null, decimal = null, header = null } = table;
  const given: CsvOptions = {
    ...(separator !== null && { separator }),
    ...(decimal !== null && { decimal }),
    ...(header !== null && { header }),
    leaveOut: leftOut.line,
  };
  return openCsv(file.stream(signal ? { signal } : {}), file.path, given);
}

function missingOf({ table }: DatasetOptions): { missing?: readonly string[] } {
  return table?.missing ? { missing: table.missing } : {};
}

async function openTexts(
  parts: readonly NamedPart[],
  { text, label }: TextColumns,
  source: DatasetSource,
  options: DatasetOptions,
  leftOut: LeftOut,
  footers: Footers,
): Promise<Collection> {
  const packer = new TextPacker();
  const columns = new Map<string, Packing>([[text, 'text']]);
  if (label !== null) columns.set(label, 'category');
  for (const part of parts) {
    packer.begin(part.split);
    const csv = await read(part, options, leftOut);
    const mayLack = part === parts[0] ? null : label;
    tellLack(part, csv, mayLack, source.problems);
    const blocks = footers.watch(csv.blocks, part.file.name);
    const table = await packTable({ ...csv, blocks }, columns, part.file.path, { ...missingOf(options), mayLack });
    const [texts, labels] = table.columns;
    if (texts?.packing !== 'text') continue;
    for (let row = 0; row < table.rows; row++) {
      const content = texts.bytes.subarray(texts.offsets[row], texts.offsets[row + 1]);
      packer.add(content, categoryOf(labels, row), t('row {0} of {1}', row + 1, part.file.name), part.file.path);
    }
  }
  return packer.collection({ format: 'csv', ...source });
}

function categoryOf(column: PackedColumn | undefined, row: number): string | null {
  return column?.packing === 'category' ? (column.categories[column.codes[row] as number] ?? null) : null;
}
