import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../../src/protocol/run.js';
import { assertSame, assertSameOnBoth, on, random, startBoth, withGradients, type Input } from './wasmReference.js';

const indices = (shape: number[], ...values: number[]): Input => ({
  shape,
  values: Float32Array.from(values),
  dtype: 'int32',
});
const as = (rank: 'int32', x: tf.Tensor | undefined) => tf.cast(x!, rank);

describe('gathering and segment sums on wasm', () => {
  let reference: EngineName;
  before(async () => {
    reference = await startBoth();
  });

  const gathers: [x: number[], indices: Input, axis: number, batchDims: number][] = [
    [[6, 5], indices([4], 3, 0, 5, 3), 0, 0],
    [[6, 5], indices([2, 3], 4, 0, 0, 2, 4, 1), 1, 0],
    [[3, 4, 5], indices([2], 3, 1), 1, 0],
    [[3, 4, 5], indices([3], 2, 2, 0), -2, 0],
    [[7], indices([3], 6, 0, 6), 0, 0],
    [[2, 4, 3], indices([2, 2], 3, 0, 1, 1), 1, 1],
    [[5, 3], indices([1], 4), 0, 0],
  ]; // prettier-ignore
  for (const [shape, which, axis, batchDims] of gathers) {
    it(`gathers [${shape.join()}] by [${which.shape.join()}] along ${axis}, ${batchDims} batch axes`, async () => {
      const inputs = [random(shape), which];
      const along = (place: number) => (x?: tf.Tensor, i?: tf.Tensor) =>
        tf.gather(x!, i as tf.Tensor1D, place, batchDims);
      // tensorflow's kernel takes no negative axis.
      const expected = await on(reference, inputs, along(axis < 0 ? shape.length + axis : axis));
      assertSame(await on('wasm', inputs, along(axis)), expected, 'gather', 0);
    });
  }

  it('gathers whole numbers and truth values as they are', async () => {
    const inputs = [
      { shape: [3, 2], values: Float32Array.of(1, -2, 3, 4, 5, 70000), dtype: 'int32' as const },
      indices([3], 2, 0, 2),
    ];
    const results = await on('wasm', inputs, (x, i) => [tf.gather(x, i), tf.gather(tf.greater(x, 2), i)]);
    assert.deepEqual(results.map(({ values }) => [...values]), [[5, 70000, 1, -2, 5, 70000], [1, 1, 0, 0, 1, 1]]); // prettier-ignore
  });

  it('sums the gradients of an embedding by token', async () => {
    const tokens = indices([2, 4], 3, 1, 3, 0, 3, 5, 1, 3);
    const compute = (x?: tf.Tensor, i?: tf.Tensor) => withGradients((table) => tf.gather(table, as('int32', i)))(x!);
    await assertSameOnBoth(reference, 'gather gradient', [random([6, 7]), tokens], compute);
    const along = (x?: tf.Tensor, i?: tf.Tensor) => withGradients((table) => tf.gather(table, as('int32', i), 1))(x!);
    await assertSameOnBoth(reference, 'gather gradient', [random([3, 6, 5]), indices([3], 5, 0, 5)], along);
  });

  it('sums segments, leaves out negative ids, and gives empty segments zero', async () => {
    const x = { shape: [4, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const results = await on('wasm', [x, indices([4], 2, 0, -1, 2)], (v, i) =>
      tf.unsortedSegmentSum(v, i as tf.Tensor1D, 4),
    );
    assertSame(results, [{ shape: [4, 2], values: Float32Array.of(3, 4, 0, 0, 8, 10, 0, 0) }], 'segmentSum');
  });

  it('sums segments as the other engine does, with gradients', async () => {
    const ids = indices([5], 2, 0, 2, 1, 2);
    const compute = (x?: tf.Tensor, i?: tf.Tensor) =>
      withGradients((v) => tf.unsortedSegmentSum(v, as('int32', i) as tf.Tensor1D, 3))(x!);
    for (const inner of [[], [3], [4, 9]])
      await assertSameOnBoth(reference, 'segmentSum', [random([5, ...inner]), ids], compute);
  });

  it('names an index that does not exist', async () => {
    await tf.setBackend('wasm');
    assert.throws(
      () => tf.tidy(() => tf.gather(tf.zeros([3, 2]), tf.tensor1d([0, 3], 'int32'))),
      /index 3 is not in 0\.\.2/,
    );
    assert.throws(
      () => tf.tidy(() => tf.gather(tf.zeros([3, 2]), tf.tensor1d([-1], 'int32'))),
      /index -1 is not in 0\.\.2/,
    );
    assert.throws(
      () => tf.tidy(() => tf.unsortedSegmentSum(tf.zeros([2, 2]), tf.tensor1d([0, 5], 'int32'), 5)),
      /index 5 is not/,
    );
  });
});
