import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Activation, Values } from '../engine/engine.js';
import { dense } from '../layer/dense.js';
import { reshape } from '../layer/reshape.js';
import { sequence, type Pass } from '../network.js';
import { sizeOf } from '../parameters.js';
import { sampleCodes, walkCodes } from './codes.js';
import { soleObjective, type Method, type Preview } from './method.js';
import { imagePixels, imageShape } from './pictures.js';
import { autoencoderOf, learnerOf, lossOption } from './reconstruction.js';

/**
 * Variational autoencoder (Kingma & Welling 2014, "Auto-encoding variational Bayes", eq. 10 and appendix B): the encoder
 * gives mean μ and variance σ² of a normal code for each example x, the decoder rebuilds x from a code drawn from it.
 *   z = μ + σ ε, ε normal,  loss = -log p(x | z) + β KL,  KL = -½ Σ (1 + log σ² - μ² - σ²)
 * summed over an example's values and meant over examples, in nats: with β = 1 the negative evidence lower bound (ELBO).
 * -log p(x | z) is the cross-entropy of Bernoulli probabilities sigmoid(decoder(z)), or ½ Σ (x - decoder(z))², of a
 * normal distribution of standard deviation 1 without its constant.
 * β: Higgins et al. 2017, "β-VAE", eq. 4; it rises from 0 by `warmupEpochs` (Bowman et al. 2016). Free bits: Kingma et
 * al. 2016, "Improving variational inference with inverse autoregressive flow", appendix C.8: Σ over the code's numbers of
 * max(λ, KL meant over the batch). Both are for training: validation measures with the whole β and without free bits.
 */
export const variational: Method = {
  description: {
    name: 'variational',
    title: 'Variational autoencoder',
    summary:
      'Learns codes that are normally distributed. New examples can be made from random codes, and examples blend into each other.',
    paper: { authors: 'Kingma & Welling', year: 2014, title: 'Auto-encoding variational Bayes' },
    options: {
      latent: {
        type: 'integer',
        minimum: 1,
        maximum: 4096,
        default: 20,
        description: 'Width of the code, after the encoder. With 2 the monitor shows the whole plane of codes.',
      },
      beta: {
        type: 'number',
        minimum: 0,
        maximum: 1_000_000,
        default: 1,
        description:
          'How much simple codes count against exact reconstructions. Above 1 the numbers of the code become more independent, and reconstructions less sharp.',
      },
      warmupEpochs: {
        type: 'number',
        minimum: 0,
        maximum: 1_000_000,
        default: 0,
        description: 'Epochs in which beta rises from 0: keeps the code in use at the start. Parts are allowed.',
      },
      freeBits: {
        type: 'number',
        minimum: 0,
        maximum: 1000,
        default: 0,
        description: 'Nats that each number of the code may hold at no cost, so that none falls out of use.',
      },
      loss: {
        ...lossOption,
        markdownEnumDescriptions: [
          'Each value is a probability between 0 and 1, as in bright and dark pixels.',
          'Half the squared difference: normally distributed values with a standard deviation of 1.',
        ],
      },
    },
  },

  build(setting) {
    const { family, encoder: encoderOptions, shape, options } = setting;
    const [latent, beta, warmupEpochs, freeBits] = (['latent', 'beta', 'warmupEpochs', 'freeBits'] as const).map(
      (name) => options[name],
    ) as [number, number, number, number];
    const { encoder, decoder: last, measure, show } = autoencoderOf(setting);
    const code = encoder.outputShape;
    const activation = (encoderOptions['activation'] as Activation | undefined) ?? 'relu';
    const mean = dense('latent/mean', latent, 'linear')(code);
    const logVariance = dense('latent/logVariance', latent, 'linear')(code);
    const decoder = sequence([latent], [dense('decoder/latent', sizeOf(code), activation), reshape(code), () => last]);
    const networks = [encoder, mean, logVariance, decoder] as const;
    // The measure is a mean over values; the bound needs their sum, of squares one half.
    const scale = sizeOf(shape) * (options['loss'] === 'meanSquaredError' ? 0.5 : 1);
    const widths = family.summary(encoderOptions, shape);

    const encode = (values: Values, input: tf.Tensor, pass: Pass) =>
      mean.apply(values, encoder.apply(values, input, pass), pass) as tf.Tensor2D;
    const decode = (values: Values, codes: tf.Tensor, pass: Pass) => measure.shown(decoder.apply(values, codes, pass));

    return {
      ...learnerOf(networks),
      summary: t(
        'Variational autoencoder {0} · {1} · the loss is the negative ELBO (β = {2}), in nats per example',
        [widths.encoder, latent, sizeOf(code), widths.decoder].join(' → '),
        measure.words,
        beta,
      ),
      encode,
      objectives: soleObjective(networks, (values, { input }, pass) => {
        const hidden = encoder.apply(values, input, pass);
        const means = mean.apply(values, hidden, pass);
        const logVariances = logVariance.apply(values, hidden, pass);
        const noise = pass.random.normal('code', means.shape);
        const codes = tf.add(means, tf.mul(tf.exp(tf.mul(logVariances, 0.5)), noise));
        const output = decoder.apply(values, codes, pass);
        const reconstruction = tf.mul<tf.Scalar>(measure.difference(output, input, pass), scale);
        const divergences = tf.mean(
          tf.mul(tf.sub(tf.add(tf.square(means), tf.exp(logVariances)), tf.add(logVariances, 1)), 0.5),
          0,
        );
        const kl = tf.sum<tf.Scalar>(divergences);
        const counted = pass.training && freeBits > 0 ? tf.sum(tf.maximum(divergences, freeBits)) : kl;
        const warmth = pass.training && warmupEpochs > 0 ? Math.min(1, pass.epoch / warmupEpochs) : 1;
        return { loss: tf.add(reconstruction, tf.mul(counted, beta * warmth)), reconstruction, kl };
      }),

      async preview(values, { input }, from, pass) {
        const rebuild = () => ({ output: decode(values, encode(values, input, pass), pass) });
        const { views, tensors }: Preview = await show(values, input, from, rebuild);
        // Made-up ones would be no pictures.
        if (setting.features === 'bag' || setting.kind === 'table') return { views, tensors };
        const grids = tf.tidy(() =>
          [sampleCodes(latent, pass.random), walkCodes(encode(values, input, pass))]
            .filter((grid) => grid !== null)
            .map(({ codes, ...grid }) => ({ ...grid, pictures: decode(values, codes, pass) })),
        );
        for (const { content, columns, pictures } of grids) {
          views.push({ kind: 'grid', content, tensor: content, columns });
          tensors[content] = await imagePixels(pictures, imageShape(shape));
          pictures.dispose();
        }
        return { views, tensors };
      },
    };
  },
};
