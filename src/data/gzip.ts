/** Unpacking gzip (RFC 1952): as a stream, or into memory, bounded by what the content's header promises. */
import * as path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { formatCount, t } from '../protocol/l10n.js';
import { checkNotEmpty, look, MAX_BYTES, readPieces, readStart, readWhole } from './files.js';
import { DataError, type OpenOptions } from './reader.js';

/** Deflate cannot pack more than this many bytes into one (zlib's technical details: 1032:1). */
export const MAX_RATIO = 1032;
/** Unpacked at a time. */
const CHUNK_BYTES = 256 * 1024;

/** Whether content begins as gzip does: its magic number, deflate, and none of the reserved flags. */
export function isGzip(start: Uint8Array): boolean {
  const [one, two, method, flags = 0] = start;
  return one === 0x1f && two === 0x8b && method === 8 && (flags & 0xe0) === 0;
}

/**
 * The unpacked content of all members, in pieces; zeros that pad the end are no content.
 * @param packed what is packed, from its first byte; what it throws is thrown on
 * @param file for messages
 * @throws DataError when it is cut off or damaged, by the check sums of the members; the signal's reason
 */
export async function* gunzip(
  packed: AsyncIterable<Buffer>,
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const unpacker = createGunzip({ chunkSize: CHUNK_BYTES });
  let failure: unknown;
  let bytes = 0;
  let taken = 0;
  let contentEnd = 0;
  const watched = (async function* () {
    for await (const piece of packed) {
      let end = piece.length;
      while (end > 0 && piece[end - 1] === 0) end--;
      if (end > 0) contentEnd = taken + end;
      taken += piece.length;
      yield piece;
    }
  })();
  const input = Readable.from({ [Symbol.asyncIterator]: () => ({ next: () => watched.next() }) });
  const unpacked: AsyncIterable<Buffer> = pipeline(input, unpacker, (error) => (failure ??= error));
  try {
    for await (const piece of unpacked) {
      signal?.throwIfAborted(); // a piece that is packed may be a thousand when unpacked
      bytes += piece.length;
      yield piece;
    }
    // zlib takes a zero after a member for padding, and stops: behind it may be a member whose first byte was damaged.
    while (contentEnd <= unpacker.bytesWritten) if ((await watched.next()).done) return;
  } catch (error) {
    throw gzipError(failure ?? error, file, bytes);
  } finally {
    unpacker.destroy();
    await watched.return();
  }
  throw gzipError({ code: 'Z_DATA_ERROR' }, file, bytes);
}

/** What a header promises: the bytes of the whole content, and in words what they are. */
export interface Promised {
  bytes: number;
  /** e.g. "[60000, 28, 28] values of uint8". */
  what: string;
}

/**
 * Reads a file, unpacking it when it begins as gzip does, whatever its name.
 * @param headerBytes how many bytes `promised` needs; it may get fewer when the file is shorter
 * @param promised what the header promises; throws DataError for a wrong header
 * @returns exactly as many bytes as promised
 * @throws DataError when the file cannot be read, is damaged, holds less or more than promised, or too much for memory
 */
export async function readSized(
  file: string,
  headerBytes: number,
  promised: (header: Buffer) => Promised,
  { signal, onProgress }: OpenOptions = {},
): Promise<Buffer> {
  const { size } = await look(file);
  checkNotEmpty(file, size);
  if (!isGzip(await readStart(file, 4))) {
    // The header first: a wrong file is told without reading all of it.
    const whole = promised(await readStart(file, headerBytes));
    if (size !== whole.bytes) throw wrongSize(file, whole, formatCount(size));
    const bytes = await readWhole(file, signal);
    onProgress?.(1);
    return bytes;
  }

  const filler = new Filler(file, size, headerBytes, promised);
  for await (const piece of gunzip(withProgress(readPieces(file, signal), size, onProgress), file, signal))
    filler.add(piece);
  return filler.end();
}

/** @param size of all pieces, in bytes */
export async function* withProgress(
  pieces: AsyncIterable<Buffer>,
  size: number,
  onProgress: OpenOptions['onProgress'],
): AsyncGenerator<Buffer> {
  let done = 0;
  for await (const piece of pieces) {
    done += piece.length;
    onProgress?.(Math.min(1, done / size));
    yield piece;
  }
}

export function wrongSize(file: string, { bytes, what }: Promised, found: string): DataError {
  return new DataError(
    t(
      '{0} is cut off or has the wrong size: its header promises {1}, {2} bytes with the header, but it holds {3}.',
      path.basename(file),
      what,
      formatCount(bytes),
      found,
    ),
    file,
    t('Download or copy it again; if you wrote it yourself, its header must count all values.'),
  );
}

/** Gathers the unpacked bytes: the header until it is whole, then the content into one buffer of the promised size. */
class Filler {
  private start: Buffer = Buffer.alloc(0);
  private whole: Promised = { bytes: 0, what: '' };
  private content: Buffer | null = null;
  private filled = 0;

  constructor(
    private readonly file: string,
    private readonly packedSize: number,
    private readonly headerBytes: number,
    private readonly promised: (header: Buffer) => Promised,
  ) {}

  /** @throws DataError as soon as there is more than promised: what follows is not unpacked. */
  add(chunk: Buffer): void {
    if (this.content === null) {
      this.start = this.start.length === 0 ? chunk : Buffer.concat([this.start, chunk]);
      if (this.start.length >= this.headerBytes) this.content = this.allocate();
    } else this.copy(this.content, chunk);
  }

  end(): Buffer {
    const content = this.content ?? this.allocate();
    if (this.filled < content.length) throw wrongSize(this.file, this.whole, formatCount(this.filled));
    return content;
  }

  private allocate(): Buffer {
    this.whole = this.promised(this.start);
    const name = path.basename(this.file);
    const size = this.whole.bytes;
    if (size > MAX_BYTES)
      throw new DataError(
        t(
          '{0} promises {1} bytes; data that is read into memory may have {2}.',
          name,
          formatCount(size),
          formatCount(MAX_BYTES),
        ),
        this.file,
        t('Use a part of it.'),
      );
    if (size > this.packedSize * MAX_RATIO)
      throw new DataError(
        t(
          '{0} promises {1}, {2} bytes, which its {3} compressed bytes cannot hold: it is cut off or damaged.',
          name,
          this.whole.what,
          formatCount(size),
          formatCount(this.packedSize),
        ),
        this.file,
        t('Download or copy it again.'),
      );
    const content = Buffer.allocUnsafeSlow(size);
    this.copy(content, this.start);
    return content;
  }

  private copy(content: Buffer, chunk: Buffer): void {
    if (chunk.length > content.length - this.filled) throw wrongSize(this.file, this.whole, 'more');
    content.set(chunk, this.filled);
    this.filled += chunk.length;
  }
}

/** Errors of zlib are told; others, of what was unpacked, are thrown on. */
function gzipError(error: unknown, file: string, unpackedBytes: number): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error;
  const name = path.basename(file);
  return new DataError(
    code === 'Z_BUF_ERROR'
      ? t('{0} is cut off: its gzip data ends after {1} unpacked bytes.', name, formatCount(unpackedBytes))
      : t('{0} is damaged: its gzip data is wrong after {1} unpacked bytes.', name, formatCount(unpackedBytes)),
    file,
    t('Download or copy it again.'),
  );
}
