import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../engine/engine.js';
import type { Part } from '../network.js';
import { normal, parameter } from '../parameters.js';

/** Standard deviation at the start, as in GPT-2. */
const DEVIATION = 0.02;

export interface Embedding extends Part {
  /** The row of each id: int32 [...ids] to [...ids, width]. The gradient of a row is the sum over its ids. */
  look: (values: Values, ids: tf.Tensor) => tf.Tensor;
  /** All rows: [count, width]. */
  rows: (values: Values) => tf.Tensor2D;
}

/** A learned row of numbers for each id 0..count - 1 (Bengio et al. 2003). Its name is Keras'. */
export function embedding(name: string, count: number, width: number): Embedding {
  const table = `${name}/embeddings`;
  const rows = (values: Values) => parameter<tf.Tensor2D>(values, table);
  return {
    shapes: { [table]: [count, width] },
    untrained: [],
    activations: 0,
    init: (seed) => ({ [table]: normal(seed, table, [count, width], DEVIATION) }),
    look: (values, ids) =>
      tf.reshape(tf.gather(rows(values), tf.reshape<tf.Rank.R1>(ids, [-1])), [...ids.shape, width]),
    rows,
  };
}
