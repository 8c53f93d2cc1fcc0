import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { Values } from '../engine/engine.js';
import { active, activity } from '../layer/activity.js';
import type { Pass } from '../network.js';
import { sizeOf } from '../parameters.js';
import { untied } from './checks.js';
import { soleObjective, type Method, type Setting } from './method.js';
import { autoencoderOf, learnerOf, mirrorOptions } from './reconstruction.js';

interface SparseOptions {
  penalty: 'l1' | 'kl' | 'kSparse';
  weight: number;
  target: number;
  k: number;
  alpha: number;
}

/**
 * Sparse autoencoder: few units h of the code are active in each example.
 *   loss = mean over all elements of crossentropy(x, sigmoid(z)) or (x - z)²  +  weight · penalty, with
 *   l1: mean over examples of Σ |h|
 *   kl: Σ over units of ρ log(ρ / ρ̂) + (1 - ρ) log((1 - ρ) / (1 - ρ̂)), ρ̂ a unit's mean over the batch (Ng 2011, "Sparse
 *       autoencoder", CS294A lecture notes, section 3, where the mean is over all examples)
 * kSparse has no penalty: only the k largest units of each example pass, alpha · k of them when it does not train
 * (Makhzani & Frey 2014, "k-Sparse autoencoders", algorithm 1).
 */
export const sparse: Method = {
  description: {
    name: 'sparse',
    title: 'Sparse autoencoder',
    summary:
      'Rebuilds each example from a code of which only few units are active. Each unit comes to stand for something; the code may be wider than the input.',
    paper: { authors: 'Makhzani & Frey', year: 2014, title: 'k-Sparse autoencoders' },
    options: {
      penalty: {
        enum: ['l1', 'kl', 'kSparse'],
        default: 'l1',
        markdownEnumDescriptions: [
          'The sum of what the units put out is to be small.',
          'Each unit is to be active in a given part of the examples. For the activation sigmoid.',
          'Only the largest units of each example are kept.',
        ],
        description: 'What keeps the code sparse.',
      },
      weight: {
        type: 'number',
        minimum: 0,
        maximum: 1_000_000,
        default: 0.001,
        description: 'How much sparsity counts against exact reconstructions. For l1 and kl.',
      },
      target: {
        type: 'number',
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        default: 0.05,
        description: 'What each unit is to put out on average. For kl.',
      },
      k: { type: 'integer', minimum: 1, maximum: 65536, default: 8, description: 'Units that are kept. For kSparse.' },
      alpha: {
        type: 'number',
        minimum: 1,
        maximum: 100,
        default: 1,
        description: 'Times k units are kept in validation and in codes. For kSparse.',
      },
      ...mirrorOptions,
    },
  },

  check: (setting) => [...sparsityTrouble(setting), ...untied(setting)],

  build(setting) {
    const { penalty, weight, target, k, alpha } = setting.options as unknown as SparseOptions;
    const { encoder, decoder, widths, measure, show } = autoencoderOf(setting);
    const units = sizeOf(encoder.outputShape);
    const note = activity('activity', units);
    const encode = (values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D => {
      const code = encoder.apply(values, input, pass) as tf.Tensor2D;
      if (penalty !== 'kSparse') return code;
      return keepLargest(code, pass.training ? k : Math.min(units, Math.round(alpha * k)));
    };
    const words = {
      l1: () => t('L1 {0}', weight),
      kl: () => t('KL {0} to {1}', weight, target),
      kSparse: () => t('{0} largest', k),
    };
    return {
      ...learnerOf([encoder, decoder, note]),
      summary: t('Sparse autoencoder {0} · {1} · {2}', widths, words[penalty](), measure.words),
      encode,
      objectives: soleObjective([encoder, decoder, note], (values, { input }, pass) => {
        const code = note.apply(values, encode(values, input, pass), pass) as tf.Tensor2D;
        const reconstruction = measure.difference(decoder.apply(values, code, pass), input, pass);
        const activeUnits = tf.mean<tf.Scalar>(active(code));
        if (penalty === 'kSparse') return { loss: reconstruction, activeUnits };
        const cost = penalty === 'l1' ? l1(code) : divergence(code, target);
        return { loss: tf.add(reconstruction, tf.mul(cost, weight)), reconstruction, penalty: cost, activeUnits };
      }),
      async preview(values, { input }, from, pass) {
        const preview = await show(values, input, from, () => ({
          output: measure.shown(decoder.apply(values, encode(values, input, pass), pass)),
        }));
        const frequency = tf.tidy(() => note.frequency(values));
        const data = await frequency.data<'float32'>();
        frequency.dispose();
        if (Number.isNaN(data[0])) return preview;
        preview.views.push({ kind: 'activity', tensor: 'activity' });
        preview.tensors['activity'] = { shape: [units], data };
        return preview;
      },
    };
  },
};

/** The k largest values of each row; others become 0. What is as large as the last of them stays too. */
function keepLargest(code: tf.Tensor2D, k: number): tf.Tensor2D {
  return tf.customGrad((x, save) => {
    const least = tf.min((tf.topk(x as tf.Tensor2D, k) as { values: tf.Tensor2D }).values, 1, true);
    const kept = tf.cast(tf.greaterEqual(x as tf.Tensor2D, least), 'float32');
    (save as (tensors: tf.Tensor[]) => void)([kept]);
    return {
      value: tf.mul(x as tf.Tensor2D, kept),
      gradFunc: (dy, saved) => tf.mul(dy, saved[0] as tf.Tensor2D),
    };
  })(code) as tf.Tensor2D;
}

function l1(code: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.sum(tf.abs(code), 1));
}

/** Units that are always on or off would cost infinitely much. */
const LEAST = 1e-6;

function divergence(code: tf.Tensor2D, target: number): tf.Scalar {
  const means = tf.clipByValue(tf.mean(code, 0), LEAST, 1 - LEAST);
  const entropy = target * Math.log(target) + (1 - target) * Math.log(1 - target);
  const cross = tf.add(tf.mul(tf.log(means), target), tf.mul(tf.log(tf.sub(1, means)), 1 - target));
  return tf.sum(tf.sub(entropy, cross));
}

function sparsityTrouble({ family, encoder, shape, options }: Setting): Finding[] {
  const { penalty, k } = options as unknown as SparseOptions;
  const units = sizeOf(family.encoder(encoder, shape).outputShape);
  if (penalty === 'kl' && encoder['activation'] !== 'sigmoid')
    return [
      {
        path: ['encoder', 'activation'],
        severity: 'error',
        code: 'no-probability',
        message: t('The penalty "kl" takes what units put out for probabilities, and only sigmoid puts out 0 to 1.'),
        fixes: ['sigmoid'],
      },
    ];
  if (penalty !== 'kSparse' || k < units) return [];
  return [
    {
      path: ['pretrain', 'k'],
      severity: 'error',
      code: 'k-too-large',
      message: t('With k = {0} all of the {1} units of the code are kept, and nothing makes it sparse.', k, units),
      fixes: [Math.max(1, Math.floor(units / 4))],
    },
  ];
}
