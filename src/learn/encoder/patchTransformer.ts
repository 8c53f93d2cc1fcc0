import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import { gridPositions, patchGrid } from '../layer/patches.js';
import { pointwise } from '../layer/pointwise.js';
import { transformer } from '../layer/transformer.js';
import { together } from '../network.js';
import type { EncoderFamily, PatchEncoder } from './encoder.js';
import { blockOptions, codeDecoder, SIZES, sizeOption, type BlockOptions } from './transformerSizes.js';

interface PatchTransformerOptions extends BlockOptions {
  /** Side of a patch, in pixels; null takes what suits the images. */
  patchSize: number | null;
  /** Numbers for each patch, and of the code; null takes those of the size. */
  width: number | null;
}

/** Patches along the longer side, by default: few enough to be quick, enough to hide most of them. */
const USUAL_PATCHES = 8;

/**
 * Vision transformer (Dosovitskiy et al. 2021): patches of an image or spectrogram, each with its position, through
 * transformer blocks; the code is the mean of what comes out. Positions are fixed, as in He et al. 2022.
 */
export const patchTransformer: EncoderFamily = {
  description: {
    name: 'patchTransformer',
    title: 'Patch transformer',
    summary:
      'Cuts an image or spectrogram into patches that look at each other. Needs more data than convolutions; the encoder for masked pretraining.',
    paper: {
      authors: 'Dosovitskiy et al.',
      year: 2021,
      title: 'An image is worth 16×16 words: Transformers for image recognition at scale',
    },
    options: {
      size: sizeOption,
      patchSize: {
        default: null,
        anyOf: [{ type: 'integer', minimum: 1, maximum: 1024 }, { type: 'null' }],
        description: 'Side of a patch, in pixels. Null takes about an eighth of the longer side.',
      },
      width: {
        default: null,
        anyOf: [{ type: 'integer', minimum: 4, maximum: 4096 }, { type: 'null' }],
        description: 'Numbers for each patch, and of the code: a multiple of 4. Null takes those of the size.',
      },
      ...blockOptions,
    },
  },

  parallel: true,

  check(options, inputShape) {
    if (inputShape.length !== 3)
      return [
        {
          path: ['encoder', 'type'],
          severity: 'error',
          code: 'no-image',
          message: t(
            'A patch transformer takes images or spectrograms, and these examples have the shape [{0}].',
            inputShape.join(', '),
          ),
          fixes: ['dense'],
        },
      ];
    const { width, heads } = of(options, inputShape);
    if (width % heads === 0 && width % 4 === 0) return [];
    return [
      {
        path: ['encoder', 'width'],
        severity: 'error',
        code: 'width-not-shared',
        message: t('A width of {0} is not a multiple of 4 and of the {1} heads that share it.', width, heads),
        fixes: [4 * heads * Math.max(1, Math.round(width / (4 * heads)))],
      },
    ];
  },

  codePath: () => ['width'],

  encoder(options, inputShape) {
    const { part, width, grid, positions, encode } = patchEncoder(options, inputShape);
    return {
      ...part,
      inputShape,
      outputShape: [width],
      apply: (values, input, pass) => tf.mean(encode(values, grid.split(input), positions(), pass), 1),
    };
  },

  decoder: (options, outputShape) => codeDecoder(of(options, outputShape).width, outputShape),

  summary(options, inputShape) {
    const { width, blocks, patchSize } = of(options, inputShape);
    const { count } = patchGrid(inputShape, patchSize);
    const input = inputShape.join('×');
    return {
      encoder: t('{0} → {1} patches of {2}×{2} → {3} blocks of {4} → {4}', input, count, patchSize, blocks, width),
      decoder: `${4 * width} → ${input}`,
    };
  },

  patches: patchEncoder,
};

function patchEncoder(options: EncoderOptions, inputShape: number[]): PatchEncoder {
  const { width, blocks, heads, patchSize } = of(options, inputShape);
  const grid = patchGrid(inputShape, patchSize);
  const embedding = pointwise('encoder/embedding', width, 'linear')([grid.count, grid.width]);
  const body = transformer('encoder', { blocks, heads })([grid.count, width]);
  return {
    grid,
    width,
    part: together([embedding, body]),
    positions: (of = width) => tf.tensor2d(gridPositions(grid.rows, grid.columns, of), [grid.count, of]),
    encode: (values, patches, places, pass) =>
      body.apply(values, tf.add(embedding.apply(values, patches, pass), places), pass),
  };
}

function of(options: EncoderOptions, [height = 1, width = 1]: readonly number[]) {
  const given = options as unknown as PatchTransformerOptions;
  const size = SIZES[given.size];
  return {
    width: given.width ?? size.width,
    blocks: given.blocks ?? size.blocks,
    heads: given.heads ?? size.heads,
    patchSize: given.patchSize ?? Math.max(1, Math.ceil(Math.max(height, width) / USUAL_PATCHES)),
  };
}
