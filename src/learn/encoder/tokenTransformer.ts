import * as tf from '@tensorflow/tfjs-core';
import type { Vocabulary } from '../../data/prepare/preparation.js';
import { t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import { embedding } from '../layer/embedding.js';
import { transformer } from '../layer/transformer.js';
import { together } from '../network.js';
import { sizeOf } from '../parameters.js';
import type { EncoderFamily, TokenEncoder } from './encoder.js';
import { blockOptions, codeDecoder, SIZES, sizeOption, type BlockOptions } from './transformerSizes.js';

interface TokenTransformerOptions extends BlockOptions {
  /** Numbers for each token, and of the code; null takes those of the size. */
  width: number | null;
  causal: boolean;
}

/**
 * Transformer over the tokens of a text (Vaswani et al. 2017; normalised before, as in Radford et al. 2019): each token's
 * embedding and its learned position, through transformer blocks; the code is the mean over the tokens that are no
 * padding.
 */
export const tokenTransformer: EncoderFamily = {
  description: {
    name: 'tokenTransformer',
    title: 'Token transformer',
    summary: 'Reads a text as tokens in their order, which look at each other. The encoder for language models.',
    paper: { authors: 'Vaswani et al.', year: 2017, title: 'Attention is all you need' },
    options: {
      size: sizeOption,
      width: {
        default: null,
        anyOf: [{ type: 'integer', minimum: 1, maximum: 4096 }, { type: 'null' }],
        description: 'Numbers for each token, and of the code. Null takes those of the size.',
      },
      ...blockOptions,
      causal: {
        type: 'boolean',
        default: false,
        description:
          'Whether a token sees only what stands before it: true for causalLanguageModel, false for maskedLanguageModel.',
      },
    },
  },

  parallel: true,

  check(options, inputShape, { vocabulary } = {}) {
    if (!vocabulary) return [noIds(inputShape)];
    const { width, heads } = of(options);
    if (width % heads === 0) return [];
    return [
      {
        path: ['encoder', 'width'],
        severity: 'error',
        code: 'width-not-shared',
        message: t('A width of {0} is not a multiple of the {1} heads that share it.', width, heads),
        fixes: [heads * Math.max(1, Math.round(width / heads))],
      },
    ];
  },

  codePath: () => ['width'],

  encoder(options, inputShape, { vocabulary } = {}) {
    if (!vocabulary) throw new Error('A token transformer takes ids.');
    const { part, width, encode } = tokenEncoder(options, sizeOf(inputShape), vocabulary);
    return {
      ...part,
      inputShape,
      outputShape: [width],
      apply(values, input, pass) {
        const ids = input as tf.Tensor2D;
        const counted = tf.expandDims(tokensOf(ids, vocabulary), 2);
        const sum = tf.sum(tf.mul(encode(values, ids, pass), counted), 1);
        return tf.div(sum, tf.maximum(tf.sum(counted, 1), 1));
      },
    };
  },

  decoder: (options, outputShape) => codeDecoder(of(options).width, outputShape),

  summary(options, inputShape) {
    const { width, blocks } = of(options);
    const length = sizeOf(inputShape);
    return {
      encoder: t('{0} tokens → {1} blocks of {2} → {2}', length, blocks, width),
      decoder: `${4 * width} → ${length}`,
    };
  },

  tokens: tokenEncoder,
};

/** 1 where there is a token, 0 where there is padding, of the shape of the ids. */
export function tokensOf<T extends tf.Tensor>(ids: T, { pad }: Vocabulary): T {
  return tf.cast(tf.notEqual(ids, tf.scalar(pad, 'int32')), 'float32');
}

function tokenEncoder(options: EncoderOptions, length: number, vocabulary: Vocabulary): TokenEncoder {
  const { width, blocks, heads, causal } = of(options);
  const tokens = embedding('encoder/tokens', vocabulary.size, width);
  const positions = embedding('encoder/positions', length, width);
  const body = transformer('encoder', { blocks, heads, causal })([length, width]);
  return {
    width,
    causal,
    part: together([tokens, positions, body]),
    encode(values, ids, pass) {
      const places = tf.slice(positions.rows(values), [0, 0], [ids.shape[1], width]);
      const states = tf.add(tokens.look(values, ids), places);
      // Padding stands at the end, where a causal transformer does not look.
      const seen = causal ? undefined : tokensOf(ids, vocabulary);
      return body.apply(values, states, { ...pass, ...(seen && { seen }) }) as tf.Tensor3D;
    },
    scores: (values, states) => tf.matMul(states, tokens.rows(values), false, true),
  };
}

function of(options: EncoderOptions) {
  const { size, width, blocks, heads, causal } = options as unknown as TokenTransformerOptions;
  const usual = SIZES[size];
  return { width: width ?? usual.width, blocks: blocks ?? usual.blocks, heads: heads ?? usual.heads, causal };
}

/** A list of numbers may be a text's bag of words. */
function noIds(inputShape: readonly number[]): Finding {
  const common = { severity: 'error', code: 'no-ids' } as const;
  if (inputShape.length === 1)
    return {
      ...common,
      path: ['data', 'text', 'features'],
      message: t(
        'A token transformer takes texts as ids of tokens: set "features": "ids" in "text" of the recipe’s data. For other data than texts use another encoder, e.g. "dense".',
      ),
      fixes: ['ids'],
    };
  return {
    ...common,
    path: ['encoder', 'type'],
    message: t('A token transformer takes texts, and these examples have the shape [{0}].', inputShape.join(', ')),
    fixes: ['dense'],
  };
}
