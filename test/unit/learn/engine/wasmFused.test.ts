import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine, Values } from '../../../../src/learn/engine/engine.js';
import { engineOf } from '../engines.js';
import { assertSame, on, random, type Input } from './wasmReference.js';

const loss = (z: number, x: number) => Math.max(z, 0) - z * x + Math.log1p(Math.exp(-Math.abs(z)));
const sigmoid = (z: number) => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)));
const scalar = (value: number): Input => ({ shape: [], values: Float32Array.of(value) });

describe('fused operations on wasm', () => {
  let engine: Engine;
  before(async () => {
    engine = await engineOf('wasm');
  });

  const gradient = (z: tf.Tensor, x: tf.Tensor) => tf.grad((own) => engine.sigmoidCrossEntropy(own, x))(z);

  // Around a vector's four elements, and around the 256 that are summed in float32 at a time.
  for (const length of [1, 2, 3, 4, 5, 7, 8, 255, 256, 257, 1003]) {
    it(`cross-entropy over ${length} elements`, async () => {
      const [z, x] = [random([length], -8, 8), random([length], 0, 1)];
      const expected = z.values.reduce((sum, logit, i) => sum + loss(logit, x.values[i]!), 0) / length;
      const slope = { shape: [length], values: z.values.map((logit, i) => (sigmoid(logit) - x.values[i]!) / length) };
      const results = await on('wasm', [z, x], (a, b) => [engine.sigmoidCrossEntropy(a, b), gradient(a, b)]);
      assertSame(results, [scalar(expected), slope], 'crossEntropy', 1e-6);
    });
  }

  it('keeps its digits for logits far from zero and next to it', async () => {
    for (const logit of [-200, -88, -30, -15, -1, -1e-3, 0, 1e-3, 0.5, 1, 15, 30, 88, 200]) {
      const [value, slope] = await on('wasm', [{ shape: [1], values: Float32Array.of(logit) }], (z) => [
        engine.sigmoidCrossEntropy(z, tf.zeros([1])),
        gradient(z, tf.zeros([1])),
      ]);
      const z = Math.fround(logit);
      // Below 1e-37 exponentials stay what they are.
      assert.ok(
        Math.abs(value!.values[0]! - loss(z, 0)) <= 3e-7 * loss(z, 0) + 2e-38,
        `loss at ${logit}: ${value!.values[0]}`,
      );
      assert.ok(
        Math.abs(slope!.values[0]! - sigmoid(z)) <= 3e-7 * sigmoid(z) + 2e-38,
        `gradient at ${logit}: ${slope!.values[0]}`,
      );
    }
  });

  it('is NaN where a logit is', async () => {
    const [value] = await on('wasm', [{ shape: [3], values: Float32Array.of(0, NaN, 1) }], (z) =>
      engine.sigmoidCrossEntropy(z, tf.zeros([3])),
    );
    assert.ok(Number.isNaN(value!.values[0]));
  });

  it('weighs losses that are summed, in whatever order their gradients are asked for', async () => {
    const [z, x, y] = [random([5, 3], -2, 2), random([5, 3], 0, 1), random([5, 3], 0, 1)];
    const [actual] = await on('wasm', [z, x, y], (a, b, c) =>
      tf.grad((own) =>
        tf.add(
          tf.mul(engine.sigmoidCrossEntropy(own, b), 3),
          tf.mul(engine.sigmoidCrossEntropy(tf.mul(own, 2), c), -0.5),
        ),
      )(a),
    );
    const expected = z.values.map(
      (logit, i) => (3 * (sigmoid(logit) - x.values[i]!) - 0.5 * 2 * (sigmoid(2 * logit) - y.values[i]!)) / 15,
    );
    assertSame([actual!], [{ shape: [5, 3], values: expected }], 'crossEntropy sum', 1e-6);
  });

  it('does not take the gradient of a later loss, which nobody asked for, for its own', async () => {
    const [z, x] = [random([6], -2, 2), random([6], 0, 1)];
    const [actual] = await on('wasm', [z, x], (a, b) =>
      tf.grad((own) => tf.add(engine.sigmoidCrossEntropy(own, b!), engine.sigmoidCrossEntropy(tf.zeros([6]), b!)))(a!),
    );
    const expected = z.values.map((logit, i) => (sigmoid(logit) - x.values[i]!) / 6);
    assertSame([actual!], [{ shape: [6], values: expected }], 'crossEntropy later', 1e-6);
  });

  it('keeps no memory when a recorded gradient is not asked for', async () => {
    await tf.setBackend('wasm');
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const counts = Array.from({ length: 3 }, () => {
      const unused = () => tf.mul(0, engine.sigmoidCrossEntropy(tf.zeros([9]), tf.zeros([9])));
      tf.dispose(tf.tidy(() => tf.grad((x) => tf.add(tf.sum(x), unused()))(tf.zeros([4]))));
      return backend.numDataIds();
    });
    assert.equal(counts[2], counts[0]);
  });

  it('tanh and sigmoid are those of float64 everywhere', async () => {
    const values = Float32Array.of(
      -90,
      -9,
      -1,
      -0.625,
      -0.62,
      -0.1,
      -1e-5,
      0,
      1e-20,
      1e-3,
      0.3,
      0.624,
      0.626,
      2,
      9.5,
      90,
    );
    const input = { shape: [16, 1], values };
    for (const [activation, f] of [
      ['tanh', Math.tanh],
      ['sigmoid', sigmoid],
    ] as const) {
      const [actual] = await on('wasm', [input], (x) =>
        engine.dense(x as tf.Tensor2D, tf.ones([1, 1]), tf.zeros([1]), activation),
      );
      actual!.values.forEach((value, i) =>
        assert.ok(
          Math.abs(value - f(values[i]!)) <= 4e-7 * Math.abs(f(values[i]!)) + 2e-38,
          `${activation}(${values[i]}) is ${value}`,
        ),
      );
    }
  });

  it('lets a convolution see the filter that a step has changed', async () => {
    const [x, filter, change] = [random([1, 4, 4, 2]), random([3, 3, 2, 3]), random([3, 3, 2, 3])];
    const optimizer = engine.optimizer(
      { name: 'sgd', learningRate: 1, beta1: 0, beta2: 0, epsilon: 0, momentum: 0 },
      { filter: { shape: filter.shape, data: filter.values } },
    );
    const convolve = () =>
      tf.tidy(() =>
        tf
          .conv2d(tf.tensor4d(x.values.slice(), [1, 4, 4, 2]), optimizer.values['filter'] as tf.Tensor4D, 1, 'same')
          .dataSync(),
      );
    const before = convolve();
    const gradients: Values = { filter: tf.tensor(change.values, change.shape) };
    optimizer.apply(gradients, 1);
    const after = convolve();
    const [expected] = await on(
      'wasm',
      [x, { shape: filter.shape, values: filter.values.map((value, i) => value - change.values[i]!) }],
      (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'),
    );
    tf.dispose(gradients);
    optimizer.dispose();
    assertSame([{ shape: expected!.shape, values: Float32Array.from(after) }], [expected!], 'optimizer filter', 1e-6);
    assert.notDeepEqual(after, before);
  });

  it('leaves clones of a parameter as they were', async () => {
    await tf.setBackend('wasm');
    const optimizer = engine.optimizer(
      { name: 'sgd', learningRate: 1, beta1: 0, beta2: 0, epsilon: 0, momentum: 0 },
      { w: { shape: [2], data: Float32Array.of(1, 2) } },
    );
    const before = tf.memory().numTensors;
    const clone = tf.clone(optimizer.values['w']!);
    const gradients: Values = { w: tf.tensor1d([1, 1]) };
    optimizer.apply(gradients, 1);
    assert.deepEqual([...clone.dataSync()], [1, 2]);
    assert.deepEqual([...optimizer.values['w']!.dataSync()], [0, 1]);
    tf.dispose([clone, gradients]);
    assert.equal(tf.memory().numTensors, before);
    optimizer.dispose();
  });

  it('says which gradient has another shape than its parameter', () => {
    const optimizer = engine.optimizer(
      { name: 'adam', learningRate: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum: 0 },
      { w: { shape: [2, 2], data: new Float32Array(4) } },
    );
    const gradients: Values = { w: tf.zeros([3]) };
    assert.throws(() => optimizer.apply(gradients, 1), /gradient for w has shape \[3\], not \[2,2\]/);
    tf.dispose(gradients);
    optimizer.dispose();
  });

  it('works on after the engine was ended and started again', async () => {
    engine.dispose();
    engine = await engineOf('wasm');
    const [z, x] = [random([4, 3], -2, 2), random([4, 3], 0, 1)];
    const weights = random([3, 2]);
    const slope = { shape: [4, 3], values: z.values.map((logit, i) => (sigmoid(logit) - x.values[i]!) / 12) };
    const results = await on('wasm', [z, x, weights], (a, b, w) => [
      gradient(a!, b!),
      tf.sub(engine.dense(a as tf.Tensor2D, w as tf.Tensor2D, tf.ones([2]), 'linear'), tf.add(tf.matMul(a!, w!), 1)),
      tf.real(tf.fft(tf.complex(tf.ones([1, 3]), tf.zeros([1, 3])))),
    ]);
    assertSame(results.slice(0, 1), [slope], 'crossEntropy again', 1e-6);
    assert.ok(
      results[1]!.values.every((value) => Math.abs(value) < 1e-6),
      'dense again',
    );
    assertSame([results[2]!], [{ shape: [1, 3], values: Float32Array.of(3, 0, 0) }], 'fft again', 1e-6);
  });
});
