import { sequence, type Network } from '../network.js';
import { selfAttention } from './attention.js';
import { layerNormalisation } from './layerNormalisation.js';
import { pointwise } from './pointwise.js';
import { residual } from './residual.js';

export interface TransformerShape {
  blocks: number;
  heads: number;
  /** Whether a place sees only what stands before it. */
  causal?: boolean;
}

/** How much wider the layer within a block is. */
const WIDENING = 4;

/**
 * Transformer blocks (Vaswani et al. 2017), each x + attention(norm(x)), then x + mlp(norm(x)), and a norm at the end:
 * normalised before, as in Radford et al. 2019 and Dosovitskiy et al. 2021. [places, width] to the same.
 */
export function transformer(
  name: string,
  { blocks, heads, causal = false }: TransformerShape,
): (inputShape: number[]) => Network {
  return (inputShape) => {
    const width = inputShape[inputShape.length - 1] as number;
    const parts = Array.from({ length: blocks }, (_, i) => {
      const block = `${name}/block_${i + 1}`;
      return [
        residual((shape) =>
          sequence(shape, [
            layerNormalisation(`${block}/attention_norm`),
            selfAttention(`${block}/attention`, heads, causal),
          ]),
        ),
        residual((shape) =>
          sequence(shape, [
            layerNormalisation(`${block}/mlp_norm`),
            pointwise(`${block}/mlp_1`, WIDENING * width, 'gelu'),
            pointwise(`${block}/mlp_2`, width, 'linear'),
          ]),
        ),
      ];
    });
    return sequence(inputShape, [...parts.flat(), layerNormalisation(`${name}/norm`)]);
  };
}
