import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../../src/protocol/run.js';
import { assertSameOnBoth, on, random, startBoth, withGradients } from './wasmReference.js';

describe('gradients of pooling on wasm', () => {
  let reference: EngineName;
  before(async () => {
    reference = await startBoth();
  });

  const pools: [input: [number, number, number, number], size: number | [number, number], strides: number | [number, number], pad: 'same' | 'valid'][] = [
    [[2, 6, 6, 3], 2, 2, 'valid'],
    [[3, 7, 5, 2], 3, 2, 'same'],
    [[2, 8, 9, 5], [2, 3], [1, 2], 'valid'],
    [[1, 5, 5, 1], 3, 1, 'same'],
  ]; // prettier-ignore
  for (const [what, from, to] of [
    ['mixed', -1, 1],
    ['only negative', -3, -1],
  ] as const) {
    for (const [input, size, strides, pad] of pools) {
      it(`the largest of ${what} values: ${input.join('x')}, window ${String(size)}, strides ${String(strides)}, ${pad}`, async () => {
        await assertSameOnBoth(
          reference,
          'maxPool',
          [random(input, from, to)],
          withGradients((x) => tf.maxPool(x as tf.Tensor4D, size, strides, pad)),
        );
        await assertSameOnBoth(
          reference,
          'avgPool',
          [random(input, from, to)],
          withGradients((x) => tf.avgPool(x as tf.Tensor4D, size, strides, pad)),
        );
      });
    }
  }

  it('gives the whole gradient to the first of equal values', async () => {
    const input = { shape: [1, 2, 4, 1], values: Float32Array.of(-1, -1, -2, -1, -1, -1, -1, -2) };
    const [dx] = await on('wasm', [input], (x) => tf.grad((v) => tf.maxPool(v as tf.Tensor4D, 2, 2, 'valid'))(x));
    assert.deepEqual([...dx!.values], [1, 0, 0, 1, 0, 0, 0, 0]);
  });
});
