import * as tf from '@tensorflow/tfjs-core';
import { imageOf } from './convolution.js';

/** How an image [height, width, channels] lies in square patches, row by row; what stands over is filled with zeros. */
export interface PatchGrid {
  rows: number;
  columns: number;
  count: number;
  /** Numbers of one patch: size · size · channels. */
  width: number;
  /** [batch, height, width, channels] as [batch, count, width]. */
  split(images: tf.Tensor): tf.Tensor3D;
  /** The way back. */
  join(patches: tf.Tensor): tf.Tensor4D;
}

/** @param size side of a patch, in pixels */
export function patchGrid(shape: readonly number[], size: number): PatchGrid {
  const [height, width, channels] = imageOf(shape);
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)];
  const [below, right] = [rows * size - height, columns * size - width];
  const numbers = size * size * channels;
  return {
    rows,
    columns,
    count: rows * columns,
    width: numbers,
    split(images) {
      const whole =
        below + right === 0
          ? images
          : tf.pad(images as tf.Tensor4D, [
              [0, 0],
              [0, below],
              [0, right],
              [0, 0],
            ]);
      // [batch, rows, size, columns, size · channels]: a patch's lines stand apart by its row.
      const lines = tf.reshape<tf.Rank.R5>(whole, [-1, rows, size, columns, size * channels]);
      return tf.reshape<tf.Rank.R3>(tf.transpose(lines, [0, 1, 3, 2, 4]), [-1, rows * columns, numbers]);
    },
    join(patches) {
      const lines = tf.reshape<tf.Rank.R5>(patches, [-1, rows, columns, size, size * channels]);
      const whole = tf.reshape<tf.Rank.R4>(tf.transpose(lines, [0, 1, 3, 2, 4]), [
        -1,
        rows * size,
        columns * size,
        channels,
      ]);
      return below + right === 0 ? whole : tf.slice(whole, [0, 0, 0, 0], [-1, height, width, channels]);
    },
  };
}

/**
 * Fixed positions of a grid, half of the numbers for the row and half for the column, each by sines and cosines of
 * falling frequency (Vaswani et al. 2017, section 3.5; in two dimensions as in He et al. 2022).
 * @param width a multiple of 4
 * @returns [rows · columns, width]
 */
export function gridPositions(rows: number, columns: number, width: number): Float32Array {
  if (width % 4 !== 0) throw new RangeError(`${width} is not a multiple of 4`);
  const quarter = width / 4;
  const out = new Float32Array(rows * columns * width);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let i = 0; i < quarter; i++) {
        const frequency = 10_000 ** (-i / quarter);
        const at = (row * columns + column) * width + i;
        out[at] = Math.sin(row * frequency);
        out[at + quarter] = Math.cos(row * frequency);
        out[at + 2 * quarter] = Math.sin(column * frequency);
        out[at + 3 * quarter] = Math.cos(column * frequency);
      }
  return out;
}
