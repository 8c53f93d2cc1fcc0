import * as tf from '@tensorflow/tfjs-core';
import type { Codes } from './codes.js';
import type { Spread } from './standardise.js';

/** A linear map of codes, in Keras' layout. */
export interface Linear {
  /** [width, outputs] */
  kernel: Float32Array;
  /** [outputs] */
  bias: Float32Array;
}

/**
 * A linear map of standardised codes as the one of codes as they are that gives the same.
 * @param kernel [width, outputs]
 * @param bias [outputs]
 */
export function folded(kernel: Float64Array, bias: Float64Array, { mean, scale }: Spread): Linear {
  const outputs = bias.length;
  const raw = Float32Array.from(kernel, (value, at) => value * (scale[Math.floor(at / outputs)] as number));
  const moved = Float64Array.from(bias);
  // By the rounded kernel: what its rounding moves at the mean is then moved back.
  raw.forEach((value, at) => {
    moved[at % outputs] = (moved[at % outputs] as number) - value * (mean[Math.floor(at / outputs)] as number);
  });
  return { kernel: raw, bias: Float32Array.from(moved) };
}

/** What it makes of each code, [count, outputs]; the tensor is the caller's. */
export function outputsOf({ count, width, data }: Codes, { kernel, bias }: Linear): tf.Tensor2D {
  return tf.tidy(() => {
    const products = tf.matMul(tf.tensor2d(data, [count, width]), tf.tensor2d(kernel, [width, bias.length]));
    return tf.add<tf.Tensor2D>(products, tf.tensor1d(bias));
  });
}
