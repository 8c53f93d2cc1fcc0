import * as tf from '@tensorflow/tfjs-core';
import { RandomStream } from '../../protocol/random.js';
import { sizeOf } from '../parameters.js';
import type { RandomKey } from './engine.js';
import type { FusedActivation, Kernels } from './kernels.js';

/** Fused operations out of TensorFlow.js' own kernels: for engines that have nothing faster. */
export const portableKernels: Kernels = {
  matMul: (a, b, transposeA, transposeB) => tf.matMul(a, b, transposeA, transposeB),
  biasActivation: (x, bias, activation) => activate(tf.add(x, bias), activation),
  activationGradient(dy, y, activation) {
    switch (activation) {
      case 'relu':
        return tf.mul(dy, tf.step(y));
      case 'sigmoid':
        return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
      case 'tanh':
        return tf.mul(dy, tf.sub(1, tf.square(y)));
    }
  },
  biasGradient: (dy) => tf.sum(dy, 0),
  crossEntropy: (z, x) => tf.mean(tf.add(tf.sub(tf.relu(z), tf.mul(z, x)), tf.log1p(tf.exp(tf.neg(tf.abs(z)))))),
  crossEntropyGradient: (z, x, dy) => tf.mul(tf.sub(tf.sigmoid(z), x), tf.div(dy, z.size)),
  squaredError: (y, x) => tf.mean(tf.squaredDifference(y, x)),
  squaredErrorGradient: (y, x, dy) => tf.mul(tf.sub(y, x), tf.mul(dy, 2 / y.size)),
  copy: (x) => x,
  batchNorm(x, scale, offset, epsilon) {
    const mean = tf.mean<tf.Tensor1D>(x, 0);
    const centred = tf.sub(x, mean);
    const variance = tf.mean<tf.Tensor1D>(tf.square(centred), 0);
    const inverse = tf.rsqrt(tf.add<tf.Tensor1D>(variance, epsilon));
    const output = tf.add<tf.Tensor2D>(tf.mul(centred, tf.mul(scale, inverse)), offset);
    return { output, mean, variance, saved: [mean, inverse] };
  },
  batchNormGradient(dy, x, scale, saved) {
    const [mean, inverse] = saved as [tf.Tensor1D, tf.Tensor1D];
    const normal = tf.mul(tf.sub(x, mean), inverse);
    const dOffset = tf.sum<tf.Tensor1D>(dy, 0);
    const dScale = tf.sum<tf.Tensor1D>(tf.mul(dy, normal), 0);
    const count = x.shape[0];
    const along = tf.add(tf.mul(normal, tf.div(dScale, count)), tf.div(dOffset, count));
    return { input: tf.mul(tf.sub(dy, along), tf.mul(scale, inverse)), scale: dScale, offset: dOffset };
  },
  softmaxCrossEntropy(logits, targets) {
    const shares = (targets.rank === 1 ? tf.oneHot(targets, logits.shape[1]) : targets) as tf.Tensor2D;
    const logarithms = tf.logSoftmax(logits);
    return {
      losses: tf.neg(tf.sum(tf.mul(shares, logarithms), 1)),
      gradient: tf.sub(tf.exp(logarithms), shares),
    };
  },
};

/** See Engine.random; Philox, in JavaScript. */
export function random(distribution: 'uniform' | 'normal', shape: number[], [key0, key1]: RandomKey): tf.Tensor {
  const numbers = new RandomStream(key0 >>> 0, key1 >>> 0, 0);
  const data = new Float32Array(sizeOf(shape));
  // float32 rounds what is nearest to 1 up to it.
  if (distribution === 'uniform')
    for (let i = 0; i < data.length; i++) data[i] = (numbers.nextUint32() >>> 8) / 2 ** 24;
  else for (let i = 0; i < data.length; i++) data[i] = numbers.normal();
  return tf.tensor(data, shape);
}

function activate(x: tf.Tensor2D, activation: FusedActivation): tf.Tensor2D {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'tanh':
      return tf.tanh(x);
  }
}
