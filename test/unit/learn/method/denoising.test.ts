import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { denoising } from '../../../../src/learn/method/denoising.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { difference, layer, linear, relu, rows } from './byHand.js';
import { assertLearnsAndResumes, digitShape } from './training.js';

const shape = [2, 3, 1];
const examples = [
  [0.2, 1, 0.5, 0.25, 0.9, 0.4],
  [1, 0.7, 0.1, 0.75, 0.5, 0.3],
];

function build(noise: string, amount: number, loss = 'binaryCrossentropy') {
  return denoising.build({
    family: encoders.dense,
    encoder: { type: 'dense', units: [4], activation: 'relu' },
    shape,
    options: { noise, amount, loss },
  });
}

/** What the network sees, given the random numbers that were drawn for it. */
const corruptions: Record<string, (x: number, drawn: number, amount: number) => number> = {
  masking: (x, drawn, amount) => (drawn < amount ? 0 : x),
  saltAndPepper: (x, drawn, amount) => (drawn < amount / 2 ? 1 : drawn < amount ? 0 : x),
  gaussian: (x, drawn, amount) => x + amount * drawn,
};

for (const name of engineNames)
  describe(`the denoising autoencoder on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    for (const [noise, corrupt] of Object.entries(corruptions))
      for (const loss of ['binaryCrossentropy', 'meanSquaredError'] as const)
        it(`${loss} with ${noise} noise equals the formula to 1e-6, and its gradients finite differences`, () => {
          const learner = build(noise, 0.4, loss);
          const arrays = movedValues(learner);
          const input = tf.tensor(examples, [2, ...shape]);
          const pass = passOf(engine);
          const drawn = rows(
            pass.random[noise === 'gaussian' ? 'normal' : 'uniform']('noise', [2, ...shape]).dataSync<'float32'>(),
            6,
          );
          const seen = examples.map((row, r) => row.map((x, i) => corrupt(x, drawn[r]![i]!, 0.4)));
          assert.notDeepEqual(seen, examples);
          const outputs = seen.map((x) =>
            layer(arrays, 'decoder/dense_1', layer(arrays, 'encoder/dense_1', x, relu), linear),
          );
          const [objective] = learner.objectives;
          const found = objective!.loss(tensorsOf(arrays), { input }, pass).loss.dataSync()[0]!;
          const expected = difference(loss, outputs, examples);
          assert.ok(Math.abs(found - expected) < 1e-6, `${found} is not ${expected}`);
          checkGradients(learner, objective!, arrays, { input }, engine);
        });

    it('damages the part of the values that was asked for, by other numbers in each step', async () => {
      const many = tf.fill([50, 20, 20, 1], 0.5);
      const learner = denoising.build({
        family: encoders.dense,
        encoder: { type: 'dense', units: [2], activation: 'relu' },
        shape: [20, 20, 1],
        options: { noise: 'saltAndPepper', amount: 0.3, loss: 'binaryCrossentropy' },
      });
      const seenAt = async (step: number) => {
        const pass = passOf(engine, { training: false, step });
        return (await learner.preview(tensorsOf(learner.init(1)), { input: many }, '', pass)).tensors['seen']!.data;
      };
      const seen = await seenAt(0);
      const share = (value: number) => Array.from(seen).filter((one) => one === value).length / seen.length;
      // 20,000 draws: four standard deviations are 0.010.
      assert.ok(Math.abs(share(0) - 0.15) < 0.01, String(share(0)));
      assert.ok(Math.abs(share(255) - 0.15) < 0.01, String(share(255)));
      assert.ok(Math.abs(share(128) - 0.7) < 0.013, String(share(128)));
      assert.deepEqual(await seenAt(0), seen);
      assert.notDeepEqual(await seenAt(1), seen);
    });

    it('shows input, what was seen, and output; codes are of whole examples', async () => {
      const learner = build('masking', 0.5);
      const arrays = movedValues(learner);
      const input = tf.tensor(examples, [2, ...shape]);
      const pass = passOf(engine, { training: false });
      const { views, tensors } = await learner.preview(tensorsOf(arrays), { input }, 'validation', pass);
      assert.deepEqual(views[0], {
        kind: 'reconstruction',
        from: 'validation',
        input: 'input',
        seen: 'seen',
        output: 'output',
      });
      const seen = tensors['seen']!.data;
      assert.ok(seen.includes(0) && seen.some((value) => value > 0));
      Array.from(seen).forEach((value, i) => assert.ok(value === 0 || value === tensors['input']!.data[i]));
      const codes = learner.encode(tensorsOf(arrays), input, pass).dataSync();
      examples
        .flatMap((x) => layer(arrays, 'encoder/dense_1', x, relu))
        .forEach((value, i) => assert.ok(Math.abs(codes[i]! - value) < 1e-6));
    });

    it('learns digits, and goes on after a stop as if there had been none', () =>
      assertLearnsAndResumes(
        engine,
        denoising.build({
          family: encoders.dense,
          encoder: { type: 'dense', units: [12], activation: 'relu' },
          shape: digitShape,
          options: { noise: 'masking', amount: 0.25, loss: 'binaryCrossentropy' },
        }),
      ));
  });
