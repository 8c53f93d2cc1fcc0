import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../network.js';
import { imageOf } from './convolution.js';

/** The mean of each channel over all places: [height, width, channels] to [channels]. */
export function averagePooling(inputShape: number[]): Network {
  return {
    inputShape,
    outputShape: [imageOf(inputShape)[2]],
    shapes: {},
    untrained: [],
    activations: 0,
    init: () => ({}),
    apply: (_, input) => tf.mean(input, [1, 2]),
  };
}
