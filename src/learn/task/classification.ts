import * as tf from '@tensorflow/tfjs-core';
import type { Arrays, Values } from '../engine/engine.js';
import { shownExamples, type Looks } from '../method/examples.js';
import type { Inputs, Losses, Preview } from '../method/method.js';
import type { Pass } from '../network.js';

/** One class for each example. */

/** [batch, classes] */
export type Scores = (values: Values, input: tf.Tensor, pass: Pass) => tf.Tensor2D;

export interface ClassificationOptions {
  /** s in 0..1: the target is (1 - s) of the class and s / classes of each class (Szegedy et al. 2016, section 7). */
  labelSmoothing?: number;
  /** Of each class; null where all count the same. */
  weights?: Float32Array | null;
}

/**
 * Cross-entropy of softmax(scores), meant over the batch by the weights of its classes, and the part of the batch whose
 * largest score is that of its class.
 */
export function classificationLoss(
  scores: Scores,
  values: Values,
  inputs: Inputs,
  pass: Pass,
  { labelSmoothing = 0, weights = null }: ClassificationOptions = {},
): Losses {
  const logits = scores(values, inputs.input, pass);
  const labels = labelsOf(inputs);
  const losses = pass.engine.softmaxCrossEntropy(
    logits,
    labelSmoothing === 0 ? labels : smoothed(labels, logits.shape[1], labelSmoothing),
  );
  const right = tf.equal(tf.cast(tf.argMax(logits, 1), 'int32'), labels);
  return {
    loss: weights ? weighted(losses, labels, weights) : tf.mean(losses),
    accuracy: tf.mean(tf.cast(right, 'float32')),
  };
}

function smoothed(labels: tf.Tensor1D, classes: number, share: number): tf.Tensor2D {
  const targets = tf.cast(tf.oneHot(labels, classes), 'float32');
  return tf.add<tf.Tensor2D>(tf.mul(targets, 1 - share), share / classes);
}

function weighted(losses: tf.Tensor1D, labels: tf.Tensor1D, weights: Float32Array): tf.Scalar {
  const each = tf.gather(tf.tensor1d(weights), labels);
  return tf.div(tf.sum(tf.mul(losses, each)), tf.sum(each));
}

/**
 * examples / (classes × examples of the class), as scikit-learn's "balanced"; 0 of a class without any.
 * @param counts examples of each class
 */
export function balancedWeights(counts: readonly number[]): Float32Array {
  const there = counts.filter((count) => count > 0);
  const sum = there.reduce((total, count) => total + count, 0);
  return Float32Array.from(counts, (count) => (count === 0 ? 0 : sum / (there.length * count)));
}

/** Examples beside the classes that the network takes them for. */
export async function guessesPreview(
  scores: Scores,
  classes: readonly string[],
  values: Values,
  inputs: Inputs,
  from: string,
  pass: Pass,
  looks: Looks,
): Promise<Preview> {
  const { input } = inputs;
  const probabilities = tf.tidy(() => tf.softmax(scores(values, input, pass)));
  const labels = Array.from(await labelsOf(inputs).data<'int32'>());
  const data = await probabilities.data<'float32'>();
  probabilities.dispose();
  return {
    views: [{ kind: 'guesses', from, input: 'input', classes: [...classes], labels, probabilities: 'probabilities' }],
    tensors: {
      input: await shownExamples(input, looks),
      probabilities: { shape: probabilities.shape, data },
    },
  };
}

/** The class of each example. @throws Error when the batch has none */
export function labelsOf({ labels }: Inputs): tf.Tensor1D {
  if (!labels) throw new Error('The batch has no labels.');
  return labels;
}

/** Those of another network's values that are named like these. */
export function picked(start: Arrays, names: readonly string[]): Arrays {
  return Object.fromEntries(names.flatMap((name) => (start[name] ? [[name, start[name]]] : [])));
}
