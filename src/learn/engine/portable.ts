import * as tf from '@tensorflow/tfjs-core';
import type { FusedActivation, Kernels } from './fused.js';

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
};

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
