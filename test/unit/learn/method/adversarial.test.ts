import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { convolutional } from '../../../../src/learn/encoder/convolutional.js';
import { dense } from '../../../../src/learn/encoder/dense.js';
import type { EncoderFamily } from '../../../../src/learn/encoder/encoder.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { adversarial } from '../../../../src/learn/method/adversarial.js';
import type { Learner } from '../../../../src/learn/method/method.js';
import type { EncoderOptions } from '../../../../src/recipe/recipe.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { digitShape, trained } from './training.js';

const small: EncoderOptions = { type: 'dense', units: [6, 4], activation: 'tanh' };
const learnerOf = (
  change: Record<string, unknown> = {},
  { family = dense as EncoderFamily, encoder = small, shape = [2, 3, 1] } = {},
): Learner =>
  adversarial.build({
    family,
    encoder,
    shape,
    options: { latent: 3, stabilisation: 'none', gamma: 2, averaging: 0.9, ...change },
  });

const convolutions: EncoderOptions = {
  type: 'convolutional',
  size: 'small',
  filters: [4, 8],
  blocks: 0,
  code: 16,
  kernelSize: 3,
  activation: 'relu',
  normalisation: 'batch',
  residual: true,
  pooling: 'flatten',
};

describe('the adversarial method', () => {
  it('warns of two normalisations at once', () => {
    const told = (stabilisation: string, normalisation: string) =>
      adversarial.check!({
        family: convolutional,
        encoder: { ...convolutions, normalisation },
        shape: digitShape,
        options: { stabilisation },
      }).map(({ severity, code }) => `${severity} ${code}`);
    assert.deepEqual(told('spectral', 'batch'), ['warning normalised-twice']);
    assert.deepEqual(told('spectral', 'none'), []);
    assert.deepEqual(told('none', 'batch'), []);
  });

  it('trains each player over its own values, and no value twice', () => {
    const learner = learnerOf({ stabilisation: 'spectral' });
    const trainedValues = learner.objectives.flatMap(({ parameters }) => parameters);
    assert.deepEqual(
      [...trainedValues, ...learner.untrained].sort(),
      Object.keys(learner.shapes).sort(),
      'each value is trained by one player, or by none',
    );
    assert.ok(learner.objectives[0]!.parameters.every((name) => /^(encoder|head)\//.test(name)));
    assert.ok(learner.objectives[1]!.parameters.every((name) => /^(generator|decoder)\//.test(name)));
  });
});

for (const name of engineNames)
  describe(`the adversarial method on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const numbers = stream(4, 'examples');
    const data = Float32Array.from({ length: 5 * 6 }, () => numbers.uniform());
    const examples = () => tf.tensor(data, [5, 2, 3, 1]);

    for (const stabilisation of ['none', 'r1', 'spectral'])
      it(`has the gradients of both losses (${stabilisation})`, () => {
        const learner = learnerOf({ stabilisation });
        const arrays = movedValues(learner);
        for (const objective of learner.objectives)
          checkGradients(learner, objective, arrays, { input: examples() }, engine);
      });

    it('measures the losses of the papers', () => {
      const learner = learnerOf();
      const arrays = learner.init(2);
      const softplus = (x: number) => Math.log1p(Math.exp(x));
      /** By hand, in double precision. */
      const layer = (path: string, x: number[], f: (x: number) => number) => {
        const { data: kernel, shape } = arrays[`${path}/kernel`]!;
        const outputs = shape[1]!;
        return Array.from({ length: outputs }, (_, j) =>
          f(x.reduce((sum, value, i) => sum + value * kernel[i * outputs + j]!, arrays[`${path}/bias`]!.data[j]!)),
        );
      };
      const judged = (x: number[]) => {
        const code = layer('encoder/dense_2', layer('encoder/dense_1', x, Math.tanh), Math.tanh);
        return layer('head', code, (value) => value)[0]!;
      };
      const pass = passOf(engine);
      const noise = Array.from(pass.random.normal('latent', [5, 3]).dataSync());
      const made = Array.from({ length: 5 }, (_, i) => {
        const hidden = layer('generator', noise.slice(3 * i, 3 * i + 3), (value) => Math.max(0, value));
        const decoded = layer('decoder/dense_2', layer('decoder/dense_1', hidden, Math.tanh), (value) => value);
        return decoded.map((value) => 1 / (1 + Math.exp(-value)));
      });
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const real = Array.from({ length: 5 }, (_, i) => judged(Array.from(data.subarray(6 * i, 6 * i + 6))));
      const taken = made.map(judged);
      const expected = [
        mean(real.map((x) => softplus(-x))) + mean(taken.map(softplus)),
        mean(taken.map((x) => softplus(-x))),
      ];
      learner.objectives.forEach((objective, i) => {
        const { loss } = objective.loss(tensorsOf(arrays), { input: examples() }, pass);
        assert.ok(Math.abs(loss.dataSync()[0]! - expected[i]!) < 1e-5, `${loss.dataSync()[0]} is not ${expected[i]}`);
      });
    });

    it('estimates the squared gradient at the examples, and adds it to the loss of the discriminator', () => {
      const arrays = movedValues(learnerOf());
      const measured = (seed: number, stabilisation = 'r1') => {
        const [discriminator] = learnerOf({ stabilisation }).objectives;
        const found = discriminator!.loss(tensorsOf(arrays), { input: examples() }, passOf(engine, { seed }));
        const of = (name: string) => (found as unknown as Record<string, tf.Scalar>)[name]?.dataSync()[0];
        return { loss: of('loss')!, steepness: of('steepness') };
      };
      /** |∇D|² by hand: of each input by the chain rule, in double precision. */
      const squared = (x: number[]) => {
        const layer = (path: string, input: number[]) => {
          const { data: kernel, shape } = arrays[`${path}/kernel`]!;
          const outputs = shape[1]!;
          const sums = Array.from({ length: outputs }, (_, j) =>
            input.reduce((sum, value, i) => sum + value * kernel[i * outputs + j]!, arrays[`${path}/bias`]!.data[j]!),
          );
          return { kernel, outputs, values: sums.map(Math.tanh) };
        };
        const first = layer('encoder/dense_1', x);
        const second = layer('encoder/dense_2', first.values);
        const head = arrays['head/kernel']!.data;
        const back = (gradient: number[], { kernel, outputs, values }: typeof first) => {
          const inner = gradient.map((value, j) => value * (1 - values[j]! ** 2));
          return Array.from({ length: kernel.length / outputs }, (_, i) =>
            inner.reduce((sum, value, j) => sum + value * kernel[i * outputs + j]!, 0),
          );
        };
        const gradient = back(back(Array.from(head), second), first);
        return gradient.reduce((sum, value) => sum + value ** 2, 0);
      };
      const expected =
        Array.from({ length: 5 }, (_, i) => squared(Array.from(data.subarray(6 * i, 6 * i + 6)))).reduce(
          (sum, value) => sum + value,
        ) / 5;
      const estimates = Array.from({ length: 400 }, (_, seed) => measured(seed).steepness!);
      const mean = estimates.reduce((sum, value) => sum + value / estimates.length, 0);
      const deviation = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2 / estimates.length, 0));
      const error = (4 * deviation) / Math.sqrt(estimates.length);
      assert.ok(Math.abs(mean - expected) < error && error < expected / 4, `${mean} ± ${error} is not ${expected}`);
      const { loss, steepness } = measured(3);
      assert.equal(measured(3, 'none').steepness, undefined);
      assert.ok(Math.abs(loss - measured(3, 'none').loss - steepness!) < 1e-5, 'gamma is 2');
    });

    it('measures how much what is made varies, by how much examples do', () => {
      const learner = learnerOf();
      const arrays = movedValues(learner);
      const variety = (change: typeof arrays): number => {
        const [discriminator] = learner.objectives;
        const terms = discriminator!.loss(tensorsOf({ ...arrays, ...change }), { input: examples() }, passOf(engine));
        return (terms as unknown as { variety: tf.Scalar }).variety.dataSync()[0]!;
      };
      const { shape, data: kernel } = arrays['generator/kernel']!;
      // Without noise in it, what is made is always the same.
      assert.ok(variety({ 'generator/kernel': { shape, data: new Float32Array(kernel.length) } }) < 1e-9);
      const [first, last] = [arrays['decoder/dense_2/kernel']!, arrays['decoder/dense_2/bias']!];
      const larger = { shape: first.shape, data: first.data.map((value) => 50 * value) };
      // Nearly only zeros and ones vary more than numbers drawn evenly between them.
      const most = variety({ 'decoder/dense_2/kernel': larger, 'decoder/dense_2/bias': last });
      assert.ok(most > variety({}) && most > 0.5 && most < 4, `${most} after ${variety({})}`);
    });

    it('averages the generator slowly, and shows what the average makes', async () => {
      const learner = learnerOf();
      const values = tensorsOf(movedValues(learner));
      const updates = learner.afterStep!(values);
      const [before, now, then] = [
        values['average/generator/bias']!,
        values['generator/bias']!,
        updates.get('average/generator/bias')!,
      ].map((tensor) => tensor.dataSync());
      then!.forEach((value, i) => assert.ok(Math.abs(value - (0.9 * before![i]! + 0.1 * now![i]!)) < 1e-6));
      const { views, tensors } = await learner.preview(
        values,
        { input: examples() },
        'validation',
        passOf(engine, { training: false }),
      );
      assert.deepEqual(views, [{ kind: 'grid', content: 'samples', tensor: 'samples', columns: 8 }]);
      assert.deepEqual(tensors['samples']!.shape, [64, 2, 3, 1]);
    });

    it('plays: the discriminator learns, the generator follows, and a stop changes no bit', async () => {
      // Convolutions take the plain JavaScript engine a quarter of a minute.
      const encoder = name === 'cpu' ? small : convolutions;
      const family = name === 'cpu' ? dense : convolutional;
      const learner = learnerOf({ latent: 8 }, { family, encoder, shape: digitShape });
      const before = tf.memory().numTensors;
      const whole = await trained(engine, learner, { epochs: 4 });
      assert.equal(tf.memory().numTensors, before, 'no tensors are left behind');
      const first = whole.steps[0]!;
      const last = whole.steps.at(-1)!;
      assert.deepEqual(Object.keys(first).sort(), ['generated', 'generatorLoss', 'loss', 'real', 'variety']);
      assert.ok(last['loss']! < first['loss']!, `${last['loss']} after ${first['loss']}`);
      assert.ok(last['real']! > last['generated']!, 'it tells examples from what is made');
      const start = (await trained(engine, learner, { epochs: 4 }, { stopAt: 5 })).checkpoints.at(-1)!;
      const resumed = await trained(engine, learner, { epochs: 4 }, { start });
      assert.deepEqual(resumed.checkpoints.at(-1), whole.checkpoints.at(-1));
    });
  });
