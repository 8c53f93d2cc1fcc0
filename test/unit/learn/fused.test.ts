import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Engine } from '../../../src/learn/engine/engine.js';
import { engineNames } from '../../../src/learn/engine/index.js';
import { stream } from '../../../src/protocol/random.js';
import { engineOrSkip } from './engines.js';

const random = (purpose: string, length: number, scale = 1) => {
  const s = stream(11, purpose);
  return Float32Array.from({ length }, () => (2 * s.uniform() - 1) * scale);
};

/** In double precision, straight from the definitions. */
const reference = {
  activation: {
    linear: (x: number) => x,
    relu: (x: number) => Math.max(0, x),
    sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
    tanh: Math.tanh,
  },
  dense(
    x: Float32Array,
    w: Float32Array,
    b: Float32Array,
    n: number,
    inputs: number,
    units: number,
    f: (x: number) => number,
  ): number[] {
    return Array.from({ length: n * units }, (_, i) => {
      const [row, unit] = [Math.floor(i / units), i % units];
      let sum = b[unit]!;
      for (let k = 0; k < inputs; k++) sum += x[row * inputs + k]! * w[k * units + unit]!;
      return f(sum);
    });
  },
  crossEntropy: (z: Float32Array, x: Float32Array) =>
    z.reduce(
      (sum, logit, i) =>
        sum - (x[i]! * Math.log(1 / (1 + Math.exp(-logit))) + (1 - x[i]!) * Math.log(1 - 1 / (1 + Math.exp(-logit)))),
      0,
    ) / z.length,
};

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < actual.length; i++)
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!)),
      `${what} [${i}]: ${actual[i]} is not ${expected[i]}`,
    );
}

/** Central differences in double precision. */
function differences(f: (x: Float32Array) => number, at: Float32Array): number[] {
  return Array.from(at, (value, i) => {
    const moved = (by: number) => {
      const x = at.slice();
      x[i] = value + by;
      return { y: f(x), x: x[i] };
    };
    const [high, low] = [moved(1e-3), moved(-1e-3)];
    return (high.y - low.y) / (high.x - low.x);
  });
}

for (const name of engineNames)
  describe(`fused operations on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const [n, inputs, units] = [3, 5, 4];
    const x = random('x', n * inputs);
    const w = random('w', inputs * units);
    const b = random('b', units, 0.5);
    const c = random('c', n * units);

    for (const activation of ['linear', 'relu', 'sigmoid', 'tanh'] satisfies Activation[])
      it(`dense with ${activation} equals the formula, and its gradients equal finite differences`, () => {
        const f = reference.activation[activation];
        const apply = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
          engine.dense(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D, activation);
        const [tx, tw, tb] = [tf.tensor(x, [n, inputs]), tf.tensor(w, [inputs, units]), tf.tensor(b)];
        assertClose(apply(tx, tw, tb).dataSync(), reference.dense(x, w, b, n, inputs, units, f), 1e-5, 'output');

        const weigh = (y: number[]) => y.reduce((sum, value, i) => sum + value * c[i]!, 0);
        const gradients = tf.grads((x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
          tf.sum(tf.mul(apply(x, w, b), tf.tensor(c, [n, units]))),
        )([tx, tw, tb]);
        assertClose(
          gradients[0]!.dataSync(),
          differences((v) => weigh(reference.dense(v, w, b, n, inputs, units, f)), x),
          2e-3,
          'gradient of the input',
        );
        assertClose(
          gradients[1]!.dataSync(),
          differences((v) => weigh(reference.dense(x, v, b, n, inputs, units, f)), w),
          2e-3,
          'gradient of the kernel',
        );
        assertClose(
          gradients[2]!.dataSync(),
          differences((v) => weigh(reference.dense(x, w, v, n, inputs, units, f)), b),
          2e-3,
          'gradient of the bias',
        );
      });

    it('dense with gelu equals x Φ(x) at known points', () => {
      // Hendrycks & Gimpel 2016: gelu(1) = 0.841345, gelu(-1) = -0.158655, gelu(0) = 0, gelu(2) = 1.954500.
      const y = engine.dense(tf.tensor2d([[1], [-1], [0], [2]]), tf.tensor2d([[1]]), tf.tensor1d([0]), 'gelu');
      assertClose(y.dataSync(), [0.841345, -0.158655, 0, 1.9545], 1e-5, 'gelu');
    });

    it('sigmoid cross-entropy equals the definition, with gradient (sigmoid(z) - x) / elements', () => {
      const z = random('logits', 12, 4);
      const targets = Float32Array.from(random('targets', 12), (value) => (value + 1) / 2);
      const [tz, tx] = [tf.tensor(z, [3, 4]), tf.tensor(targets, [3, 4])];
      assertClose(
        [engine.sigmoidCrossEntropy(tz, tx).dataSync()[0]!],
        [reference.crossEntropy(z, targets)],
        1e-6,
        'loss',
      );
      const gradient = tf.grad((z: tf.Tensor) => tf.mul(engine.sigmoidCrossEntropy(z, tx), 3))(tz);
      assertClose(
        gradient.dataSync(),
        Array.from(z, (logit, i) => (3 * (reference.activation.sigmoid(logit) - targets[i]!)) / 12),
        1e-6,
        'gradient',
      );
    });

    it('sigmoid cross-entropy stays finite and exact for logits of ±80', () => {
      const loss = engine
        .sigmoidCrossEntropy(tf.tensor1d([80, -80, 80, -80]), tf.tensor1d([1, 0, 0, 1]))
        .dataSync()[0]!;
      assertClose([loss], [40], 1e-6, 'loss');
    });

    it('mean squared error equals the definition, with gradient 2 (y - x) / elements', () => {
      const [y, t] = [random('y', 6), random('t', 6)];
      const [ty, tt] = [tf.tensor(y, [2, 3]), tf.tensor(t, [2, 3])];
      assertClose(
        [engine.meanSquaredError(ty, tt).dataSync()[0]!],
        [y.reduce((sum, value, i) => sum + (value - t[i]!) ** 2, 0) / 6],
        1e-6,
        'loss',
      );
      assertClose(
        tf
          .grad((y: tf.Tensor) => engine.meanSquaredError(y, tt))(ty)
          .dataSync(),
        Array.from(y, (value, i) => (2 * (value - t[i]!)) / 6),
        1e-6,
        'gradient',
      );
    });
  });
