import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../engine/engine.js';
import type { Network } from '../network.js';
import { parameter, zeros } from '../parameters.js';

/** A unit is active in an example whose value is above this part of the largest one in the batch. */
const THRESHOLD = 0.1;
const MOMENTUM = 0.99;

/** 1 where a unit is active, else 0. */
export function active(code: tf.Tensor): tf.Tensor {
  const size = tf.abs(code);
  return tf.cast(tf.greater(size, tf.mul(tf.max(size), THRESHOLD)), 'float32');
}

export interface Activity extends Network {
  /** Share of the latest examples that each unit was active in, [units]; NaN before the first step. */
  frequency(values: Values): tf.Tensor1D;
}

/** Passes a code on and notes, while it trains, how often each of its units is active. */
export function activity(name: string, units: number): Activity {
  // A running mean that starts at 0, and its weight so far.
  const [sum, weight] = [`${name}/sum`, `${name}/weight`];
  const towards = (before: tf.Tensor, now: tf.Tensor | number) =>
    tf.keep(tf.add(tf.mul(before, MOMENTUM), tf.mul(now, 1 - MOMENTUM)));
  return {
    inputShape: [units],
    outputShape: [units],
    shapes: { [sum]: [units], [weight]: [1] },
    untrained: [sum, weight],
    activations: 0,
    init: () => ({ [sum]: zeros([units]), [weight]: zeros([1]) }),
    apply(values, code, { updates }) {
      updates?.set(sum, towards(parameter(values, sum), tf.mean(active(code), 0)));
      updates?.set(weight, towards(parameter(values, weight), 1));
      return code;
    },
    frequency: (values) => tf.div(parameter<tf.Tensor1D>(values, sum), parameter(values, weight)),
  };
}
