import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';

/** [2, 3, 2, 4]: twelve rows of four channels. */
const shape = [2, 3, 2, 4];
const channels = 4;
const count = 12;
const epsilon = 1e-3;

const random = (purpose: string, length: number) => {
  const numbers = stream(4, purpose);
  return Float32Array.from({ length }, () => numbers.normal());
};

/** In double precision. @param across the positions over which value i is normalised */
function normalised(
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  across: (i: number) => number[],
): number[] {
  return Array.from(x, (value, i) => {
    const group = across(i).map((k) => x[k]!);
    const mean = group.reduce((sum, one) => sum + one, 0) / group.length;
    const variance = group.reduce((sum, one) => sum + (one - mean) ** 2, 0) / group.length;
    return ((value - mean) / Math.sqrt(variance + epsilon)) * scale[i % channels]! + offset[i % channels]!;
  });
}

const sameChannel = (i: number) => Array.from({ length: count }, (_, row) => row * channels + (i % channels));
const sameRow = (i: number) => Array.from({ length: channels }, (_, k) => i - (i % channels) + k);

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < actual.length; i++)
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!)),
      `${what} [${i}]: ${actual[i]} is not ${expected[i]}`,
    );
}

function differences(f: (x: Float64Array) => number, at: Float32Array): number[] {
  return Array.from(at, (_, i) => {
    const moved = (by: number) => {
      const x = Float64Array.from(at);
      x[i] = x[i]! + by;
      return f(x);
    };
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
}

for (const name of engineNames)
  describe(`normalisations on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });
    const x = random('x', count * channels);
    const scale = random('scale', channels);
    const offset = random('offset', channels);
    const weights = random('weights', count * channels);

    for (const [operation, across] of [
      ['batchNorm', sameChannel],
      ['layerNorm', sameRow],
    ] as const)
      it(`${operation} equals the formula, and its gradients finite differences of it`, () => {
        const inputs = [tf.tensor(x, shape), tf.tensor1d(scale), tf.tensor1d(offset)] as const;
        const output = engine[operation](...inputs, epsilon);
        assert.deepEqual(output.shape, shape);
        close(output.dataSync(), normalised(x, scale, offset, across), 1e-5, 'output');
        const gradients = tf.grads((x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) =>
          tf.sum(
            tf.mul(
              engine[operation](x, scale as tf.Tensor1D, offset as tf.Tensor1D, epsilon),
              tf.tensor(weights, shape),
            ),
          ),
        )([...inputs]);
        const weighed = (y: number[]) => y.reduce((sum, value, i) => sum + value * weights[i]!, 0);
        const of = [
          differences((v) => weighed(normalised(v, scale, offset, across)), x),
          differences((v) => weighed(normalised(x, v, offset, across)), scale),
          differences((v) => weighed(normalised(x, scale, v, across)), offset),
        ];
        assert.deepEqual(gradients[0]!.shape, shape);
        for (const [i, expected] of of.entries()) close(gradients[i]!.dataSync(), expected, 1e-4, `gradient ${i}`);
      });

    it('batchNorm tells mean and variance of each channel, and frees them', () => {
      const before = tf.memory().numTensors;
      let told: number[][] = [];
      tf.tidy(() => {
        engine.batchNorm(tf.tensor(x, shape), tf.tensor1d(scale), tf.tensor1d(offset), epsilon, (...statistics) => {
          told = statistics.map((one) => Array.from(one.dataSync()));
        });
      });
      const columns = Array.from({ length: channels }, (_, c) => sameChannel(c).map((i) => x[i]!));
      const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / count);
      close(told[0]!, means, 1e-5, 'mean');
      close(
        told[1]!,
        columns.map((column, c) => column.reduce((sum, value) => sum + (value - means[c]!) ** 2, 0) / count),
        1e-5,
        'variance',
      );
      assert.equal(tf.memory().numTensors, before);
    });

    it('biasActivation equals the formula on any rank, leaves its input alone, and has the gradients of its parts', () => {
      for (const activation of ['linear', 'relu', 'sigmoid', 'tanh', 'gelu'] as const) {
        const formulas = {
          linear: (v: tf.Tensor) => v,
          relu: tf.relu,
          sigmoid: tf.sigmoid,
          tanh: tf.tanh,
          gelu: (v: tf.Tensor) => tf.mul(v, tf.mul(0.5, tf.add(1, tf.erf(tf.div(v, Math.SQRT2))))),
        };
        const input = tf.tensor(x, shape);
        const value = (fused: boolean) => (x: tf.Tensor, bias: tf.Tensor) =>
          tf.sum(
            tf.mul(
              fused ? engine.biasActivation(x, bias as tf.Tensor1D, activation) : formulas[activation](tf.add(x, bias)),
              tf.tensor(weights, shape),
            ),
          );
        const [fused, plain] = [true, false].map((one) => tf.valueAndGrads(value(one))([input, tf.tensor1d(offset)]));
        close(fused!.value.dataSync(), plain!.value.dataSync(), 1e-5, activation);
        for (const i of [0, 1])
          close(fused!.grads[i]!.dataSync(), plain!.grads[i]!.dataSync(), 1e-4, `${activation}, gradient ${i}`);
        assert.deepEqual(input.dataSync(), x);
      }
    });

    it('softmaxCrossEntropy equals -Σ t log softmax(z), for classes and for shares, with its gradient', () => {
      const logits = random('logits', 12).map((value) => 3 * value);
      const classes = Int32Array.of(2, 0, 3);
      const soft = Float32Array.of(0.1, 0.2, 0.3, 0.4, 1, 0, 0, 0, 0.25, 0.25, 0.25, 0.25);
      const hard = Float32Array.from({ length: 12 }, (_, i) => (classes[Math.floor(i / 4)] === i % 4 ? 1 : 0));
      const rowWeights = [0.5, -2, 1];
      const loss = (z: ArrayLike<number>, t: Float32Array) =>
        [0, 1, 2].map((row) => {
          const part = Array.from({ length: 4 }, (_, k) => z[4 * row + k]!);
          const log = Math.log(part.reduce((sum, value) => sum + Math.exp(value), 0));
          return -part.reduce((sum, value, k) => sum + t[4 * row + k]! * (value - log), 0);
        });
      for (const [targets, shares] of [
        [tf.tensor1d(classes, 'int32'), hard],
        [tf.tensor2d(soft, [3, 4]), soft],
      ] as const) {
        const z = tf.tensor2d(logits, [3, 4]);
        close(engine.softmaxCrossEntropy(z, targets).dataSync(), loss(logits, shares), 1e-5, 'losses');
        const gradient = tf.grad((z: tf.Tensor) =>
          tf.sum(tf.mul(engine.softmaxCrossEntropy(z as tf.Tensor2D, targets), tf.tensor1d(rowWeights))),
        )(z);
        const expected = differences(
          (v) => loss(v, shares).reduce((sum, value, row) => sum + value * rowWeights[row]!, 0),
          logits,
        );
        close(gradient.dataSync(), expected, 1e-4, 'gradient');
      }
    });

    it('leaves no tensors behind', () => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const bias = tf.tensor1d(offset);
        tf.grads((x: tf.Tensor, scale: tf.Tensor) => {
          const normal = engine.batchNorm(x, scale as tf.Tensor1D, bias, epsilon);
          const other = engine.layerNorm(engine.biasActivation(normal, bias, 'gelu'), scale as tf.Tensor1D, bias, 1e-3);
          return tf.mean(engine.softmaxCrossEntropy(tf.reshape(other, [12, 4]), tf.zeros([12], 'int32')));
        })([tf.tensor(x, shape), tf.tensor1d(scale)]);
      });
      assert.equal(tf.memory().numTensors, before);
    });
  });
