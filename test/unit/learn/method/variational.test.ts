import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { normalQuantile } from '../../../../src/learn/method/codes.js';
import { variational } from '../../../../src/learn/method/variational.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { layer, linear, losses, mean, relu, rows, sigmoid, type Row } from './byHand.js';
import { assertLearnsAndResumes, digitShape } from './training.js';

const shape = [2, 3, 1];
const examples = [
  [0.2, 1, 0.5, 0.25, 0.9, 0.4],
  [1, 0.7, 0.1, 0.75, 0.5, 0.3],
  [0, 0.3, 0.8, 0.15, 0.6, 1],
];

interface Options {
  latent: number;
  beta: number;
  warmupEpochs: number;
  freeBits: number;
  loss: 'binaryCrossentropy' | 'meanSquaredError';
}

const plain: Options = { latent: 3, beta: 1, warmupEpochs: 0, freeBits: 0, loss: 'binaryCrossentropy' };

function build(options: Partial<Options> = {}, exampleShape = shape, units = [4]) {
  return variational.build({
    family: encoders.dense,
    encoder: { type: 'dense', units, activation: 'relu' },
    shape: exampleShape,
    options: { ...plain, ...options },
  });
}

function codeOf(values: Arrays, x: Row): { means: Row; logVariances: Row } {
  const hidden = layer(values, 'encoder/dense_1', x, relu);
  return {
    means: layer(values, 'latent/mean', hidden, linear),
    logVariances: layer(values, 'latent/logVariance', hidden, linear),
  };
}

function decode(values: Arrays, code: Row): Row {
  return layer(values, 'decoder/dense_1', layer(values, 'decoder/latent', code, relu), linear);
}

/** Terms by their formulas, in double precision. */
function byHand(values: Arrays, noise: Row[], loss: Options['loss']) {
  const codes = examples.map((x) => codeOf(values, x));
  const reconstruction = mean(
    codes.map(({ means, logVariances }, row) => {
      const output = decode(
        values,
        means.map((mu, j) => mu + Math.exp(logVariances[j]! / 2) * noise[row]![j]!),
      );
      const sum = output.reduce((total, z, i) => total + losses[loss](z, examples[row]![i]!), 0);
      return loss === 'meanSquaredError' ? sum / 2 : sum;
    }),
  );
  const divergences = codes[0]!.means.map((_, j) =>
    mean(codes.map(({ means: { [j]: mu }, logVariances: { [j]: v } }) => (mu! ** 2 + Math.exp(v!) - v! - 1) / 2)),
  );
  return { reconstruction, divergences, kl: divergences.reduce((sum, one) => sum + one, 0) };
}

for (const name of engineNames)
  describe(`the variational autoencoder on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const inputs = () => ({ input: tf.tensor(examples, [3, ...shape]) });
    const measure = (learner: ReturnType<typeof build>, arrays: Arrays, pass = passOf(engine)) =>
      Object.fromEntries(
        Object.entries(learner.objectives[0]!.loss(tensorsOf(arrays), inputs(), pass)).map(([term, value]) => [
          term,
          value.dataSync()[0]!,
        ]),
      ) as { loss: number; reconstruction: number; kl: number };
    const near = (found: number, expected: number) =>
      assert.ok(Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`);

    for (const loss of ['binaryCrossentropy', 'meanSquaredError'] as const)
      it(`${loss}: the bound and its terms equal the formulas to 1e-5, and the gradients finite differences`, () => {
        const learner = build({ loss, beta: 2.5 });
        const arrays = movedValues(learner);
        const noise = rows(passOf(engine).random.normal('code', [3, 3]).dataSync<'float32'>(), 3);
        const expected = byHand(arrays, noise, loss);
        const found = measure(learner, arrays);
        near(found.reconstruction, expected.reconstruction);
        near(found.kl, expected.kl);
        near(found.loss, expected.reconstruction + 2.5 * expected.kl);
        checkGradients(learner, learner.objectives[0]!, arrays, inputs(), engine);
      });

    it('the weight of the KL rises by epochs while it trains, and is whole when it is validated', () => {
      const learner = build({ beta: 3, warmupEpochs: 4 });
      const arrays = movedValues(learner);
      for (const [epoch, training, weight] of [
        [0, true, 0],
        [1.5, true, 1.125],
        [9, true, 3],
        [0, false, 3],
      ] as const) {
        const { loss, reconstruction, kl } = measure(learner, arrays, passOf(engine, { epoch, training }));
        near(loss, reconstruction + weight * kl);
      }
    });

    it('free bits cost the same whether they are used or not, and are for training', () => {
      const arrays = movedValues(build());
      const { divergences } = byHand(arrays, examples, 'binaryCrossentropy');
      const freeBits = [...divergences].sort((a, b) => a - b)[1]!;
      const learner = build({ freeBits });
      const trained = measure(learner, arrays);
      const expected = divergences.reduce((sum, one) => sum + Math.max(freeBits, one), 0);
      near(trained.loss, trained.reconstruction + expected);
      assert.ok(trained.kl < expected - 1e-4);
      const validated = measure(learner, arrays, passOf(engine, { training: false }));
      near(validated.loss, validated.reconstruction + validated.kl);
    });

    it('a code is the mean', () => {
      const learner = build();
      const arrays = movedValues(learner);
      const found = learner.encode(tensorsOf(arrays), inputs().input, passOf(engine, { training: false }));
      assert.deepEqual(found.shape, [3, 3]);
      const expected = examples.flatMap((x) => codeOf(arrays, x).means);
      found.dataSync().forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-6));
    });

    const previewOf = (learner: ReturnType<typeof build>, arrays: Arrays, step = 0) =>
      learner.preview(tensorsOf(arrays), inputs(), 'validation', passOf(engine, { training: false, step }));
    const drawn = (values: Arrays, code: Row) => decode(values, code).map((z) => 255 * sigmoid(z));
    const assertPictures = (data: ArrayLike<number>, expected: Row) => {
      assert.equal(data.length, expected.length);
      expected.forEach((value, i) => assert.ok(Math.abs(data[i]! - value) <= 0.51, `${i}: ${data[i]} is not ${value}`));
    };

    it('shows reconstructions from the mean, samples of the same codes each time, and a walk from one example to the next', async () => {
      const learner = build();
      const arrays = movedValues(learner);
      const { views, tensors } = await previewOf(learner, arrays);
      assert.deepEqual(views, [
        { kind: 'reconstruction', from: 'validation', input: 'input', output: 'output' },
        { kind: 'weights', tensor: 'weights', total: 4 },
        { kind: 'grid', content: 'samples', tensor: 'samples', columns: 10 },
        { kind: 'grid', content: 'walk', tensor: 'walk', columns: 10 },
      ]);
      assertPictures(
        tensors['output']!.data,
        examples.flatMap((x) => drawn(arrays, codeOf(arrays, x).means)),
      );
      assert.deepEqual(tensors['samples']!.shape, [50, 2, 3, 1]);
      const codes = rows(passOf(engine).random.normal('samples', [50, 3]).dataSync<'float32'>(), 3);
      assertPictures(
        tensors['samples']!.data,
        codes.flatMap((code) => drawn(arrays, code)),
      );
      assert.deepEqual(tensors['walk']!.shape, [10, 2, 3, 1]);
      const [from, to] = examples.map((x) => codeOf(arrays, x).means);
      assertPictures(
        tensors['walk']!.data,
        Array.from({ length: 10 }, (_, i) => from!.map((mu, j) => mu + (i / 9) * (to![j]! - mu))).flatMap((code) =>
          drawn(arrays, code),
        ),
      );
    });

    it('shows the plane of two-dimensional codes, to the right and upwards', async () => {
      const learner = build({ latent: 2 });
      const arrays = movedValues(learner);
      const { views, tensors } = await previewOf(learner, arrays);
      assert.deepEqual(views[2], { kind: 'grid', content: 'plane', tensor: 'plane', columns: 12 });
      const marks = Array.from({ length: 12 }, (_, i) => normalQuantile((i + 0.5) / 12));
      const row = (second: number) => marks.flatMap((first) => drawn(arrays, [first, marks[second]!]));
      assertPictures(tensors['plane']!.data.slice(0, 72), row(11));
      assertPictures(tensors['plane']!.data.slice(-72), row(0));
    });

    it('learns digits while the weight of the KL rises, and goes on after a stop as if there had been none', async () => {
      const { steps } = await assertLearnsAndResumes(engine, build({ warmupEpochs: 2 }, digitShape, [16]));
      const weights = steps.map(({ loss, reconstruction, kl }) => (loss! - reconstruction!) / kl!);
      // Three steps an epoch.
      weights.forEach((weight, step) => assert.ok(Math.abs(weight - Math.min(1, step / 6)) < 0.01, weights.join(', ')));
    });
  });

describe('the quantiles of the normal distribution', () => {
  it('are those of tables', () => {
    for (const [p, x] of [
      [0.5, 0],
      [0.975, 1.959963984540054],
      [0.95, 1.6448536269514722],
      [0.999, 3.090232306167813],
      [0.01, -2.3263478740408408],
    ] as const)
      assert.ok(Math.abs(normalQuantile(p) - x) < 1e-9, `${p}: ${normalQuantile(p)} is not ${x}`);
  });
});
