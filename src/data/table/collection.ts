/** A table in memory, column by column. */
import { t } from '../../protocol/l10n.js';
import type { Collection, DataError, DatasetInfo, OpenOptions, Stored } from '../reader.js';
import type { ColumnProfile } from './columns.js';
import type { PackedTable } from './pack.js';

export class TableCollection implements Collection<'table'> {
  readonly kind = 'table';

  /**
   * @param table columns that are learned from, without labels and groups
   * @param profiles all columns of the file
   */
  constructor(
    readonly info: DatasetInfo,
    readonly labels: Int32Array | null,
    readonly groups: Int32Array | null,
    readonly table: PackedTable,
    readonly profiles: readonly ColumnProfile[],
  ) {}

  /** Those that are learned from. */
  get columns(): PackedTable['columns'] {
    return this.table.columns;
  }

  name(position: number): string {
    return t('row {0}', position + 1);
  }

  async visit(
    positions: ArrayLike<number> | null,
    action: (position: number, example: Stored['table'] | DataError) => void | Promise<void>,
    { signal, onProgress }: OpenOptions = {},
  ): Promise<void> {
    const count = positions?.length ?? this.info.count;
    for (let i = 0; i < count; i++) {
      signal?.throwIfAborted();
      const position = positions ? (positions[i] as number) : i;
      await action(position, this.row(position));
      if (i % 1000 === 0) onProgress?.(i / count);
    }
  }

  private row(position: number): Stored['table'] {
    return this.table.columns.map((column) => {
      if (column.packing === 'number') {
        const value = column.values[position] as number;
        return Number.isNaN(value) ? null : value;
      }
      return column.packing === 'category' ? (column.categories[column.codes[position] as number] ?? null) : null;
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
