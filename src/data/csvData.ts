/** CSV files: tables of numbers and categories, or texts with a label. */
import { t } from '../protocol/l10n.js';
import { nothingFound } from './fileHeaders.js';
import { CSV_NAME } from './fileNames.js';
import { namedParts, type NamedPart } from './namedParts.js';
import type { Collection, DatasetOptions } from './reader.js';
import { profileColumns } from './table/columns.js';
import { openCsv, type Csv } from './table/csv.js';
import { tableCollection, textColumns, type DatasetSource } from './table/dataset.js';
import { packTable, type PackedColumn, type Packing } from './table/pack.js';
import { TextPacker } from './text/collection.js';
import type { TextColumns } from './text/textColumns.js';
import { openTree } from './tree/tree.js';

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
    return texts
      ? await openTexts(parts, texts, source, options)
      : await tableCollection(
          { format: 'csv', parts, profiles, ...source },
          async (part, columns) => packTable(await read(part, options), columns, part.file.path),
          options,
        );
  } finally {
    await tree.close();
  }
}

function read({ file }: NamedPart, options: DatasetOptions): Promise<Csv> {
  return openCsv(file.stream(options.signal ? { signal: options.signal } : {}), file.path);
}

async function openTexts(
  parts: readonly NamedPart[],
  { text, label }: TextColumns,
  source: DatasetSource,
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

function categoryOf(column: PackedColumn | undefined, row: number): string | null {
  return column?.packing === 'category' ? (column.categories[column.codes[row] as number] ?? null) : null;
}
