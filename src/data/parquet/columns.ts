/** Columns of Parquet files: what they are, and packed in memory as those of other tables. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { MAX_BYTES } from '../files.js';
import { DataError, type OpenOptions, type UnreadableFile } from '../reader.js';
import { missingNumbers, missingWords, type Missing } from '../table/cell.js';
import { ColumnSeen, type ColumnProfile } from '../table/columns.js';
import { Dictionary } from '../table/dictionary.js';
import type { PackedColumn, PackedTable, Packing } from '../table/pack.js';
import type { DataFile } from '../tree/tree.js';
import { Damage } from './damage.js';
import { classNames } from './features.js';
import { ParquetFile, type Page } from './file.js';
import type { Leaf } from './schema.js';
import { Numbers, textAt } from './values.js';

/** Of all files of a dataset. */
export const MAX_ROWS = 2 ** 28;

/** How many of the most frequent values are told. */
const TOP = 10;

export interface ColumnOptions extends OpenOptions {
  /** Texts, and numbers written so, that stand for a missing value; none when not given: there is null. */
  missing?: readonly string[] | null | undefined;
}

/** Each file in turn, closed after its turn. @throws DataError */
export async function* opened(
  files: readonly DataFile[],
  { signal, onProgress }: OpenOptions = {},
): AsyncGenerator<ParquetFile, void, undefined> {
  let rows = 0;
  for (const [index, one] of files.entries()) {
    const file = await ParquetFile.open(one, signal);
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

/** Whether a column is learned from as it stands, or why it is not. */
function leftOut({ repeated, meaning }: Leaf): string | null {
  if (repeated) return t('it holds lists');
  if (meaning.is === 'bytes') return t('it holds bytes');
  return meaning.is === 'other' ? t('values of the type {0} are not read here', meaning.name) : null;
}

/** @param problems gets columns that cannot be learned from */
export async function profileFiles(
  files: readonly DataFile[],
  problems: UnreadableFile[],
  options: ColumnOptions,
): Promise<ColumnProfile[]> {
  const columns = new Map<string, ColumnSeen>();
  for await (const file of opened(files, options)) {
    const names = classNames(file.footer.notes);
    if (file.file === files[0])
      for (const leaf of file.footer.leaves) {
        const reason = leftOut(leaf);
        if (reason === null) columns.set(leaf.name, new ColumnSeen(leaf.name));
        else
          problems.push({
            file: file.file.path,
            reason: t('Column "{0}" is left out: {1}.', leaf.name, reason),
          });
      }
    for (const [name, seen] of columns) {
      const leaf = leafOf(file, name, [...columns.keys()]);
      if (leaf.meaning.is === 'number' && !names.has(name)) {
        for await (const values of numbersIn(file, leaf, options)) seen.addNumbers(values);
        continue;
      }
      const texts = new Texts(leaf, names.get(name), options.missing);
      for await (const page of file.pages(leaf, options)) {
        let row = page.row;
        within(file, leaf, () =>
          texts.each(page, (bytes, start, end) => {
            row++;
            if (bytes) seen.addText(bytes, start, end, row);
            else seen.addMissing(1);
          }),
        );
      }
    }
  }
  return [...columns.values()].map((seen) => seen.profile(TOP));
}

/**
 * A block for each row group; categories keep their codes from block to block.
 * @param columns which, by name, and how
 * @throws DataError for one that is not there, or is not of numbers where such are asked for
 */
export async function* blocksOf(
  files: readonly DataFile[],
  columns: ReadonlyMap<string, Packing>,
  options: ColumnOptions,
): AsyncGenerator<PackedTable, void, undefined> {
  const dictionaries = new Map([...columns.keys()].map((name) => [name, new Dictionary()]));
  for await (const file of opened(files, options)) {
    const names = classNames(file.footer.notes);
    for (const [group, { rows }] of file.footer.groups.entries()) {
      checkGroup(file, group, columns.size);
      const packed: PackedColumn[] = [];
      for (const [name, packing] of columns) {
        const leaf = leafOf(file, name, [...columns.keys()]);
        if (packing !== 'number') {
          const dictionary = dictionaries.get(name) as Dictionary;
          const codes = await codesIn(file, leaf, names.get(name), dictionary, options, group);
          const categories = { get: () => dictionary.texts(), enumerable: true };
          packed.push(
            Object.defineProperty({ packing: 'category', name, codes, categories: [] }, 'categories', categories),
          );
          continue;
        }
        if (leaf.meaning.is !== 'number')
          throw new DataError(
            t('{0}: column "{1}" holds no numbers, as it does in other files.', path.basename(file.file.path), name),
            file.file.path,
            t('Use files of the same table.'),
          );
        const pieces: Float64Array[] = [];
        for await (const values of numbersIn(file, leaf, options, group)) pieces.push(values);
        packed.push({ packing, name, values: joined(Float64Array, pieces) });
      }
      if (rows > 0) yield { rows, columns: packed };
    }
  }
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

/** A code of the dictionary for each row, -1 for one without a value. */
export async function codesIn(
  file: ParquetFile,
  leaf: Leaf,
  names: readonly string[] | undefined,
  dictionary: Dictionary,
  options: ColumnOptions,
  group?: number,
): Promise<Int32Array> {
  const texts = new Texts(leaf, names, options.missing);
  const pieces: Int32Array[] = [];
  for await (const page of file.pages(leaf, options, group)) {
    const codes = new Int32Array(page.rows);
    let row = 0;
    within(file, leaf, () =>
      texts.each(page, (bytes, start, end) => {
        codes[row++] = bytes ? dictionary.code(bytes, start, end) : -1;
      }),
    );
    pieces.push(codes);
  }
  return joined(Int32Array, pieces);
}

/** @throws DataError with the row for a number that is not finite */
async function* numbersIn(
  file: ParquetFile,
  leaf: Leaf,
  options: ColumnOptions,
  group?: number,
): AsyncGenerator<Float64Array> {
  const numbers = new Numbers(leaf);
  const missing = missingNumbers(options.missing ?? []);
  for await (const page of file.pages(leaf, options, group)) {
    const values = within(file, leaf, () => numbers.of(page));
    const infinite = values.findIndex((value) => value === Infinity || value === -Infinity);
    if (infinite >= 0)
      throw new DataError(
        t(
          '{0}, row {1}, column “{2}”: {3} is no finite number.',
          path.basename(file.file.path),
          formatCount(page.row + infinite + 1),
          leaf.name,
          String(values[infinite]),
        ),
        file.file.path,
        t('Replace it by a number, or by null where the value is missing.'),
      );
    yield missing.size === 0 ? values : values.map((value) => (missing.has(value) ? NaN : value));
  }
}

/** Texts of one leaf as UTF-8; those of numbers, dates and class numbers are written once for each page or dictionary. */
export class Texts {
  private readonly isMissing: Missing | null;
  private last: { of: Page['values']; texts: (Uint8Array | null)[] } | null = null;

  /**
   * @param names of classes by their numbers; a negative number then is no class
   * @param missing words for a missing value, besides null
   */
  constructor(
    private readonly leaf: Leaf,
    private readonly names?: readonly string[] | undefined,
    missing?: readonly string[] | null,
  ) {
    this.isMissing = missing ? missingWords(missing) : null;
  }

  /** Once for each row: bytes[start .. end), or null where it has none. @throws Damage */
  each(
    { rows, present, values, codes }: Page,
    take: (bytes: Uint8Array | null, start: number, end: number) => void,
  ): void {
    const { isMissing } = this;
    const action: typeof take = isMissing
      ? (bytes, start, end) => take(bytes && isMissing(bytes, start, end) ? null : bytes, start, end)
      : take;
    const { meaning } = this.leaf;
    const isText = values.type === 'bytes' && meaning.is === 'text';
    const written = isText ? null : this.written(values);
    for (let row = 0, i = 0; row < rows; row++) {
      if (present?.[row] === 0) {
        action(null, 0, 0);
        continue;
      }
      const at = codes ? (codes[i++] as number) : i++;
      if (isText) action(values.bytes, values.starts[at] as number, values.ends[at] as number);
      else {
        const text = written?.[at] ?? null;
        action(text, 0, text?.length ?? 0);
      }
    }
  }

  private written(values: Page['values']): (Uint8Array | null)[] {
    if (this.last?.of === values) return this.last.texts;
    const { leaf, names } = this;
    const count =
      values.type === 'bytes' ? values.starts.length : values.values.length / (values.type === 'int64' ? 2 : 1);
    const texts = Array.from({ length: count }, (_, i) => {
      const text = textAt(values, leaf, i);
      if (text === 'NaN' || (names && Number(text) < 0)) return null;
      return Buffer.from(names?.[Number(text)] ?? text);
    });
    this.last = { of: values, texts };
    return texts;
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

function joined<Kind extends Float64Array | Int32Array>(
  type: new (length: number) => Kind,
  pieces: readonly Kind[],
): Kind {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const out = new type(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
