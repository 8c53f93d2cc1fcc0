/** Rows of a table, block by block: from memory, or from a file that is too large for it. */
import { t } from '../../protocol/l10n.js';
import type { Collection, DataError, DatasetInfo, OpenOptions, Stored } from '../reader.js';
import { visitMemory } from '../visitMemory.js';
import type { ColumnProfile } from './columns.js';
import type { PackedTable } from './pack.js';

/** All rows in order, of the columns that are learned from. A block is valid until the next one is asked for. */
export type TableBlocks = (options: OpenOptions) => AsyncIterable<PackedTable>;

export class TableCollection implements Collection<'table'> {
  readonly kind = 'table';

  /**
   * @param blocks each time anew; at least one
   * @param columns those that are learned from, in the order of the blocks' columns
   */
  constructor(
    readonly info: DatasetInfo,
    readonly labels: Int32Array | null,
    readonly groups: Int32Array | null,
    private readonly blocks: TableBlocks,
    readonly columns: readonly ColumnProfile[],
  ) {}

  name(position: number): string {
    return t('row {0}', position + 1);
  }

  /** The blocks with the places in them of the rows at `positions`, ascending; null for all. */
  async *rowsAt(
    positions: ArrayLike<number> | null,
    options: OpenOptions = {},
  ): AsyncGenerator<{ table: PackedTable; start: number; rows: Int32Array }, void, undefined> {
    const wanted = positions && ascending(positions);
    let start = 0;
    let next = 0;
    for await (const table of this.blocks(options)) {
      options.signal?.throwIfAborted();
      const end = start + table.rows;
      let rows: Int32Array;
      if (wanted) {
        const first = next;
        while (next < wanted.length && (wanted[next] as number) < end) next++;
        rows = wanted.slice(first, next);
        for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) - start;
      } else rows = Int32Array.from({ length: table.rows }, (_, row) => row);
      yield { table, start, rows };
      if (next === wanted?.length) return;
      start = end;
    }
  }

  async visit(
    positions: ArrayLike<number> | null,
    action: (position: number, example: Stored['table'] | DataError) => void | Promise<void>,
    { signal, onProgress }: OpenOptions = {},
  ): Promise<void> {
    const count = positions?.length ?? this.info.count;
    let done = 0;
    for await (const { table, start, rows } of this.rowsAt(positions, signal ? { signal } : {})) {
      const row = rowOf(table);
      await visitMemory(rows, row, (at, cells) => action(start + at, cells), {
        ...(signal ? { signal } : {}),
        onProgress: (fraction) => onProgress?.((done + fraction * rows.length) / count),
      });
      done += rows.length;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function rowOf({ columns }: PackedTable): (row: number) => Stored['table'] {
  const cells = columns.map((column): ((row: number) => number | string | null) => {
    if (column.packing === 'number') {
      const { values } = column;
      return (row) => {
        const value = values[row] as number;
        return Number.isNaN(value) ? null : value;
      };
    }
    if (column.packing === 'text') return () => null;
    const { codes, categories } = column;
    return (row) => categories[codes[row] as number] ?? null;
  });
  return (row) => cells.map((cell) => cell(row));
}

function ascending(positions: ArrayLike<number>): Int32Array {
  let isAscending = true;
  for (let i = 1; isAscending && i < positions.length; i++)
    isAscending = (positions[i] as number) >= (positions[i - 1] as number);
  if (isAscending && positions instanceof Int32Array) return positions;
  const sorted = Int32Array.from(positions);
  return isAscending ? sorted : sorted.sort();
}
