import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Arrays, Values } from '../engine/engine.js';
import type { Network, Pass } from '../network.js';
import { glorotUniform, parameter, sizeOf, zeros } from '../parameters.js';
import type { EncoderFamily } from './encoder.js';

/** Fully connected layers over the flattened example: activation(x · kernel + bias), layer by layer. */
export const dense: EncoderFamily = {
  description: {
    name: 'dense',
    title: 'Dense',
    summary: 'Fully connected layers. Fits any data of fixed size; the best start for small images and for tables.',
    paper: null,
    options: {
      units: {
        type: 'array',
        items: { type: 'integer', minimum: 1, maximum: 65536 },
        minItems: 1,
        maxItems: 64,
        default: [32],
        markdownDescription: 'Units of each layer, from the input to the code. The last one is the width of the code.',
      },
      activation: {
        enum: ['relu', 'gelu', 'tanh', 'sigmoid', 'linear'],
        default: 'relu',
        description: 'Activation after each layer.',
      },
    },
  },

  encoder: ({ units, activation }, inputShape) =>
    stack('encoder', [sizeOf(inputShape), ...units], activation, activation, inputShape, [codeWidth(units)]),

  decoder: ({ units, activation }, outputShape) =>
    stack(
      'decoder',
      [...units.toReversed(), sizeOf(outputShape)],
      activation,
      'linear',
      [codeWidth(units)],
      outputShape,
    ),

  summary: ({ units }, inputShape) => {
    const width = sizeOf(inputShape);
    return { encoder: [width, ...units].join(' → '), decoder: [...units.toReversed().slice(1), width].join(' → ') };
  },
};

/** The last layer's width; the schema asks for one layer at least. */
function codeWidth(units: number[]): number {
  return units[units.length - 1] as number;
}

function stack(
  prefix: string,
  widths: number[],
  inner: Activation,
  last: Activation,
  inputShape: number[],
  outputShape: number[],
): Network {
  const layers = widths.slice(1).map((out, i) => {
    const name = `${prefix}/dense_${i + 1}`;
    return {
      kernel: `${name}/kernel`,
      bias: `${name}/bias`,
      in: widths[i] as number,
      out,
      activation: i === widths.length - 2 ? last : inner,
    };
  });
  return {
    inputShape,
    outputShape,
    shapes: Object.fromEntries(
      layers.flatMap((layer) => [
        [layer.kernel, [layer.in, layer.out]],
        [layer.bias, [layer.out]],
      ]),
    ),
    init(seed: number): Arrays {
      const arrays: Arrays = {};
      for (const layer of layers) {
        arrays[layer.kernel] = glorotUniform(seed, layer.kernel, [layer.in, layer.out]);
        arrays[layer.bias] = zeros([layer.out]);
      }
      return arrays;
    },
    apply(values: Values, input: tf.Tensor, { engine }: Pass): tf.Tensor {
      const batch = input.shape[0];
      let hidden =
        input.rank === 2 ? (input as tf.Tensor2D) : tf.reshape<tf.Rank.R2>(input, [batch, sizeOf(inputShape)]);
      for (const layer of layers)
        hidden = engine.dense(
          hidden,
          parameter<tf.Tensor2D>(values, layer.kernel),
          parameter<tf.Tensor1D>(values, layer.bias),
          layer.activation,
        );
      return outputShape.length === 1 ? hidden : tf.reshape(hidden, [batch, ...outputShape]);
    },
  };
}
