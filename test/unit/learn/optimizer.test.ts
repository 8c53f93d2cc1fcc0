import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../../src/learn/engine/engine.js';
import { engineNames } from '../../../src/learn/engine/index.js';
import type { OptimizerOptions } from '../../../src/recipe/recipe.js';
import { engineOrSkip } from './engines.js';

const adam: OptimizerOptions = {
  name: 'adam',
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  momentum: 0,
};

/** Kingma & Ba 2015, algorithm 1 with the efficient order of section 2.1's end, in double precision. */
function adamByHand(weights: number[], gradients: number[][]): number[] {
  const m = weights.map(() => 0);
  const v = weights.map(() => 0);
  const w = [...weights];
  gradients.forEach((g, i) => {
    const t = i + 1;
    g.forEach((gradient, k) => {
      m[k] = 0.9 * m[k]! + 0.1 * gradient;
      v[k] = 0.999 * v[k]! + 0.001 * gradient ** 2;
      w[k] = w[k]! - (((0.01 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)) * m[k]) / (Math.sqrt(v[k]) + 1e-7);
    });
  });
  return w;
}

const gradients = [
  [0.5, -0.2, 0.001],
  [0.1, 0.4, -3],
  [-0.7, 0.4, 0.2],
];
const start = () => ({ w: { shape: [3], data: Float32Array.of(1, -2, 3) } });

for (const name of engineNames)
  describe(`optimizers on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const run = async (options: OptimizerOptions, steps: number[][]) => {
      const optimizer = engine.optimizer(options, start());
      for (const g of steps) {
        const w = tf.tensor1d(g);
        optimizer.apply({ w }, options.learningRate);
        w.dispose();
      }
      return optimizer;
    };

    it('Adam takes the steps of the paper', async () => {
      const optimizer = await run(adam, gradients);
      const expected = adamByHand([1, -2, 3], gradients);
      const { data } = (await optimizer.weights())['w']!;
      data.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${value} is not ${expected[i]}`));
      assert.deepEqual(optimizer.values['w']!.dataSync(), data, 'the current values are the weights');
      optimizer.dispose();
    });

    it('SGD with momentum takes w - lr a, a = momentum a + g', async () => {
      const optimizer = await run({ ...adam, name: 'sgd', momentum: 0.5 }, gradients.slice(0, 2));
      const { data } = (await optimizer.weights())['w']!;
      const expected = [
        1 - 0.01 * 0.5 - 0.01 * (0.25 + 0.1),
        -2 + 0.01 * 0.2 - 0.01 * (-0.1 + 0.4),
        3 - 0.01 * 0.001 - 0.01 * (0.0005 - 3),
      ];
      data.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${value} is not ${expected[i]}`));
      optimizer.dispose();
    });

    for (const options of [adam, { ...adam, name: 'sgd', momentum: 0.9 }] satisfies OptimizerOptions[])
      it(`${options.name} goes on from its saved state with the same bits`, async () => {
        const whole = await run(options, gradients);
        const first = await run(options, gradients.slice(0, 1));
        const second = engine.optimizer(options, start());
        second.restore(await first.weights(), await first.state());
        for (const g of gradients.slice(1)) second.apply({ w: tf.tensor1d(g) }, options.learningRate);
        assert.deepEqual((await second.weights())['w']!.data, (await whole.weights())['w']!.data);
        assert.deepEqual(await second.state(), await whole.state());
        for (const optimizer of [whole, first, second]) optimizer.dispose();
      });

    it('refuses the state of another network by the parameter that is missing', async () => {
      const optimizer = engine.optimizer(adam, start());
      assert.throws(
        () => optimizer.restore({ v: { shape: [3], data: new Float32Array(3) } }),
        /no w: it belongs to another network/,
      );
      assert.throws(
        () => optimizer.restore({ w: { shape: [2], data: new Float32Array(2) } }),
        /w has shape \[2\] in the checkpoint, but \[3\]/,
      );
      optimizer.dispose();
    });
  });
