import * as tf from '@tensorflow/tfjs-core';
import type { Codes } from '../evaluate/codes.js';
import { neighbourMeans, neighbourShares, neighbourVotes, unit } from '../evaluate/knn.js';
import type { Labelled } from '../evaluate/knn.js';
import type { Arrays, Values } from '../engine/engine.js';
import type { Part } from '../network.js';
import { parameter, zeros } from '../parameters.js';

/** Nearest neighbours as a head: what it keeps are the codes of the labelled examples. */

const CODES = 'neighbours/codes';
const LABELS = 'neighbours/labels';
const TARGETS = 'neighbours/targets';

/** Added to each vote, so that a class without any has a logarithm. */
const LEAST = 1e-7;

export interface Neighbours extends Part {
  /** Logarithms of the classes' shares of the votes: [batch, width] to [batch, classes]. */
  scores(values: Values, codes: tf.Tensor2D): tf.Tensor2D;
  /** What the examples make of them. */
  remember(examples: Labelled): Arrays;
}

export interface NeighbourLabels extends Part {
  /** Logits of the labels' shares of the votes: [batch, width] to [batch, labels]. */
  scores(values: Values, codes: tf.Tensor2D): tf.Tensor2D;
  /** @param targets [examples, labels], 1 where an example has the label, else 0 */
  remember(examples: Codes, targets: Uint8Array): Arrays;
}

export interface NeighbourMeans extends Part {
  /** The mean target of the nearest: [batch, width] to [batch]. */
  means(values: Values, codes: tf.Tensor2D): tf.Tensor1D;
  /** @param targets of each example */
  remember(examples: Codes, targets: Float64Array): Arrays;
}

/** @param count labelled examples @param k neighbours that vote */
export function neighbours(count: number, width: number, k: number, classes: number): Neighbours {
  return {
    ...kept(count, width, LABELS),
    scores: (values, codes) =>
      tf.tidy(() => {
        const labels = tf.cast<tf.Tensor1D>(parameter(values, LABELS), 'int32');
        const votes = neighbourVotes(parameter(values, CODES), labels, codes, classes, k);
        return tf.log(tf.add(tf.div(votes, tf.sum(votes, 1, true)), LEAST));
      }),
    remember: (examples) => memory(examples, LABELS, examples.labels),
  };
}

/** @param count labelled examples @param k neighbours that vote, each for all its labels */
export function neighbourLabels(count: number, width: number, k: number, labels: number): NeighbourLabels {
  return {
    ...kept(count, width, TARGETS, [labels]),
    scores: (values, codes) =>
      tf.tidy(() => {
        const shares = neighbourShares(parameter(values, CODES), parameter(values, TARGETS), codes, k);
        return tf.log(tf.div(tf.add(shares, LEAST), tf.add(tf.sub(1, shares), LEAST)));
      }),
    remember: (examples, targets) => memory(examples, TARGETS, targets, [labels]),
  };
}

/** @param count labelled examples @param k neighbours whose mean it is */
export function neighbourTargets(count: number, width: number, k: number): NeighbourMeans {
  return {
    ...kept(count, width, TARGETS),
    means: (values, codes) => neighbourMeans(parameter(values, CODES), parameter(values, TARGETS), codes, k),
    remember: (examples, targets) => memory(examples, TARGETS, targets),
  };
}

/** @param answers the name of what is known of each example @param of its shape */
function kept(count: number, width: number, answers: string, of: number[] = []): Part {
  return {
    shapes: { [CODES]: [count, width], [answers]: [count, ...of] },
    untrained: [CODES, answers],
    activations: count,
    init: () => ({ [CODES]: zeros([count, width]), [answers]: zeros([count, ...of]) }),
  };
}

function memory({ data, count, width }: Codes, answers: string, known: ArrayLike<number>, of: number[] = []): Arrays {
  const directions = tf.tidy(() => unit(tf.tensor2d(data, [count, width])));
  const content = directions.dataSync<'float32'>().slice();
  directions.dispose();
  return {
    [CODES]: { shape: [count, width], data: content },
    [answers]: { shape: [count, ...of], data: Float32Array.from(known) },
  };
}
