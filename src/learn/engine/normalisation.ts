import * as tf from '@tensorflow/tfjs-core';
import { active, rows } from './kernels.js';

/** Normalisations whose gradients reuse what the forward pass found. */

/** See Engine.batchNorm. */
export function batchNorm<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  onStatistics?: (mean: tf.Tensor1D, variance: tf.Tensor1D) => void,
): T {
  const operation = tf.customGrad((...inputs) => {
    const [input, scaleInput, offsetInput, save] = inputs as unknown as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, Save];
    const { output, mean, variance, saved } = active().batchNorm(rows(input), scaleInput, offsetInput, epsilon);
    onStatistics?.(mean, variance);
    save([input, scaleInput, ...saved]);
    return {
      value: tf.reshape(output, x.shape),
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
        const [input, scale, ...rest] = kept as [tf.Tensor, tf.Tensor1D, ...tf.Tensor[]];
        const found = active().batchNormGradient(rows(dy), rows(input), scale, rest, epsilon);
        return [tf.reshape(found.input, input.shape), found.scale, found.offset];
      },
    };
  });
  return operation(x, scale, offset) as T;
}

/** See Engine.layerNorm. */
export function layerNorm<T extends tf.Tensor>(x: T, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number): T {
  const operation = tf.customGrad((...inputs) => {
    const [input, scaleInput, offsetInput, save] = inputs as unknown as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, Save];
    const flat = rows(input);
    const centred = tf.sub(flat, tf.mean(flat, 1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
    const normal = tf.mul(centred, inverse);
    save([normal, inverse, scaleInput]);
    return {
      value: tf.reshape(tf.add(tf.mul(normal, scaleInput), offsetInput), x.shape),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [normal, inverse, scale] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
        const dyRows = rows(dy);
        const dNormal = tf.mul(dyRows, scale);
        const along = tf.mul(normal, tf.mean(tf.mul(dNormal, normal), 1, true));
        const dx = tf.mul(inverse, tf.sub(tf.sub(dNormal, tf.mean(dNormal, 1, true)), along));
        return [tf.reshape(dx, dy.shape), active().biasGradient(tf.mul(dyRows, normal)), active().biasGradient(dyRows)];
      },
    };
  });
  return operation(x, scale, offset) as T;
}

type Save = (tensors: tf.Tensor[]) => void;
