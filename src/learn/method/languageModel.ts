import * as tf from '@tensorflow/tfjs-core';
import type { Vocabulary } from '../../data/prepare/preparation.js';
import { t } from '../../protocol/l10n.js';
import type { NamedTensor } from '../../protocol/safetensors.js';
import type { Needs } from '../../recipe/description.js';
import type { Finding } from '../../recipe/finding.js';
import type { TokenEncoder } from '../encoder/encoder.js';
import type { Pass } from '../network.js';
import { sizeOf } from '../parameters.js';
import type { Losses, Setting } from './method.js';

/** What the language models share. */

/**
 * What a recipe needs that passes {@link checkTokenEncoder}.
 * @param causal whether the model must not look ahead
 */
export function tokensOfTexts(causal: boolean): Needs {
  return { kinds: ['text'], encoder: { type: 'tokenTransformer', causal }, data: { text: { features: 'ids' } } };
}

/** @param causal whether the model must not look ahead */
export function checkTokenEncoder({ family, encoder, shape, vocabulary }: Setting, causal: boolean): Finding[] {
  if (!family.tokens || !vocabulary)
    return [
      {
        path: ['encoder', 'type'],
        severity: 'error',
        code: 'no-tokens',
        message: t('A language model reads tokens, and this encoder does not: use "tokenTransformer".'),
        fixes: ['tokenTransformer'],
      },
    ];
  if (family.tokens(encoder, sizeOf(shape), vocabulary).causal === causal) return [];
  return [
    {
      path: ['encoder', 'causal'],
      severity: 'error',
      code: 'wrong-direction',
      message: causal
        ? t('A causal language model must not look ahead: set "causal": true in the recipe’s encoder.')
        : t('A masked language model looks at both sides of a token: set "causal": false in the recipe’s encoder.'),
      fixes: [causal],
    },
  ];
}

/** @throws Error where {@link checkTokenEncoder} finds something */
export function tokenEncoderOf({ family, encoder, shape, vocabulary }: Setting): {
  tokens: TokenEncoder;
  vocabulary: Vocabulary;
  length: number;
} {
  if (!family.tokens || !vocabulary) throw new Error(`${family.description.name} reads no tokens`);
  const length = sizeOf(shape);
  return { tokens: family.tokens(encoder, length, vocabulary), vocabulary, length };
}

/**
 * Softmax cross-entropy in nats and share of right guesses, meant over the rows by their weights.
 * @param logits [rows, size of the vocabulary] @param targets int32 [rows] @param weights [rows], 0 or 1
 */
export function tokenLosses(logits: tf.Tensor2D, targets: tf.Tensor1D, weights: tf.Tensor1D, { engine }: Pass): Losses {
  const total = tf.maximum(tf.sum(weights), 1);
  const mean = (values: tf.Tensor) => tf.div<tf.Scalar>(tf.sum(tf.mul(values, weights)), total);
  const isRight = tf.cast(tf.equal(tf.argMax(logits, 1), targets), 'float32');
  return { loss: mean(engine.softmaxCrossEntropy(logits, targets)), accuracy: mean(isRight) };
}

export async function idsOf(tensor: tf.Tensor): Promise<NamedTensor> {
  return { shape: tensor.shape, data: (await tensor.data<'int32'>()).slice() };
}
