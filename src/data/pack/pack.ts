/** Prepares the examples of a collection once, into memory or, when they are many, into a file of the cache. */
import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { formatCount, t } from '../../protocol/l10n.js';
import { fileError } from '../files.js';
import type { Assets, Preparation, Prepare, PreparedBlock, Preparer } from '../prepare/preparation.js';
import {
  DataError,
  type Collection,
  type ExampleData,
  type OpenOptions,
  type Stored,
  type StoredKind,
} from '../reader.js';
import { PackCache, type PackMeta } from './cache.js';
import { turns } from '../visitMemory.js';
import { Batcher } from '../work/batcher.js';
import type { PrepareTask } from '../work/functions.js';
import { RowWriter } from './rowWriter.js';
import { bytesOf, FileValues, MemoryValues, newValues, type Values } from './values.js';

/** Larger data stays in its file. */
export const MEMORY_BYTES = 512 * 1024 ** 2;
/** Larger columns of a table are read from its file again: its prepared rows are in memory beside them. */
export const TABLE_BYTES = MEMORY_BYTES / 2;

export interface PackOptions extends OpenOptions {
  /** Positions that will be read, ascending; others are not prepared. */
  positions: Int32Array;
  /** Of the preparation, which tells them apart (by their hash, say). */
  assets?: Assets;
  /** Null keeps all in memory, whatever it takes. */
  cache: PackCache | null;
  /** Tells whether the data are the same: see fingerprint.ts. */
  fingerprint: string;
  onError: 'stop' | 'skip';
  /** Bytes above which the values stay in a file. */
  memoryBytes?: number;
}

export interface Packed {
  /** By position in the collection. */
  values: Values;
  /** Positions that could not be prepared, with the reason; none unless they are skipped. */
  unreadable: Map<number, string>;
  /** Why they must be prepared again next time; null when the cache holds them. */
  notKept: string | null;
}

/** @throws DataError for the first example that cannot be prepared, unless they are skipped; when the disk is full */
export async function pack<Kind extends StoredKind, P extends Preparation & { kind: Kind }>(
  collection: Collection<Kind>,
  preparer: Preparer<Kind, P>,
  preparation: P,
  options: PackOptions,
): Promise<Packed> {
  const { positions, cache, fingerprint, memoryBytes = MEMORY_BYTES } = options;
  const type = preparer.typeOf(preparation);
  const width = widthOf(preparation);
  const bytes = packedBytes(preparer, preparation, positions.length);
  const inMemory = cache === null || bytes <= memoryBytes;
  const key = PackCache.key({ fingerprint, preparation, positions: digest(positions) });
  const packed = (values: Values, { unreadable }: PackMeta, notKept: string | null = null): Packed => ({
    values: new PositionedValues(values, positions, collection.info.count),
    unreadable: new Map(unreadable.map(([row, reason]) => [positions[row] as number, reason])),
    notKept,
  });

  const found = cache && (await cache.find(key));
  if (found) return packed(opened(found.file, found.meta, inMemory), found.meta);
  if (inMemory) {
    const data = newValues(type, positions.length * width);
    const unreadable = await prepareAll(collection, preparer, preparation, width, options, (row, values) =>
      data.set(values, row * width),
    );
    const meta: PackMeta = { type, width, rows: positions.length, unreadable };
    return packed(new MemoryValues(data, type, width), meta, cache && (await keep(cache, key, data, meta)));
  }
  const writer = await cache.write(key, bytes).catch((error: unknown): never => {
    throw fileErrorOf(error, cache);
  });
  try {
    const handle = await fs.open(writer.file, 'w');
    let unreadable: PackMeta['unreadable'];
    try {
      await handle.truncate(bytes); // rows that are passed over are zeros
      const writer = new RowWriter(handle);
      const rowBytes = width * bytesOf[type];
      unreadable = await prepareAll(collection, preparer, preparation, width, options, (row, values) =>
        writer.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), row * rowBytes),
      );
      await writer.flush();
    } finally {
      await handle.close();
    }
    const meta: PackMeta = { type, width, rows: positions.length, unreadable };
    return packed(opened(await writer.commit(meta), meta, false), meta);
  } catch (error) {
    await writer.abandon();
    throw fileErrorOf(error, cache);
  }
}

/** @param count of examples @returns what they take, prepared; above {@link MEMORY_BYTES} it is in a file */
export function packedBytes<Kind extends StoredKind, P extends Preparation & { kind: Kind }>(
  preparer: Preparer<Kind, P>,
  preparation: P,
  count: number,
): number {
  return count * widthOf(preparation) * bytesOf[preparer.typeOf(preparation)];
}

function widthOf({ shape }: Preparation): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/**
 * @param store gets rows that follow each other, the first of them by its number
 * @returns what was passed over
 */
async function prepareAll<Kind extends StoredKind, P extends Preparation & { kind: Kind }>(
  collection: Collection<Kind>,
  preparer: Preparer<Kind, P>,
  preparation: P,
  width: number,
  options: PackOptions,
  store: (row: number, values: ExampleData) => void | Promise<void>,
): Promise<PackMeta['unreadable']> {
  const { positions } = options;
  const unreadable: PackMeta['unreadable'] = [];
  const note = (row: number, error: unknown): void => {
    const told = unusable(error, collection.name(positions[row] as number));
    if (options.onError === 'stop' || !(told instanceof DataError)) throw told;
    unreadable.push([row, told.message]);
  };
  if (preparer.blocks) {
    const { signal } = options;
    const blocks = preparer.blocks(collection, preparation, positions, signal ? { signal } : {});
    await prepareBlocks(blocks, width, options, store, note);
  } else await prepareEach(collection, preparer, preparation, width, options, store, note);
  if (unreadable.length === positions.length && positions.length > 0)
    throw new DataError(
      t(
        'None of the {0} examples in {1} can be read. {2}',
        formatCount(positions.length),
        collection.info.path,
        unreadable[0]?.[1] ?? '',
      ),
      collection.info.path,
      t('Check that the files open in another program.'),
    );
  return unreadable.sort(([a], [b]) => a - b);
}

async function prepareBlocks(
  blocks: AsyncIterable<PreparedBlock>,
  width: number,
  { positions, signal, onProgress }: PackOptions,
  store: (row: number, values: ExampleData) => void | Promise<void>,
  note: (row: number, error: Error) => void,
): Promise<void> {
  const turn = turns();
  let row = 0;
  for await (const { values, unusable } of blocks) {
    const over = turn();
    if (over) await over;
    signal?.throwIfAborted();
    for (const { index, reason } of unusable) {
      note(row + index, new Error(reason));
      values.fill(0, index * width, (index + 1) * width); // as rows are that are passed over
    }
    await store(row, values);
    row += values.length / width;
    onProgress?.(row / positions.length);
  }
}

async function prepareEach<Kind extends StoredKind, P extends Preparation & { kind: Kind }>(
  collection: Collection<Kind>,
  preparer: Preparer<Kind, P>,
  preparation: P,
  width: number,
  { positions, assets = {}, ...open }: PackOptions,
  store: (row: number, values: ExampleData) => void | Promise<void>,
  note: (row: number, error: unknown) => void,
): Promise<void> {
  const rows = rowsOf(positions, collection.info.count);
  const batcher = preparer.parallel
    ? new Batcher<ExampleData>((pool, examples) => {
        const task = { preparation: preparation as Preparation as PrepareTask['preparation'] };
        return pool.run('prepareExamples', () => ({ ...task, examples: examples() }), open.signal);
      })
    : null;
  const prepare: Prepare<Kind> | ((example: Stored[Kind], name: string) => Promise<ExampleData>) = batcher
    ? (example, name) => batcher.run(example as Buffer, name)
    : preparer.open(preparation, assets);
  const visiting = collection.visit(
    positions,
    async (position, example) => {
      const row = rows[position] as number;
      try {
        if (example instanceof DataError) throw example;
        const values = await prepare(example, collection.name(position));
        if (values.length !== width) throw new RangeError(`${values.length} values, not ${width}`);
        await store(row, values);
      } catch (error) {
        note(row, error);
      }
    },
    batcher ? { ...open, concurrency: batcher.concurrency } : open,
  );
  await visiting.finally(() => batcher?.close());
}

/** An error of preparing is told with the example's name and what can be done; one of the disk stays what it is. */
function unusable(error: unknown, name: string): unknown {
  const leaveOut = t('Mend or remove it, or set "onError": "skip" in the recipe’s data to leave such files out.');
  if (error instanceof DataError)
    return error.file === name
      ? new DataError(error.message, name, [error.advice, leaveOut].filter(Boolean).join(' '))
      : error;
  if (!(error instanceof Error) || 'code' in error || error.name === 'AbortError' || error instanceof RangeError)
    return error;
  return new DataError(t('{0} cannot be used: {1}.', name, error.message), name, leaveOut);
}

/** Prepared values are kept for the next time; that this fails is no reason not to train. @returns why it failed */
async function keep(cache: PackCache, key: string, data: ExampleData, meta: PackMeta): Promise<string | null> {
  try {
    const writer = await cache.write(key, data.byteLength);
    try {
      await fs.writeFile(writer.file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await writer.commit(meta);
      return null;
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  } catch (error) {
    const told = fileErrorOf(error, cache);
    return told instanceof Error ? told.message : String(told);
  }
}

function fileErrorOf(error: unknown, { folder }: PackCache): unknown {
  return error instanceof DataError ? error : fileError(error, folder);
}

function opened(file: string, { type, width, rows }: PackMeta, inMemory: boolean): Values {
  const values = new FileValues(file, type, width);
  if (!inMemory) return values.aside();
  try {
    return new MemoryValues(values.read(Int32Array.from({ length: rows }, (_, row) => row)), type, width);
  } finally {
    values.close();
  }
}

function digest(positions: Int32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength))
    .digest('hex');
}

function rowsOf(positions: Int32Array, count: number): Int32Array {
  const rows = new Int32Array(count).fill(-1);
  positions.forEach((position, row) => (rows[position] = row));
  return rows;
}

/** Values whose rows are some of the positions, seen by position. */
class PositionedValues implements Values {
  private readonly rows: Int32Array | null;

  constructor(
    private readonly values: Values,
    positions: Int32Array,
    count: number,
  ) {
    this.rows = positions.length === count ? null : rowsOf(positions, count);
  }

  /** @throws RangeError for a position that was not prepared */
  read(positions: ArrayLike<number>): ExampleData | Promise<ExampleData> {
    const { rows } = this;
    if (rows === null) return this.values.read(positions);
    return this.values.read(
      Int32Array.from(positions, (position) => {
        const row = rows[position] ?? -1;
        if (row < 0) throw new RangeError(`Example ${position} was not prepared`);
        return row;
      }),
    );
  }

  close(): void | Promise<void> {
    return this.values.close();
  }
}
