import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../../src/protocol/run.js';
import { assertSameOnBoth, on, random, startBoth, type Compute } from './wasmReference.js';

describe('strided slices on wasm', () => {
  let reference: EngineName;
  before(async () => {
    reference = await startBoth();
  });

  const slices: [string, number[], Compute][] = [
    ['forwards', [5, 6], (x) => tf.stridedSlice(x, [1, 0], [5, 6], [2, 3])],
    ['backwards', [5, 6], (x) => tf.stridedSlice(x, [4, -1], [0, 1], [-2, -1])],
    ['with the whole range by masks', [5, 6], (x) => tf.stridedSlice(x, [2, 3], [3, 4], [1, 2], 1, 2)],
    ['with an axis dropped', [4, 5, 3], (x) => tf.stridedSlice(x, [2, 0, 0], [3, 5, 3], [1, 2, 1], 0, 0, 0, 0, 1)],
    ['with an axis added', [4, 5], (x) => tf.stridedSlice(x, [1, 0, 0], [4, 0, 5], [2, 1, 2], 0, 0, 0, 2)],
    ['with an ellipsis', [4, 5, 3], (x) => tf.stridedSlice(x, [0, 0], [0, 2], [1, 1], 0, 0, 1)],
    ['of everything', [4, 5], (x) => tf.stridedSlice(x, [0, 0], [4, 5], [1, 1])],
    ['of nothing', [4, 5], (x) => tf.stridedSlice(x, [3, 0], [1, 5], [1, 1])],
    ['of one axis', [9], (x) => tf.stridedSlice(x, [1], [9], [3])],
  ];
  for (const [what, shape, compute] of slices) {
    it(what, async () => assertSameOnBoth(reference, 'stridedSlice', [random(shape)], compute, 0));
  }

  it('keep whole numbers and truth values', async () => {
    await tf.setBackend('wasm');
    tf.tidy(() => {
      const whole = tf.stridedSlice(tf.tensor1d([1, 20000, 3, 4], 'int32'), [1], [4], [2]);
      assert.equal(whole.dtype, 'int32');
      assert.deepEqual([...whole.dataSync()], [20000, 4]);
      assert.deepEqual(
        [...tf.stridedSlice(tf.tensor1d([true, false, true, true], 'bool'), [1], [4], [2]).dataSync()],
        [0, 1],
      );
    });
    await on('wasm', [random([3])], (x) => tf.clone(x));
  });
});
