import * as tf from '@tensorflow/tfjs-core';
import { together, type Network } from '../network.js';
import { pointwise } from './pointwise.js';

/** Added to what must not be seen: far below any score, and finite. */
const HIDDEN = -1e9;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2): softmax(q kᵀ / sqrt(width / heads)) v for each head, on
 * [places, width]. Places that the pass hides (`seen`) are not attended to.
 * @param causal whether a place sees only itself and what stands before it
 * @throws RangeError when the width cannot be shared out among the heads
 */
export function selfAttention(name: string, heads: number, causal = false): (inputShape: number[]) => Network {
  return (inputShape) => {
    const [places, width] = inputShape as [number, number];
    if (width % heads !== 0) throw new RangeError(`${width} numbers cannot be shared out among ${heads} heads`);
    const [query, key, value] = ['query', 'key', 'value'].map((part) =>
      pointwise(`${name}/${part}`, width, 'linear')(inputShape),
    ) as [Network, Network, Network];
    const output = pointwise(`${name}/output`, width, 'linear')(inputShape);
    const scale = 1 / Math.sqrt(width / heads);
    return {
      inputShape,
      outputShape: inputShape,
      ...together([query, key, value, output]),
      // Queries, keys, values and their sum; scores and their softmax.
      activations: 5 * places * width + 2 * heads * places * places,
      apply(values, input, pass) {
        const [batch, count] = input.shape as [number, number, number];
        // [batch, count, width] as [batch, heads, count, width / heads].
        const split = (network: Network) =>
          tf.transpose(
            tf.reshape(network.apply(values, input, pass), [batch, count, heads, width / heads]),
            [0, 2, 1, 3],
          );
        // The queries are scaled rather than the scores, of which there are more.
        const scores = tf.matMul(tf.mul(split(query), scale), split(key), false, true);
        const masks = [
          ...(causal ? [future(count)] : []),
          ...(pass.seen ? [tf.reshape(tf.mul(tf.sub(1, pass.seen), HIDDEN), [batch, 1, 1, count])] : []),
        ];
        const shares = tf.softmax(masks.reduce<tf.Tensor>((sum, mask) => tf.add(sum, mask), scores));
        const seen = tf.transpose(tf.matMul(shares, split(value)), [0, 2, 1, 3]);
        return output.apply(values, tf.reshape(seen, [batch, count, width]), pass);
      },
    };
  };
}

/** [count, count]: 0 where column ≤ row, else far below. */
function future(count: number): tf.Tensor2D {
  const mask = new Float32Array(count * count);
  for (let row = 0; row < count; row++) mask.fill(HIDDEN, row * count + row + 1, (row + 1) * count);
  return tf.tensor2d(mask, [count, count]);
}
