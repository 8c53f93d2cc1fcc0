/** Reading a file that may be gzip-compressed (RFC 1952), into memory, bounded by what its header promises. */
import { createReadStream } from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { checkNotEmpty, fileError, formatCount, look, MAX_BYTES, readStart, readWhole } from './files.js';
import { DataError, type OpenOptions } from './reader.js';

/** Deflate cannot pack more than this many bytes into one (zlib's technical details: 1032:1). */
const MAX_RATIO = 1032;
const CHUNK_BYTES = 1024 * 1024;

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
  const magic = await readStart(file, 2);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) {
    // The header first: a wrong file is told without reading all of it.
    const whole = promised(await readStart(file, headerBytes));
    if (size !== whole.bytes) throw wrongSize(file, whole, formatCount(size));
    const bytes = await readWhole(file, signal);
    onProgress?.(1);
    return bytes;
  }

  const filler = new Filler(file, size, headerBytes, promised);
  let packed = 0;
  let failure: unknown;
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: CHUNK_BYTES }).on('data', (chunk) => {
        packed += chunk.length;
        onProgress?.(Math.min(1, packed / size));
      }),
      createGunzip({ chunkSize: CHUNK_BYTES }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          try {
            filler.add(chunk);
          } catch (error) {
            failure = error; // the pipeline itself reports only that it was ended
            throw error;
          }
        }
      },
      ...(signal ? [{ signal }] : []),
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw gzipError(failure ?? error, file, filler);
  }
  return filler.end();
}

function wrongSize(file: string, { bytes, what }: Promised, found: string): DataError {
  return new DataError(
    `${path.basename(file)} is cut off or has the wrong size: its header promises ${what}, ${formatCount(bytes)} bytes with the header, but it holds ${found}.`,
    file,
    'Download or copy it again; if you wrote it yourself, its header must count all values.',
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

  get length(): number {
    return this.content ? this.filled : this.start.length;
  }

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
        `${name} promises ${formatCount(size)} bytes; data that is read into memory may have ${formatCount(MAX_BYTES)}.`,
        this.file,
        'Use a part of it.',
      );
    if (size > this.packedSize * MAX_RATIO)
      throw new DataError(
        `${name} promises ${this.whole.what}, ${formatCount(size)} bytes, which its ${formatCount(this.packedSize)} compressed bytes cannot hold: it is cut off or damaged.`,
        this.file,
        'Download or copy it again.',
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

function gzipError(error: unknown, file: string, filler: Filler): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const name = path.basename(file);
  if (code === 'Z_BUF_ERROR')
    return new DataError(
      `${name} is cut off: its gzip data ends after ${formatCount(filler.length)} unpacked bytes.`,
      file,
      'Download or copy it again.',
    );
  if (typeof code === 'string' && code.startsWith('Z_'))
    return new DataError(
      `${name} is damaged: its gzip data is wrong after ${formatCount(filler.length)} unpacked bytes.`,
      file,
      'Download or copy it again.',
    );
  return fileError(error, file);
}
