import * as tf from '@tensorflow/tfjs-core';
import { neighbourVotes, unit } from '../evaluate/knn.js';
import type { Labelled } from '../evaluate/knn.js';
import type { Arrays, Values } from '../engine/engine.js';
import type { Part } from '../network.js';
import { parameter, zeros } from '../parameters.js';

/** Nearest neighbours as a head: what it keeps are the codes of the labelled examples. */

const CODES = 'neighbours/codes';
const LABELS = 'neighbours/labels';

/** Added to each vote, so that a class without any has a logarithm. */
const LEAST = 1e-7;

export interface Neighbours extends Part {
  /** Logarithms of the classes' shares of the votes: [batch, width] to [batch, classes]. */
  scores(values: Values, codes: tf.Tensor2D): tf.Tensor2D;
  /** What the examples make of them. */
  remember(examples: Labelled): Arrays;
}

/** @param count labelled examples @param k neighbours that vote */
export function neighbours(count: number, width: number, classes: number, k: number): Neighbours {
  const shapes = { [CODES]: [count, width], [LABELS]: [count] };
  return {
    shapes,
    untrained: [CODES, LABELS],
    activations: count,
    init: () => ({ [CODES]: zeros([count, width]), [LABELS]: zeros([count]) }),
    scores: (values, codes) =>
      tf.tidy(() => {
        const labels = tf.cast<tf.Tensor1D>(parameter(values, LABELS), 'int32');
        const votes = neighbourVotes(parameter(values, CODES), labels, codes, classes, k);
        return tf.log(tf.add(tf.div(votes, tf.sum(votes, 1, true)), LEAST));
      }),
    remember({ data, count, width, labels }) {
      const directions = tf.tidy(() => unit(tf.tensor2d(data, [count, width])));
      const content = directions.dataSync<'float32'>().slice();
      directions.dispose();
      return {
        [CODES]: { shape: [count, width], data: content },
        [LABELS]: { shape: [count], data: Float32Array.from(labels) },
      };
    },
  };
}
