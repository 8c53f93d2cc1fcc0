/** The one thing of EXIF that changes how an image looks. */

const ORIENTATION = 0x0112;
const SHORT = 3;
const LONG = 4;

/**
 * Orientation 1..8 of a TIFF block (EXIF 2.32, 4.6.4; TIFF 6.0, section 2), looked for in its first directory; 1 when it
 * says none or is damaged, since an image without it can be seen all the same.
 */
export function exifOrientation(block: Buffer): number {
  const prefix = block.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0;
  const tiff = block.subarray(prefix);
  const little = tiff.toString('latin1', 0, 4) === 'II*\0';
  if (!little && tiff.toString('latin1', 0, 4) !== 'MM\0*') return 1;
  const short = (at: number): number =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const long = (at: number): number =>
    at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at);
  const directory = long(4);
  const entries = short(directory);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > tiff.length) break;
    if (short(at) !== ORIENTATION) continue;
    const type = short(at + 2);
    const value = type === SHORT ? short(at + 8) : type === LONG ? long(at + 8) : 1;
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** From 5 on width and height change places. The same function leads back to the stored size. */
export function uprightSize(width: number, height: number, orientation: number): { width: number; height: number } {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/**
 * Turns stored pixels upright.
 * @param data [height, width, channels]
 */
export function applyOrientation(
  data: Uint8Array,
  width: number,
  height: number,
  channels: number,
  orientation: number,
): Uint8Array {
  if (orientation === 1) return data;
  const row = width;
  // Where the first pixel comes from, and how far the next one to the right and the next one below are from it.
  const [start, right, below] = (
    {
      2: [row - 1, -1, row],
      3: [row * height - 1, -1, -row],
      4: [row * (height - 1), 1, -row],
      5: [0, row, 1],
      6: [row * (height - 1), -row, 1],
      7: [row * height - 1, -row, -1],
      8: [row - 1, row, -1],
    } as Record<number, [number, number, number]>
  )[orientation] ?? [0, 1, row];
  const size = uprightSize(width, height, orientation);
  const out = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0; y < size.height; y++) {
    let from = (start + y * below) * channels;
    const step = right * channels;
    for (let x = 0; x < size.width; x++, from += step)
      for (let c = 0; c < channels; c++) out[to++] = data[from + c] as number;
  }
  return out;
}
