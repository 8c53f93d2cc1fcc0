import * as tf from '@tensorflow/tfjs-core';
import type { Values } from './engine/engine.js';

/**
 * Loss and its gradients with respect to `values`, as new tensors that the caller disposes. Everything in between is
 * freed. No value is fetched.
 */
export function lossAndGradients(
  loss: (values: Values) => tf.Scalar,
  values: Values,
  globalClipNorm: number | null,
): { loss: tf.Scalar; gradients: Values } {
  const names = Object.keys(values);
  const tensors = Object.values(values);
  const { value, grads } = tf.tidy(() => {
    const { value, grads } = tf.engine().gradients(() => loss(values), tensors);
    return { value, grads: globalClipNorm === null ? grads : clipByGlobalNorm(grads, globalClipNorm) };
  });
  return {
    loss: value,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i] as tf.Tensor])),
  };
}

/** Scales all gradients by min(1, limit / norm), norm over all of them (Pascanu, Mikolov & Bengio 2013, algorithm 1). */
export function clipByGlobalNorm(gradients: tf.Tensor[], limit: number): tf.Tensor[] {
  const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
  const factor = tf.div(limit, tf.maximum(norm, limit));
  return gradients.map((gradient) => tf.mul(gradient, factor));
}
