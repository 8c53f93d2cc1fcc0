/** Columns of Parquet files: what they are, and packed in memory as those of other tables. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { MAX_BYTES } from '../files.js';
import { DataError, type UnreadableFile } from '../reader.js';
import { ColumnSeen, type ColumnProfile } from '../table/columns.js';
import { Dictionary } from '../table/dictionary.js';
import { categoryColumn, onlyRows, type PackedColumn, type PackedTable, type Packing } from '../table/pack.js';
import type { DataFile } from '../tree/tree.js';
import { classNames } from './features.js';
import type { ParquetFile } from './file.js';
import type { KeptColumns } from './kept.js';
import {
  codesIn,
  firstRow,
  groupsOf,
  leavesOrLeftOut,
  leftOut,
  numbersIn,
  opened,
  rowsOf,
  textsIn,
  type ColumnOptions,
} from './read.js';
import type { Leaf } from './schema.js';

/** How many of the most frequent values are told. */
const TOP = 10;

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
        const reason = leftOut(leaf, options.lists);
        if (reason === null) columns.set(leaf.name, new ColumnSeen(leaf.name));
        else
          problems.push({
            file: file.file.path,
            reason: t('Column "{0}" is left out: {1}.', leaf.name, reason),
          });
      }
    isFirst = false;
    const leaves = leavesOrLeftOut(file, [...columns.keys()], options);
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
  const rows = rowsOf(file, group);
  const names = classNames(file.footer.notes).get(name);
  if (leaf.meaning.is === 'number' && !names && !leaf.repeated) {
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
    const leaves = leavesOrLeftOut(file, [...columns.keys()], options);
    const names = classNames(file.footer.notes);
    for (const [group, range] of leaves ? groupsOf(file) : []) {
      const packed = await faults.rows(file.file, range, async () => {
        checkGroup(file, group, columns.size);
        const read: PackedColumn[] = [];
        for (const [index, [name, packing]] of [...columns].entries()) {
          const leaf = leaves?.[index] ?? null;
          const known = kept?.column(file.file, group, name, packing);
          if (known) read.push(known);
          else if (packing === 'number') read.push(await numberColumn(file, name, leaf, options, group));
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

/** @param leaf null where the file lacks it */
async function numberColumn(
  file: ParquetFile,
  name: string,
  leaf: Leaf | null,
  options: ColumnOptions,
  group: number,
): Promise<PackedColumn> {
  if (!leaf) return { packing: 'number', name, values: new Float64Array(rowsOf(file, group)).fill(NaN) };
  if (leaf.meaning.is !== 'number')
    throw new DataError(
      t('{0}: column "{1}" holds no numbers, as it does in other files.', path.basename(file.file.path), name),
      file.file.path,
      t('Use files of the same table.'),
    );
  const pieces: Float64Array[] = [];
  await numbersIn(file, leaf, options, group, (values) => void pieces.push(values));
  return { packing: 'number', name, values: joined(pieces) };
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
