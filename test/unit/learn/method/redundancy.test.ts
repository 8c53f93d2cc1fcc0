import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { redundancy } from '../../../../src/learn/method/redundancy.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { layer, linear, mean, relu, type Row } from './byHand.js';
import { batch, shape, type Batch } from './pairs.js';
import { assertLearnsAndResumes, digitShape } from './training.js';

const weight = 0.2;
const width = 4;

function setting(units: number[], of = shape, batchSize = 64) {
  return {
    family: encoders.dense,
    encoder: { type: 'dense', units, activation: 'relu' },
    shape: of,
    options: { weight, projection: width },
    batchSize,
  };
}

/** Each column brought to mean 0 and variance 1. */
function normalised(rows: Row[], epsilon: number): Row[] {
  const columns = rows[0]!.map((_, c) => {
    const column = rows.map((row) => row[c]!);
    const average = mean(column);
    return { average, deviation: Math.sqrt(mean(column.map((value) => (value - average) ** 2)) + epsilon) };
  });
  return rows.map((row) => row.map((value, c) => (value - columns[c]!.average) / columns[c]!.deviation));
}

/** C[i][j] = mean over the batch of first_i second_j. */
function correlation(arrays: Arrays, { rows: { first, second } }: Batch): Row[] {
  let hidden = [...first, ...second].map((x) => layer(arrays, 'encoder/dense_1', x, relu));
  for (const name of ['head/dense_1', 'head/dense_2']) {
    const [gamma, beta] = [arrays[`${name}/gamma`]!.data, arrays[`${name}/beta`]!.data];
    hidden = normalised(
      hidden.map((x) => layer(arrays, name, x, linear)),
      1e-3,
    ).map((row) => row.map((value, c) => relu(gamma[c]! * value + beta[c]!)));
  }
  const z = hidden.map((x) => layer(arrays, 'head/dense_3', x, linear));
  const [a, b] = [z.slice(0, first.length), z.slice(first.length)].map((rows) => normalised(rows, 1e-5));
  return a![0]!.map((_, i) => b![0]!.map((_, j) => mean(a!.map((row, n) => row[i]! * b![n]![j]!))));
}

for (const name of engineNames)
  describe(`redundancy reduction on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('its loss and terms equal the formulas to 1e-5, and its gradients finite differences', () => {
      const learner = redundancy.build(setting([5]));
      const arrays = movedValues(learner);
      const pairs = batch(8);
      const c = correlation(arrays, pairs);
      let [invariance, others] = [0, 0];
      c.forEach((row, i) =>
        row.forEach((value, j) => {
          if (i === j) invariance += (1 - value) ** 2;
          else others += value ** 2;
        }),
      );
      const expected: Record<string, number> = { loss: invariance + weight * others, invariance, redundancy: others };
      const [objective] = learner.objectives;
      const pass = passOf(engine);
      const losses = objective!.loss(tensorsOf(arrays), pairs.inputs, pass);
      assert.deepEqual(Object.keys(losses), Object.keys(expected));
      for (const [term, value] of Object.entries(expected)) {
        const found = losses[term]!.dataSync()[0]!;
        assert.ok(Math.abs(found - value) < 1e-5 * Math.max(1, value), `${term}: ${found} is not ${value}`);
      }
      const running = pass.updates!.get('head/cross_correlation')!.dataSync();
      const before = arrays['head/cross_correlation']!.data;
      c.flat().forEach((value, i) => assert.ok(Math.abs(running[i]! - (0.9 * before[i]! + 0.1 * value)) < 1e-5));
      checkGradients(learner, objective!, arrays, pairs.inputs, engine);
    });

    it('takes a last batch of one example without an accident', () => {
      const learner = redundancy.build(setting([5]));
      const [objective] = learner.objectives;
      const losses = objective!.loss(tensorsOf(movedValues(learner)), batch(1).inputs, passOf(engine));
      for (const loss of Object.values(losses)) assert.ok(Number.isFinite(loss.dataSync()[0]));
    });

    it('shows pairs and the running cross-correlation', async () => {
      const learner = redundancy.build(setting([5]));
      const values = { ...tensorsOf(movedValues(learner)), 'head/cross_correlation': tf.eye(width) };
      const pass = passOf(engine, { training: false });
      const { views, tensors } = await learner.preview(values, batch(3).inputs, 'training', pass);
      assert.deepEqual(
        views.map(({ kind }) => kind),
        ['pairs', 'matrix'],
      );
      assert.deepEqual(tensors['crossCorrelation']!.shape, [width, width]);
      assert.deepEqual(Array.from(tensors['crossCorrelation']!.data), Array.from(tf.eye(width).dataSync()));
    });

    // Of the validation's 4 examples in a last batch, features correlate by chance.
    it('learns digits, and goes on after a stop as if there had been none', () =>
      assertLearnsAndResumes(engine, redundancy.build(setting([16], digitShape)), { epochs: 8, measure: 'training' }));
  });

describe('redundancy reduction', () => {
  it('refuses a batch of one', () => {
    const told = (batchSize: number) =>
      redundancy.check!(setting([5], shape, batchSize)).map(({ severity, code }) => [severity, code]);
    assert.deepEqual(told(1), [['error', 'nothing-to-compare']]);
    assert.deepEqual(told(2), []);
  });
});
