import type { JsonSchema } from '../../recipe/description.js';
import { dense } from '../layer/dense.js';
import { reshape } from '../layer/reshape.js';
import { sequence, type Network } from '../network.js';
import { sizeOf } from '../parameters.js';

/** What the encoders of transformer blocks have in common. */

export const SIZES = {
  small: { width: 64, blocks: 2, heads: 2 },
  medium: { width: 128, blocks: 4, heads: 4 },
  large: { width: 256, blocks: 6, heads: 8 },
} as const;

/** Their options but the width; null where the size says it. */
export interface BlockOptions {
  size: keyof typeof SIZES;
  blocks: number | null;
  heads: number | null;
}

export const sizeOption: JsonSchema = {
  enum: ['small', 'medium', 'large'],
  default: 'small',
  enumDescriptions: Object.values(SIZES).map(
    ({ width, blocks, heads }) => `width ${width}, blocks ${blocks}, heads ${heads}`,
  ),
  description: 'How wide and deep, where that is not given by itself.',
};

export const blockOptions: Record<'blocks' | 'heads', JsonSchema> = {
  blocks: {
    default: null,
    anyOf: [{ type: 'integer', minimum: 1, maximum: 48 }, { type: 'null' }],
    description: 'Transformer blocks. Null takes those of the size.',
  },
  heads: {
    default: null,
    anyOf: [{ type: 'integer', minimum: 1, maximum: 64 }, { type: 'null' }],
    description: 'Heads of attention in each block. Null takes those of the size.',
  },
};

/** From a code [batch, width] to what was encoded, [batch, ...outputShape]: one hidden layer, four times as wide. */
export function codeDecoder(width: number, outputShape: number[]): Network {
  return sequence(
    [width],
    [
      dense('decoder/dense_1', 4 * width, 'gelu'),
      dense('decoder/dense_2', sizeOf(outputShape), 'linear'),
      reshape(outputShape),
    ],
  );
}
