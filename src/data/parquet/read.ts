/** Files and columns of them that are asked for, and their values: as texts, codes or numbers. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { DataError, type OpenOptions } from '../reader.js';
import { missingNumbers } from '../table/cell.js';
import type { Dictionary } from '../table/dictionary.js';
import type { DataFile } from '../tree/tree.js';
import { Damage } from './damage.js';
import type { Faults, RowRange } from './faults.js';
import { ParquetFile } from './file.js';
import { holdsLabels, Lists } from './lists.js';
import type { Leaf } from './schema.js';
import { Texts } from './texts.js';
import { Numbers } from './values.js';

/** Of all files of a dataset. */
const MAX_ROWS = 2 ** 28;

/** Of all different lists of labels: a small file could state so many that they fill the memory. */
const MAX_LISTS_BYTES = 2 ** 26;

export interface MayLack {
  column: string;
  tell: (file: string) => void;
}

export interface ColumnOptions extends OpenOptions {
  faults: Faults;
  /** The one column that may hold lists: of labels. */
  lists?: string | null;
  /** A column, of labels, that a file may lack, which then is told: its values are missing there. */
  mayLack?: MayLack | null;
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

/** The row groups, by their index, with the rows of each. */
export function groupsOf({ footer }: ParquetFile): [group: number, range: RowRange][] {
  let first = 0;
  return footer.groups.map(({ rows }, group) => {
    first += rows;
    return [group, { first: first - rows, rows }];
  });
}

export function rowsOf({ footer }: ParquetFile, group: number): number {
  return footer.groups[group]?.rows ?? 0;
}

export function firstRow({ footer }: ParquetFile, group: number): number {
  return footer.groups.slice(0, group).reduce((sum, { rows }) => sum + rows, 0);
}

/** Why a column cannot be used; null where it can. @param lists the column that may hold lists */
export function leftOut(leaf: Leaf, lists: string | null = null): string | null {
  const { repeated, meaning, name } = leaf;
  if (repeated) return name === lists && holdsLabels(leaf) ? null : t('it holds lists');
  if (meaning.is === 'bytes') return t('it holds bytes');
  return meaning.is === 'other' ? t('values of the type {0} are not read here', meaning.name) : null;
}

/** @throws DataError when it is not there */
export function leafOf(file: ParquetFile, name: string, others: readonly string[], lists: string | null = null): Leaf {
  const leaf = file.leaf(name);
  const reason = leaf ? leftOut(leaf, lists) : null;
  if (leaf && reason === null) return leaf;
  throw new DataError(
    reason === null
      ? t('{0} has no column “{1}”.', path.basename(file.file.path), name)
      : t('{0}: column "{1}" is not as in other files: {2}.', path.basename(file.file.path), name, reason),
    file.file.path,
    t('Use files of the same table. Its columns are {0}.', others.slice(0, 20).join(', ')),
  );
}

/** Null for a file that has not these columns and is left out; null for one that it may lack. */
export function leavesOrLeftOut(
  file: ParquetFile,
  names: readonly string[],
  { faults, lists = null, mayLack }: ColumnOptions,
): (Leaf | null)[] | null {
  try {
    return names.map((name) => {
      if (name !== mayLack?.column || file.leaf(name)) return leafOf(file, name, names, lists);
      mayLack.tell(file.file.path);
      return null;
    });
  } catch (error) {
    faults.file(error);
    return null;
  }
}

/** A code of the dictionary for each row of a row group, -1 for one without a value. @param leaf null where the file lacks it */
export async function codesIn(
  file: ParquetFile,
  leaf: Leaf | null,
  names: readonly string[] | undefined,
  dictionary: Dictionary,
  options: ColumnOptions,
  group: number,
): Promise<Int32Array> {
  const codes = new Int32Array(rowsOf(file, group)).fill(-1);
  if (!leaf) return codes;
  const first = firstRow(file, group);
  await textsIn(file, leaf, names, options, group, (row, bytes, start, end) => {
    if (bytes) codes[row - first] = dictionary.code(bytes, start, end);
    if (leaf.repeated && dictionary.byteLength > MAX_LISTS_BYTES)
      throw new DataError(
        t('{0}: column "{1}" holds more different lists than can be kept.', path.basename(file.file.path), leaf.name),
        file.file.path,
        t('Leave out rare labels, or name another column as "labelColumn" in the recipe’s data.'),
      );
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
  const told = (row: number, reason: string): void =>
    options.faults.row(file, leaf, row, reason, t('Correct it, or write null where there is none.'));
  if (leaf.elementLevel !== null) {
    const give = (row: number, list: Buffer | null): void => take(row, list, 0, list?.length ?? 0);
    // Words for a missing value are for cells; what is in a list is there.
    const lists = new Lists(new Texts(leaf, names), leaf.elementLevel, give, told);
    for await (const page of file.pages(leaf, options, group)) within(file, leaf, () => lists.add(page));
    lists.end();
    return;
  }
  const texts = new Texts(leaf, names, options.missing);
  for await (const page of file.pages(leaf, options, group)) {
    let { row } = page;
    within(file, leaf, () =>
      texts.each(
        page,
        (bytes, start, end) => take(row++, bytes, start, end),
        (at, reason) => {
          told(page.row + at, reason);
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
export async function numbersIn(
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
