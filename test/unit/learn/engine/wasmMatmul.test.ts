import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../../src/protocol/run.js';
import { assertSame, assertSameOnBoth, on, random, startBoth, withGradients } from './wasmReference.js';

describe('matrix products on wasm', () => {
  let reference: EngineName;
  before(async () => {
    reference = await startBoth();
  });

  // Around the kernel's blocks: tiles of 4 by 8, a depth of 256, a width of 512.
  const sizes: [m: number, n: number, k: number][] = [[1, 1, 1], [3, 7, 5], [4, 8, 16], [5, 9, 257], [6, 513, 300], [33, 17, 600], [256, 32, 784]]; // prettier-ignore
  for (const [m, n, k] of sizes) {
    it(`[${m}, ${k}] by [${k}, ${n}] is the sum of products in float64, transposed or not`, async () => {
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          const a = random(transposeA ? [k, m] : [m, k]);
          const b = random(transposeB ? [n, k] : [k, n]);
          const values = Float32Array.from({ length: m * n }, (_, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            let sum = 0;
            for (let p = 0; p < k; p++)
              sum += a.values[transposeA ? p * m + i : i * k + p]! * b.values[transposeB ? j * k + p : p * n + j]!;
            return sum;
          });
          const product = await on('wasm', [a, b], (x, y) => tf.matMul(x, y, transposeA, transposeB));
          assertSame(product, [{ shape: [m, n], values }], `matMul ${transposeA} ${transposeB}`, 2e-6);
        }
      }
    });
  }

  const batches: [number[], number[]][] = [[[3], [3]], [[3], [1]], [[], [4]], [[2, 1], [1, 3]], [[2, 3], [3]]]; // prettier-ignore
  for (const [a, b] of batches) {
    it(`broadcasts batches [${a.join()}] and [${b.join()}]`, async () => {
      for (const [transposeA, transposeB] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const inputs = [
          random([...a, ...(transposeA ? [5, 4] : [4, 5])]),
          random([...b, ...(transposeB ? [6, 5] : [5, 6])]),
        ];
        await assertSameOnBoth(reference, 'matMul batches', inputs, (x, y) => tf.matMul(x, y, transposeA, transposeB));
      }
    });
  }

  it('has gradients in all four cases of transposition', async () => {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const inputs = [random([2, ...(transposeA ? [7, 3] : [3, 7])]), random([2, ...(transposeB ? [9, 7] : [7, 9])])];
      await assertSameOnBoth(
        reference,
        'matMul gradients',
        inputs,
        withGradients((x, y) => tf.matMul(x, y, transposeA, transposeB)),
      );
    }
  });

  it('is zero over an empty inner axis', async () => {
    const [product] = await on('wasm', [random([2, 0]), random([0, 3])], (a, b) => tf.matMul(a, b));
    assert.deepEqual([...product!.values], [0, 0, 0, 0, 0, 0]);
  });

  it('refuses inner lengths that differ', async () => {
    await tf.setBackend('wasm');
    assert.throws(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([4, 2])), /\[2,3\] and \[4,2\] cannot be multiplied/);
  });

  for (const activation of ['linear', 'relu', 'relu6', 'sigmoid', 'elu', 'leakyrelu'] as const) {
    it(`adds a bias and applies ${activation} in one operation`, async () => {
      const inputs = [random([5, 6], -3, 3), random([6, 7], -3, 3), random([7])];
      await assertSameOnBoth(reference, `fusedMatMul ${activation}`, inputs, (a, b, bias) =>
        tf.fused.matMul({
          a: a,
          b: b,
          transposeA: false,
          transposeB: false,
          bias: bias,
          activation,
          leakyreluAlpha: 0.3,
        }),
      );
    });
  }

  it('takes a fused bias of one value, too, and prelu with its weights', async () => {
    const inputs = [random([5, 6]), random([6, 7]), random([1]), random([7])];
    await assertSameOnBoth(reference, 'fusedMatMul prelu', inputs, (a, b, bias, alpha) =>
      tf.fused.matMul({
        a: a,
        b: b,
        transposeA: false,
        transposeB: false,
        bias: bias,
        activation: 'prelu',
        preluActivationWeights: alpha,
      }),
    );
  });

  it('passes NaN and infinity on', async () => {
    const values = Float32Array.of(NaN, 1, Infinity, 1);
    const [product] = await on('wasm', [{ shape: [2, 2], values }, random([2, 2], 1, 2)], (a, b) => tf.matMul(a, b));
    assert.ok(Number.isNaN(product!.values[0]) && product!.values[2] === Infinity);
  });
});
