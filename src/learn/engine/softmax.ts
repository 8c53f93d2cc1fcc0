import * as tf from '@tensorflow/tfjs-core';
import { active } from './kernels.js';

/** See Engine.softmaxCrossEntropy. The gradient is found with the loss, since both need the softmax. */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor): tf.Tensor1D {
  const operation = tf.customGrad((...inputs) => {
    const [z, save] = inputs as unknown as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const { losses, gradient } = active().softmaxCrossEntropy(z, targets);
    save([gradient]);
    return {
      value: losses,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved[0] as tf.Tensor),
    };
  });
  return operation(logits);
}
