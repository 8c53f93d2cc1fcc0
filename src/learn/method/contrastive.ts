import { t } from '../../protocol/l10n.js';
import { augmentationOption } from '../../recipe/augmentation.js';
import type { JsonSchema } from '../../recipe/description.js';
import { soleObjective, type Method } from './method.js';
import { ntXent, similarities, spread, unit } from './similarity.js';
import { localPatterns } from './starts.js';
import { batchOfOne, pairsPreview, project, projection, twoViewLearner } from './twoViews.js';

/** Below so many examples in a batch there is little to tell apart. */
const FEW = 32;

/** What contrastive losses have in common. */
export const contrastiveOptions: Record<'temperature' | 'projection', JsonSchema> = {
  temperature: {
    type: 'number',
    minimum: 0.01,
    maximum: 100,
    default: 0.5,
    description: 'What similarities are divided by. Smaller: the most similar of the other examples count more.',
  },
  projection: {
    type: 'integer',
    minimum: 2,
    maximum: 8192,
    default: 128,
    description: 'Width of the projection in which views are compared. It is thrown away after the pretraining.',
  },
};

/**
 * SimCLR (Chen, Kornblith, Norouzi & Hinton 2020, "A simple framework for contrastive learning of visual
 * representations"): of two views of each example the network learns that they belong together, and that those of other
 * examples do not.
 *   z = head(encoder(view)) brought to the length 1,  loss = NT-Xent(z); see similarity.ts.
 */
export const contrastive: Method = {
  description: {
    name: 'contrastive',
    title: 'Contrastive',
    summary:
      'Changes examples at random in two ways and learns which two belong together. Needs no labels and no decoder; large batches help.',
    paper: {
      authors: 'Chen, Kornblith, Norouzi & Hinton',
      year: 2020,
      title: 'A simple framework for contrastive learning of visual representations',
    },
    starts: localPatterns,
    options: { ...contrastiveOptions, augmentation: augmentationOption },
  },

  check(setting) {
    const { batchSize } = setting;
    if (batchSize === undefined || batchSize === 1 || batchSize >= FEW) return batchOfOne(setting);
    return [
      {
        path: ['pretrain', 'batchSize'],
        severity: 'warning',
        code: 'few-negatives',
        message: t(
          'With {0} examples in a batch, each view is told from only {1} others, which is easily learned. Take 64 or more.',
          batchSize,
          2 * batchSize - 2,
        ),
        fixes: [256],
      },
    ];
  },

  takesIds: true,

  build(setting) {
    const { family, encoder: options, shape, options: own } = setting;
    const temperature = own['temperature'] as number;
    const encoder = family.encoder(options, shape, setting);
    const head = projection(encoder, own['projection'] as number);
    return {
      ...twoViewLearner(encoder, head),
      summary: t('Contrastive {0} · temperature {1}', family.summary(options, shape).encoder, temperature),
      objectives: soleObjective([encoder, head], (values, inputs, pass) => {
        const similarity = similarities(unit(project(encoder, head, values, inputs, pass)));
        return { loss: ntXent(similarity, temperature, pass.engine), ...spread(similarity) };
      }),
      preview: (values, inputs, from, pass) =>
        pairsPreview(() => project(encoder, head, values, inputs, pass), inputs, from, setting),
    };
  },
};
