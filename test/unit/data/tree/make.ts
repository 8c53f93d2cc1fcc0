/** Archives made by hand, whole or broken in any field. */
import { deflateRawSync } from 'node:zlib';
import { crc32OfBytes } from '../../../../src/data/crc32.js';

export interface ZipPart {
  name: string | Buffer;
  content?: Buffer | string;
  /** 0 stored, 8 deflated. */
  method?: number;
  flags?: number;
  /** "Made by": 0 DOS, 3 UNIX. */
  system?: number;
  /** UNIX mode. */
  mode?: number;
  /** In the directory, in place of what is true. */
  told?: { crc?: number; packed?: number; bytes?: number; offset?: number };
  packed?: Buffer;
  localName?: string;
  localSignature?: number;
  /** Of the entry's own header, which need not be that of the directory. */
  extra?: Buffer;
}

export interface ZipEnd {
  count?: number;
  length?: number;
  offset?: number;
  disk?: number;
  comment?: string;
  directoryTail?: Buffer;
}

const u16 = (value: number): Buffer => Buffer.from([value & 255, (value >>> 8) & 255]);
const u32 = (value: number): Buffer => Buffer.concat([u16(value & 0xffff), u16(value >>> 16)]);

/** APPNOTE 4.3.7, 4.3.12, 4.3.16. @returns the archive, and where its parts begin */
export function zip(parts: ZipPart[], end: ZipEnd = {}): { bytes: Buffer; boundaries: number[] } {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  const boundaries: number[] = [];
  let at = 0;
  for (const part of parts) {
    const { method = 8, flags = 0x800, system = 3, mode = 0o100644, told = {}, extra = Buffer.alloc(0) } = part;
    const content = Buffer.from(part.content ?? '');
    const packed = part.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const name = Buffer.from(part.name);
    const localName = Buffer.from(part.localName ?? name);
    const facts = Buffer.concat([
      u16(flags),
      u16(method),
      u32(0),
      u32(told.crc ?? crc32OfBytes(content)),
      u32(told.packed ?? packed.length),
      u32(told.bytes ?? content.length),
    ]);
    const local = Buffer.concat([
      u32(part.localSignature ?? 0x04034b50),
      u16(20),
      facts,
      u16(localName.length),
      u16(extra.length),
      localName,
      extra,
    ]);
    locals.push(local, packed);
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        Buffer.from([20, system]),
        u16(20),
        facts,
        u16(name.length),
        u16(0),
        u16(0),
        u16(0),
        u16(0),
        u32(mode * 0x10000),
        u32(told.offset ?? at),
        name,
      ]),
    );
    boundaries.push(at, at + 30, at + local.length);
    at += local.length + packed.length;
  }
  const listed = Buffer.concat([...directory, end.directoryTail ?? Buffer.alloc(0)]);
  let entryAt = at;
  for (const entry of directory) boundaries.push((entryAt += entry.length));
  const comment = Buffer.from(end.comment ?? '');
  const last = Buffer.concat([
    u32(0x06054b50),
    u16(end.disk ?? 0),
    u16(0),
    u16(end.count ?? parts.length),
    u16(end.count ?? parts.length),
    u32(end.length ?? listed.length),
    u32(end.offset ?? at),
    u16(comment.length),
    comment,
  ]);
  boundaries.push(at, at + listed.length + 4, at + listed.length + 21);
  return { bytes: Buffer.concat([...locals, listed, last]), boundaries };
}

export interface TarPart {
  name?: string | Buffer;
  content?: Buffer | string;
  type?: string;
  /** The size field as it stands there, in place of the true size. */
  size?: string | Buffer;
  link?: string;
  prefix?: string;
  magic?: string;
  checksum?: string;
  /** Changes the header before its sum is made. */
  change?: (header: Buffer) => void;
}

/** One entry: header, content, padding. POSIX.1-2017, pax, ustar. */
export function tarPart(part: TarPart): Buffer {
  const header = Buffer.alloc(512);
  const content = Buffer.from(part.content ?? '');
  Buffer.from(part.name ?? 'x.txt').copy(header, 0, 0, 100);
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  Buffer.from(part.size ?? `${content.length.toString(8).padStart(11, '0')}\0`).copy(header, 124, 0, 12);
  header.write('00000000001\0' + '        ' + (part.type ?? '0'), 136, 'latin1');
  header.write(part.link ?? '', 157, 100);
  header.write(part.magic ?? 'ustar\x0000', 257, 'latin1');
  header.write(part.prefix ?? '', 345, 155);
  part.change?.(header);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(part.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A pax header with these attributes. */
export function pax(attributes: Record<string, string>, type = 'x'): Buffer {
  const records = Object.entries(attributes).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + String(rest).length;
    length = rest + String(length).length;
    return `${length} ${key}=${value}\n`;
  });
  return tarPart({ name: 'PaxHeaders/x', type, content: records.join('') });
}

/** @returns an archive of these parts with its end mark */
export function tar(...parts: (TarPart | Buffer)[]): Buffer {
  return Buffer.concat([...parts.map((part) => (Buffer.isBuffer(part) ? part : tarPart(part))), Buffer.alloc(1024)]);
}
