import * as tf from '@tensorflow/tfjs-core';
import { grouped, t } from '../../protocol/l10n.js';
import { augmentationOption } from '../../recipe/augmentation.js';
import type { Network } from '../network.js';
import { classificationLoss, guessesPreview, labelsOf, type Scores } from '../task/classification.js';
import { head as headOf } from '../task/head.js';
import { contrastiveOptions } from './contrastive.js';
import { soleObjective, type Learner, type Method, type Setting } from './method.js';
import { learnerOf } from './reconstruction.js';
import { nearestAccuracy, similarities, spread, supervisedContrastive, unit } from './similarity.js';
import { localPatterns } from './starts.js';
import { batchOfOne, pairsPreview, project, projection, twoViewLearner } from './twoViews.js';

/**
 * Supervised pretraining (Yosinski, Clune, Bengio & Lipson 2014, "How transferable are features in deep neural
 * networks?"): the labels of a set teach the encoder, and what names the classes is thrown away.
 *   loss = mean of -log softmax(head(encoder(x)))_label, or the supervised contrastive loss; see similarity.ts.
 */
export const supervised: Method = {
  description: {
    name: 'supervised',
    title: 'Supervised',
    summary:
      'Learns the labels of a data set that has many. The encoder then serves another task. Every example needs a label.',
    paper: {
      authors: 'Yosinski, Clune, Bengio & Lipson',
      year: 2014,
      title: 'How transferable are features in deep neural networks?',
    },
    starts: localPatterns,
    options: {
      loss: {
        enum: ['crossEntropy', 'contrastive'],
        default: 'crossEntropy',
        markdownEnumDescriptions: [
          'The class is guessed from the code. Keras: `SparseCategoricalCrossentropy`.',
          'Two views of each example: those of one class belong together. Khosla et al. (2020): *Supervised contrastive learning*.',
        ],
        description: 'How labels teach the encoder.',
      },
      ...contrastiveOptions,
      augmentation: augmentationOption,
    },
  },

  check(setting) {
    const finding = { path: ['pretrain', 'method'], severity: 'error' as const };
    const { labels } = setting;
    if (!labels)
      return [
        {
          ...finding,
          code: 'labels-needed',
          message: t(
            'Supervised pretraining learns from labels, and these examples have none. Name where they stand ("filePattern" or "labelColumn" in the recipe’s data), or take a method that needs no labels.',
          ),
          fixes: ['contrastive'],
        },
      ];
    if (labels.sets)
      return [
        {
          ...finding,
          code: 'several-labels',
          message: t(
            'Supervised pretraining learns one class an example, and these examples may have several labels. Fine-tuning learns them: take a method that needs no labels, and fine-tune then.',
          ),
          fixes: ['contrastive'],
        },
      ];
    if (labels.unlabelled > 0)
      return [
        {
          ...finding,
          code: 'labels-incomplete',
          message: t(
            'Supervised pretraining learns from labels, and {0} of the examples have none. Leave them out of the data, or take a method that needs no labels.',
            grouped(labels.unlabelled),
          ),
          fixes: ['contrastive'],
        },
      ];
    if (labels.classes.length < 2)
      return [
        {
          ...finding,
          code: 'one-class',
          message: t('All examples have the same label, {0}: there is nothing to tell apart.', labels.classes[0] ?? ''),
          fixes: ['contrastive'],
        },
      ];
    return setting.options['loss'] === 'contrastive' ? batchOfOne(setting) : [];
  },

  takesIds: true,

  build(setting) {
    const { family, encoder: options, shape } = setting;
    const encoder = family.encoder(options, shape, setting);
    const widths = family.summary(options, shape).encoder;
    return setting.options['loss'] === 'contrastive'
      ? byContrast(setting, encoder, widths)
      : byGuess(setting, encoder, widths);
  },
};

function byGuess(setting: Setting, encoder: Network, widths: string): Learner {
  const { labels: known } = setting;
  const classes = known?.classes ?? [];
  const head = headOf(encoder.outputShape, classes.length, null);
  const classify: Scores = (values, input, pass) =>
    head.apply(values, encoder.apply(values, input, pass), pass) as tf.Tensor2D;
  return {
    ...learnerOf([encoder, head]),
    classify,
    needs: { labels: true, augmented: true },
    summary: t('Supervised {0} · {1} classes · cross-entropy', widths, classes.length),
    objectives: soleObjective([encoder, head], (values, inputs, pass) =>
      classificationLoss(classify, values, inputs, pass),
    ),
    preview: (values, inputs, from, pass) => guessesPreview(classify, classes, values, inputs, from, pass, setting),
  };
}

function byContrast(setting: Setting, encoder: Network, widths: string): Learner {
  const { options } = setting;
  const temperature = options['temperature'] as number;
  const head = projection(encoder, options['projection'] as number);
  return {
    ...twoViewLearner(encoder, head),
    needs: { labels: true, views: true },
    summary: t('Supervised {0} · contrastive, temperature {1}', widths, temperature),
    objectives: soleObjective([encoder, head], (values, inputs, pass) => {
      const similarity = similarities(unit(project(encoder, head, values, inputs, pass)));
      const labels = tf.tile(labelsOf(inputs), [2]);
      const same = tf.cast<tf.Tensor2D>(tf.equal(tf.expandDims(labels, 1), tf.expandDims(labels, 0)), 'float32');
      return {
        loss: supervisedContrastive(similarity, same, temperature, pass.engine),
        accuracy: nearestAccuracy(similarity, same),
        ...spread(similarity),
      };
    }),
    preview: (values, inputs, from, pass) =>
      pairsPreview(() => project(encoder, head, values, inputs, pass), inputs, from, setting),
  };
}
