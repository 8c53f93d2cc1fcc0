/**
 * ZIP archives (PKWARE APPNOTE 6.3.10), as far as NumPy writes them: stored or deflated entries, also ZIP64. Entries
 * are unpacked one at a time and never beyond the size that the archive's directory gives for them.
 */
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { formatCount, look, MAX_BYTES, telling } from './files.js';
import { DataError } from './reader.js';

const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(zlib.inflateRaw);

const END = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_ENTRY = 0x04034b50;
const LOCAL_ENTRY_BYTES = 30;
const ZIP64_EXTRA = 1;
const MAX_COMMENT_BYTES = 0xffff;
/** Bounds what is read of a damaged or hostile archive's directory. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

export interface ZipEntry {
  name: string;
  method: number;
  encrypted: boolean;
  crc32: number;
  packedBytes: number;
  bytes: number;
  offset: number;
}

export class ZipFile {
  private constructor(
    private readonly file: string,
    private readonly handle: fs.FileHandle,
    private readonly size: number,
    readonly entries: ZipEntry[],
  ) {}

  /** @throws DataError when the file is no whole archive. The caller closes it. */
  static async open(file: string): Promise<ZipFile> {
    const { size } = await look(file);
    const handle = await telling(file, () => fs.open(file, 'r'));
    const zip = new ZipFile(file, handle, size, []);
    try {
      await zip.readDirectory();
      return zip;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** @throws DataError when the entry is damaged, encrypted, packed by a method not read here, or too large. */
  async read(entry: ZipEntry): Promise<Buffer> {
    const { name, method, packedBytes, bytes } = entry;
    if (entry.encrypted) throw this.error(`${name} in it is encrypted`, 'Save it without a password.');
    if (method !== 0 && method !== 8)
      throw this.error(
        `${name} in it is packed by method ${method}; stored and deflated entries are read`,
        'Save it by numpy.savez or numpy.savez_compressed.',
      );
    if (bytes > MAX_BYTES || packedBytes > MAX_BYTES)
      throw this.error(
        `${name} in it has ${formatCount(bytes)} bytes; data that is read into memory may have ${formatCount(MAX_BYTES)}`,
        'Use a part of it.',
      );
    const local = await this.bytesAt(entry.offset, LOCAL_ENTRY_BYTES);
    if (local.readUInt32LE(0) !== LOCAL_ENTRY) throw this.damaged(`${name} does not begin where its directory says`);
    const start = entry.offset + LOCAL_ENTRY_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
    const packed = await this.bytesAt(start, packedBytes);
    const content = method === 0 ? packed : await this.inflate(packed, entry);
    if (content.length !== bytes)
      throw this.damaged(`${name} has ${formatCount(content.length)} bytes instead of ${formatCount(bytes)}`);
    if (crc32(content) !== entry.crc32) throw this.damaged(`the check sum of ${name} is wrong`);
    return content;
  }

  private async inflate(packed: Buffer, { name, bytes }: ZipEntry): Promise<Buffer> {
    try {
      return await unpack(packed, { maxOutputLength: Math.max(1, bytes) });
    } catch {
      throw this.damaged(`${name} cannot be unpacked to its ${formatCount(bytes)} bytes`);
    }
  }

  private async readDirectory(): Promise<void> {
    const tailBytes = Math.min(this.size, END_BYTES + MAX_COMMENT_BYTES);
    const tail = await this.bytesAt(this.size - tailBytes, tailBytes);
    let at = tail.length - END_BYTES;
    while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
    if (at < 0) throw this.damaged('it does not end as ZIP archives do');
    let count = tail.readUInt16LE(at + 10);
    let length = tail.readUInt32LE(at + 12);
    let offset = tail.readUInt32LE(at + 16);
    const locator = at - END64_LOCATOR_BYTES;
    if (locator >= 0 && tail.readUInt32LE(locator) === END64_LOCATOR) {
      const end = await this.bytesAt(Number(tail.readBigUInt64LE(locator + 8)), END64_BYTES);
      if (end.readUInt32LE(0) !== END64) throw this.damaged('its ZIP64 directory is not where it should be');
      count = Number(end.readBigUInt64LE(32));
      length = Number(end.readBigUInt64LE(40));
      offset = Number(end.readBigUInt64LE(48));
    }
    if (length > MAX_DIRECTORY_BYTES) throw this.damaged(`its directory claims ${formatCount(length)} bytes`);
    this.parseDirectory(await this.bytesAt(offset, length), count);
  }

  private parseDirectory(directory: Buffer, count: number): void {
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (at + DIRECTORY_ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY)
        throw this.damaged('its directory is incomplete');
      const nameEnd = at + DIRECTORY_ENTRY_BYTES + directory.readUInt16LE(at + 28);
      const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
      const entry: ZipEntry = {
        name: directory.toString('utf8', at + DIRECTORY_ENTRY_BYTES, nameEnd),
        encrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
        method: directory.readUInt16LE(at + 10),
        crc32: directory.readUInt32LE(at + 16),
        packedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      };
      applyZip64(entry, directory.subarray(nameEnd, extraEnd));
      this.entries.push(entry);
      at = extraEnd + directory.readUInt16LE(at + 32);
    }
  }

  private async bytesAt(offset: number, length: number): Promise<Buffer> {
    if (offset < 0 || length < 0 || offset + length > this.size) throw this.damaged('it points beyond its own end');
    const buffer = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await telling(this.file, () =>
        this.handle.read(buffer, filled, length - filled, offset + filled),
      );
      if (bytesRead === 0) throw this.damaged('it became shorter while it was read');
      filled += bytesRead;
    }
    return buffer;
  }

  private damaged(what: string): DataError {
    return this.error(
      `it is no ZIP archive as NumPy writes it, or it is cut off or damaged: ${what}`,
      'Download, copy or save it again.',
    );
  }

  private error(what: string, advice: string): DataError {
    return new DataError(`${path.basename(this.file)} cannot be read: ${what}.`, this.file, advice);
  }
}

/** Sizes and offset that do not fit 32 bits stand in an extra field, in this order, only those that are needed. */
function applyZip64(entry: ZipEntry, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length;) {
    const id = extra.readUInt16LE(at);
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    at += 4 + field.length;
    if (id !== ZIP64_EXTRA) continue;
    let next = 0;
    for (const key of ['bytes', 'packedBytes', 'offset'] as const) {
      if (entry[key] !== 0xffffffff || next + 8 > field.length) continue;
      entry[key] = Number(field.readBigUInt64LE(next));
      next += 8;
    }
    return;
  }
}

/** CRC-32 as in ISO 3309; Node has it since 20.15 only. */
function crc32(bytes: Uint8Array): number {
  const native = (zlib as { crc32?: (data: Uint8Array) => number }).crc32;
  return native ? native(bytes) : crc32OfBytes(bytes);
}

/** For Node before 20.15. */
export function crc32OfBytes(bytes: Uint8Array): number {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] as number)) & 255] as number);
  return ~crc >>> 0;
}
