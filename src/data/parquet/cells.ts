/** Cells of a column as files, so that images and sounds in a table are read as those in a folder. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { DataError, type UnreadableFile } from '../reader.js';
import { StoredFile, tooLarge, type Source } from '../tree/storedFile.js';
import type { ContentsOptions, DataFile, Tree } from '../tree/tree.js';
import { Visits, type Visit } from '../tree/visit.js';
import { ParquetFile } from './file.js';
import type { Leaf } from './schema.js';

/** More files are refused in a folder, too. */
const MAX_CELLS = 2_000_000;

interface Place {
  /** Of `shards`. */
  shard: number;
  row: number;
}

export class CellTree implements Tree {
  readonly path: string;
  readonly kind = 'table';
  /** A cell for each row of all shards, in their order. */
  readonly files: readonly DataFile[];
  readonly problems: readonly UnreadableFile[];
  private readonly places = new Map<DataFile, Place>();

  /** @param rows of each shard */
  private constructor(
    private readonly tree: Tree,
    private readonly shards: readonly DataFile[],
    rows: readonly number[],
    private readonly column: string,
  ) {
    this.path = tree.path;
    this.problems = tree.problems;
    this.files = shards.flatMap((shard, index) =>
      Array.from({ length: rows[index] ?? 0 }, (_, row) => {
        const source = new CellSource(this);
        const cell = new StoredFile(
          t('row {0} of {1}', row + 1, shard.name),
          t('{0}, row {1}', shard.path, row + 1),
          source,
        );
        source.file = cell;
        this.places.set(cell, { shard: index, row });
        return cell;
      }),
    );
  }

  /**
   * @param tree of the shards, which is closed with this one
   * @param shards that can be opened
   * @param rows of each shard
   * @throws DataError for too many rows
   */
  static of(tree: Tree, shards: readonly DataFile[], rows: readonly number[], column: string): CellTree {
    let total = 0;
    for (const [index, { path: place }] of shards.entries()) {
      total += rows[index] ?? 0;
      if (total > MAX_CELLS)
        throw new DataError(
          t('{0}: there are more than {1} rows.', path.basename(place), formatCount(MAX_CELLS)),
          place,
          t('Use a part of it.'),
        );
    }
    return new CellTree(tree, shards, rows, column);
  }

  /** Row group by row group; of what is read, a page is in memory. */
  async contents(
    files: readonly DataFile[],
    visit: Visit,
    { signal, most = Infinity, concurrency, onProgress }: ContentsOptions = {},
  ): Promise<void> {
    const visits = new Visits(visit, concurrency);
    const wanted = this.byShard(files);
    let done = 0;
    try {
      for (const [index, cells] of wanted) {
        const shard = await ParquetFile.open(this.shards[index] as DataFile, signal);
        try {
          await new ShardVisit(shard, this.column, cells).run(async (cell, content) => {
            await visits.start(
              cell,
              content instanceof DataError || content.length <= most
                ? content
                : tooLarge(cell.path, content.length, most),
            );
            onProgress?.(++done / files.length);
          }, signal);
        } finally {
          await shard.close();
        }
      }
    } finally {
      await visits.end();
    }
  }

  close(): Promise<void> {
    return this.tree.close();
  }

  private byShard(files: readonly DataFile[]): [shard: number, cells: Map<number, DataFile>][] {
    const shards = new Map<number, [row: number, cell: DataFile][]>();
    for (const cell of files) {
      const place = this.places.get(cell);
      if (!place) throw new RangeError(`${cell.path} is not in this table`);
      const cells = shards.get(place.shard) ?? [];
      if (cells.length === 0) shards.set(place.shard, cells);
      cells.push([place.row, cell]);
    }
    return [...shards]
      .sort(([a], [b]) => a - b)
      .map(([shard, cells]) => [shard, new Map(cells.sort(([a], [b]) => a - b))]);
  }
}

/** The cells that are wanted of one file. */
class ShardVisit {
  private readonly rows: number[];

  /** @param cells by row, ascending */
  constructor(
    private readonly shard: ParquetFile,
    private readonly column: string,
    private readonly cells: ReadonlyMap<number, DataFile>,
  ) {
    this.rows = [...cells.keys()];
  }

  async run(
    action: (cell: DataFile, content: Buffer | DataError) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const leaf = bytesLeaf(this.shard, this.column);
    let first = 0;
    for (const [index, { rows }] of this.shard.footer.groups.entries()) {
      const end = first + rows;
      if (this.needs(first, end)) await this.group(leaf, index, end, action, signal);
      first = end;
    }
  }

  private async group(
    leaf: Leaf,
    index: number,
    end: number,
    action: (cell: DataFile, content: Buffer | DataError) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const pages = this.shard.pages(leaf, { signal, needs: (from, to) => this.needs(from, to) }, index);
    for (;;) {
      const next = await pages.next().catch((error: unknown) => {
        if (error instanceof DataError) return error;
        throw error;
      });
      if (next instanceof DataError) {
        // What follows in the row group cannot be found any more.
        for (let i = this.next; i < this.rows.length && (this.rows[i] as number) < end; this.next = ++i)
          await action(this.cells.get(this.rows[i] as number) as DataFile, next);
        return;
      }
      if (next.done === true) return;
      const { row: start, rows, present, values, codes } = next.value;
      if (values.type !== 'bytes') continue;
      for (let row = 0, i = 0; row < rows; row++) {
        const isThere = present?.[row] !== 0;
        const at = isThere ? (codes ? (codes[i++] as number) : i++) : 0;
        const cell = this.cells.get(start + row);
        if (!cell) continue;
        this.next++;
        const content = isThere
          ? Buffer.from(values.bytes.subarray(values.starts[at], values.ends[at]))
          : new DataError(t('{0} is empty: its value is null.', cell.path), cell.path, t('Remove that row.'));
        await action(cell, content);
      }
    }
  }

  /** Of `rows`, the first that was not visited. */
  private next = 0;

  private needs(start: number, end: number): boolean {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle] as number) < start) low = middle + 1;
      else high = middle;
    }
    return low < this.rows.length && (this.rows[low] as number) < end;
  }
}

/** @throws DataError when the file has no such column */
export function bytesLeaf(shard: ParquetFile, column: string): Leaf {
  const leaf = shard.leaf(column);
  if (leaf?.meaning.is === 'bytes' && !leaf.repeated) return leaf;
  throw new DataError(
    t('{0} has no column “{1}” of bytes.', path.basename(shard.file.path), column),
    shard.file.path,
    t('Use files of the same table.'),
  );
}

/** One cell read by itself. */
class CellSource implements Source {
  readonly size = null;
  file: DataFile | null = null;

  constructor(private readonly tree: CellTree) {}

  async start(bytes: number): Promise<Buffer> {
    return (await this.read(Infinity)).subarray(0, bytes);
  }

  async read(most: number, signal?: AbortSignal): Promise<Buffer> {
    let found: Buffer | DataError | null = null;
    await this.tree.contents(
      this.file ? [this.file] : [],
      (_, content) => {
        found = content;
      },
      { most, ...(signal && { signal }) },
    );
    const content = found as Buffer | DataError | null;
    if (!content) throw new RangeError('The cell is in no table');
    if (content instanceof DataError) throw content;
    return content;
  }

  async *stream(signal?: AbortSignal): AsyncGenerator<Buffer> {
    yield await this.read(Infinity, signal);
  }
}
