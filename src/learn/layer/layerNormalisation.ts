import type * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../network.js';
import { ones, parameter, sizeOf, zeros } from '../parameters.js';

/** As in GPT-2 and the original vision transformer. */
const EPSILON = 1e-5;

/** Layer normalisation along the last axis (Ba, Kiros & Hinton 2016). Names are Keras'. */
export function layerNormalisation(name: string): (inputShape: number[]) => Network {
  const [gamma, beta] = [`${name}/gamma`, `${name}/beta`];
  return (inputShape) => {
    const width = inputShape[inputShape.length - 1] as number;
    return {
      inputShape,
      outputShape: inputShape,
      shapes: { [gamma]: [width], [beta]: [width] },
      untrained: [],
      activations: sizeOf(inputShape),
      init: () => ({ [gamma]: ones([width]), [beta]: zeros([width]) }),
      apply: (values, input, { engine }) =>
        engine.layerNorm(input, parameter<tf.Tensor1D>(values, gamma), parameter<tf.Tensor1D>(values, beta), EPSILON),
    };
  };
}
