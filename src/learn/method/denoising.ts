import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { Values } from '../engine/engine.js';
import type { Pass } from '../network.js';
import { untied } from './checks.js';
import { soleObjective, type Method, type Setting } from './method.js';
import { autoencoderOf, learnerOf, mirrorOptions } from './reconstruction.js';

type Noise = 'gaussian' | 'masking' | 'saltAndPepper';

/**
 * Denoising autoencoder (Vincent, Larochelle, Bengio & Manzagol 2008, "Extracting and composing robust features with
 * denoising autoencoders", section 2.3; the three kinds of noise: Vincent et al. 2010, section 3.5): the network sees a
 * corrupted example x̃ ~ q(x̃ | x) and learns to rebuild the clean one.
 *   z = decoder(encoder(x̃)),  loss = mean over all elements of crossentropy(x, sigmoid(z)) or (x - z)².
 * Codes are made of clean examples. Where the paper corrupts a fixed number of an example's values, here each value is
 * corrupted by itself with that probability.
 */
export const denoising: Method = {
  description: {
    name: 'denoising',
    title: 'Denoising autoencoder',
    summary:
      'Gets damaged examples and learns to rebuild the whole ones. It has to find out how their parts belong together; the code may be wider than the input.',
    paper: {
      authors: 'Vincent, Larochelle, Bengio & Manzagol',
      year: 2008,
      title: 'Extracting and composing robust features with denoising autoencoders',
    },
    options: {
      noise: {
        enum: ['masking', 'gaussian', 'saltAndPepper'],
        default: 'masking',
        markdownEnumDescriptions: [
          'Some values become 0: holes to be filled in.',
          'A random number is added to each value.',
          'Some values become 0 or 1: black and white dots.',
        ],
        description: 'How examples are damaged.',
      },
      amount: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.25,
        description:
          'How much. Masking and salt and pepper: the part of the values that are changed. Gaussian: the standard deviation of what is added to values from 0 to 1.',
      },
      ...mirrorOptions,
    },
  },

  check: (setting) => [...noiseTrouble(setting), ...untied(setting)],

  build(setting) {
    const noise = setting.options['noise'] as Noise;
    const amount = setting.options['amount'] as number;
    const { encoder, decoder, widths, measure, show } = autoencoderOf(setting);
    const rebuild = (values: Values, seen: tf.Tensor, pass: Pass) =>
      decoder.apply(values, encoder.apply(values, seen, pass), pass);
    const words = {
      masking: () => t('masking {0}', amount),
      gaussian: () => t('Gaussian noise {0}', amount),
      saltAndPepper: () => t('salt and pepper {0}', amount),
    };
    return {
      ...learnerOf([encoder, decoder]),
      summary: t('Denoising autoencoder {0} · {1} · {2}', widths, words[noise](), measure.words),
      objectives: soleObjective([encoder, decoder], (values, { input }, pass) => ({
        loss: measure.difference(rebuild(values, corrupted(input, noise, amount, pass), pass), input, pass),
      })),
      preview: (values, { input }, from, pass) =>
        show(values, input, from, () => {
          const seen = corrupted(input, noise, amount, pass);
          return { seen, output: measure.shown(rebuild(values, seen, pass)) };
        }),
    };
  },
};

/** x̃; the same for the same pass. Values may leave 0..1 by Gaussian noise, as in the paper. */
function corrupted(input: tf.Tensor, noise: Noise, amount: number, { random }: Pass): tf.Tensor {
  if (noise === 'gaussian') return tf.add(input, tf.mul(random.normal('noise', input.shape), amount));
  const chance = random.uniform('noise', input.shape);
  const spared = tf.greaterEqual(chance, amount);
  if (noise === 'masking') return tf.mul(input, tf.cast(spared, 'float32'));
  // Of those that are not spared, one half has less than half the amount.
  return tf.where(spared, input, tf.cast(tf.less(chance, amount / 2), 'float32'));
}

function noiseTrouble({ options: { amount, noise } }: Setting): Finding[] {
  const finding = { path: ['pretrain', 'amount'], fixes: [0.25] };
  if (amount === 0)
    return [
      { ...finding, severity: 'warning', code: 'no-noise', message: t('Without noise this is a plain autoencoder.') },
    ];
  if (amount !== 1 || noise === 'gaussian') return [];
  return [
    {
      ...finding,
      severity: 'error',
      code: 'nothing-left-to-see',
      message: t('An amount of 1 damages every value, and nothing is left to learn from.'),
    },
  ];
}
