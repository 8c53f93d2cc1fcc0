import type * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Values } from '../engine/engine.js';
import type { Pass } from '../network.js';
import { codeTooWide, untied } from './checks.js';
import { soleObjective, type Method } from './method.js';
import { autoencoderOf, learnerOf, mirrorOptions } from './reconstruction.js';

/**
 * Autoencoder (Hinton & Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks"): the encoder
 * squeezes an example x into a code, the decoder rebuilds it, and both learn to make the difference small.
 *   z = decoder(encoder(x)),  loss = mean over all elements of crossentropy(x, sigmoid(z)) or (x - z)².
 */
export const autoencoder: Method = {
  description: {
    name: 'autoencoder',
    title: 'Autoencoder',
    summary:
      'Squeezes each example into a short code and learns to rebuild it. Needs no labels; the classic first choice.',
    paper: {
      authors: 'Hinton & Salakhutdinov',
      year: 2006,
      title: 'Reducing the dimensionality of data with neural networks',
    },
    options: mirrorOptions,
  },

  check: (setting) => [...codeTooWide(setting), ...untied(setting)],

  build(setting) {
    const { encoder, decoder, widths, measure, show } = autoencoderOf(setting);
    const rebuild = (values: Values, input: tf.Tensor, pass: Pass) =>
      decoder.apply(values, encoder.apply(values, input, pass), pass);
    return {
      ...learnerOf([encoder, decoder]),
      summary: t('Autoencoder {0} · {1}', widths, measure.words),
      objectives: soleObjective([encoder, decoder], (values, { input }, pass) => ({
        loss: measure.difference(rebuild(values, input, pass), input, pass),
      })),
      preview: (values, { input }, from, pass) =>
        show(values, input, from, () => ({ output: measure.shown(rebuild(values, input, pass)) })),
    };
  },
};
