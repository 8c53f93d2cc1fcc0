/** Windows bitmaps: see bmpHeader.ts. */
import { t } from '../../protocol/l10n.js';
import { bmpHeader, type BmpHeader } from './bmpHeader.js';
import type { Pixels } from './pixels.js';

/** @throws Error when there are fewer bytes than pixels */
export function decodeBmp(bytes: Buffer): Pixels {
  const header = bmpHeader(bytes);
  const { width, height } = header.shown;
  if (header.bits > 8) return decodeColours(bytes, header);
  const indices = header.compression === 'none' ? readIndices(bytes, header) : unpackRuns(bytes, header);
  const channels = header.shown.channels;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const from = (header.topDown ? y : height - 1 - y) * width;
    for (let x = 0; x < width; x++) {
      const colour = 3 * (indices[from + x] as number);
      // An index beyond the palette is black, as in Windows.
      for (let c = 0; c < channels; c++) data[to++] = header.palette[colour + c] ?? 0;
    }
  }
  return { width, height, channels, data };
}

/** Rows take a multiple of four bytes. */
function rowBytes({ bits, shown }: BmpHeader): number {
  return ((bits * shown.width + 31) >>> 5) * 4;
}

function checkLength(bytes: Buffer, header: BmpHeader): void {
  const needed = header.start + rowBytes(header) * header.shown.height;
  if (bytes.length < needed) throw new Error(t('it should have {0} bytes and has {1}', needed, bytes.length));
}

function decodeColours(bytes: Buffer, header: BmpHeader): Pixels {
  checkLength(bytes, header);
  const { width, height } = header.shown;
  const channels = header.masks[3] === 0 ? 3 : 4;
  const fields = header.masks.slice(0, channels).map(fieldOf);
  const data = new Uint8Array(width * height * channels);
  const step = header.bits / 8;
  for (let y = 0, to = 0; y < height; y++) {
    let at = header.start + (header.topDown ? y : height - 1 - y) * rowBytes(header);
    for (let x = 0; x < width; x++, at += step) {
      const value = bytes.readUIntLE(at, step);
      for (const { shift, max } of fields) data[to++] = Math.floor((((value >>> shift) & max) * 255) / max);
    }
  }
  return { width, height, channels, data };
}

/** Of more than eight bits the upper ones count. */
function fieldOf(mask: number): { shift: number; max: number } {
  const bits = mask.toString(2).replace(/0+$/, '').length;
  const lowest = mask.toString(2).length - bits;
  return { shift: lowest + Math.max(0, bits - 8), max: 2 ** Math.min(8, bits) - 1 };
}

/** One index a byte, in the order of the file. */
function readIndices(bytes: Buffer, header: BmpHeader): Uint8Array {
  checkLength(bytes, header);
  const { width, height } = header.shown;
  const { bits } = header;
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let y = 0, to = 0; y < height; y++) {
    const row = header.start + y * rowBytes(header);
    for (let x = 0; x < width; x++) {
      const byte = bytes[row + Math.floor(x / perByte)] as number;
      indices[to++] = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
    }
  }
  return indices;
}

/** Run-length encoding of 8 and 4 bits (Win32 documentation, "Bitmap Compression"). */
function unpackRuns(bytes: Buffer, header: BmpHeader): Uint8Array {
  const { width, height } = header.shown;
  const size = width * height;
  // Two bytes give at most 255 pixels; a jump over rows takes four.
  if ((bytes.length - header.start) * 255 * 255 < size)
    throw new Error(t('it is too short for {0} × {1}', width, height));
  const indices = new Uint8Array(size);
  const four = header.compression === 'rle4';
  let at = header.start;
  let [x, y] = [0, 0];
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error(t('its pixels end too early'));
    return byte;
  };
  const set = (index: number): void => {
    if (x < width && y < height) indices[y * width + x] = index;
    x++;
  };
  for (;;) {
    const count = next();
    const code = next();
    if (count > 0) for (let i = 0; i < count; i++) set(four ? (i % 2 === 0 ? code >> 4 : code & 15) : code);
    else if (code === 0) [x, y] = [0, y + 1];
    else if (code === 1) return indices;
    else if (code === 2) [x, y] = [x + next(), y + next()];
    else {
      const start = at;
      let byte = 0;
      for (let i = 0; i < code; i++) {
        if (!four || i % 2 === 0) byte = next();
        set(four ? (i % 2 === 0 ? byte >> 4 : byte & 15) : byte);
      }
      if ((at - start) % 2 === 1) at++; // whole words
    }
  }
}
