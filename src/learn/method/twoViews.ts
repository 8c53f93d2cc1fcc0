import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { Values } from '../engine/engine.js';
import { dense } from '../layer/dense.js';
import { sequence, type Network, type Pass } from '../network.js';
import { shownExamples, type Looks } from './examples.js';
import type { Inputs, Preview, Setting } from './method.js';
import { learnerOf } from './reconstruction.js';
import { similarities, unit } from './similarity.js';

/** What the methods share that learn from two views of each example. */

/** SimCLR's projection head: dense, relu, dense. It is thrown away after the pretraining. */
export function projection({ outputShape: code }: Network, width: number): Network {
  const [hidden] = code as [number];
  return sequence(code, [dense('head/dense_1', hidden, 'relu'), dense('head/dense_2', width, 'linear')]);
}

/** The part of a learner that follows from encoder and head. */
export function twoViewLearner(encoder: Network, head: Network): ReturnType<typeof learnerOf> {
  const common = learnerOf([encoder, head]);
  return { ...common, activationsPerExample: 2 * common.activationsPerExample, needs: { views: true } };
}

/**
 * What the head makes of both views, which pass the network together: batch normalisation sees them as one batch.
 * @returns [2n, width]: the first views, then the second ones
 */
export function project(encoder: Network, head: Network, values: Values, inputs: Inputs, pass: Pass): tf.Tensor2D {
  const { input, view } = inputs;
  if (!view) throw new Error('The batch has no second views.');
  const code = encoder.apply(values, tf.concat([input, view]), pass);
  return head.apply(values, code, pass) as tf.Tensor2D;
}

/** A batch of one has nothing to compare with. */
export function batchOfOne({ batchSize }: Setting): Finding[] {
  if (batchSize !== 1) return [];
  return [
    {
      path: ['pretrain', 'batchSize'],
      severity: 'error',
      code: 'nothing-to-compare',
      message: t(
        'This method compares the examples of a batch with each other, and a batch of 1 has no other example.',
      ),
      fixes: [256],
    },
  ];
}

/** Pairs of views, and how similar the first view of each is to the second of each. */
export async function pairsPreview(
  projected: () => tf.Tensor2D,
  { input, view }: Inputs,
  from: string,
  looks: Looks,
): Promise<Preview> {
  const count = input.shape[0];
  const similarity = tf.tidy(() => tf.slice2d(similarities(unit(projected())), [0, count], [count, count]));
  const preview: Preview = {
    views: [{ kind: 'pairs', from, first: 'first', second: 'second', similarity: 'similarity' }],
    tensors: {
      first: await shownExamples(input, looks),
      second: await shownExamples(view ?? input, looks),
      similarity: { shape: [count, count], data: await similarity.data<'float32'>() },
    },
  };
  similarity.dispose();
  return preview;
}
