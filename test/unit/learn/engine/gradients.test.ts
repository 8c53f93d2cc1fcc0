import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { registerGradients } from '../../../../src/learn/engine/gradients/index.js';
import { engineOrSkip } from '../engines.js';
import { assertSame, on, random, withGradients, type Input } from './wasmReference.js';

type Linear = (x: tf.Tensor) => tf.Tensor;

/** Gradients of linear operations: what the engine's own forward pass does to each unit vector says what they must be. */
const linear: Record<string, [shape: number[], compute: Linear][]> = {
  'mirror padding': (['reflect', 'symmetric'] as const).flatMap((mode): [number[], Linear][] => [
    [[2, 4, 3], (x) => tf.mirrorPad(x, [[0, 0], [2, 3], [1, 0]], mode)],
    [[5], (x) => tf.mirrorPad(x, [[4, 1]], mode)],
    [[1, 3, 4, 2], (x) => tf.mirrorPad(x, [[0, 0], [2, 2], [0, 3], [0, 0]], mode)],
  ]),
  'cumulative sums': [0, 1, 2].flatMap((axis) =>
    [false, true].flatMap((exclusive) => [false, true].map((reverse): [number[], Linear] => [[2, 3, 4], (x) => tf.cumsum(x, axis, exclusive, reverse)])),
  ),
  'strided slices': [
    [[7, 6], (x) => tf.stridedSlice(x, [1, 0], [7, 6], [2, 3])],
    [[7, 6], (x) => tf.stridedSlice(x, [0, 1], [6, 5], [1, 1])],
    [[7, 6], (x) => tf.stridedSlice(x, [6, 5], [0, 1], [-2, -1])],
    [[7, 6], (x) => tf.stridedSlice(x, [-1, 0], [-5, 6], [-3, 4])],
    [[4, 5, 3], (x) => tf.stridedSlice(x, [2, 0, 0], [3, 5, 3], [1, 2, 1], 0, 0, 0, 0, 1)],
    [[4, 5], (x) => tf.stridedSlice(x, [1, 0, 0], [4, 0, 5], [2, 1, 2], 0, 0, 0, 2, 0)],
    [[4, 5, 3], (x) => tf.stridedSlice(x, [0, 0], [0, 2], [1, 1], 0, 0, 1, 0, 0)],
  ],
  'depth to space': [
    [[2, 2, 3, 8], (x) => tf.depthToSpace(x as tf.Tensor4D, 2)],
    [[1, 2, 1, 18], (x) => tf.depthToSpace(x as tf.Tensor4D, 3)],
  ],
  resizing: ([[[4, 3], [8, 6]], [[3, 5], [5, 7]], [[6, 5], [3, 4]], [[4, 4], [1, 9]]] as [number, number][][]).flatMap(([from, to]) =>
    ([[false, false], [true, false], [false, true]] as const).flatMap(([corners, half]): [number[], Linear][] => [
      [[2, ...from!, 2], (x) => tf.image.resizeBilinear(x as tf.Tensor4D, to!, corners, half)],
      [[2, ...from!, 2], (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, to!, corners, half)],
    ]),
  ),
  'average pooling': (['same', 'valid'] as const).flatMap((pad): [number[], Linear][] => [
    [[2, 5, 6, 2], (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, pad)],
    [[1, 4, 5, 1], (x) => tf.avgPool(x as tf.Tensor4D, [2, 3], 1, pad)],
    [[1, 3, 4, 3, 2], (x) => tf.avgPool3d(x as tf.Tensor5D, [2, 3, 2], 2, pad)],
  ]),
}; // prettier-ignore

/** Sums dy, as withGradients has it, over the results of all unit vectors. */
async function transposed(engine: (typeof engineNames)[number], shape: number[], compute: Linear): Promise<Input> {
  const length = tf.util.sizeFromShape(shape);
  const values = new Float32Array(length);
  const units = Array.from({ length }, (_, i) => ({ shape, values: new Float32Array(length).fill(1, i, i + 1) }));
  const results = await on(engine, units, (...vectors) => vectors.map(compute));
  results.forEach((result, i) => (values[i] = result.values.reduce((sum, value, j) => sum + value * Math.cos(j), 0)));
  return { shape, values };
}

for (const name of engineNames) {
  describe(`gradients on ${name}`, () => {
    before(async function () {
      await engineOrSkip(name, this);
      registerGradients();
    });

    for (const [what, cases] of Object.entries(linear)) {
      it(`of ${what} are the transpose of the forward pass`, async () => {
        for (const [i, [shape, compute]] of cases.entries()) {
          // cpu's forward pass cannot drop or add axes of a slice with strides.
          if (name === 'cpu' && what === 'strided slices' && (i === 4 || i === 5)) continue;
          const [, gradient] = await on(name, [random(shape)], withGradients(compute));
          assertSame([gradient!], [await transposed(name, shape, compute)], `${what} case ${i}`);
        }
      });
    }

    it('are summed where an input was repeated', async () => {
      const inputs = [random([2, 3, 4]), random([3, 1])];
      for (const compute of [tf.maximum, tf.minimum, tf.squaredDifference]) {
        const repeated = (b: tf.Tensor) => tf.tile(tf.reshape(b, [1, 3, 1]), [2, 1, 4]);
        const expected = await on(
          name,
          inputs,
          withGradients((a, b) => compute(a, repeated(b))),
        );
        assertSame(
          await on(
            name,
            inputs,
            withGradients((a, b) => compute(a, b)),
          ),
          expected,
          compute.name,
        );
      }
    });

    it('flow past a comparison', async () => {
      const input = { shape: [4], values: Float32Array.of(-2, -0.5, 1, 3) };
      for (const compare of [tf.greater, tf.less, tf.lessEqual, tf.equal, tf.notEqual]) {
        const [, gradient] = await on(
          name,
          [input],
          withGradients((x) => tf.where(compare(x, 0), tf.mul(x, 2), x)),
        );
        const expected = input.values.map((x, i) =>
          (
            compare === tf.greater
              ? x > 0
              : compare === tf.less || compare === tf.lessEqual
                ? x < 0
                : compare === tf.notEqual
          )
            ? 2 * Math.cos(i)
            : Math.cos(i),
        );
        assertSame([gradient!], [{ shape: [4], values: expected }], compare.name);
      }
      const both = withGradients((x) =>
        tf.where(tf.logicalAnd(tf.greater(x, -1), tf.logicalNot(tf.greater(x, 2))), tf.mul(x, 3), x),
      );
      const [, gradient] = await on(name, [input], both);
      assertSame(
        [gradient!],
        [{ shape: [4], values: input.values.map((_, i) => (i === 1 || i === 2 ? 3 : 1) * Math.cos(i)) }],
        'logical',
      );
    });

    it('stay ours when TensorFlow.js registers its own again', () => {
      const own = tf.getGradient('Cumsum');
      tf.unregisterGradient('Cumsum');
      tf.registerGradient({ kernelName: 'Cumsum', gradFunc: () => ({}) });
      registerGradients();
      assert.equal(tf.getGradient('Cumsum'), own);
    });
  });
}
