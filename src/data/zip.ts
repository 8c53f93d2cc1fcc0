/**
 * ZIP archives (PKWARE APPNOTE 6.3.10): stored or deflated entries, also ZIP64. The directory at the end tells what is
 * inside. An entry is unpacked by itself, never beyond the size that the directory gives for it, and checked by its sum.
 */
import * as path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { formatCount, t } from '../protocol/l10n.js';
import { crc32 } from './crc32.js';
import { MAX_BYTES } from './files.js';
import { MAX_RATIO } from './gzip.js';
import { DataError } from './reader.js';
import { diskFile } from './tree/storedFile.js';
import type { DataFile, RandomAccess, ReadOptions } from './tree/tree.js';
import { findOverlap, LOCAL_ENTRY_BYTES, parseDirectory, type ZipEntry } from './zipDirectory.js';

const unpack = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

const END = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCAL_ENTRY = 0x04034b50;
const MAX_COMMENT_BYTES = 0xffff;
/** Bounds what is read of a damaged or hostile archive's directory. */
const MAX_DIRECTORY_BYTES = 512 * 1024 * 1024;
/** Read together with an entry's own header, whose extra field is mostly this short: one access to the disk, not two. */
const EXTRA_BYTES = 64;
/** Up to this size, unpacking at once takes less than handing it to another thread. */
const SMALL_BYTES = 128 * 1024;
const PIECE_BYTES = 1024 * 1024;
/** First bytes up to this many are unpacked at once. */
const MAX_START_BYTES = 16 * 1024;

export class ZipFile {
  private listed: readonly ZipEntry[] = [];

  private constructor(
    private readonly file: string,
    private readonly content: RandomAccess,
  ) {}

  /** In the order of the archive's directory. */
  get entries(): readonly ZipEntry[] {
    return this.listed;
  }

  /**
   * @param file on the disk, or in a dataset's tree: what is packed itself is held in memory
   * @throws DataError when it is no whole archive. The caller closes it.
   */
  static async open(file: string | DataFile, options: ReadOptions = {}): Promise<ZipFile> {
    const stored = typeof file === 'string' ? diskFile(file, path.basename(file)) : file;
    const content = await stored.open(options);
    const zip = new ZipFile(stored.path, content);
    try {
      zip.listed = await zip.readDirectory();
      return zip;
    } catch (error) {
      await content.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.content.close();
  }

  /** Why an entry cannot be read, with what to do; null when it can, unless it is damaged. */
  whyNot({ name, encrypted, method }: ZipEntry): { reason: string; advice: string } | null {
    if (encrypted) return { reason: t('{0} in it is encrypted', name), advice: t('Save it without a password.') };
    if (method === 0 || method === 8) return null;
    return {
      reason: t('{0} in it is packed by method {1}; stored and deflated entries are read', name, method),
      advice: t('Pack it again with the usual method (zip, numpy.savez).'),
    };
  }

  /** @throws DataError when the entry is damaged, encrypted, packed by a method not read here, or has more than `most` bytes */
  async read(entry: ZipEntry, most = MAX_BYTES): Promise<Buffer> {
    this.check(entry);
    const { name, bytes, packedBytes, method } = entry;
    if (bytes > most)
      throw this.error(
        t(
          '{0} in it has {1} bytes; data that is read into memory may have {2}',
          name,
          formatCount(bytes),
          formatCount(most),
        ),
        t('Use a part of it.'),
      );
    const packed = await this.packed(entry, packedBytes);
    const content = method === 0 ? packed : await this.inflate(packed, entry);
    this.checkEnd(entry, content.length, crc32(content));
    return content;
  }

  /** The first bytes, which no check sum covers. @throws DataError as {@link read} */
  async start(entry: ZipEntry, length: number): Promise<Buffer> {
    this.check(entry);
    const { method, packedBytes, bytes } = entry;
    const wanted = Math.min(length, bytes);
    if (method === 0) return this.packed(entry, wanted);
    if (wanted > MAX_START_BYTES) {
      const pieces: Buffer[] = [];
      let got = 0;
      for await (const piece of this.stream(entry)) {
        pieces.push(piece);
        got += piece.length;
        if (got >= wanted) break;
      }
      return Buffer.concat(pieces).subarray(0, wanted);
    }
    // A byte takes at most 15 bits, and the first block's codes less than a KiB (RFC 1951, 3.2.7).
    const packed = await this.packed(entry, Math.min(packedBytes, 2 * wanted + 1024));
    try {
      return zlib
        .inflateRawSync(packed, { finishFlush: zlib.constants.Z_SYNC_FLUSH, chunkSize: Math.max(64, wanted) })
        .subarray(0, wanted);
    } catch {
      throw this.cannotUnpack(entry);
    }
  }

  /** In pieces; the check sum is known at the end. @throws DataError as {@link read}, or the signal's reason */
  async *stream(entry: ZipEntry, signal?: AbortSignal): AsyncGenerator<Buffer> {
    this.check(entry);
    const stored = this.pieces(entry, signal);
    let length = 0;
    let sum = 0;
    for await (const piece of entry.method === 0 ? stored : this.inflated(entry, stored)) {
      length += piece.length;
      if (length > entry.bytes) break;
      sum = crc32(piece, sum);
      yield piece;
    }
    this.checkEnd(entry, length, sum);
  }

  private async *pieces(entry: ZipEntry, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const start = await this.contentOffset(entry);
    for (let at = 0; at < entry.packedBytes; at += PIECE_BYTES) {
      signal?.throwIfAborted();
      yield await this.bytesAt(start + at, Math.min(PIECE_BYTES, entry.packedBytes - at));
    }
  }

  private async *inflated(entry: ZipEntry, stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let failure: unknown;
    const unpacker = zlib.createInflateRaw({ chunkSize: SMALL_BYTES });
    try {
      yield* pipeline(Readable.from(stored), unpacker, (error) => (failure ??= error)) as AsyncIterable<Buffer>;
    } catch (error) {
      const told = failure ?? error;
      const code = told instanceof Error && 'code' in told ? String(told.code) : '';
      throw code.startsWith('Z_') ? this.cannotUnpack(entry) : told;
    }
  }

  private async inflate(packed: Buffer, entry: ZipEntry): Promise<Buffer> {
    const options = { maxOutputLength: Math.max(1, entry.bytes) };
    try {
      return entry.bytes <= SMALL_BYTES ? zlib.inflateRawSync(packed, options) : await unpack(packed, options);
    } catch {
      throw this.cannotUnpack(entry);
    }
  }

  private check(entry: ZipEntry): void {
    const why = this.whyNot(entry);
    if (why) throw this.error(why.reason, why.advice);
    const { name, method, packedBytes, bytes } = entry;
    if (method === 0 ? bytes !== packedBytes : bytes > packedBytes * MAX_RATIO)
      throw this.damaged(
        t(
          '{0} claims {1} bytes, which its {2} packed bytes cannot hold',
          name,
          formatCount(bytes),
          formatCount(packedBytes),
        ),
      );
  }

  private checkEnd({ name, bytes, crc32: sum }: ZipEntry, length: number, found: number): void {
    if (length !== bytes)
      throw this.damaged(
        length > bytes
          ? t('{0} has more than its {1} bytes', name, formatCount(bytes))
          : t('{0} has {1} bytes instead of {2}', name, formatCount(length), formatCount(bytes)),
      );
    if (found !== sum) throw this.damaged(t('the check sum of {0} is wrong', name));
  }

  /** The first `length` of the entry's packed bytes. */
  private async packed(entry: ZipEntry, length: number): Promise<Buffer> {
    const guess = LOCAL_ENTRY_BYTES + entry.storedName.length + EXTRA_BYTES + length;
    const local = await this.bytesAt(entry.offset, Math.min(guess, this.content.size - entry.offset));
    const start = this.localBytes(entry, local);
    if (start + length <= local.length) return local.subarray(start, start + length);
    return this.bytesAt(entry.offset + start, length);
  }

  private async contentOffset(entry: ZipEntry): Promise<number> {
    const local = await this.bytesAt(entry.offset, LOCAL_ENTRY_BYTES + entry.storedName.length);
    return entry.offset + this.localBytes(entry, local);
  }

  /** Length of the entry's own header, which must be that of the entry in the directory. */
  private localBytes({ name, storedName, offset }: ZipEntry, local: Buffer): number {
    const nameEnd = LOCAL_ENTRY_BYTES + storedName.length;
    if (
      local.length < nameEnd ||
      local.readUInt32LE(0) !== LOCAL_ENTRY ||
      !local.subarray(LOCAL_ENTRY_BYTES, nameEnd).equals(storedName)
    )
      throw this.damaged(t('{0} does not begin at byte {1}, as its directory says', name, formatCount(offset)));
    return LOCAL_ENTRY_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  }

  private async readDirectory(): Promise<ZipEntry[]> {
    const tailBytes = Math.min(this.content.size, END_BYTES + MAX_COMMENT_BYTES);
    const tail = await this.bytesAt(this.content.size - tailBytes, tailBytes);
    let at = tail.length - END_BYTES;
    while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
    if (at < 0) throw this.damaged(t('it does not end as ZIP archives do'));
    if (tail.readUInt16LE(at + 4) !== 0 && tail.readUInt16LE(at + 4) !== 0xffff)
      throw this.error(
        t('it is one of several parts of an archive'),
        t('Join the parts, or pack it again as one file.'),
      );
    let count = tail.readUInt16LE(at + 10);
    let length = tail.readUInt32LE(at + 12);
    let offset = tail.readUInt32LE(at + 16);
    const locator = at - END64_LOCATOR_BYTES;
    if (locator >= 0 && tail.readUInt32LE(locator) === END64_LOCATOR) {
      const end = await this.bytesAt(Number(tail.readBigUInt64LE(locator + 8)), END64_BYTES);
      if (end.readUInt32LE(0) !== END64) throw this.damaged(t('its ZIP64 directory is not where it should be'));
      count = Number(end.readBigUInt64LE(32));
      length = Number(end.readBigUInt64LE(40));
      offset = Number(end.readBigUInt64LE(48));
    }
    if (length > MAX_DIRECTORY_BYTES) throw this.damaged(t('its directory claims {0} bytes', formatCount(length)));
    const entries = parseDirectory(await this.bytesAt(offset, length), count);
    if (!Array.isArray(entries))
      throw this.damaged(`${entries.wrong} (${t('byte {0}', formatCount(offset + entries.at))})`);
    const overlap = findOverlap(entries, offset);
    if (overlap)
      throw this.damaged(
        overlap[1]
          ? t('{0} and {1} in it share the same bytes', overlap[0].name, overlap[1].name)
          : t('{0} in it reaches into its directory', overlap[0].name),
      );
    return entries;
  }

  private async bytesAt(offset: number, length: number): Promise<Buffer> {
    if (offset < 0 || length < 0 || offset + length > this.content.size)
      throw this.damaged(t('it points beyond its own end, to byte {0}', formatCount(offset + length)));
    const bytes = await this.content.read(offset, length);
    if (bytes.length < length) throw this.damaged(t('it became shorter while it was read'));
    return bytes;
  }

  private cannotUnpack({ name, bytes }: ZipEntry): DataError {
    return this.damaged(t('{0} cannot be unpacked to its {1} bytes', name, formatCount(bytes)));
  }

  private damaged(what: string): DataError {
    return this.error(
      t('it is no ZIP archive, or it is cut off or damaged: {0}', what),
      t('Download, copy or save it again.'),
    );
  }

  private error(what: string, advice: string): DataError {
    return new DataError(t('{0} cannot be read: {1}.', path.basename(this.file), what), this.file, advice);
  }
}
