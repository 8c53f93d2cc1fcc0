import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../network.js';
import { glorotUniform, parameter, sizeOf } from '../parameters.js';

interface Shape {
  filters: number;
  kernelSize: number;
  stride: number;
}

/**
 * Two-dimensional convolution with padding "same" and without bias, which what follows brings: [height, width, channels]
 * to [height / stride, width / stride, filters], rounded up. Kernel [height, width, in, out], glorot uniform, as Keras'
 * Conv2D.
 */
export function convolution(name: string, { filters, kernelSize, stride }: Shape): (inputShape: number[]) => Network {
  const kernel = `${name}/kernel`;
  return (inputShape) => {
    const [height, width, channels] = imageOf(inputShape);
    const shape = [kernelSize, kernelSize, channels, filters];
    return {
      inputShape,
      outputShape: [Math.ceil(height / stride), Math.ceil(width / stride), filters],
      shapes: { [kernel]: shape },
      untrained: [],
      activations: sizeOf(inputShape),
      init: (seed) => ({ [kernel]: glorotUniform(seed, kernel, shape) }),
      apply: (values, input) => tf.conv2d(input as tf.Tensor4D, parameter<tf.Tensor4D>(values, kernel), stride, 'same'),
    };
  };
}

/**
 * The convolution's transpose (Zeiler et al. 2010), from its output's shape back to that of its input. Kernel [height,
 * width, out, in], as Keras' Conv2DTranspose.
 * @param size [height, width] of the output: what a convolution of this stride brings to the input's
 */
export function transposedConvolution(
  name: string,
  { filters, kernelSize, stride }: Shape,
  [height, width]: readonly [number, number],
): (inputShape: number[]) => Network {
  const kernel = `${name}/kernel`;
  return (inputShape) => {
    const [, , channels] = imageOf(inputShape);
    const shape = [kernelSize, kernelSize, filters, channels];
    return {
      inputShape,
      outputShape: [height, width, filters],
      shapes: { [kernel]: shape },
      untrained: [],
      activations: sizeOf(inputShape),
      init: (seed) => ({ [kernel]: glorotUniform(seed, kernel, shape) }),
      apply: (values, input) =>
        tf.conv2dTranspose(
          input as tf.Tensor4D,
          parameter<tf.Tensor4D>(values, kernel),
          [input.shape[0], height, width, filters] as [number, number, number, number],
          stride,
          'same',
        ),
    };
  };
}

/** @throws RangeError for what is no image or spectrogram */
export function imageOf(shape: readonly number[]): [height: number, width: number, channels: number] {
  if (shape.length !== 3) throw new RangeError(`[${shape.join(', ')}] is not [height, width, channels]`);
  return shape as [number, number, number];
}
