/** The images of test/fixtures/images and what Pillow makes of them (make.py). */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

export interface Reference {
  width: number;
  height: number;
  grey: boolean;
  rgb: Buffer;
  luma: Buffer;
}

type Written = Omit<Reference, 'rgb' | 'luma'> & { rgb: string; luma: string };

const folder = path.join(__dirname, '../../../fixtures/images');
const written = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as {
  images: Record<string, Written>;
  resized: Record<string, string>;
};

export const references = new Map<string, Reference>(
  Object.entries(written.images).map(([name, { rgb, luma, ...rest }]) => [
    name,
    { ...rest, rgb: Buffer.from(rgb, 'base64'), luma: Buffer.from(luma, 'base64') },
  ]),
);

/** By "file width height fit". */
export const resized = new Map(
  Object.entries(written.resized).map(([name, values]) => [name, Buffer.from(values, 'base64')]),
);

export function imageFile(name: string): string {
  return path.join(folder, name);
}

export function image(name: string): Buffer {
  return readFileSync(imageFile(name));
}

/** The largest difference between two images' values. */
export function difference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}
