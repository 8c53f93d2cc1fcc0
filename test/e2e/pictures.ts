import fs from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { PNG } from 'pngjs';

const SIDE = 28;
/** Bytes before the pixels of an IDX file of images. */
const HEADER = 16;

/** One image of MNIST's or Fashion-MNIST's files, as PNG. */
export function pngOf(file: string, index: number): Buffer {
  const pixels = gunzipSync(fs.readFileSync(file)).subarray(HEADER + index * SIDE ** 2);
  const png = new PNG({ width: SIDE, height: SIDE });
  for (let at = 0; at < SIDE ** 2; at++) {
    const value = pixels[at] ?? 0;
    png.data.set([value, value, value, 255], 4 * at);
  }
  return PNG.sync.write(png);
}
