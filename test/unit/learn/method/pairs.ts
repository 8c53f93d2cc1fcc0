import * as tf from '@tensorflow/tfjs-core';
import type { Arrays } from '../../../../src/learn/engine/engine.js';
import type { Inputs } from '../../../../src/learn/method/method.js';
import { stream } from '../../../../src/protocol/random.js';
import { layer, linear, relu, type Row } from './byHand.js';

/** A small batch of two views, and what a dense encoder of one layer with SimCLR's head makes of it. */

export const shape = [2, 3, 1];

function examples(purpose: string, count: number): Row[] {
  const random = stream(4, purpose);
  return Array.from({ length: count }, () => Array.from({ length: 6 }, () => random.uniform()));
}

export interface Batch {
  rows: { first: Row[]; second: Row[] };
  inputs: Inputs;
}

export function batch(count: number, labels?: number[]): Batch {
  const rows = { first: examples('first', count), second: examples('second', count) };
  return {
    rows,
    inputs: {
      input: tf.tensor(rows.first, [count, 6]).reshape([count, ...shape]),
      view: tf.tensor(rows.second, [count, 6]).reshape([count, ...shape]),
      ...(labels && { labels: tf.tensor1d(labels, 'int32') }),
    },
  };
}

/** Projections of the first views, then of the second ones, brought to the length 1. */
export function projected(arrays: Arrays, { rows: { first, second } }: Batch): Row[] {
  return [...first, ...second].map((x) => {
    const code = layer(arrays, 'encoder/dense_1', x, relu);
    const z = layer(arrays, 'head/dense_2', layer(arrays, 'head/dense_1', code, relu), linear);
    const length = Math.hypot(...z);
    return z.map((value) => value / length);
  });
}

export const dot = (a: Row, b: Row) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** -mean over i and over its positives of log(exp(s_ip / τ) / Σ_{a ≠ i} exp(s_ia / τ)). */
export function contrast(z: Row[], temperature: number, positives: (i: number) => number[]): number {
  let total = 0;
  for (let i = 0; i < z.length; i++) {
    const exps = z.map((other, k) => (k === i ? 0 : Math.exp(dot(z[i]!, other) / temperature)));
    const all = exps.reduce((a, b) => a + b);
    const of = positives(i);
    total -= of.reduce((sum, p) => sum + Math.log(exps[p]! / all), 0) / of.length;
  }
  return total / z.length;
}
