import { t } from '../protocol/l10n.js';

/** The directory of a ZIP archive: what stands in it, and where (PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5). */

const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
export const LOCAL_ENTRY_BYTES = 30;
const SIGNATURE = 0x05054b50;
const ZIP64_EXTRA = 1;
/** General purpose flags (4.4.4). */
const ENCRYPTED = 0x2041;
const UTF8 = 0x0800;
/** "Made by" systems (4.4.2). */
const DOS = 0;
const UNIX = 3;

export interface ZipEntry {
  /** With '/' between folders. */
  name: string;
  storedName: Buffer;
  isFolder: boolean;
  isLink: boolean;
  encrypted: boolean;
  method: number;
  crc32: number;
  packedBytes: number;
  bytes: number;
  /** Of the entry's own header in the file. */
  offset: number;
}

/**
 * @param count as the archive tells it; writers without ZIP64 tell it modulo 65536
 * @returns the entries, or in words what is wrong
 */
export function parseDirectory(directory: Buffer, count: number): ZipEntry[] | { wrong: string; at: number } {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < directory.length && !(at + 4 <= directory.length && directory.readUInt32LE(at) === SIGNATURE)) {
    const incomplete = { wrong: t('entry {0} of its directory is damaged', entries.length + 1), at };
    if (at + DIRECTORY_ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY)
      return incomplete;
    const nameEnd = at + DIRECTORY_ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const end = extraEnd + directory.readUInt16LE(at + 32);
    if (end > directory.length) return incomplete;
    entries.push(parseEntry(directory, at, nameEnd, extraEnd));
    at = end;
  }
  return entries.length % 0x10000 === count % 0x10000 && entries.length >= count
    ? entries
    : { wrong: t('its directory has {0} entries instead of {1}', entries.length, count), at };
}

function parseEntry(directory: Buffer, at: number, nameEnd: number, extraEnd: number): ZipEntry {
  const system = directory.readUInt8(at + 5);
  const flags = directory.readUInt16LE(at + 8);
  const storedName = directory.subarray(at + DIRECTORY_ENTRY_BYTES, nameEnd);
  const decoded = decodeName(storedName, (flags & UTF8) !== 0);
  const name = system === DOS ? decoded.replaceAll('\\', '/') : decoded;
  const entry: ZipEntry = {
    name,
    storedName,
    isFolder: false,
    isLink: system === UNIX && directory.readUInt32LE(at + 38) >>> 28 === 0xa,
    encrypted: (flags & ENCRYPTED) !== 0,
    method: directory.readUInt16LE(at + 10),
    crc32: directory.readUInt32LE(at + 16),
    packedBytes: directory.readUInt32LE(at + 20),
    bytes: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
  };
  applyZip64(entry, directory.subarray(nameEnd, extraEnd));
  entry.isFolder = name.endsWith('/') && entry.bytes === 0;
  return entry;
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

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 when it is flagged, and when it is without being flagged, as macOS writes it; else code page 437 (appendix D). */
function decodeName(bytes: Buffer, flagged: boolean): string {
  if (flagged) return bytes.toString('utf8');
  try {
    return utf8.decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437.charAt(byte - 128))).join('');
  }
}

const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Two entries that share bytes of the file: what honest archives never have, and bombs are made of. */
export function findOverlap(entries: readonly ZipEntry[], directoryOffset: number): [ZipEntry, ZipEntry | null] | null {
  const order = [...entries].sort((a, b) => a.offset - b.offset);
  for (const [i, entry] of order.entries()) {
    const end = entry.offset + LOCAL_ENTRY_BYTES + entry.storedName.length + entry.packedBytes;
    const next = order[i + 1];
    if (end > (next?.offset ?? directoryOffset)) return [entry, next ?? null];
  }
  return null;
}
