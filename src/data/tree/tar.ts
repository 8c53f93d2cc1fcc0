/**
 * Tar archives: ustar and pax (POSIX.1-2017, pax, "ustar Interchange Format", "pax Header Block"), with GNU's long names
 * and large sizes (GNU tar manual, "Basic Tar Format"). Reads headers; contents are left to whoever asks.
 */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';
import type { Bytes } from './bytes.js';
import { TAR_BLOCK, tarChecksumFits } from './magic.js';

/** Names and attributes before an entry may have so many bytes. */
const MAX_EXTENSION_BYTES = 1024 * 1024;

export interface TarEntry {
  name: string;
  kind: 'file' | 'folder' | 'link' | 'sparse' | 'other';
  /** Of the content. */
  size: number;
  /** Of the content's first byte in the unpacked archive. */
  offset: number;
}

/** How an archive ends: with its mark; without; or with its mark and something behind it. */
export type TarEnd = 'whole' | 'unmarked' | 'followed';

/**
 * Visits all entries in their order.
 * @param file for messages
 * @param visit may read of `bytes` up to the entry's end
 * @throws DataError naming the byte where the archive is cut off or damaged
 */
export async function readTar(
  bytes: Bytes,
  file: string,
  visit: (entry: TarEntry) => void | Promise<void>,
): Promise<TarEnd> {
  const globals = new Map<string, string>();
  let own = new Map<string, string>();
  for (;;) {
    const at = bytes.at;
    const header = await bytes.take(TAR_BLOCK);
    if (header.length === 0) return 'unmarked';
    if (header.length < TAR_BLOCK) throw cutOff(file, at + header.length);
    if (isZero(header)) {
      const next = await bytes.take(TAR_BLOCK);
      return isZero(next) ? 'whole' : 'followed';
    }
    if (!tarChecksumFits(header)) throw damaged(file, at, t('the check sum of its header is wrong'));
    const type = header.toString('latin1', 156, 157);
    const isExtension = EXTENSIONS.includes(type);
    const told = isExtension ? undefined : (own.get('size') ?? globals.get('size'));
    const size = told === undefined ? numberOf(header.subarray(124, 136)) : Number(told);
    if (!Number.isSafeInteger(size) || size < 0) throw damaged(file, at, t('the size in its header is no number'));

    if (isExtension) {
      if (size > MAX_EXTENSION_BYTES) throw damaged(file, at, t('it claims {0} bytes for a name', formatCount(size)));
      const content = await bytes.take(size);
      if (content.length < size || !(await bytes.skip(padding(size)))) throw cutOff(file, bytes.at);
      if (type === 'L') own.set('path', text(untilNul(content)));
      else if (type !== 'K' && !readPax(content, type === 'g' ? globals : own))
        throw damaged(file, at, t('the attributes in its header are no pairs of names and values'));
      continue;
    }
    const attributes = new Map([...globals, ...own]);
    own = new Map();
    const name = attributes.get('path') ?? headerName(header);
    const kind = [...attributes.keys()].some((key) => key.startsWith('GNU.sparse.')) ? 'sparse' : kindOf(type, name);
    if (type === 'S') await skipSparseMap(bytes, header, file);
    // Links, devices and folders have no content, whatever their size says (POSIX).
    const contentSize = /[1-6]/.test(type) ? 0 : size;
    const entry: TarEntry = { name, kind, size: contentSize, offset: bytes.at };
    await visit(entry);
    const end = entry.offset + contentSize + padding(contentSize);
    if (!(await bytes.skip(end - bytes.at))) throw cutOff(file, bytes.at, name);
  }
}

const EXTENSIONS = ['x', 'g', 'L', 'K'];

function kindOf(type: string, name: string): TarEntry['kind'] {
  if (type === '5' || name.endsWith('/')) return 'folder';
  if (['0', '\0', '7'].includes(type)) return 'file';
  if (type === '1' || type === '2') return 'link';
  return type === 'S' ? 'sparse' : 'other';
}

function headerName(header: Buffer): string {
  const name = text(untilNul(header.subarray(0, 100)));
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? text(untilNul(header.subarray(345, 500))) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits; or, for large numbers, GNU's base 256 after a byte 0x80. NaN when it is neither. */
function numberOf(field: Buffer): number {
  if (field[0] === 0x80) return field.subarray(1).reduce((number, byte) => number * 256 + byte, 0);
  const [digits] = /^[0-7]+$/.exec(field.toString('latin1').replace(/^[ \0]+|[ \0]+$/g, '')) ?? [];
  if (digits !== undefined) return Number.parseInt(digits, 8);
  return field.every((byte) => byte === 0 || byte === 0x20) ? 0 : NaN;
}

/** "length name=value\n", the length in bytes and with itself. @returns false when it is something else */
function readPax(content: Buffer, into: Map<string, string>): boolean {
  for (let at = 0; at < content.length && content[at] !== 0;) {
    const [digits] = /^\d{1,7} /.exec(content.toString('latin1', at, at + 8)) ?? [];
    const end = at + Number(digits);
    const record = content.subarray(at + (digits?.length ?? 0), end);
    const equals = record.indexOf('=');
    if (digits === undefined || end > content.length || equals < 1 || record.at(-1) !== 0x0a) return false;
    const key = text(record.subarray(0, equals));
    const value = text(record.subarray(equals + 1, -1));
    if (value === '') into.delete(key);
    else into.set(key, value);
    at = end;
  }
  return true;
}

/** GNU's older sparse files have more of their map in blocks behind the header. */
async function skipSparseMap(bytes: Bytes, header: Buffer, file: string): Promise<void> {
  for (let more = header[482]; more;) {
    const block = await bytes.take(TAR_BLOCK);
    if (block.length < TAR_BLOCK) throw cutOff(file, bytes.at);
    more = block[504];
  }
}

function padding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function untilNul(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function text(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1'); // of an older system
  }
}

function cutOff(file: string, at: number, name?: string): DataError {
  return new DataError(
    name === undefined
      ? t('{0} is cut off: it ends at byte {1}, within a header.', path.basename(file), formatCount(at))
      : t('{0} is cut off: it ends at byte {1}, within {2}.', path.basename(file), formatCount(at), name),
    file,
    t('Download or copy it again.'),
  );
}

function damaged(file: string, at: number, what: string): DataError {
  return new DataError(
    t('{0} is damaged at byte {1} of the archive: {2}.', path.basename(file), formatCount(at), what),
    file,
    t('Download or copy it again.'),
  );
}
