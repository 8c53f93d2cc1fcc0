import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../engine/engine.js';

/**
 * Similarities within two views of a batch. Rows 0..n - 1 are the first views, n..2n - 1 the second ones of the same
 * examples; all have the length 1, so that a product is a cosine.
 */

/** Keeps the direction of a row of zeros finite. */
const EPSILON = 1e-12;
/** Less than any similarity divided by a temperature: exp of it is 0. */
const NEVER = 1e9;

/** Rows brought to the length 1. */
export function unit(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(rows, tf.rsqrt(tf.add(tf.sum(tf.square(rows), 1, true), EPSILON)));
}

/** @returns [rows, rows] */
export function similarities(units: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(units, units, false, true);
}

/**
 * NT-Xent (Chen et al. 2020, "A simple framework for contrastive learning of visual representations", eq. 1): each of
 * the 2n rows has to tell its other view from the 2n - 2 views of other examples.
 *   mean over i of -log( exp(s_i,j(i) / τ) / Σ_{k ≠ i} exp(s_i,k / τ) )
 */
export function ntXent(similarity: tf.Tensor2D, temperature: number, engine: Engine): tf.Scalar {
  const n = similarity.shape[0] / 2;
  const others = tf.concat([tf.range(n, 2 * n, 1, 'int32'), tf.range(0, n, 1, 'int32')]);
  return tf.mean(engine.softmaxCrossEntropy(withoutSelf(similarity, temperature), others));
}

/**
 * Supervised contrastive loss (Khosla et al. 2020, "Supervised contrastive learning", eq. 2): as NT-Xent, where all
 * views of examples of one class are to be told from those of other classes.
 * @param same [2n, 2n] float32: 1 where two rows have the same class, else 0
 */
export function supervisedContrastive(
  similarity: tf.Tensor2D,
  same: tf.Tensor2D,
  temperature: number,
  engine: Engine,
): tf.Scalar {
  const positive = tf.sub(same, tf.eye(same.shape[0]));
  const targets = tf.div(positive, tf.sum(positive, 1, true));
  return tf.mean(engine.softmaxCrossEntropy(withoutSelf(similarity, temperature), targets));
}

function withoutSelf(similarity: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return tf.sub(tf.div(similarity, temperature), tf.mul(tf.eye(similarity.shape[0]), NEVER));
}

/**
 * Wang & Isola 2020, "Understanding contrastive representation learning through alignment and uniformity on the
 * hypersphere": how far apart the two views of an example are, E ‖u - v‖², 0 to 4 (α = 2); and how evenly different
 * examples lie on the sphere, log E exp(-2 ‖u - u'‖²), -4 (very) to 0 (all in one place), over the pairs of each view.
 */
export function spread(similarity: tf.Tensor2D): { alignment: tf.Scalar; uniformity: tf.Scalar } {
  const n = similarity.shape[0] / 2;
  const block = (row: number, column: number): tf.Tensor2D => tf.slice2d(similarity, [row, column], [n, n]);
  const self = tf.eye(n);
  const aligned = tf.sum(tf.mul(block(0, n), self));
  const uniformity = ([0, n] as const).map((at) => {
    const near = tf.exp(tf.mul(tf.sub(block(at, at), 1), 4));
    const pairs = tf.sum(tf.mul(near, tf.sub(1, self)));
    return n > 1 ? tf.log(tf.div(pairs, n * (n - 1))) : tf.scalar(0);
  });
  return {
    alignment: tf.sub<tf.Scalar>(2, tf.mul(aligned, 2 / n)),
    uniformity: tf.mul<tf.Scalar>(tf.addN(uniformity), 0.5),
  };
}

/** Part of the rows whose nearest row of another example has their class. @param same as in {@link supervisedContrastive} */
export function nearestAccuracy(similarity: tf.Tensor2D, same: tf.Tensor2D): tf.Scalar {
  const n = similarity.shape[0] / 2;
  const ownViews = tf.tile(tf.eye(n), [2, 2]);
  const nearest = tf.argMax(tf.sub(similarity, tf.mul(ownViews, NEVER)), 1);
  return tf.mean(tf.sum(tf.mul(tf.oneHot(tf.cast(nearest, 'int32'), 2 * n), same), 1));
}
