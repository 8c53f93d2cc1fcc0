import { grouped, t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import { sizeOf } from '../parameters.js';
import type { Setting } from './method.js';

/** What several methods have to say of a recipe. */

/** A code as wide as its input lets an autoencoder copy instead of learning. */
export function codeTooWide({ family, encoder, shape }: Setting): Finding[] {
  const inputs = sizeOf(shape);
  const code = sizeOf(family.encoder(encoder, shape).outputShape);
  if (code < inputs || inputs <= 1) return [];
  return [
    {
      path: ['encoder', ...family.codePath(encoder)],
      severity: 'warning',
      code: 'code-too-wide',
      message: t(
        'The code ({0}) is not narrower than its input ({1}): an autoencoder can then copy instead of learning.',
        grouped(code),
        grouped(inputs),
      ),
      fixes: [2 ** Math.floor(Math.log2(Math.max(1, inputs / 8)))],
    },
  ];
}

/** Weights are tied only where the decoder's layers are the encoder's, turned round. */
export function untied({ family, encoder, shape, options }: Setting): Finding[] {
  if (options['tied'] !== true || family.tiedDecoder?.(encoder, shape)) return [];
  return [
    {
      path: ['pretrain', 'tied'],
      severity: 'error',
      code: 'cannot-be-tied',
      message: t(
        'The decoder of the encoder "{0}" cannot go back by the same weights: only those of a dense one without embeddings can be tied.',
        family.description.title,
      ),
      fixes: [false],
    },
  ];
}
