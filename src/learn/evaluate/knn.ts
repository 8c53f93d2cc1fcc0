import * as tf from '@tensorflow/tfjs-core';
import type { Codes } from './codes.js';

/** Codes with the class of each, from 0. */
export interface Labelled extends Codes {
  labels: Int32Array;
}

/** Caron et al. 2021, "Emerging properties in self-supervised vision transformers", found 20 neighbours best. */
const NEIGHBOURS = 20;
/** Wu et al. 2018, section 3.4. */
const TEMPERATURE = 0.07;
/** Queries are compared with all references in chunks of so many. */
const CHUNK = 256;

/**
 * Weighted nearest neighbours (Wu, Xiong, Yu & Lin 2018, "Unsupervised feature learning via non-parametric instance
 * discrimination", section 3.4): each of the k references of the largest cosine s votes for its class with
 * exp(s / temperature); a code of zeros has cosine 0 with all.
 * @returns the class of each query
 */
export async function knnClasses(references: Labelled, queries: Codes): Promise<Int32Array> {
  const classes = new Int32Array(queries.count);
  const { count, width, labels } = references;
  const votes = new Float64Array(labels.reduce((most, label) => Math.max(most, label), 0) + 1);
  const directions = unit(tf.tensor2d(references.data, [count, width]));
  for (let from = 0; from < queries.count; from += CHUNK) {
    const rows = Math.min(CHUNK, queries.count - from);
    const chunk = queries.data.subarray(from * width, (from + rows) * width);
    const cosines = tf.tidy(() => tf.matMul(unit(tf.tensor2d(chunk.slice(), [rows, width])), directions, false, true));
    const values = await cosines.data<'float32'>();
    cosines.dispose();
    for (let row = 0; row < rows; row++) {
      votes.fill(0);
      for (const [index, cosine] of largest(values.subarray(row * count, (row + 1) * count), NEIGHBOURS)) {
        const label = labels[index] as number;
        votes[label] = (votes[label] as number) + Math.exp(cosine / TEMPERATURE);
      }
      classes[from + row] = votes.indexOf(Math.max(...votes));
    }
  }
  directions.dispose();
  return classes;
}

/** Part of the queries, 0..1, that {@link knnClasses} gives their own class. */
export async function knnAccuracy(references: Labelled, queries: Labelled): Promise<number> {
  const classes = await knnClasses(references, queries);
  return classes.filter((label, i) => label === queries.labels[i]).length / queries.count;
}

/** Each row as long as 1; takes the tensor over. */
function unit(rows: tf.Tensor2D): tf.Tensor2D {
  const unit = tf.tidy(() => tf.div<tf.Tensor2D>(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12)));
  rows.dispose();
  return unit;
}

/** Positions of the k largest values, largest first, and these; of equal ones the first. */
function largest(values: Float32Array, k: number): [index: number, value: number][] {
  const found: [index: number, value: number][] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (found.length === k && !(value > (found[k - 1] as [number, number])[1])) continue;
    let at = found.length;
    while (at > 0 && value > (found[at - 1] as [number, number])[1]) at--;
    found.splice(at, 0, [i, value]);
    if (found.length > k) found.pop();
  }
  return found;
}
