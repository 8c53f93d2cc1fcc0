import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { codesOf } from '../../../../src/learn/evaluate/codes.js';
import { predict } from '../../../../src/learn/evaluate/predict.js';
import { errorsOf } from '../../../../src/learn/evaluate/regression.js';
import { ridge, valuesOf } from '../../../../src/learn/evaluate/ridge.js';
import type { Source } from '../../../../src/learn/loop.js';
import { trainedShapes, type Labels } from '../../../../src/learn/method/method.js';
import { buildTask, checkTask, type Regressor, type TaskSetting } from '../../../../src/learn/task/index.js';
import { regressionLoss, targetsOf } from '../../../../src/learn/task/regression.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { assertLearnsAndResumes, trained } from '../method/training.js';
import { learned, settingsFor } from './setting.js';

const width = 5;
const [trainingCount, validationCount] = [60, 40];

/** Examples whose target is a linear function of their numbers, far from 0 and in a unit of its own; each has its own. */
function relation(): { labels: Labels; training: Source; validation: Source } {
  const random = stream(8, 'relation');
  const count = trainingCount + validationCount;
  const rows = Float32Array.from({ length: count * width }, () => random.uniform());
  const numbers = Array.from({ length: count }, (_, i) => {
    const row = rows.subarray(i * width, (i + 1) * width);
    return 300 + row.reduce((sum, value, j) => sum + 40 * (j - 1) * value, 0);
  });
  const source = (from: number, count: number): Source => ({
    count,
    shape: [width],
    labels: Int32Array.from({ length: count }, (_, i) => from + i),
    quantities: true,
    batch: (positions) => {
      const batch = new Float32Array(positions.length * width);
      positions.forEach((at, to) => batch.set(rows.subarray((from + at) * width, (from + at + 1) * width), to * width));
      return batch;
    },
  });
  return {
    labels: {
      classes: numbers.map(String),
      unlabelled: 0,
      counts: numbers.map((_, i) => (i < trainingCount ? 1 : 0)),
    },
    training: source(0, trainingCount),
    validation: source(trainingCount, validationCount),
  };
}

const { labels, ...data } = relation();
const numbers = labels.classes.map(Number);
const mean = numbers.slice(0, trainingCount).reduce((sum, number) => sum + number / trainingCount, 0);
const deviation = Math.sqrt(
  numbers.slice(0, trainingCount).reduce((sum, number) => sum + (number - mean) ** 2 / trainingCount, 0),
);

const setting = settingsFor(labels, width);

function regressor(...of: Parameters<typeof setting>): Regressor {
  const learner = buildTask(setting(...of));
  assert.ok(learner.task === 'regression');
  return learner;
}

for (const name of engineNames)
  describe(`regression on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const batch = () => {
      const positions = Int32Array.of(3, 1, 4, 15, 9, 2);
      return {
        input: tf.tensor2d(data.training.batch(positions) as Float32Array, [6, width]),
        labels: tf.tensor1d(positions, 'int32'),
      };
    };

    it('has the loss of its formula, of standardised targets, and the mean absolute error in their own unit', () => {
      const [truths, says] = [
        [10, 20, 40],
        [0.5, -1, 2],
      ];
      // Training targets: twice 10, once 20, once 40.
      const [centre, spread] = [20, Math.sqrt((2 * 100 + 0 + 400) / 4)];
      const targets = targetsOf({ classes: ['10', '20', '40', '70'], counts: [2, 1, 1, 0] });
      const values = tensorsOf(targets.part.init(1));
      const errors = truths.map((truth, i) => says[i]! - (truth - centre) / spread);
      const inputs = { input: tf.tensor1d(says), labels: tf.tensor1d([0, 1, 2], 'int32') };
      const found = regressionLoss((_, input) => input as tf.Tensor1D, targets, values, inputs, passOf(engine));
      const squared = errors.reduce((sum, error) => sum + error ** 2 / 3, 0);
      const absolute = errors.reduce((sum, error) => sum + (spread * Math.abs(error)) / 3, 0);
      assert.ok(Math.abs(found.loss.dataSync()[0]! - squared) < 1e-5);
      assert.ok(Math.abs(found['meanAbsoluteError']!.dataSync()[0]! - absolute) < 1e-5 * spread);
      assert.deepEqual(found['meanAbsoluteError']!.shape, []);
    });

    for (const hidden of [null, 7])
      it(`has the gradient of its loss${hidden === null ? '' : ' with a hidden layer'}`, () => {
        const learner = regressor('full', { hidden });
        const values = { ...movedValues(learner), ...targetsOf(labels).part.init(1) };
        checkGradients(learner, learner.objectives[0]!, values, batch(), engine);
      });

    for (const mode of ['full', 'gradual', 'scratch'] as const)
      it(`${mode}: learns numbers, and goes on after a stop as if there had been none`, async () => {
        const learner = regressor(mode, {}, { start: learned(setting) });
        const { steps, epochs } = await assertLearnsAndResumes(engine, learner, { epochs: 8, data });
        assert.deepEqual(Object.keys(steps[0]!), ['loss', 'meanAbsoluteError']);
        assert.ok(epochs.at(-1)!.validation!['meanAbsoluteError']! < epochs[0]!.validation!['meanAbsoluteError']!);
      });

    it('probe: is the ridge of the codes as they are; what follows in probeThenFull begins there', async () => {
      const learner = regressor('probe', {}, { start: learned(setting) });
      assert.deepEqual(Object.keys(trainedShapes(learner)), []);
      const { checkpoints, epochs } = await trained(engine, learner, {}, { data });
      const { weights, progress } = checkpoints.at(-1)!;
      assert.equal(progress.step, 1);
      assert.ok(Math.abs(weights['head/mean']!.data[0]! - mean) < 1e-4);
      assert.ok(Math.abs(weights['head/scale']!.data[0]! - deviation) < 1e-4);
      const values = tensorsOf(weights);
      const of = { engine, learner, options: { seed: 1, batchSize: 16 } as never };
      const all = (count: number) => Int32Array.from({ length: count }, (_, i) => i);
      const model = ridge(
        await codesOf(of, data.training, all(trainingCount), values, 0),
        Float64Array.from(numbers.slice(0, trainingCount)),
        1,
      );
      const expected = await valuesOf(await codesOf(of, data.validation, all(validationCount), values, 0), model);
      const found = await predict({ engine, learner, options: { seed: 1 } }, data.validation, values, 0);
      assert.equal(found.length, validationCount);
      found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-3 * deviation, `${value}`));
      const { r2, meanAbsoluteError } = errorsOf(Float64Array.from(numbers.slice(trainingCount)), found);
      assert.ok(r2! > 0.9, `R² ${r2}`);
      assert.ok(Math.abs(meanAbsoluteError - epochs.at(-1)!.validation!['meanAbsoluteError']!) < 1e-3);

      const after = await trained(
        engine,
        regressor('probeThenFull', {}, { start: learned(setting) }),
        { epochs: 1, optimizer: { name: 'sgd', learningRate: 1e-9, momentum: 0 } as never },
        { data },
      );
      const head = (of: typeof weights) => of['head/dense/kernel']!.data;
      head(after.checkpoints.at(-1)!.weights).forEach((value, i) =>
        assert.ok(Math.abs(value - head(weights)[i]!) < 1e-5),
      );
    });

    it('neighbours: the mean target of the nearest, and of one neighbour its own', async () => {
      for (const neighbours of [1, 3]) {
        const learner = regressor('neighbours', { options: { neighbours } }, { start: learned(setting) });
        const { checkpoints } = await trained(engine, learner, {}, { data });
        const { weights } = checkpoints.at(-1)!;
        assert.deepEqual(weights['neighbours/targets']!.shape, [trainingCount]);
        const codes = weights['neighbours/codes']!.data;
        const cosine = (a: number, b: number): number =>
          codes.subarray(8 * a, 8 * a + 8).reduce((sum, value, i) => sum + value * codes[8 * b + i]!, 0);
        const found = await predict({ engine, learner, options: { seed: 1 } }, data.training, tensorsOf(weights), 0);
        for (let i = 0; i < trainingCount; i++) {
          const nearest = Array.from({ length: trainingCount }, (_, j) => j)
            .sort((a, b) => cosine(i, b) - cosine(i, a))
            .slice(0, neighbours);
          const expected = nearest.reduce((sum, j) => sum + numbers[j]! / neighbours, 0);
          assert.ok(Math.abs(found[i]! - expected) < 1e-3, `${found[i]} instead of ${expected}`);
        }
      }
    });

    it('shows what it predicts beside what is true', async () => {
      const { previews } = await trained(engine, regressor(), {}, { data });
      const { views, tensors } = previews.at(-1)!;
      const [view] = views;
      assert.ok(view?.kind === 'scatter');
      assert.deepEqual([view.from, view.count, tensors[view.points]!.shape], ['validation', 3, [3, 2]]);
      const points = tensors[view.points]!.data;
      const truths = [0, 2, 4].map((at) => points[at]!);
      truths.forEach((truth, i) => assert.ok(Math.abs(truth - numbers[trainingCount + i]!) < 1e-3));
      const error = [0, 2, 4].reduce((sum, at) => sum + Math.abs(points[at + 1]! - points[at]!) / 3, 0);
      assert.ok(Math.abs(view.meanAbsoluteError - error) < 1e-3);
    });
  });

describe('the task of numbers', () => {
  const codes = (of: TaskSetting) =>
    checkTask(of).map(({ severity, code, path }) => [severity, code, path.join('.')].join(' '));
  const withLabels = (classes: string[], counts = classes.map(() => 2)) => ({
    labels: { classes, counts, unlabelled: 0 },
  });

  it('is taken where labels are quantities, unless the recipe says what it is', () => {
    assert.deepEqual(codes(setting()), []);
    assert.equal(buildTask(setting()).task, 'regression');
    assert.match(buildTask(setting()).summary, /Full: 5 → 16 → 8 → a number/);
    assert.equal(buildTask(setting('full', { task: 'classification' })).task, 'classification');
    const ratings = withLabels(['1', '2', '3', '4', '5']);
    assert.equal(buildTask(setting('full', {}, ratings)).task, 'classification');
    assert.equal(buildTask(setting('full', { task: 'regression' }, ratings)).task, 'regression');
  });

  it('refuses labels that are no numbers, naming the first', () => {
    const found = checkTask(setting('full', { task: 'regression' }, withLabels(['1', 'cat', 'dog'])));
    assert.deepEqual(
      found.map(({ code, path }) => [code, path.join('.')]),
      [['target-no-number', 'finetune.task']],
    );
    assert.match(found[0]!.message, /"cat" is no number.*"task": "classification"/);
  });

  it('refuses one example, and targets that are all the same in training', () => {
    assert.deepEqual(codes(setting('full', {}, withLabels(['0.5', '1.5'], [1, 0]))), [
      'error too-few-examples finetune',
    ]);
    assert.deepEqual(codes(setting('full', {}, withLabels(['0.5', '1.5'], [4, 0]))), ['error one-target finetune']);
    assert.deepEqual(codes(setting('full', {}, withLabels(['0.5'], [4]))), ['error one-target finetune']);
  });

  it('refuses what speaks of classes', () => {
    assert.deepEqual(codes(setting('full', { labelsPerClass: 3, labelSmoothing: 0.1, classWeights: 'balanced' })), [
      'error no-classes finetune.labelsPerClass',
      'error no-classes finetune.labelSmoothing',
      'error no-classes finetune.classWeights',
    ]);
    const [found] = checkTask(setting('full', { labelsPerClass: 3 }));
    assert.match(found!.message, /"labelsPerClass" speaks of classes.*"labelFraction"/);
    assert.deepEqual(codes(setting('probe', { hidden: 8 })), ['error head-not-linear finetune.hidden']);
  });
});
