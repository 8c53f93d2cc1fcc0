import * as tf from '@tensorflow/tfjs-core';
import { numberOf } from '../../data/quantities.js';
import type { Values } from '../engine/engine.js';
import type { Inputs, Labels, Losses, Preview } from '../method/method.js';
import type { Part, Pass } from '../network.js';
import { parameter } from '../parameters.js';
import { labelsOf } from './classification.js';
import { scatterPreview } from './scatter.js';

/** One number for each example. Networks learn it standardised: minus the training targets' mean, by their deviation. */

const MEAN = 'head/mean';
const SCALE = 'head/scale';

/** [batch]: standardised, or in the targets' own unit. */
export type Estimates = (values: Values, input: tf.Tensor, pass: Pass) => tf.Tensor1D;

export interface Targets {
  /** The number that each label is, in its own unit. */
  numbers: Float64Array;
  /** Mean and standard deviation (which divides by the count) of the training targets. */
  mean: number;
  deviation: number;
  /** Both, as they are kept with the weights: what the network says is in their unit. */
  part: Part;
}

export function targetsOf({ classes, counts }: Pick<Labels, 'classes' | 'counts'>): Targets {
  const numbers = Float64Array.from(classes, numberOf);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const meanOf = (of: (number: number) => number): number =>
    numbers.reduce((sum, number, i) => sum + ((counts[i] ?? 0) / total) * of(number), 0);
  const mean = meanOf((number) => number);
  const deviation = Math.sqrt(meanOf((number) => (number - mean) ** 2));
  const part: Part = {
    shapes: { [MEAN]: [1], [SCALE]: [1] },
    untrained: [MEAN, SCALE],
    activations: 0,
    init: () => ({
      [MEAN]: { shape: [1], data: Float32Array.of(mean) },
      [SCALE]: { shape: [1], data: Float32Array.of(deviation) },
    }),
  };
  return { numbers, mean, deviation, part };
}

/** What labels are, in their own unit. */
export function numbersOf(labels: Int32Array, { numbers }: Pick<Targets, 'numbers'>): Float64Array {
  return Float64Array.from(labels, (label) => numbers[label] as number);
}

/** The same standardised. */
export function standardisedOf(labels: Int32Array, targets: Targets): Float64Array {
  const { mean, deviation } = targets;
  return numbersOf(labels, targets).map((number) => (number - mean) / deviation);
}

/** What standardised estimates mean, [batch], in the targets' own unit. */
export function inOwnUnit(values: Values, estimates: tf.Tensor1D): tf.Tensor1D {
  return tf.add<tf.Tensor1D>(tf.mul(estimates, parameter(values, SCALE)), parameter(values, MEAN));
}

/**
 * Mean squared error of standardised targets, (z - (y - mean) / deviation)² meant over the batch: 1 is as good as the mean
 * of the training targets. With the mean absolute error in the targets' own unit.
 * @param estimates standardised
 */
export function regressionLoss(
  estimates: Estimates,
  { numbers }: Targets,
  values: Values,
  inputs: Inputs,
  pass: Pass,
): Losses {
  const found = estimates(values, inputs.input, pass);
  const targets = tf.gather(tf.tensor1d(Float32Array.from(numbers)), labelsOf(inputs));
  const scale = parameter(values, SCALE);
  const standardised = tf.div<tf.Tensor1D>(tf.sub(targets, parameter(values, MEAN)), scale);
  return {
    loss: pass.engine.meanSquaredError(found, standardised),
    meanAbsoluteError: tf.reshape(tf.mul(tf.mean(tf.abs(tf.sub(found, standardised))), scale), []),
  };
}

/** Examples' estimates beside their targets. @param estimates in the targets' own unit */
export async function estimatesPreview(
  estimates: Estimates,
  targets: Targets,
  values: Values,
  inputs: Inputs,
  from: string,
  pass: Pass,
): Promise<Preview> {
  const labels = await labelsOf(inputs).data<'int32'>();
  const found = tf.tidy(() => estimates(values, inputs.input, pass));
  const predictions = (await found.data<'float32'>()).slice();
  found.dispose();
  return scatterPreview(from, numbersOf(labels, targets), predictions);
}
