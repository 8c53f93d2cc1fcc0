import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { sparse } from '../../../../src/learn/method/sparse.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { difference, layer, linear, mean, sigmoid, type Row } from './byHand.js';
import { assertLearnsAndResumes, digitShape } from './training.js';

const shape = [2, 3, 1];
const examples = [
  [0.2, 1, 0.5, 0.25, 0.9, 0.4],
  [1, 0.7, 0.1, 0.75, 0.5, 0.3],
  [0, 0.3, 0.8, 0.15, 0.6, 1],
];
const activations = { sigmoid, tanh: Math.tanh };
const plain = { penalty: 'l1', weight: 0.05, target: 0.1, k: 2, alpha: 1.5, loss: 'binaryCrossentropy' };

const settingOf = (options: object, activation: string, units = 5, exampleShape = shape) => ({
  family: encoders.dense,
  encoder: { type: 'dense', units: [units], activation },
  shape: exampleShape,
  options: { ...plain, ...options },
});

function codes(values: Arrays, activation: keyof typeof activations): Row[] {
  return examples.map((x) => layer(values, 'encoder/dense_1', x, activations[activation]));
}

function kept(code: Row, k: number): Row {
  const least = [...code].sort((a, b) => b - a)[k - 1]!;
  return code.map((value) => (value >= least ? value : 0));
}

for (const name of engineNames)
  describe(`the sparse autoencoder on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });
    const inputs = () => ({ input: tf.tensor(examples, [3, ...shape]) });
    const near = (found: number, expected: number) =>
      assert.ok(Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`);

    const penalties: Record<string, ['sigmoid' | 'tanh', (code: Row[]) => number]> = {
      l1: ['tanh', (code) => mean(code.map((row) => row.reduce((sum, h) => sum + Math.abs(h), 0)))],
      kl: [
        'sigmoid',
        (code) =>
          code[0]!.reduce((sum, _, j) => {
            const rho = mean(code.map((row) => row[j]!));
            return sum + 0.1 * Math.log(0.1 / rho) + 0.9 * Math.log(0.9 / (1 - rho));
          }, 0),
      ],
      kSparse: ['tanh', () => 0],
    };
    for (const [penalty, [activation, cost]] of Object.entries(penalties))
      it(`${penalty}: loss and terms equal the formulas to 1e-5, and the gradients finite differences`, () => {
        const learner = sparse.build(settingOf({ penalty }, activation));
        const arrays = movedValues(learner);
        const code = codes(arrays, activation).map((row) => (penalty === 'kSparse' ? kept(row, 2) : row));
        const outputs = code.map((row) => layer(arrays, 'decoder/dense_1', row, linear));
        const [objective] = learner.objectives;
        const found = objective!.loss(tensorsOf(arrays), inputs(), passOf(engine));
        const expected = difference('binaryCrossentropy', outputs, examples);
        near(found.loss.dataSync()[0]!, expected + 0.05 * cost(code));
        if (penalty !== 'kSparse') near(found['penalty']!.dataSync()[0]!, cost(code));
        const most = Math.max(...code.flat().map(Math.abs));
        near(found['activeUnits']!.dataSync()[0]!, mean(code.flat().map((h) => Number(Math.abs(h) > most / 10))));
        checkGradients(learner, objective!, arrays, inputs(), engine);
      });

    it('kSparse keeps alpha times as many units in codes as in training', () => {
      const learner = sparse.build(settingOf({ penalty: 'kSparse' }, 'tanh'));
      const arrays = movedValues(learner);
      const found = learner.encode(tensorsOf(arrays), inputs().input, passOf(engine, { training: false })).dataSync();
      codes(arrays, 'tanh')
        .flatMap((row) => kept(row, 3))
        .forEach((value, i) => assert.ok(Math.abs(found[i]! - value) < 1e-6));
    });

    it('notes how often each unit is active, and shows it after the first step', async () => {
      const learner = sparse.build(settingOf({}, 'tanh'));
      const values = tensorsOf(movedValues(learner));
      const preview = (of: typeof values) => learner.preview(of, inputs(), '', passOf(engine, { training: false }));
      values['activity/sum'] = tf.zeros([5]);
      values['activity/weight'] = tf.zeros([1]);
      assert.equal((await preview(values)).tensors['activity'], undefined);
      const pass = passOf(engine);
      learner.objectives[0]!.loss(values, inputs(), pass);
      const { views, tensors } = await preview({ ...values, ...Object.fromEntries(pass.updates!) });
      assert.deepEqual(views.at(-1), { kind: 'activity', tensor: 'activity' });
      const arrays = movedValues(learner);
      const code = codes(arrays, 'tanh');
      const most = Math.max(...code.flat().map(Math.abs));
      tensors['activity']!.data.forEach((share, j) =>
        near(share, mean(code.map((row) => Number(Math.abs(row[j]!) > most / 10)))),
      );
    });

    it('learns digits, and goes on after a stop as if there had been none', () =>
      assertLearnsAndResumes(engine, sparse.build(settingOf({ penalty: 'kSparse', k: 4 }, 'relu', 12, digitShape))));
  });

describe('what the sparse autoencoder says of a recipe', () => {
  const told = (options: object, activation: string) =>
    sparse.check!(settingOf(options, activation)).map(({ severity, code, path, fixes }) => [
      severity,
      code,
      path.join('.'),
      fixes?.[0],
    ]);

  it('refuses kl with what is no probability, and a k that keeps all', () => {
    assert.deepEqual(told({ penalty: 'kl' }, 'relu'), [['error', 'no-probability', 'encoder.activation', 'sigmoid']]);
    assert.deepEqual(told({ penalty: 'kl' }, 'sigmoid'), []);
    assert.deepEqual(told({ penalty: 'kSparse', k: 5 }, 'relu'), [['error', 'k-too-large', 'pretrain.k', 1]]);
    assert.deepEqual(told({ penalty: 'kSparse', k: 4 }, 'relu'), []);
    assert.deepEqual(told({ penalty: 'l1', k: 5 }, 'relu'), []);
  });
});
