import type * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../engine/engine.js';
import type { Network } from '../network.js';
import { parameter, sizeOf, zeros } from '../parameters.js';

/** activation(x + bias), a bias for each channel. */
export function biasActivation(name: string, activation: Activation): (inputShape: number[]) => Network {
  const bias = `${name}/bias`;
  return (inputShape) => {
    const channels = inputShape[inputShape.length - 1] as number;
    return {
      inputShape,
      outputShape: inputShape,
      shapes: { [bias]: [channels] },
      untrained: [],
      activations: sizeOf(inputShape),
      init: () => ({ [bias]: zeros([channels]) }),
      apply: (values, input, { engine }) =>
        engine.biasActivation(input, parameter<tf.Tensor1D>(values, bias), activation),
    };
  };
}
