/** The blocks of a table: into memory where they fit, else again and again. */
import { formatCount, t } from '../../protocol/l10n.js';
import { labelIndex } from '../labelIndex.js';
import { DataError } from '../reader.js';
import { joinTables, type PackedColumn, type PackedTable } from './pack.js';

export interface ReadTable {
  /** Of each part. */
  rows: number[];
  /** Columns that are wanted by their names, e.g. labels: each part in memory, whatever it takes. */
  named: PackedTable[];
  /** Those that are learned from; null when they are larger than memory may be. */
  blocks: PackedTable[] | null;
}

/**
 * @param learned so many columns come first, those that are learned from; others follow
 * @param memoryBytes for those that are learned from; null when they are known to be larger
 */
export async function readTable(
  parts: readonly AsyncIterable<PackedTable>[],
  learned: number,
  memoryBytes: number | null,
): Promise<ReadTable> {
  const read: ReadTable = { rows: [], named: [], blocks: memoryBytes === null ? null : [] };
  let bytes = 0;
  for (const part of parts) {
    const named: PackedTable[] = [];
    let count = 0;
    for await (const { rows, columns } of part) {
      count += rows;
      named.push({ rows, columns: columns.slice(learned) });
      if (read.blocks === null || memoryBytes === null) continue;
      const table = { rows, columns: columns.slice(0, learned) };
      bytes += bytesOf(table);
      if (bytes > memoryBytes) read.blocks = null;
      read.blocks?.push(table);
    }
    read.rows.push(count);
    read.named.push(joinTables(named));
  }
  return read;
}

/**
 * @param parts read again
 * @param rows of each part, when it was read first
 * @throws DataError when they are not as many any more
 */
export async function* sameRows(
  parts: AsyncIterable<AsyncIterable<PackedTable>>,
  rows: readonly number[],
  path: string,
): AsyncGenerator<PackedTable, void, undefined> {
  let i = 0;
  for await (const part of parts) {
    let seen = 0;
    for await (const block of part) {
      seen += block.rows;
      if (seen > (rows[i] ?? 0)) break;
      yield block;
    }
    if (seen !== rows[i++])
      throw new DataError(
        t('{0} has changed while it was read: it had {1} rows.', path, formatCount(rows[i - 1] ?? 0)),
        path,
        t('Start again when it is complete.'),
      );
  }
}

/** What a small array takes besides its values. */
const ARRAY_BYTES = 200;

function bytesOf({ columns }: PackedTable): number {
  return columns.reduce((sum, column) => sum + arrayOf(column).byteLength + ARRAY_BYTES, 0);
}

function arrayOf(column: PackedColumn): { byteLength: number } {
  return column.packing === 'number' ? column.values : column.packing === 'category' ? column.codes : column.bytes;
}

/** One column of categories over all parts, named by {@link labelIndex}; null when it is not there or has no value. */
export function sameCategories(
  parts: readonly PackedTable[],
  name: string | null,
): { categories: string[]; codes: Int32Array } | null {
  const columns = parts.flatMap((part) => {
    const column = part.columns.find((one) => one.name === name);
    return column?.packing === 'category' ? [column] : [];
  });
  const written = columns.map((column) => column.categories);
  const index = labelIndex(written.flat());
  if (!index) return null;
  const codes = new Int32Array(columns.reduce((sum, column) => sum + column.codes.length, 0));
  let row = 0;
  let first = 0;
  columns.forEach((column, i) => {
    for (const code of column.codes) codes[row++] = code < 0 ? -1 : (index.indexes[first + code] as number);
    first += written[i]?.length ?? 0;
  });
  return { categories: index.names, codes };
}

/**
 * One column of numbers over all parts as categories, in ascending order; null when it is not there. All may differ: it
 * takes some 30 bytes a row, and the names of the different ones.
 */
export function sameNumbers(
  parts: readonly PackedTable[],
  name: string | null,
): { categories: string[]; codes: Int32Array } | null {
  const columns = parts.flatMap((part) => {
    const column = part.columns.find((one) => one.name === name);
    return column?.packing === 'number' ? [column.values] : [];
  });
  if (columns.length === 0) return null;
  const values = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
  let row = 0;
  for (const column of columns) {
    values.set(column, row);
    row += column.length;
  }
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const different = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  return {
    categories: Array.from(different, String),
    codes: Int32Array.from(values, (value) => place(different, value)),
  };
}

/** Where a number stands among ascending ones, one of which it is; -1 for NaN. */
function place(ascending: Float64Array, value: number): number {
  if (Number.isNaN(value)) return -1;
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
