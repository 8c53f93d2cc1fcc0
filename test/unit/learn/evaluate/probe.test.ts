import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import { codesOf } from '../../../../src/learn/evaluate/codes.js';
import { Probe } from '../../../../src/learn/evaluate/probe.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { train, type EpochResult, type Job, type Source } from '../../../../src/learn/loop.js';
import { autoencoder } from '../../../../src/learn/method/autoencoder.js';
import { engineOrSkip } from '../engines.js';
import { digits, digitShape, plainOptions } from '../method/training.js';
import type { Arrays } from '../../../../src/learn/engine/engine.js';
import type { PretrainOptions } from '../../../../src/recipe/recipe.js';

const options: PretrainOptions = {
  ...plainOptions,
  optimizer: { ...plainOptions.optimizer, learningRate: 0.01 },
};
const learner = autoencoder.build({
  family: encoders.dense,
  encoder: { type: 'dense', units: [16], activation: 'relu' },
  shape: digitShape,
  options: { loss: 'binaryCrossentropy' },
});

/** Digits with their classes; of some none is known. */
function labelled(count: number, seed = 1, unknown = 0): Source {
  return { ...digits(count, seed), labels: Int32Array.from({ length: count }, (_, i) => (i < unknown ? -1 : i % 10)) };
}

function unlabelled(count: number, seed = 1): Source {
  return { ...digits(count, seed), labels: null };
}

async function run(
  engine: Engine,
  training: Source,
  validation: Source | null,
): Promise<{ weights: Arrays; epochs: EpochResult[] }> {
  const epochs: EpochResult[] = [];
  let weights: Arrays = {};
  const job: Job = {
    engine,
    learner,
    options,
    training,
    validation,
    previewPositions: Int32Array.of(0),
    start: null,
    observer: {
      beforeStep: () => 'go',
      afterStep: () => undefined,
      afterEpoch: (_, epoch) => void epochs.push(epoch),
      checkpoint: (checkpoint) => void (weights = checkpoint.weights),
      wantsPreview: () => false,
      preview: () => undefined,
      wentBack: () => undefined,
      diagnosis: () => undefined,
    },
  };
  await train(job);
  return { weights, epochs };
}

for (const name of engineNames)
  describe(`the online probe on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('tells after the first and the last epoch how well codes tell classes, and changes no bit of the training', async () => {
      const before = tf.memory().numTensors;
      const probed = await run(engine, labelled(100), labelled(40, 2));
      const plain = await run(engine, unlabelled(100), unlabelled(40, 2));
      assert.deepEqual(probed.weights, plain.weights);
      const accuracies = probed.epochs.map(({ probeAccuracy }) => probeAccuracy);
      for (const accuracy of [accuracies[0]!, accuracies[2]!])
        assert.ok(accuracy > 0.3 && accuracy <= 1, `far better than one in ten: ${accuracy}`);
      assert.deepEqual(
        plain.epochs.map(({ probeAccuracy }) => probeAccuracy),
        [null, null, null],
      );
      assert.equal(tf.memory().numTensors, before);
    });
  });

describe('the online probe', () => {
  let engine: Engine;
  before(async function () {
    engine = await engineOrSkip('wasm', this);
  });

  const values = () =>
    Object.fromEntries(
      Object.entries(learner.init(1)).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
    );
  const looked = (training: Source, validation: Source | null) =>
    new Probe({ engine, learner, options, training, validation }).look(values(), 0);

  it('leaves out examples without a class', async () => {
    const { codes, accuracy } = await looked(labelled(100), labelled(50, 2, 20));
    assert.equal(codes.count, 30);
    assert.ok(accuracy! > 0.3);
  });

  it('has no accuracy where nothing has a class, or all the same, or there is nothing to validate with', async () => {
    const same = { ...digits(50), labels: new Int32Array(50) };
    for (const [training, validation, count] of [
      [labelled(100), unlabelled(40, 2), 40],
      [unlabelled(100), labelled(40, 2), 40],
      [same, labelled(40, 2), 40],
      [labelled(100, 1, 100), labelled(40, 2), 40],
      [labelled(100), null, 100],
    ] as const) {
      const { codes, accuracy } = await looked(training, validation);
      assert.deepEqual([codes.count, accuracy], [count, null]);
    }
  });

  it('looks at no more examples than it says', async () => {
    const asked: number[] = [];
    const counting = (from: Source): Source => ({
      ...from,
      batch: (positions) => {
        asked.push(...positions);
        return from.batch(positions);
      },
    });
    const huge = (count: number, seed: number): Source => ({
      ...digits(50, seed),
      count,
      labels: Int32Array.from({ length: count }, (_, i) => i % 10),
      batch: (positions) => digits(50, seed).batch(positions.map((i) => i % 50)),
    });
    await looked(counting(huge(30_000, 1)), counting(huge(10_000, 2)));
    assert.equal(asked.length, 6000);
  });

  it('is due when it has taken a small part of the time', async () => {
    const probe = new Probe({ engine, learner, options, training: digits(100), validation: null });
    assert.ok(probe.isDue(0), 'the first time at once');
    const began = performance.now();
    await probe.look(values(), 0);
    const took = performance.now() - began;
    assert.ok(!probe.isDue(took), 'all the time would go into it');
    assert.ok(probe.isDue(100 * took));
  });

  it('of codes too wide for memory looks at the first ones', async () => {
    const wide = {
      ...learner,
      encode: (_: unknown, input: tf.Tensor) => tf.zeros<tf.Rank.R2>([input.shape[0]!, 2 ** 20]),
    };
    const codes = await codesOf(
      { engine, learner: wide, options },
      digits(40),
      Int32Array.from({ length: 40 }, (_, i) => i),
      {},
      0,
    );
    assert.deepEqual([codes.count, codes.data.length], [16, 16 * 2 ** 20]);
  });
});
