import * as assert from 'node:assert/strict';
import type { DecodedImage } from '../../../../src/data/image/decode.js';
import { decodeImage } from '../../../../src/data/image/decode.js';
import { resizeImage, type Resizing } from '../../../../src/data/image/resize.js';
import { stream } from '../../../../src/protocol/random.js';
import { difference, image, resized } from './reference.js';

describe('Images are resized to the values that Pillow gives', () => {
  for (const [name, expected] of resized)
    it(name, () => {
      const [file, width, height, fit] = name.split(' ') as [string, string, string, Resizing['fit']];
      const original = decodeImage(image(file), { channels: 'auto' });
      const result = resizeImage(original, { width: Number(width), height: Number(height), fit });
      assert.deepEqual([result.width, result.height], [Number(width), Number(height)]);
      assert.equal(difference(result.data, expected), 0);
    });
});

describe('Images of any size are resized to the sums that the formula gives', () => {
  const random = stream(1, 'sizes', 0);
  const upTo = (most: number): number => 1 + Math.floor(random.uniform() * most);
  it('of bytes of all values, whatever image came before', () => {
    for (let i = 0; i < 90; i++) {
      const [width, height, newWidth, newHeight] = [upTo(70), upTo(70), upTo(40), upTo(40)];
      const channels = i % 2 === 0 ? 1 : 3;
      // White and black show a sum that is carried wrongly; a third of the images are white all over.
      const value = [() => 255, () => 255 * (upTo(2) - 1), () => upTo(256) - 1][i % 3]!;
      const data = Uint8Array.from({ length: width * height * channels }, value);
      const original: DecodedImage = { width, height, channels, data };
      const { data: found } = resizeImage(original, { width: newWidth, height: newHeight, fit: 'stretch' });
      const said = `${width} × ${height} × ${channels} to ${newWidth} × ${newHeight}`;
      assert.deepEqual([...found], plain(original, newWidth, newHeight), said);
    }
  });

  it('of an image that is far larger than the result, and of the next one', () => {
    const small: DecodedImage = { width: 5, height: 5, channels: 1, data: new Uint8Array(25).fill(9) };
    const large: DecodedImage = {
      width: 7001,
      height: 4003,
      channels: 3,
      data: new Uint8Array(7001 * 4003 * 3).fill(200),
    };
    for (const [one, value] of [
      [large, 200],
      [small, 9],
    ] as const) {
      const { data } = resizeImage(one, { width: 3, height: 2, fit: 'stretch' });
      assert.deepEqual([...data], new Array(6 * one.channels).fill(value));
    }
  });
});

/** Pillow's ImagingResample, in plain numbers. */
function plain({ width, height, channels, data }: DecodedImage, newWidth: number, newHeight: number): number[] {
  type Grid = { width: number; height: number; data: ArrayLike<number> };
  const along = (from: Grid, target: number, vertical: boolean): Grid => {
    const size = vertical ? from.height : from.width;
    if (size === target) return from;
    const to = { width: vertical ? from.width : target, height: vertical ? target : from.height, data: [] as number[] };
    for (let y = 0; y < to.height; y++)
      for (let x = 0; x < to.width; x++)
        for (let c = 0; c < channels; c++) {
          const weights = triangle(size, target, vertical ? y : x);
          const sum = weights.reduce((total, weight, k) => {
            const at = vertical ? k * from.width + x : y * from.width + k;
            return total + weight * from.data[at * channels + c]!;
          }, 2 ** 21);
          to.data.push(Math.min(255, Math.floor(sum / 2 ** 22)));
        }
    return to;
  };
  const columnsFirst = height > newHeight && 2 * (width - newWidth) < height - newHeight;
  const first = along({ width, height, data }, columnsFirst ? newHeight : newWidth, columnsFirst);
  return [...Array.from(along(first, columnsFirst ? newWidth : newHeight, !columnsFirst).data)];
}

/** Weight of each source pixel for a target pixel, in 22 bits of fraction. */
function triangle(size: number, target: number, i: number): number[] {
  const scale = size / target;
  const support = Math.max(1, scale);
  const center = (i + 0.5) * scale;
  const low = Math.max(0, Math.trunc(center - support + 0.5));
  const high = Math.min(size, Math.trunc(center + support + 0.5));
  const weights = Array.from({ length: size }, (_, k) =>
    k < low || k >= high ? 0 : Math.max(0, 1 - Math.abs((k - center + 0.5) * (1 / support))),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => Math.trunc(0.5 + (weight / sum) * 2 ** 22));
}
