import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Values } from '../engine/engine.js';
import { together, type Pass } from '../network.js';
import { sizeOf } from '../parameters.js';
import { soleObjective, type Method } from './method.js';
import { imagePixels, imageShape, weightPictures } from './pictures.js';

type Loss = 'binaryCrossentropy' | 'meanSquaredError';

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
    options: {
      loss: {
        enum: ['binaryCrossentropy', 'meanSquaredError'],
        default: 'binaryCrossentropy',
        markdownEnumDescriptions: [
          'Each value is a probability between 0 and 1, as in bright and dark pixels.',
          'Squared difference: for values that are not probabilities.',
        ],
        description: 'How the difference between an example and its reconstruction is measured.',
      },
    },
  },

  build({ family, encoder: encoderOptions, shape, options }) {
    const lossName = options['loss'] as Loss;
    const onLogits = lossName === 'binaryCrossentropy';
    const encoder = family.encoder(encoderOptions, shape);
    const decoder = family.decoder(encoderOptions, shape);
    const widths = family.summary(encoderOptions, shape);

    const rebuild = (values: Values, input: tf.Tensor, pass: Pass) =>
      decoder.apply(values, encoder.apply(values, input, pass), pass);

    return {
      ...together([encoder, decoder]),
      summary: t(
        'Autoencoder {0} → {1} · {2}',
        widths.encoder,
        widths.decoder,
        onLogits ? 'binary cross-entropy' : 'mean squared error',
      ),
      activationsPerExample: 2 * sizeOf(shape) + encoder.activations + decoder.activations,
      needs: {},
      objectives: soleObjective([encoder, decoder], (values, { input }, pass) => {
        const output = rebuild(values, input, pass);
        return {
          loss: onLogits ? pass.engine.sigmoidCrossEntropy(output, input) : pass.engine.meanSquaredError(output, input),
        };
      }),
      encode: (values, input, pass) => encoder.apply(values, input, pass) as tf.Tensor2D,

      async preview(values, { input }, from, pass) {
        const output = tf.tidy(() => {
          const rebuilt = rebuild(values, input, pass);
          return onLogits ? tf.sigmoid(rebuilt) : rebuilt;
        });
        const picture = imageShape(shape);
        const weights = await weightPictures(values, shape);
        const preview = {
          views: [
            { kind: 'reconstruction' as const, from, input: 'input', output: 'output' },
            ...(weights ? [weights.view] : []),
          ],
          tensors: {
            input: await imagePixels(input, picture),
            output: await imagePixels(output, picture),
            ...(weights ? { [weights.view.tensor]: weights.tensor } : {}),
          },
        };
        output.dispose();
        return preview;
      },
    };
  },
};
