import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { Inputs, Labels } from '../../../../src/learn/method/method.js';
import { supervised } from '../../../../src/learn/method/supervised.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { layer, linear, mean, relu } from './byHand.js';
import { batch, contrast, dot, projected, shape } from './pairs.js';
import { assertLearnsAndResumes, digitShape } from './training.js';

const temperature = 0.3;
const three: Labels = { classes: ['cat', 'dog', 'fox'], unlabelled: 0, counts: [10, 10, 10] };

function setting(loss: string, units: number[], labels: Labels | null = three, of = shape, batchSize = 64) {
  return {
    family: encoders.dense,
    encoder: { type: 'dense', units, activation: 'relu' },
    shape: of,
    options: { loss, temperature, projection: 4 },
    batchSize,
    labels,
  };
}

const labels = [2, 0, 2, 1, 0];

for (const name of engineNames)
  describe(`supervised pretraining on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('cross-entropy and accuracy equal the formulas to 1e-5, and its gradients finite differences', () => {
      const learner = supervised.build(setting('crossEntropy', [5]));
      const arrays = movedValues(learner);
      const pairs = batch(5, labels);
      const guesses = pairs.rows.first.map((x) =>
        layer(arrays, 'head/dense', layer(arrays, 'encoder/dense_1', x, relu), linear),
      );
      const loss = mean(
        guesses.map((z, i) => Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0)) - z[labels[i]!]!),
      );
      const accuracy = mean(guesses.map((z, i) => (z.indexOf(Math.max(...z)) === labels[i] ? 1 : 0)));
      const [objective] = learner.objectives;
      const losses = objective!.loss(tensorsOf(arrays), pairs.inputs, passOf(engine));
      assert.deepEqual(Object.keys(losses), ['loss', 'accuracy']);
      assert.ok(Math.abs(losses.loss.dataSync()[0]! - loss) < 1e-5);
      assert.ok(Math.abs(losses['accuracy']!.dataSync()[0]! - accuracy) < 1e-6);
      assert.ok(accuracy > 0 && accuracy < 1, 'both right and wrong are seen');
      checkGradients(learner, objective!, arrays, pairs.inputs, engine);
      const right = tf.tensor1d(
        guesses.map((z) => z.indexOf(Math.max(...z))),
        'int32',
      );
      const all = objective!.loss(tensorsOf(arrays), { ...pairs.inputs, labels: right }, passOf(engine));
      assert.equal(all['accuracy']!.dataSync()[0], 1);
    });

    it('the contrastive loss and accuracy equal the formulas to 1e-5, and its gradients finite differences', () => {
      const learner = supervised.build(setting('contrastive', [5]));
      const arrays = movedValues(learner);
      const pairs = batch(5, labels);
      const z = projected(arrays, pairs);
      const all = [...labels, ...labels];
      const expected = contrast(z, temperature, (i) =>
        all.flatMap((label, k) => (label === all[i] && k !== i ? [k] : [])),
      );
      const accuracy = mean(
        z.map((one, i) => {
          const others = z.map((other, k) => (k % 5 === i % 5 ? -Infinity : dot(one, other)));
          return all[others.indexOf(Math.max(...others))] === all[i] ? 1 : 0;
        }),
      );
      const [objective] = learner.objectives;
      const losses = objective!.loss(tensorsOf(arrays), pairs.inputs, passOf(engine));
      assert.deepEqual(Object.keys(losses), ['loss', 'accuracy', 'alignment', 'uniformity']);
      assert.ok(Math.abs(losses.loss.dataSync()[0]! - expected) < 1e-5);
      assert.ok(Math.abs(losses['accuracy']!.dataSync()[0]! - accuracy) < 1e-6);
      assert.ok(accuracy > 0 && accuracy < 1, 'both right and wrong are seen');
      checkGradients(learner, objective!, arrays, pairs.inputs, engine);
      // An example's own other view is nearest where both are the same, and does not count.
      const alone = { input: pairs.inputs.input, view: pairs.inputs.input, labels: tf.range(0, 5, 1, 'int32') };
      const none = objective!.loss(tensorsOf(arrays), alone as Inputs, passOf(engine));
      assert.equal(none['accuracy']!.dataSync()[0], 0);
    });

    it('shows its guesses', async () => {
      const learner = supervised.build(setting('crossEntropy', [5]));
      const arrays = movedValues(learner);
      const pairs = batch(5, labels);
      const pass = passOf(engine, { training: false });
      const { views, tensors } = await learner.preview(tensorsOf(arrays), pairs.inputs, 'validation', pass);
      assert.deepEqual(views, [
        {
          kind: 'guesses',
          from: 'validation',
          input: 'input',
          classes: three.classes,
          labels,
          probabilities: 'probabilities',
        },
      ]);
      const { shape: size, data } = tensors['probabilities']!;
      assert.deepEqual(size, [5, 3]);
      const z = layer(arrays, 'head/dense', layer(arrays, 'encoder/dense_1', pairs.rows.first[1]!, relu), linear);
      const sum = z.reduce((total, value) => total + Math.exp(value), 0);
      z.forEach((value, c) => assert.ok(Math.abs(data[3 + c]! - Math.exp(value) / sum) < 1e-6));
    });

    const ten: Labels = { classes: Array.from('0123456789'), unlabelled: 0, counts: Array<number>(10).fill(20) };
    const digits = (loss: string) => supervised.build(setting(loss, [16], ten, digitShape));

    it('learns digits by guesses, and goes on after a stop as if there had been none', async () => {
      const { epochs } = await assertLearnsAndResumes(engine, digits('crossEntropy'), { epochs: 12 });
      const accuracies = epochs.map(({ validation }) => validation!['accuracy']!);
      assert.ok(accuracies.at(-1)! > 0.4, `better than chance: ${accuracies.join(', ')}`);
    });

    it('learns digits by contrast, and goes on after a stop as if there had been none', () =>
      assertLearnsAndResumes(engine, digits('contrastive')));
  });

describe('supervised pretraining', () => {
  const told = (labels: Labels | null, loss = 'crossEntropy', batchSize = 64) =>
    supervised.check!(setting(loss, [5], labels, shape, batchSize)).map(({ severity, code, message }) => [
      severity,
      code,
      message,
    ]);

  it('refuses examples without labels, and says how many lack one', () => {
    assert.deepEqual(told(three), []);
    assert.deepEqual(
      told(null).map(([severity, code]) => [severity, code]),
      [['error', 'labels-needed']],
    );
    const [finding] = told({ ...three, unlabelled: 12345 });
    assert.deepEqual(finding!.slice(0, 2), ['error', 'labels-incomplete']);
    assert.match(finding![2]!, /12,345 of the examples have none/);
  });

  it('refuses a single class, and of the contrastive loss a batch of one', () => {
    assert.deepEqual(told({ classes: ['cat'], unlabelled: 0, counts: [10] })[0]!.slice(0, 2), ['error', 'one-class']);
    assert.deepEqual(told(three, 'contrastive', 1)[0]!.slice(0, 2), ['error', 'nothing-to-compare']);
    assert.deepEqual(told(three, 'crossEntropy', 1), []);
  });
});
