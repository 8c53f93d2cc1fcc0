/** PNG specification (W3C, third edition): chunks, filters, interlacing, and samples of all depths. */
import { inflateSync } from 'node:zlib';
import { t } from '../../protocol/l10n.js';
import { crc32 } from '../crc32.js';
import { uprightSize } from './exif.js';
import type { ImageHeader } from './header.js';
import type { Pixels } from './pixels.js';
import { unpackSamples, type PngColours } from './pngSamples.js';

/** Adam7 (8.1): first row and column of each pass, and the steps between its rows and columns. */
const PASSES: readonly (readonly [row: number, column: number, rows: number, columns: number])[] = [
  [0, 0, 8, 8],
  [0, 4, 8, 8],
  [4, 0, 8, 4],
  [0, 2, 4, 4],
  [2, 0, 4, 2],
  [0, 1, 2, 2],
  [1, 0, 2, 1],
];
const WHOLE = [[0, 0, 1, 1]] as const;
const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Chunks {
  data: Buffer;
  palette: Buffer | null;
  transparency: Buffer | null;
}

/** Transparency becomes a fourth channel; of 16 bits the upper eight are kept. @throws Error with the reason */
export function decodePng(bytes: Buffer, header: ImageHeader): Pixels {
  const { width, height } = uprightSize(header.width, header.height, header.orientation);
  const depth = bytes[24] as number;
  const type = bytes[25] as number;
  const bits = depth * (SAMPLES[type] as number);
  const passes = header.interlaced ? PASSES : WHOLE;
  const sizes = passes.map(([row, column, rows, columns]) => {
    const size = { width: Math.ceil((width - column) / columns), height: Math.ceil((height - row) / rows) };
    return { ...size, rowBytes: Math.ceil((size.width * bits) / 8) };
  });
  const { data, palette, transparency } = readChunks(bytes);
  const rawBytes = sizes.reduce((sum, size) => sum + (size.width > 0 ? size.height * (size.rowBytes + 1) : 0), 0);
  // Grows as it unpacks: a header that claims too much takes no memory.
  const raw = inflateSync(data, { maxOutputLength: rawBytes + 1024 });
  if (raw.length < rawBytes) throw new Error(t('its pixels are {0} bytes, not {1}', raw.length, rawBytes));
  const colours: PngColours = { type, depth, palette, transparency };
  const channels = type === 4 || type === 6 || transparency ? 4 : type === 0 ? 1 : 3;
  const out = new Uint8Array(width * height * channels);
  let at = 0;
  passes.forEach(([firstRow, firstColumn, rowStep, columnStep], i) => {
    const size = sizes[i];
    if (!size || size.width <= 0 || size.height <= 0) return;
    unfilter(raw, at, size.height, size.rowBytes, Math.max(1, bits >> 3));
    for (let y = 0; y < size.height; y++) {
      const to = ((firstRow + y * rowStep) * width + firstColumn) * channels;
      unpackSamples(raw, at + 1, size.width, colours, out, to, columnStep * channels);
      at += size.rowBytes + 1;
    }
  });
  return { width, height, channels, data: out };
}

/** Section 5.3; a chunk that is not known must say that it can be left out. */
function readChunks(bytes: Buffer): Chunks {
  const chunks: Omit<Chunks, 'data'> = { palette: null, transparency: null };
  const parts: Buffer[] = [];
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw new Error(t('it has no end'));
    const length = bytes.readUInt32BE(at);
    const end = at + 8 + length;
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (end + 4 > bytes.length) throw new Error(t('{0} ends behind the file', name));
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end))
      throw new Error(t('{0} at byte {1} has a wrong checksum', name, at));
    const body = bytes.subarray(at + 8, end);
    if (name === 'IEND') break;
    if (name === 'IDAT') parts.push(body);
    else if (name === 'PLTE') chunks.palette = body;
    else if (name === 'tRNS') chunks.transparency = body;
    else if (/^[A-Z]/.test(name) && name !== 'IHDR') throw new Error(t('{0} at byte {1} is not known', name, at));
    at = end + 4;
  }
  if (bytes[26] !== 0 || bytes[27] !== 0) throw new Error(t('it is compressed or filtered in an unknown way'));
  if (bytes[25] === 3 && chunks.palette === null) throw new Error(t('it has no palette'));
  if (chunks.transparency && chunks.transparency.length < ({ 0: 2, 2: 6 }[bytes[25] as number] ?? 0))
    throw new Error(t('tRNS is too short'));
  return { ...chunks, data: Buffer.concat(parts) };
}

/** Section 9: each row of `rowBytes` stands behind its filter's number. In place. */
function unfilter(raw: Buffer, start: number, rows: number, rowBytes: number, step: number): void {
  for (let y = 0, row = start + 1; y < rows; y++, row += rowBytes + 1) {
    const above = y === 0 ? -1 : row - rowBytes - 1;
    const end = row + rowBytes;
    switch (raw[row - 1]) {
      case 0:
        break;
      case 1:
        for (let i = row + step; i < end; i++) raw[i] = (raw[i] as number) + (raw[i - step] as number);
        break;
      case 2:
        if (above >= 0)
          for (let i = row, j = above; i < end; i++, j++) raw[i] = (raw[i] as number) + (raw[j] as number);
        break;
      case 3:
        for (let i = row, j = above; i < end; i++, j++) {
          const left = i - row < step ? 0 : (raw[i - step] as number);
          raw[i] = (raw[i] as number) + ((left + (above < 0 ? 0 : (raw[j] as number))) >> 1);
        }
        break;
      case 4:
        paeth(raw, row, above, end, step);
        break;
      default:
        throw new Error(t('a row has the unknown filter {0}', raw[row - 1] ?? ''));
    }
  }
}

function paeth(raw: Buffer, row: number, above: number, end: number, step: number): void {
  for (let i = row, j = above; i < end; i++, j++) {
    const inside = i - row >= step;
    const a = inside ? (raw[i - step] as number) : 0;
    const b = above < 0 ? 0 : (raw[j] as number);
    const c = inside && above >= 0 ? (raw[j - step] as number) : 0;
    const toA = Math.abs(b - c);
    const toB = Math.abs(a - c);
    const toC = Math.abs(a + b - 2 * c);
    raw[i] = (raw[i] as number) + (toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
  }
}
