import * as tf from '@tensorflow/tfjs-core';
import type { Values } from './engine/engine.js';
import type { Losses } from './method/method.js';
import { parameter } from './parameters.js';

export interface Step {
  /** [1 + terms]: the loss, then its terms. */
  measured: tf.Tensor1D;
  /** Names of the terms, in their order. */
  terms: string[];
  /** By name of the parameter. */
  gradients: Values;
}

/**
 * Losses and the gradients of `loss` with respect to the named values, as new tensors that the caller disposes.
 * Everything in between is freed. No value is fetched.
 */
export function lossAndGradients(
  losses: (values: Values) => Losses,
  values: Values,
  names: readonly string[],
  globalClipNorm: number | null,
): Step {
  const tensors = names.map((name) => parameter(values, name));
  let terms: string[] = [];
  const kept: tf.Tensor1D[] = [];
  const { value, grads } = tf.tidy(() => {
    const { value, grads } = tf.engine().gradients(() => {
      const { loss, ...others } = losses(values);
      terms = Object.keys(others);
      if (terms.length > 0) kept.push(tf.keep(tf.stack(Object.values(others)) as tf.Tensor1D));
      return loss;
    }, tensors);
    const measured = tf.reshape<tf.Rank.R1>(value, [1]);
    return {
      value: kept.length > 0 ? tf.concat1d([measured, ...kept]) : measured,
      grads: globalClipNorm === null ? grads : clipByGlobalNorm(grads, globalClipNorm),
    };
  });
  tf.dispose(kept);
  return {
    measured: value,
    terms,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i] as tf.Tensor])),
  };
}

/** Scales all gradients by min(1, limit / norm), norm over all of them (Pascanu, Mikolov & Bengio 2013, algorithm 1). */
export function clipByGlobalNorm(gradients: tf.Tensor[], limit: number): tf.Tensor[] {
  const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
  const factor = tf.div(limit, tf.maximum(norm, limit));
  return gradients.map((gradient) => tf.mul(gradient, factor));
}
