import * as tf from '@tensorflow/tfjs-core';
import type { GridView } from '../../protocol/sample.js';
import type { RandomTensors } from '../random.js';

/** Codes of a model whose codes are normally distributed, to show what its decoder makes of them. */

export interface Codes {
  content: GridView['content'];
  /** [count, width] */
  codes: tf.Tensor2D;
  columns: number;
}

/** Of random codes. */
const ROWS = 5;
const COLUMNS = 10;
/** A plane of codes has so many rows and columns. */
const PLANE = 12;
/** Pictures from one example to another. */
const STEPS = COLUMNS;
const MOST_WALKS = 3;

/**
 * Codes of two numbers lie in a grid, evenly by probability, as in Kingma & Welling 2014, appendix A; of others a few
 * are drawn, the same for the same random numbers.
 */
export function sampleCodes(width: number, random: RandomTensors): Codes {
  if (width !== 2)
    return {
      content: 'samples',
      codes: random.normal('samples', [ROWS * COLUMNS, width]) as tf.Tensor2D,
      columns: COLUMNS,
    };
  const marks = Array.from({ length: PLANE }, (_, i) => normalQuantile((i + 0.5) / PLANE));
  const codes = marks.toReversed().flatMap((second) => marks.map((first) => [first, second]));
  return { content: 'plane', codes: tf.tensor2d(codes), columns: PLANE };
}

/**
 * Straight lines from the first code to the second, from the third to the fourth, ...; null of a single code.
 * @param codes [count, width]
 */
export function walkCodes(codes: tf.Tensor2D): Codes | null {
  const [count] = codes.shape;
  const walks = Math.min(MOST_WALKS, Math.floor(count / 2));
  if (walks === 0) return null;
  const mix = tf.buffer([walks * STEPS, count]);
  for (let row = 0; row < walks * STEPS; row++) {
    const [first, share] = [2 * Math.floor(row / STEPS), (row % STEPS) / (STEPS - 1)];
    mix.set(1 - share, row, first);
    mix.set(share, row, first + 1);
  }
  return { content: 'walk', codes: tf.matMul(mix.toTensor(), codes), columns: STEPS };
}

/**
 * Where the standard normal distribution function is p, 0.001..0.999: Newton's method on its series (Abramowitz & Stegun
 * 1964, 26.2.11).
 */
export function normalQuantile(p: number): number {
  let x = 0;
  for (let step = 0; step < 20; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    let [term, sum] = [x, x];
    for (let n = 3; n < 120; n += 2) {
      term *= (x * x) / n;
      sum += term;
    }
    x -= 0.5 / density + sum - p / density;
  }
  return x;
}
