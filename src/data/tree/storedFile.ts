/** Files as trees hold them: stored bytes from somewhere, which are unpacked when they are gzip. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { fileError, MAX_BYTES, openToRead, readPieces, readStart, telling } from '../files.js';
import { unpackedName } from '../fileNames.js';
import { gunzip, isGzip } from '../gzip.js';
import { DataError } from '../reader.js';
import { visitEach } from './visit.js';
import type { DataFile, RandomAccess, ReadOptions, Tree } from './tree.js';

/** Where stored bytes come from. Errors are DataErrors that name the place. */
export interface Source {
  /** Stored bytes; null when unknown. */
  readonly size: number | null;
  start(bytes: number): Promise<Buffer>;
  /** All; never more than `most` bytes, else {@link tooLarge}. */
  read(most: number, signal?: AbortSignal): Promise<Buffer>;
  stream(signal?: AbortSignal): AsyncIterable<Buffer>;
  /** Missing, or null, where stored bytes are got from the beginning only. */
  open?(): Promise<RandomAccess | null>;
}

/** Of a packed file that is held in memory. */
const MAX_HELD = 2 * 1024 ** 3;
/** Enough to tell gzip. */
const MAGIC_BYTES = 4;

export class StoredFile implements DataFile {
  readonly name: string;
  /** By its name, which then ends with ".gz". */
  readonly isPacked: boolean;

  /** @param storedName path within the tree, as it is stored */
  constructor(
    storedName: string,
    readonly path: string,
    private readonly source: Source,
  ) {
    this.name = unpackedName(storedName);
    this.isPacked = this.name !== storedName;
  }

  get size(): number | null {
    return this.isPacked ? null : this.source.size;
  }

  async start(bytes: number): Promise<Buffer> {
    const stored = await this.source.start(Math.max(bytes, MAGIC_BYTES));
    if (!this.isGzip(stored)) return stored.subarray(0, bytes);
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of gunzip(this.source.stream(), this.path)) {
      pieces.push(piece);
      length += piece.length;
      if (length >= bytes) break;
    }
    return Buffer.concat(pieces).subarray(0, bytes);
  }

  async read({ signal, most = MAX_BYTES }: ReadOptions = {}): Promise<Buffer> {
    signal?.throwIfAborted();
    if (this.isPacked) return gather(this.stream({ ...(signal && { signal }) }), most, this.path);
    return this.unpack(await this.source.read(most, signal), most);
  }

  /** @param stored the stored bytes, read already */
  async unpack(stored: Buffer, most: number): Promise<Buffer> {
    return this.isGzip(stored) ? gather(gunzip(once(stored), this.path), most, this.path) : stored;
  }

  async *stream({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Buffer> {
    const stored = this.source.stream(signal)[Symbol.asyncIterator]();
    const first = await stored.next();
    if (first.done) return;
    const all = chain(first.value, stored);
    yield* this.isGzip(first.value) ? gunzip(all, this.path, signal) : all;
  }

  async open({ signal, most = MAX_HELD }: ReadOptions = {}): Promise<RandomAccess> {
    signal?.throwIfAborted();
    const stored =
      this.source.open && !this.isGzip(await this.source.start(MAGIC_BYTES)) ? await this.source.open() : null;
    if (stored) return stored;
    const content = await this.read({ ...(signal && { signal }), most });
    return {
      size: content.length,
      read: (start, length) => Promise.resolve(content.subarray(start, start + length)),
      close: () => Promise.resolve(),
    };
  }

  /** A file may be named so and not be packed, as some browsers leave it; but half a magic number is damage, to be told. */
  private isGzip(start: Buffer): boolean {
    return isGzip(start) || (this.isPacked && (start[0] === 0x1f || start[1] === 0x8b));
  }
}

async function* once(piece: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(piece);
}

async function* chain(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** All pieces as one buffer. @throws DataError as soon as there are more than `most` bytes */
export async function gather(pieces: AsyncIterable<Buffer>, most: number, file: string): Promise<Buffer> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > most) throw tooLarge(file, null, most);
    kept.push(piece);
  }
  return Buffer.concat(kept, length);
}

/** @param size null when it is known only that it is more than `most` */
export function tooLarge(file: string, size: number | null, most: number): DataError {
  const name = path.basename(file);
  return new DataError(
    size === null
      ? t('{0} has more than the {1} bytes that may be read into memory here.', name, formatCount(most))
      : t('{0} has {1} bytes; {2} may be read into memory here.', name, formatCount(size), formatCount(most)),
    file,
    t('Use a part of it.'),
  );
}

class DiskSource implements Source {
  constructor(
    private readonly file: string,
    readonly size: number | null,
  ) {}

  start(bytes: number): Promise<Buffer> {
    return readStart(this.file, bytes);
  }

  async read(most: number, signal?: AbortSignal): Promise<Buffer> {
    const handle = await openToRead(this.file);
    try {
      const stats = await handle.stat();
      if (stats.size > most) throw tooLarge(this.file, stats.size, most);
      return await handle.readFile(signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw fileError(error, this.file);
    } finally {
      await handle.close();
    }
  }

  stream(signal?: AbortSignal): AsyncIterable<Buffer> {
    return readPieces(this.file, signal);
  }

  async open(): Promise<RandomAccess> {
    const { file } = this;
    const handle = await openToRead(file);
    try {
      const stats = await telling(file, () => handle.stat());
      return {
        size: stats.size,
        async read(start, length) {
          const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, stats.size - start)));
          let filled = 0;
          // At most 2 GiB come at once.
          while (filled < buffer.length) {
            const { bytesRead } = await telling(file, () =>
              handle.read(buffer, filled, buffer.length - filled, start + filled),
            );
            if (bytesRead === 0) break;
            filled += bytesRead;
          }
          return buffer.subarray(0, filled);
        },
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}

/** @param name path within the tree */
export function diskFile(file: string, name: string, size: number | null = null): StoredFile {
  return new StoredFile(name, file, new DiskSource(file, size));
}

/** A single file as a tree. */
export function openFileTree(file: StoredFile): Tree {
  return {
    path: file.path,
    kind: 'file',
    files: [file],
    problems: [],
    contents: (files, visit, options) => visitEach(files, visit, options),
    close: () => Promise.resolve(),
  };
}
