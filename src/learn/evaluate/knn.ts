import * as tf from '@tensorflow/tfjs-core';
import type { Codes } from './codes.js';

/** Codes with the class of each, from 0. */
export interface Labelled extends Codes {
  labels: Int32Array;
}

/** Some of them, in the order of `rows`. */
export function labelledAt({ width, data, labels }: Labelled, rows: Int32Array): Labelled {
  const chosen = new Float32Array(rows.length * width);
  rows.forEach((row, i) => chosen.set(data.subarray(row * width, (row + 1) * width), i * width));
  return { count: rows.length, width, data: chosen, labels: rows.map((row) => labels[row] as number) };
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
 * @param directions [references, width], each as long as 1
 * @param labels int32 [references]
 * @param queries [queries, width]
 * @returns votes [queries, classes]
 */
export function neighbourVotes(
  directions: tf.Tensor2D,
  labels: tf.Tensor1D,
  queries: tf.Tensor2D,
  classes: number,
  k: number,
): tf.Tensor2D {
  return tf.tidy(() => {
    const { values, indices } = nearest(directions, queries, k);
    const votes = tf.exp(tf.div(values, TEMPERATURE));
    const voted = tf.oneHot(tf.cast(tf.gather(labels, indices), 'int32'), classes);
    return tf.sum<tf.Tensor2D>(tf.mul(tf.expandDims(votes, 2), tf.cast(voted, 'float32')), 1);
  });
}

/**
 * The same where a reference may have several labels: it votes for each of them.
 * @param directions [references, width], each as long as 1
 * @param targets float32 [references, labels], 1 where a reference has the label, else 0
 * @param queries [queries, width]
 * @returns the share of the votes that each label has, [queries, labels], 0..1
 */
export function neighbourShares(
  directions: tf.Tensor2D,
  targets: tf.Tensor2D,
  queries: tf.Tensor2D,
  k: number,
): tf.Tensor2D {
  return tf.tidy(() => {
    const { values, indices } = nearest(directions, queries, k);
    const votes = tf.exp(tf.div(values, TEMPERATURE));
    const has = tf.gather(targets, indices);
    const voted = tf.sum<tf.Tensor2D>(tf.mul(tf.expandDims(votes, 2), has), 1);
    return tf.minimum<tf.Tensor2D>(tf.div(voted, tf.sum(votes, 1, true)), 1); // rounded, all may be more
  });
}

/**
 * The mean target of the k references of the largest cosine (Cover 1968, "Estimation by the nearest neighbor rule").
 * @param directions [references, width], each as long as 1
 * @param targets float32 [references]
 * @param queries [queries, width]
 * @returns [queries]
 */
export function neighbourMeans(
  directions: tf.Tensor2D,
  targets: tf.Tensor1D,
  queries: tf.Tensor2D,
  k: number,
): tf.Tensor1D {
  return tf.tidy(() => {
    const { indices } = nearest(directions, queries, k);
    return tf.mean<tf.Tensor1D>(tf.gather(targets, indices), 1);
  });
}

/** The k references, or as many as there are, of the largest cosine, and the cosines: both [queries, k]. */
function nearest(
  directions: tf.Tensor2D,
  queries: tf.Tensor2D,
  k: number,
): { values: tf.Tensor2D; indices: tf.Tensor2D } {
  const cosines = tf.matMul<tf.Tensor2D>(unit(queries), directions, false, true);
  const { values, indices } = tf.topk<tf.Tensor2D>(cosines, Math.min(k, directions.shape[0]));
  return { values, indices: tf.cast<tf.Tensor2D>(indices, 'int32') };
}

/** @returns the class of each query, by {@link neighbourVotes} */
export async function knnClasses(references: Labelled, queries: Codes): Promise<Int32Array> {
  const { count, width } = references;
  const found = new Int32Array(queries.count);
  const classes = references.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const directions = tf.tidy(() => unit(tf.tensor2d(references.data, [count, width])));
  const labels = tf.tensor1d(references.labels, 'int32');
  for (let from = 0; from < queries.count; from += CHUNK) {
    const rows = Math.min(CHUNK, queries.count - from);
    const chunk = queries.data.slice(from * width, (from + rows) * width);
    const guesses = tf.tidy(() =>
      tf.argMax(neighbourVotes(directions, labels, tf.tensor2d(chunk, [rows, width]), classes, NEIGHBOURS), 1),
    );
    found.set(await guesses.data<'int32'>(), from);
    guesses.dispose();
  }
  tf.dispose([directions, labels]);
  return found;
}

/** Part of the queries, 0..1, that {@link knnClasses} gives their own class. */
export async function knnAccuracy(references: Labelled, queries: Labelled): Promise<number> {
  const classes = await knnClasses(references, queries);
  return classes.filter((label, i) => label === queries.labels[i]).length / queries.count;
}

/** Each row as long as 1. */
export function unit(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.div<tf.Tensor2D>(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12));
}
