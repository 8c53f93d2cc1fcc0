/** Columns of Parquet files: what they are, and packed in memory as those of other tables. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { MAX_BYTES } from '../files.js';
import { DataError, type OpenOptions, type UnreadableFile } from '../reader.js';
import { missingNumbers } from '../table/cell.js';
import { ColumnSeen, type ColumnProfile } from '../table/columns.js';
import { Dictionary } from '../table/dictionary.js';
import { categoryColumn, onlyRows, type PackedColumn, type PackedTable, type Packing } from '../table/pack.js';
import type { DataFile } from '../tree/tree.js';
import { Damage } from './damage.js';
import { classNames } from './features.js';
import type { Faults, RowRange } from './faults.js';
import { ParquetFile } from './file.js';
import type { KeptColumns } from './kept.js';
import type { Leaf } from './schema.js';
import { Texts } from './texts.js';
import { Numbers } from './values.js';

/** Of all files of a dataset. */
export const MAX_ROWS = 2 ** 28;

/** How many of the most frequent values are told. */
const TOP = 10;

export interface ColumnOptions extends OpenOptions {
  faults: Faults;
  /** Texts, and numbers written so, that stand for a missing value; none when not given: there is null. */
  missing?: readonly string[] | null | undefined;
}

/** Each file in turn, closed after its turn; one that cannot be opened may be left out. @throws DataError */
export async function* opened(
  files: readonly DataFile[],
  { signal, onProgress, faults }: Pick<ColumnOptions, 'signal' | 'onProgress' | 'faults'>,
): AsyncGenerator<ParquetFile, void, undefined> {
  let rows = 0;
  for (const [index, one] of files.entries()) {
    const file = await openedOrLeftOut(one, faults, signal);
    if (file)
      try {
        rows += file.footer.rows;
        if (rows > MAX_ROWS)
          throw new DataError(
            t('{0}: there are more than {1} rows.', path.basename(one.path), formatCount(MAX_ROWS)),
            one.path,
            t('Use a part of it.'),
          );
        yield file;
      } finally {
        await file.close();
      }
    onProgress?.((index + 1) / files.length);
  }
}

async function openedOrLeftOut(file: DataFile, faults: Faults, signal?: AbortSignal): Promise<ParquetFile | null> {
  try {
    return await ParquetFile.open(file, signal);
  } catch (error) {
    faults.file(error);
    return null;
  }
}

/** Whether a column is learned from as it stands, or why it is not. */
function leftOut({ repeated, meaning }: Leaf): string | null {
  if (repeated) return t('it holds lists');
  if (meaning.is === 'bytes') return t('it holds bytes');
  return meaning.is === 'other' ? t('values of the type {0} are not read here', meaning.name) : null;
}

/**
 * @param problems gets columns that cannot be learned from
 * @param kept gets the values, so that they need not be read again
 */
export async function profileFiles(
  files: readonly DataFile[],
  problems: UnreadableFile[],
  options: ColumnOptions,
  kept: KeptColumns,
): Promise<ColumnProfile[]> {
  const columns = new Map<string, ColumnSeen>();
  let isFirst = true;
  for await (const file of opened(files, options)) {
    if (isFirst)
      for (const leaf of file.footer.leaves) {
        const reason = leftOut(leaf);
        if (reason === null) columns.set(leaf.name, new ColumnSeen(leaf.name));
        else
          problems.push({
            file: file.file.path,
            reason: t('Column "{0}" is left out: {1}.', leaf.name, reason),
          });
      }
    isFirst = false;
    const leaves = leavesOrLeftOut(file, [...columns.keys()], options.faults);
    for (const [group, range] of leaves ? groupsOf(file) : [])
      await options.faults.rows(file.file, range, async () => {
        const values: PackedColumn[] = [];
        for (const [index, seen] of [...columns.values()].entries()) {
          const column = await seenIn(file, leaves?.[index] as Leaf, seen, kept, group, options);
          if (column) values.push(column);
        }
        kept.add(file.file, group, values);
      });
  }
  return [...columns.values()].map((seen) => seen.profile(TOP));
}

/** Shows the values of a row group; gives them when they are to be kept. */
async function seenIn(
  file: ParquetFile,
  leaf: Leaf,
  seen: ColumnSeen,
  kept: KeptColumns,
  group: number,
  options: ColumnOptions,
): Promise<PackedColumn | null> {
  const { name } = leaf;
  const rows = file.footer.groups[group]?.rows ?? 0;
  const names = classNames(file.footer.notes).get(name);
  if (leaf.meaning.is === 'number' && !names) {
    const isKept = kept.keeps(name, 8 * rows);
    const pieces: Float64Array[] = [];
    await numbersIn(file, leaf, options, group, (values) => {
      seen.addNumbers(values);
      if (isKept) pieces.push(values);
    });
    return isKept ? { packing: 'number', name, values: joined(pieces) } : null;
  }
  const first = firstRow(file, group);
  let dictionary = kept.keeps(name, 4 * rows) ? kept.dictionary(name) : null;
  const codes = new Int32Array(dictionary ? rows : 0);
  await textsIn(file, leaf, names, options, group, (row, bytes, start, end) => {
    if (bytes) seen.addText(bytes, start, end, row + 1);
    else seen.addMissing(1);
    if (!dictionary) return;
    codes[row - first] = bytes ? dictionary.code(bytes, start, end) : -1;
    if (kept.isTooLarge(dictionary)) dictionary = null;
  });
  if (dictionary) return categoryColumn(name, codes, dictionary);
  kept.drop(name);
  return null;
}

/**
 * A block for each row group; categories keep their codes from block to block.
 * @param columns which, by name, and how
 * @param kept values that were read before
 * @throws DataError for one that is not there, or is not of numbers where such are asked for
 */
export async function* blocksOf(
  files: readonly DataFile[],
  columns: ReadonlyMap<string, Packing>,
  options: ColumnOptions,
  kept: KeptColumns | null = null,
): AsyncGenerator<PackedTable, void, undefined> {
  const { faults } = options;
  const dictionaries = new Map([...columns.keys()].map((name) => [name, new Dictionary()]));
  let count = 0;
  for await (const file of opened(files, options)) {
    const leaves = leavesOrLeftOut(file, [...columns.keys()], faults);
    const names = classNames(file.footer.notes);
    for (const [group, range] of leaves ? groupsOf(file) : []) {
      const packed = await faults.rows(file.file, range, async () => {
        checkGroup(file, group, columns.size);
        const read: PackedColumn[] = [];
        for (const [index, [name, packing]] of [...columns].entries()) {
          const leaf = leaves?.[index] as Leaf;
          const known = kept?.column(file.file, group, name, packing);
          if (known) read.push(known);
          else if (packing === 'number') read.push(await numberColumn(file, leaf, options, group));
          else {
            const dictionary = dictionaries.get(name) as Dictionary;
            const codes = await codesIn(file, leaf, names.get(name), dictionary, options, group);
            read.push(categoryColumn(name, codes, dictionary));
          }
        }
        return read;
      });
      if (!packed || range.rows === 0) continue;
      const table = onlyRows({ rows: range.rows, columns: packed }, faults.kept(file.file, range));
      count += table.rows;
      if (table.rows > 0) yield table;
    }
  }
  faults.checkAny(count, files);
}

/** The row groups, by their index, with the rows of each. */
export function groupsOf({ footer }: ParquetFile): [group: number, range: RowRange][] {
  let first = 0;
  return footer.groups.map(({ rows }, group) => {
    first += rows;
    return [group, { first: first - rows, rows }];
  });
}

function firstRow({ footer }: ParquetFile, group: number): number {
  return footer.groups.slice(0, group).reduce((sum, { rows }) => sum + rows, 0);
}

/** Null for a file that has not these columns and is left out. */
export function leavesOrLeftOut(file: ParquetFile, names: readonly string[], faults: Faults): Leaf[] | null {
  try {
    return names.map((name) => leafOf(file, name, names));
  } catch (error) {
    faults.file(error);
    return null;
  }
}

async function numberColumn(
  file: ParquetFile,
  leaf: Leaf,
  options: ColumnOptions,
  group: number,
): Promise<PackedColumn> {
  if (leaf.meaning.is !== 'number')
    throw new DataError(
      t('{0}: column "{1}" holds no numbers, as it does in other files.', path.basename(file.file.path), leaf.name),
      file.file.path,
      t('Use files of the same table.'),
    );
  const pieces: Float64Array[] = [];
  await numbersIn(file, leaf, options, group, (values) => void pieces.push(values));
  return { packing: 'number', name: leaf.name, values: joined(pieces) };
}

/** @throws DataError for a row group that would fill the memory */
function checkGroup({ file, footer }: ParquetFile, group: number, columns: number): void {
  const rows = footer.groups[group]?.rows ?? 0;
  if (8 * rows * columns <= MAX_BYTES) return;
  throw new DataError(
    t(
      '{0}: {1} columns of the {2} rows of row group {3} are more than the {4} bytes that may be read into memory here.',
      path.basename(file.path),
      formatCount(columns),
      formatCount(rows),
      group + 1,
      formatCount(MAX_BYTES),
    ),
    file.path,
    t('Write it again with smaller row groups.'),
  );
}

/** A code of the dictionary for each row of a row group, -1 for one without a value. */
export async function codesIn(
  file: ParquetFile,
  leaf: Leaf,
  names: readonly string[] | undefined,
  dictionary: Dictionary,
  options: ColumnOptions,
  group: number,
): Promise<Int32Array> {
  const codes = new Int32Array(file.footer.groups[group]?.rows ?? 0).fill(-1);
  const first = firstRow(file, group);
  await textsIn(file, leaf, names, options, group, (row, bytes, start, end) => {
    if (bytes) codes[row - first] = dictionary.code(bytes, start, end);
  });
  return codes;
}

/**
 * @param take gets each row of the row group, by its place in the file, but for those whose value cannot be
 * @throws DataError with the row for such, unless they are left out
 */
export async function textsIn(
  file: ParquetFile,
  leaf: Leaf,
  names: readonly string[] | undefined,
  options: ColumnOptions,
  group: number,
  take: (row: number, bytes: Uint8Array | null, start: number, end: number) => void,
): Promise<void> {
  const texts = new Texts(leaf, names, options.missing);
  for await (const page of file.pages(leaf, options, group)) {
    let { row } = page;
    within(file, leaf, () =>
      texts.each(
        page,
        (bytes, start, end) => take(row++, bytes, start, end),
        (at, reason) => {
          options.faults.row(file, leaf, page.row + at, reason, t('Correct it, or write null where there is none.'));
          row++;
        },
      ),
    );
  }
}

/**
 * @param take gets the numbers page by page, NaN where one is missing or left out
 * @throws DataError with the row for a number that is not finite, unless such rows are left out
 */
async function numbersIn(
  file: ParquetFile,
  leaf: Leaf,
  options: ColumnOptions,
  group: number,
  take: (values: Float64Array) => void,
): Promise<void> {
  const numbers = new Numbers(leaf);
  const missing = missingNumbers(options.missing ?? []);
  for await (const page of file.pages(leaf, options, group)) {
    let values = within(file, leaf, () => numbers.of(page));
    if (missing.size > 0) values = values.map((value) => (missing.has(value) ? NaN : value));
    if (!values.every((value) => Number.isFinite(value) || Number.isNaN(value)))
      values = values.map((value, at) => {
        if (Number.isFinite(value) || Number.isNaN(value)) return value;
        options.faults.row(
          file,
          leaf,
          page.row + at,
          t('{0} is no finite number', String(value)),
          t('Replace it by a number, or by null where the value is missing.'),
        );
        return NaN;
      });
    take(values);
  }
}

/** Tells what is wrong with values by their place. */
function within<Result>(file: ParquetFile, leaf: Leaf, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new DataError(
      t('{0} cannot be read: in column "{1}", {2}.', path.basename(file.file.path), leaf.name, error.message),
      file.file.path,
      error.advice ?? t('Download, copy or write it again.'),
    );
  }
}

/** @throws DataError when it is not there */
export function leafOf(file: ParquetFile, name: string, others: readonly string[]): Leaf {
  const leaf = file.leaf(name);
  const reason = leaf ? leftOut(leaf) : null;
  if (leaf && reason === null) return leaf;
  throw new DataError(
    reason === null
      ? t('{0} has no column “{1}”.', path.basename(file.file.path), name)
      : t('{0}: column "{1}" is not as in other files: {2}.', path.basename(file.file.path), name, reason),
    file.file.path,
    t('Use files of the same table. Its columns are {0}.', others.slice(0, 20).join(', ')),
  );
}

function joined(pieces: readonly Float64Array[]): Float64Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const out = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
