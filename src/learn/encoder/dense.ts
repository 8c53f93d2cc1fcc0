import type { Activation } from '../engine/engine.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import { t } from '../../protocol/l10n.js';
import { categoryEmbeddings, hasCategories } from '../layer/categories.js';
import { dense as layer, tiedDense } from '../layer/dense.js';
import { reshape } from '../layer/reshape.js';
import { sequence, type Network } from '../network.js';
import { sizeOf } from '../parameters.js';
import type { EncoderFamily } from './encoder.js';

interface DenseOptions {
  /** Units of each layer; the last is the width of the code. */
  units: number[];
  activation: Activation;
  /** Of rows of a table: each category becomes a few learned numbers first. */
  embeddings: boolean;
}

/** Fully connected layers over the flattened example: activation(x · kernel + bias), layer by layer. */
export const dense: EncoderFamily = {
  description: {
    name: 'dense',
    title: 'Dense',
    summary: 'Fully connected layers. Fits any data of fixed size; the best start for small images and for tables.',
    paper: null,
    options: {
      units: {
        type: 'array',
        items: { type: 'integer', minimum: 1, maximum: 65536 },
        minItems: 1,
        maxItems: 64,
        default: [32],
        markdownDescription: 'Units of each layer, from the input to the code. The last one is the width of the code.',
      },
      activation: {
        enum: ['relu', 'gelu', 'tanh', 'sigmoid', 'linear'],
        default: 'relu',
        description: 'Activation after each layer.',
      },
      embeddings: {
        type: 'boolean',
        default: false,
        description:
          'Of tables: learns a few numbers for each category, before the layers. For columns of many categories.',
      },
    },
  },

  parallel: false,

  codePath: (options) => ['units', of(options).units.length - 1],

  check(options, _, { columns } = {}) {
    if (!of(options).embeddings || (columns && hasCategories(columns))) return [];
    return [
      {
        path: ['encoder', 'embeddings'],
        severity: 'error',
        code: 'nothing-to-embed',
        message: t('These data have no column of more than two categories that could be embedded.'),
        fixes: [false],
      },
    ];
  },

  encoder(options, inputShape, { columns } = {}) {
    const { units, activation, embeddings } = of(options);
    const layers = (shape: number[]): Network => stack('encoder', shape, units, activation, activation);
    return embeddings && columns
      ? sequence(inputShape, [categoryEmbeddings('encoder/embedding', columns), layers])
      : layers(inputShape);
  },

  decoder(options, outputShape) {
    const { units, activation } = of(options);
    const widths = backwards(units, outputShape);
    return sequence(units.slice(-1), [
      (code) => stack('decoder', code, widths, activation, 'linear'),
      reshape(outputShape),
    ]);
  },

  tiedDecoder(options, outputShape) {
    const { units, activation, embeddings } = of(options);
    if (embeddings) return null; // rows of categories cannot be gone back through
    const layers = backwards(units, outputShape).map((width, i) => {
      const last = units.length - i;
      return tiedDense(
        `decoder/dense_${i + 1}`,
        `encoder/dense_${last}/kernel`,
        width,
        last === 1 ? 'linear' : activation,
      );
    });
    return sequence(units.slice(-1), [...layers, reshape(outputShape)]);
  },

  summary(options, inputShape) {
    const { units } = of(options);
    const width = sizeOf(inputShape);
    return { encoder: [width, ...units].join(' → '), decoder: backwards(units, inputShape).join(' → ') };
  },
};

/** Widths of the decoder's layers. */
function backwards(units: readonly number[], outputShape: number[]): number[] {
  return [...units.toReversed().slice(1), sizeOf(outputShape)];
}

function of(options: EncoderOptions): DenseOptions {
  return options as unknown as DenseOptions;
}

function stack(prefix: string, inputShape: number[], widths: number[], inner: Activation, last: Activation): Network {
  return sequence(
    inputShape,
    widths.map((width, i) => layer(`${prefix}/dense_${i + 1}`, width, i === widths.length - 1 ? last : inner)),
  );
}
