/** Unpacks pages, never to more than they are said to have. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Decompress } from 'fzstd';
import { snappyUncompress } from 'hyparquet';
import { formatCount, t } from '../../protocol/l10n.js';
import { Damage } from './damage.js';

/** The most that one byte can unpack to, by the formats: a page that promises more lies, and gets no memory. */
const MOST: Record<string, number> = {
  UNCOMPRESSED: 1,
  SNAPPY: 32, // a copy of 64 bytes takes 3
  GZIP: 1040, // 258 bytes in 2 bits
  BROTLI: Infinity, // by itself it grows with what comes
  ZSTD: 131_072 / 4, // a block of one byte repeated
  LZ4: 256,
  LZ4_RAW: 256,
};
/** What no frame needs: a larger window is refused by most programs, too. */
const MAX_ZSTD_WINDOW = 2 ** 27;

/**
 * @param size of the page when unpacked
 * @returns exactly so many bytes
 * @throws Damage for a codec that is not read, or when what is packed has another size or is damaged
 */
export function unpack(codec: string, packed: Uint8Array, size: number): Uint8Array {
  const most = MOST[codec];
  if (most === undefined)
    throw new Damage(
      t('it is compressed by {0}, which is not read here', codec),
      t('Write it again with "snappy", "zstd", "gzip", "brotli" or "lz4".'),
    );
  if (size === 0 && packed.length === 0) return packed;
  if (size > most * packed.length + 64)
    throw new Damage(t('it promises {0} bytes in {1}', formatCount(size), formatCount(packed.length)));
  let page: Uint8Array;
  try {
    page = unpackers[codec]?.(packed, size) ?? packed;
  } catch (error) {
    throw new Damage(t('it cannot be unpacked ({0}): {1}', codec, error instanceof Error ? error.message : ''));
  }
  if (page.length !== size)
    throw new Damage(t('it unpacks to {0} bytes, not {1}', formatCount(page.length), formatCount(size)));
  return page;
}

const unpackers: Record<string, (packed: Uint8Array, size: number) => Uint8Array> = {
  SNAPPY(packed, size) {
    const page = new Uint8Array(size);
    snappyUncompress(packed, page);
    return page;
  },
  GZIP: (packed, size) => gunzipSync(packed, { maxOutputLength: Math.max(1, size) }),
  BROTLI: (packed, size) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, size) }),
  ZSTD: unpackZstd,
  LZ4: unpackHadoopLz4,
  LZ4_RAW(packed, size) {
    const page = new Uint8Array(size);
    return page.subarray(0, unpackLz4(packed, page));
  },
};

function unpackZstd(packed: Uint8Array, size: number): Uint8Array {
  if (zstdWindow(packed) > Math.max(size, MAX_ZSTD_WINDOW)) throw new Error('window too large');
  const page = new Uint8Array(size);
  let length = 0;
  const stream = new Decompress((block) => {
    page.set(block, length); // throws beyond the end
    length += block.length;
  });
  stream.push(packed, true);
  return page.subarray(0, length);
}

/** What a frame asks for memory (RFC 8878, 3.1.1.1): its window, or its whole content when that is one segment. */
function zstdWindow(frame: Uint8Array): number {
  const descriptor = frame[4] ?? 0;
  const at = 5;
  if ((descriptor & 32) === 0) {
    const window = frame[at] ?? 0;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const content = at + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const bytes = [1, 2, 4, 8][descriptor >> 6] ?? 1;
  let size = bytes === 2 ? 256 : 0;
  for (let i = 0; i < bytes; i++) size += (frame[content + i] ?? 0) * 256 ** i;
  return size;
}

/** Old writers put blocks after their sizes, as Hadoop does; others wrote a plain block under the same name. */
function unpackHadoopLz4(packed: Uint8Array, size: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const blocks: [start: number, end: number, size: number][] = [];
  let at = 0;
  let total = 0;
  while (at + 8 <= packed.length) {
    const unpacked = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (length > packed.length - at - 8) break;
    blocks.push([at + 8, at + 8 + length, unpacked]);
    at += 8 + length;
    total += unpacked;
  }
  const page = new Uint8Array(size);
  if (at !== packed.length || total !== size) return page.subarray(0, unpackLz4(packed, page));
  let length = 0;
  for (const [start, end, expected] of blocks) {
    if (unpackLz4(packed.subarray(start, end), page.subarray(length, length + expected)) !== expected)
      throw new Error('block too short');
    length += expected;
  }
  return page;
}

/** One block (lz4_Block_format.md). @returns how many bytes it has @throws when it is damaged or has more than `page` */
function unpackLz4(packed: Uint8Array, page: Uint8Array): number {
  let at = 0;
  let length = 0;
  const byte = (): number => {
    const next = packed[at++];
    if (next === undefined) throw new Error('cut off');
    return next;
  };
  const lengthFrom = (start: number): number => {
    let count = start;
    for (let more = start === 15 ? 255 : 0; more === 255; count += more) more = byte();
    return count;
  };
  while (at < packed.length) {
    const token = byte();
    const literals = lengthFrom(token >> 4);
    if (literals > packed.length - at) throw new Error('cut off');
    page.set(packed.subarray(at, at + literals), length); // throws beyond the end
    at += literals;
    length += literals;
    if (at === packed.length) break; // the last sequence is literals only
    const offset = byte() | (byte() << 8);
    const count = lengthFrom(token & 15) + 4;
    if (offset === 0 || offset > length) throw new Error('copy from before the start');
    if (count > page.length - length) throw new Error('longer than promised');
    for (const end = length + count; length < end; length++) page[length] = page[length - offset] as number;
  }
  return length;
}
