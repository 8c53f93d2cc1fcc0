import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../engine/engine.js';
import type { Network } from '../network.js';
import { glorotUniform, parameter, sizeOf, zeros } from '../parameters.js';

/** activation(x · kernel + bias) of each place by itself: [..., in] to [..., units]. Kernel [in, units]. */
export function pointwise(name: string, units: number, activation: Activation): (inputShape: number[]) => Network {
  const [kernel, bias] = [`${name}/kernel`, `${name}/bias`];
  return (inputShape) => {
    const width = inputShape[inputShape.length - 1] as number;
    const places = inputShape.slice(0, -1);
    return {
      inputShape,
      outputShape: [...places, units],
      shapes: { [kernel]: [width, units], [bias]: [units] },
      untrained: [],
      activations: sizeOf(inputShape),
      init: (seed) => ({ [kernel]: glorotUniform(seed, kernel, [width, units]), [bias]: zeros([units]) }),
      apply(values, input, { engine }) {
        // A transformer may be given fewer places than it has: the input's own count holds.
        const out = engine.dense(
          tf.reshape<tf.Rank.R2>(input, [-1, width]),
          parameter<tf.Tensor2D>(values, kernel),
          parameter<tf.Tensor1D>(values, bias),
          activation,
        );
        return tf.reshape(out, [...input.shape.slice(0, -1), units]);
      },
    };
  };
}
