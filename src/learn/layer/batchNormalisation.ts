import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../engine/engine.js';
import type { Network } from '../network.js';
import { ones, parameter, sizeOf, zeros } from '../parameters.js';

/** Keras' epsilon. */
const EPSILON = 1e-3;
/** How slowly the running statistics forget: as in PyTorch; Keras' 0.99 takes longer than a short training has steps. */
const MOMENTUM = 0.9;

/**
 * Batch normalisation with its activation (Ioffe & Szegedy 2015): by the batch's statistics while training, by running
 * means of them otherwise. Names are Keras'.
 */
export function batchNormalisation(name: string, activation: Activation): (inputShape: number[]) => Network {
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
    (part) => `${name}/${part}`,
  ) as [string, string, string, string];
  return (inputShape) => {
    const channels = inputShape[inputShape.length - 1] as number;
    return {
      inputShape,
      outputShape: inputShape,
      shapes: Object.fromEntries([gamma, beta, mean, variance].map((part) => [part, [channels]])),
      untrained: [mean, variance],
      activations: 2 * sizeOf(inputShape),
      init: () => ({
        [gamma]: ones([channels]),
        [beta]: zeros([channels]),
        [mean]: zeros([channels]),
        [variance]: ones([channels]),
      }),
      apply(values, input, { engine, updates, frozen }) {
        const scale = parameter<tf.Tensor1D>(values, gamma);
        const offset = tf.zeros<tf.Rank.R1>([channels]); // beta is the activation's bias: one operation for both
        const running = (part: string) => parameter<tf.Tensor1D>(values, part);
        const normal =
          updates && !frozen?.(gamma)
            ? engine.batchNorm(input, scale, offset, EPSILON, (...statistics) =>
                [mean, variance].forEach((part, i) =>
                  updates.set(part, tf.keep(towards(running(part), statistics[i] as tf.Tensor1D))),
                ),
              )
            : tf.batchNorm(input, running(mean), running(variance), offset, scale, EPSILON);
        return engine.biasActivation(normal, parameter<tf.Tensor1D>(values, beta), activation);
      },
    };
  };
}

function towards(running: tf.Tensor1D, batch: tf.Tensor1D): tf.Tensor1D {
  return tf.add(tf.mul(running, MOMENTUM), tf.mul(batch, 1 - MOMENTUM));
}
