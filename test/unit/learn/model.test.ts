import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint } from '../../../src/learn/checkpoint.js';
import type { Engine } from '../../../src/learn/engine/engine.js';
import { engineNames } from '../../../src/learn/engine/index.js';
import { train, type Action, type Metrics } from '../../../src/learn/loop.js';
import type { Learner } from '../../../src/learn/method/method.js';
import { Model } from '../../../src/learn/model.js';
import type { OptimizerOptions, PretrainOptions } from '../../../src/recipe/recipe.js';
import { engineOrSkip } from './engines.js';

const adam: OptimizerOptions = {
  name: 'adam',
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  momentum: 0,
};
const options: PretrainOptions = {
  method: 'two',
  options: {},
  optimizer: adam,
  schedule: { name: 'constant' },
  epochs: 3,
  batchSize: 4,
  shuffle: true,
  seed: 5,
  earlyStopping: null,
  globalClipNorm: null,
  checkpointEpochs: 1,
  keepCheckpoints: 2,
};

/**
 * Two players and two values that no gradient trains: `a` goes to the examples' mean, `b` to a; `mean` is the last
 * batch's, made in the pass, and `average` follows a, made after the step.
 */
const two: Learner = {
  shapes: { a: [2], b: [2], mean: [2], average: [2] },
  untrained: ['mean', 'average'],
  summary: '',
  activationsPerExample: 2,
  needs: { labels: true },
  init: () =>
    Object.fromEntries(['a', 'b', 'mean', 'average'].map((name) => [name, { shape: [2], data: new Float32Array(2) }])),
  objectives: [
    {
      metric: 'loss',
      parameters: ['a'],
      loss({ a }, { input, labels }, pass) {
        pass.updates?.set('mean', tf.keep(tf.mean(input, 0)));
        const noisy = tf.add(input, tf.mul(0.1, pass.random.normal('noise', input.shape)));
        const loss = tf.mean(tf.squaredDifference(a!, noisy)) as tf.Scalar;
        return { loss, labels: tf.mean(tf.cast(labels!, 'float32')) };
      },
    },
    {
      metric: 'followerLoss',
      parameters: ['b'],
      loss: ({ a, b }) => ({ loss: tf.mean(tf.squaredDifference(a!, b!)) }),
    },
  ],
  encode: (_, input) => input as tf.Tensor2D,
  afterStep: ({ a, average }) =>
    new Map([['average', tf.keep(tf.tidy(() => tf.add(tf.mul(0.9, average!), tf.mul(0.1, a!))))]]),
  preview: () => Promise.resolve({ views: [], tensors: {} }),
};

async function watch(
  engine: Engine,
  start: Checkpoint | null = null,
  action: (step: number) => Action = () => 'go',
): Promise<{ measured: Metrics[]; last: Checkpoint; validation: Metrics | null }> {
  const measured: Metrics[] = [];
  const checkpoints: Checkpoint[] = [];
  let validation: Metrics | null = null;
  const source = {
    count: 10,
    shape: [2],
    labels: Int32Array.from({ length: 10 }, (_, i) => i % 2),
    batch: (positions: Int32Array) => Float32Array.from(Array.from(positions).flatMap((i) => [i / 10, 1 - i / 10])),
  };
  await train({
    engine,
    learner: two,
    options,
    training: source,
    validation: source,
    previewPositions: Int32Array.of(0),
    start,
    observer: {
      beforeStep: ({ step }) => action(step),
      afterStep: (_, values) => measured.push({ ...values }),
      afterEpoch: (_, epoch) => (validation = epoch.validation),
      checkpoint: (checkpoint) => void checkpoints.push(checkpoint),
      wantsPreview: () => false,
      preview: () => undefined,
      wentBack: () => undefined,
      diagnosis: () => undefined,
    },
  });
  return { measured, last: checkpoints.at(-1)!, validation };
}

for (const name of engineNames)
  describe(`a learner of several objectives on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('measures each loss and its terms, and validates the first', async () => {
      const { measured, validation } = await watch(engine);
      assert.equal(measured.length, 9);
      assert.deepEqual(Object.keys(measured[0]!).sort(), ['followerLoss', 'labels', 'loss']);
      const labels = measured.slice(0, 3).map((values) => values['labels']!);
      assert.ok(
        Math.abs((4 * labels[0]! + 4 * labels[1]! + 2 * labels[2]!) / 10 - 0.5) < 1e-6,
        'labels of each example',
      );
      assert.deepEqual(Object.keys(validation!).sort(), ['labels', 'loss']);
      assert.ok(Math.abs(validation!['labels']! - 0.5) < 1e-6);
    });

    it('trains each over its own parameters and takes over what no gradient trains', async () => {
      const { last, measured } = await watch(engine);
      const { a, b, mean, average } = last.weights;
      assert.ok(
        a!.data.every((value) => value > 0.2 && value < 0.8),
        String(a!.data),
      );
      assert.ok(
        b!.data.every((value) => value > 0.1),
        String(b!.data),
      );
      assert.ok(measured.at(-1)!['loss']! < measured[0]!['loss']!);
      assert.ok(Math.abs(mean!.data[0]! + mean!.data[1]! - 1) < 1e-6, 'each example sums to 1, so the means do');
      assert.ok(average!.data[0]! > 0 && average!.data[0]! < a!.data[0]!);
      assert.deepEqual(Object.keys(last.optimizer).sort(), [
        'adam/m/a',
        'adam/m/b',
        'adam/v/a',
        'adam/v/b',
        'optimizer/step',
      ]);
    });

    for (const stopAt of [2, 3, 7])
      it(`stopped after step ${stopAt} and resumed, it ends with the same bits`, async () => {
        const whole = await watch(engine);
        const before = await watch(engine, null, (step) => (step === stopAt ? 'stop' : 'go'));
        const after = await watch(engine, before.last);
        assert.deepEqual(after.last, whole.last);
        assert.deepEqual([...before.measured, ...after.measured], whole.measured);
      });

    it('leaves no tensors behind', async () => {
      const before = tf.memory().numTensors;
      await watch(engine);
      assert.equal(tf.memory().numTensors, before);
    });

    it('refuses new content for a value that a gradient trains', () => {
      const model = new Model(engine, two, adam, two.init(0));
      const value = tf.tensor1d([1, 2]);
      assert.throws(() => model.assign([['a', value]]), /a is not among the values that no gradient trains/);
      value.dispose();
      model.dispose();
    });
  });
