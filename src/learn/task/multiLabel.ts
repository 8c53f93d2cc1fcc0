import * as tf from '@tensorflow/tfjs-core';
import { countsOfLabels, type LabelSets } from '../../data/labelSets.js';
import type { Values } from '../engine/engine.js';
import { shownExamples, type Looks } from '../method/examples.js';
import type { Inputs, Labels, Losses, Preview } from '../method/method.js';
import type { Pass } from '../network.js';
import { labelsOf, type Scores } from './classification.js';

/** Several labels for each example, or none: each label has a probability of its own, the sigmoid of its logit. */

/** What an example counts for a label that it has, and for one that it has not: of each label. */
export interface LabelWeights {
  positive: Float32Array;
  negative: Float32Array;
}

export interface MultiLabelOptions {
  /** s in 0..1: the target of a label is 1 - s / 2 where an example has it, else s / 2. */
  labelSmoothing?: number;
  /** Null where all count the same. */
  weights?: LabelWeights | null;
}

/** Of each combination, by its number, which labels it has: [combinations, labels], 1 or 0. */
export function tableOf(sets: LabelSets): Float32Array {
  return Float32Array.from(targetsOf(Int32Array.from(sets.sets.keys()), sets));
}

/** Which labels each example has: [count, labels], 1 or 0. @param labels combination of each example */
export function targetsOf(labels: Int32Array, sets: LabelSets): Uint8Array {
  const width = sets.names.length;
  const targets = new Uint8Array(labels.length * width);
  labels.forEach((combination, row) => {
    for (const label of sets.sets[combination] ?? []) targets[row * width + label] = 1;
  });
  return targets;
}

/**
 * As scikit-learn's "balanced" of a classifier for each label: examples / (2 × those that have it), and those that have it
 * not; 0 where there are none.
 */
export function balancedLabelWeights({ counts }: Pick<Labels, 'counts'>, sets: LabelSets): LabelWeights {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const having = countsOfLabels(counts, sets);
  const weight = (count: number): number => (count === 0 ? 0 : total / (2 * count));
  return {
    positive: Float32Array.from(having, weight),
    negative: Float32Array.from(having, (count) => weight(total - count)),
  };
}

/**
 * Binary cross-entropy of sigmoid(scores), meant over all labels of all examples, each by its weight; and the part of the
 * batch of which every label is right, one being said where its probability is above a half.
 * @param table by {@link tableOf}
 */
export function multiLabelLoss(
  scores: Scores,
  table: Float32Array,
  values: Values,
  inputs: Inputs,
  pass: Pass,
  { labelSmoothing = 0, weights = null }: MultiLabelOptions = {},
): Losses {
  const logits = scores(values, inputs.input, pass);
  const width = logits.shape[1];
  const rows = tf.tensor2d(table, [table.length / width, width]);
  const has = tf.gather(rows, labelsOf(inputs));
  const targets = labelSmoothing === 0 ? has : tf.add(tf.mul(has, 1 - labelSmoothing), labelSmoothing / 2);
  const right = tf.equal(tf.cast(tf.greater(logits, 0), 'float32'), has);
  return {
    loss: weights ? weighted(logits, targets, has, weights) : pass.engine.sigmoidCrossEntropy(logits, targets),
    subsetAccuracy: tf.mean(tf.cast(tf.all(right, 1), 'float32')),
  };
}

function weighted(
  logits: tf.Tensor2D,
  targets: tf.Tensor,
  has: tf.Tensor,
  { positive, negative }: LabelWeights,
): tf.Scalar {
  const [of, without] = [tf.tensor1d(positive), tf.tensor1d(negative)];
  const each = tf.add(tf.mul(has, of), tf.mul(tf.sub(1, has), without));
  const losses = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
  return tf.mean(tf.mul(losses, each));
}

/** Examples beside their labels and those that the network gives them. */
export async function labelsPreview(
  scores: Scores,
  sets: LabelSets,
  values: Values,
  inputs: Inputs,
  from: string,
  pass: Pass,
  looks: Looks,
): Promise<Preview> {
  const { input } = inputs;
  const found = tf.tidy(() => tf.sigmoid(scores(values, input, pass)));
  const probabilities = (await found.data<'float32'>()).slice();
  found.dispose();
  const labels = await labelsOf(inputs).data<'int32'>();
  const shape = [labels.length, sets.names.length];
  return {
    views: [
      { kind: 'labels', from, input: 'input', names: [...sets.names], has: 'has', probabilities: 'probabilities' },
    ],
    tensors: {
      input: await shownExamples(input, looks),
      has: { shape, data: targetsOf(labels, sets) },
      probabilities: { shape, data: probabilities },
    },
  };
}
