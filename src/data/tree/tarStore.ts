/** Where the bytes of a tar archive are got again once it has been read through. */
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { readPieces, telling } from '../files.js';
import { gunzip, withProgress } from '../gzip.js';
import { DataError, type OpenOptions } from '../reader.js';
import { Bytes } from './bytes.js';

const PIECE_BYTES = 1024 * 1024;
/** Read at a time when headers are looked for: small files lie close together. */
const WINDOW_BYTES = 64 * 1024;

/** Bytes of the unpacked archive. */
export interface TarStore {
  /** The bytes from `offset` on; fewer than `length` when the file has become shorter. */
  pieces(offset: number, length: number, signal?: AbortSignal): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** An archive that is not packed. */
export class OpenStore implements TarStore {
  constructor(
    private readonly file: string,
    private readonly handle: fs.FileHandle,
  ) {}

  /** For reading through the headers. @param size of the file */
  bytes(size: number, { signal, onProgress }: OpenOptions): Bytes {
    return new Bytes(async (at) => {
      signal?.throwIfAborted();
      onProgress?.(Math.min(1, at / size));
      const window = await this.bytesAt(at, WINDOW_BYTES);
      return window.length > 0 ? window : null;
    }, size);
  }

  async *pieces(offset: number, length: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    for (let at = 0; at < length;) {
      signal?.throwIfAborted();
      const piece = await this.bytesAt(offset + at, Math.min(PIECE_BYTES, length - at));
      if (piece.length === 0) return;
      at += piece.length;
      yield piece;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async bytesAt(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await telling(this.file, () => this.handle.read(buffer, 0, length, offset));
    return buffer.subarray(0, bytesRead);
  }
}

/** An archive that is held in memory, unpacked. */
export class KeptStore implements TarStore {
  constructor(private content: Buffer) {}

  async *pieces(offset: number, length: number): AsyncGenerator<Buffer> {
    yield await Promise.resolve(this.content.subarray(offset, offset + length));
  }

  close(): Promise<void> {
    this.content = Buffer.alloc(0);
    return Promise.resolve();
  }
}

/** An archive packed by gzip: each access unpacks it from its beginning. */
export class PackedStore implements TarStore {
  private constructor(
    private readonly file: string,
    private readonly size: number,
    private readonly changed: number,
  ) {}

  static async of(file: string): Promise<PackedStore> {
    const { size, mtimeMs } = await telling(file, () => fs.stat(file));
    return new PackedStore(file, size, mtimeMs);
  }

  /** The whole archive. @throws DataError when the file is not any more what it was: offsets would be wrong */
  async *whole({ signal, onProgress }: OpenOptions = {}): AsyncGenerator<Buffer> {
    const { size, mtimeMs } = await telling(this.file, () => fs.stat(this.file));
    if (size !== this.size || mtimeMs !== this.changed)
      throw new DataError(
        t('{0} has been changed while it was in use.', path.basename(this.file)),
        this.file,
        t('Start again, and leave the file as it is meanwhile.'),
      );
    yield* gunzip(withProgress(readPieces(this.file, signal), size, onProgress), this.file, signal);
  }

  async *pieces(offset: number, length: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const whole = this.whole({ ...(signal && { signal }) });
    try {
      const bytes = Bytes.of(whole);
      if (await bytes.skip(offset)) yield* bytes.pieces(length);
    } finally {
      await whole.return(undefined);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
