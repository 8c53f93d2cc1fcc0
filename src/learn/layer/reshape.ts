import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../network.js';

/** The same numbers in another shape. */
export function reshape(outputShape: number[]): (inputShape: number[]) => Network {
  return (inputShape) => ({
    inputShape,
    outputShape,
    shapes: {},
    untrained: [],
    activations: 0,
    init: () => ({}),
    apply: (_, input) => (input.rank === outputShape.length + 1 ? input : tf.reshape(input, [-1, ...outputShape])),
  });
}
