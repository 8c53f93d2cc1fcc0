import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import { augmentationOption } from '../../recipe/augmentation.js';
import { batchNormalisation } from '../layer/batchNormalisation.js';
import { dense } from '../layer/dense.js';
import { sequence, type Network, type Pass } from '../network.js';
import { parameter, zeros } from '../parameters.js';
import { soleObjective, type Method } from './method.js';
import { localPatterns } from './starts.js';
import { batchOfOne, pairsPreview, project, twoViewLearner } from './twoViews.js';

/** Added to a variance before its root. */
const EPSILON = 1e-5;
/** How slowly the cross-correlation that is shown forgets. */
const MOMENTUM = 0.9;
const SHOWN = 'head/cross_correlation';

/**
 * Barlow Twins (Zbontar, Jing, Misra, LeCun & Deny 2021, "Barlow Twins: Self-supervised learning via redundancy
 * reduction", eq. 1 and 2): the features of two views of an example shall agree, and tell different things.
 *   C = cross-correlation over the batch of head(encoder(first)) with head(encoder(second)),
 *   loss = Σ_i (1 - C_ii)²  +  weight · Σ_{i ≠ j} C_ij²
 */
export const redundancy: Method = {
  description: {
    name: 'redundancy',
    title: 'Redundancy reduction',
    summary:
      'Changes examples at random in two ways and learns features that agree on both. Each of them tells something else. Needs no labels; smaller batches do than for contrastive.',
    paper: {
      authors: 'Zbontar, Jing, Misra, LeCun & Deny',
      year: 2021,
      title: 'Barlow Twins: Self-supervised learning via redundancy reduction',
    },
    starts: localPatterns,
    options: {
      weight: {
        type: 'number',
        minimum: 0,
        maximum: 1000,
        default: 0.005,
        description: 'How much it counts that features tell different things, against that they agree.',
      },
      projection: {
        type: 'integer',
        minimum: 2,
        maximum: 4096,
        default: 256,
        description: 'Number of features that are compared. They are thrown away after the pretraining.',
      },
      augmentation: augmentationOption,
    },
  },

  check: batchOfOne,

  takesIds: true,

  build(setting) {
    const { family, encoder: options, shape, options: own } = setting;
    const weight = own['weight'] as number;
    const encoder = family.encoder(options, shape, setting);
    const head = projector(encoder.outputShape, own['projection'] as number);
    return {
      ...twoViewLearner(encoder, head),
      summary: t('Redundancy reduction {0} · weight {1}', family.summary(options, shape).encoder, weight),
      objectives: soleObjective([encoder, head], (values, inputs, pass) => {
        const correlation = crossCorrelation(project(encoder, head, values, inputs, pass), pass);
        pass.updates?.set(SHOWN, tf.keep(towards(parameter(values, SHOWN), correlation)));
        const self = tf.eye(correlation.shape[0]);
        const invariance = tf.sum<tf.Scalar>(tf.mul(tf.square(tf.sub(1, correlation)), self));
        const redundancy = tf.sum<tf.Scalar>(tf.mul(tf.square(correlation), tf.sub(1, self)));
        return { loss: tf.add(invariance, tf.mul(redundancy, weight)), invariance, redundancy };
      }),
      async preview(values, inputs, from, pass) {
        const { views, tensors } = await pairsPreview(
          () => project(encoder, head, values, inputs, pass),
          inputs,
          from,
          setting,
        );
        const shown = parameter<tf.Tensor2D>(values, SHOWN);
        return {
          views: [...views, { kind: 'matrix', tensor: 'crossCorrelation' }],
          tensors: {
            ...tensors,
            crossCorrelation: { shape: shown.shape, data: (await shown.data<'float32'>()).slice() },
          },
        };
      },
    };
  },
};

/** Three dense layers with batch normalisation between them, and the running mean of the cross-correlation to be shown. */
function projector(code: number[], width: number): Network {
  const network = sequence(code, [
    dense('head/dense_1', width, 'linear'),
    batchNormalisation('head/dense_1', 'relu'),
    dense('head/dense_2', width, 'linear'),
    batchNormalisation('head/dense_2', 'relu'),
    dense('head/dense_3', width, 'linear'),
  ]);
  return {
    ...network,
    shapes: { ...network.shapes, [SHOWN]: [width, width] },
    untrained: [...network.untrained, SHOWN],
    init: (seed) => ({ ...network.init(seed), [SHOWN]: zeros([width, width]) }),
  };
}

/**
 * Each feature of each view brought to mean 0 and deviation 1 over the batch, also in an evaluation.
 * @param projected [2n, width]
 * @returns [width, width], each -1..1
 */
function crossCorrelation(projected: tf.Tensor2D, { engine }: Pass): tf.Tensor2D {
  const [rows, width] = projected.shape;
  const n = rows / 2;
  const [first, second] = [0, n].map((from) =>
    engine.batchNorm(
      tf.slice2d(projected, [from, 0], [n, width]),
      tf.ones<tf.Rank.R1>([width]),
      tf.zeros<tf.Rank.R1>([width]),
      EPSILON,
    ),
  ) as [tf.Tensor2D, tf.Tensor2D];
  return tf.div(tf.matMul(first, second, true), n);
}

function towards(running: tf.Tensor2D, batch: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.mul(running, MOMENTUM), tf.mul(batch, 1 - MOMENTUM));
}
