import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../engine/engine.js';
import type { Network } from '../network.js';
import { glorotUniform, parameter, sizeOf, zeros } from '../parameters.js';

/** activation(x · kernel + bias) over the flattened example; kernel [in, units] glorot uniform, bias 0, as Keras' Dense. */
export function dense(name: string, units: number, activation: Activation): (inputShape: number[]) => Network {
  const [kernel, bias] = [`${name}/kernel`, `${name}/bias`];
  return (inputShape) => {
    const width = sizeOf(inputShape);
    return {
      inputShape,
      outputShape: [units],
      shapes: { [kernel]: [width, units], [bias]: [units] },
      untrained: [],
      activations: width,
      init: (seed) => ({ [kernel]: glorotUniform(seed, kernel, [width, units]), [bias]: zeros([units]) }),
      apply: (values, input, { engine }) =>
        engine.dense(
          input.rank === 2 ? (input as tf.Tensor2D) : tf.reshape<tf.Rank.R2>(input, [-1, width]),
          parameter<tf.Tensor2D>(values, kernel),
          parameter<tf.Tensor1D>(values, bias),
          activation,
        ),
    };
  };
}

/**
 * As {@link dense}, with the kernel of another dense layer, transposed; only the bias is its own.
 * @param kernel name of the other layer's kernel, [units, in]
 */
export function tiedDense(
  name: string,
  kernel: string,
  units: number,
  activation: Activation,
): (inputShape: number[]) => Network {
  const bias = `${name}/bias`;
  return (inputShape) => ({
    inputShape,
    outputShape: [units],
    shapes: { [bias]: [units] },
    untrained: [],
    activations: sizeOf(inputShape),
    init: () => ({ [bias]: zeros([units]) }),
    apply: (values, input, { engine }) =>
      engine.dense(
        input as tf.Tensor2D,
        tf.transpose(parameter<tf.Tensor2D>(values, kernel)),
        parameter<tf.Tensor1D>(values, bias),
        activation,
      ),
  });
}
