import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint, Progress } from '../../../src/learn/checkpoint.js';
import { encoders } from '../../../src/learn/encoder/index.js';
import type { Arrays, Engine } from '../../../src/learn/engine/engine.js';
import { engineNames } from '../../../src/learn/engine/index.js';
import { TrainingError } from '../../../src/learn/explosion.js';
import { train, type Action, type EpochResult, type Job, type Source } from '../../../src/learn/loop.js';
import { autoencoder } from '../../../src/learn/method/autoencoder.js';
import type { Learner } from '../../../src/learn/method/method.js';
import { stream } from '../../../src/protocol/random.js';
import type { PretrainOptions } from '../../../src/recipe/recipe.js';
import { engineOf, engineOrSkip } from './engines.js';
import { plainOptions } from './method/training.js';

const width = 6;
const options: PretrainOptions = {
  ...plainOptions,
  optimizer: { ...plainOptions.optimizer, learningRate: 0.01 },
  epochs: 4,
  batchSize: 8,
};
const learner = autoencoder.build({
  family: encoders.dense,
  encoder: { type: 'dense', units: [3], activation: 'relu' },
  shape: [width],
  options: { loss: 'binaryCrossentropy' },
});

/** Examples of two kinds, so that there is something to learn. The last batch of an epoch is smaller: 20 = 8 + 8 + 4. */
function source(count: number, purpose: string, seen: number[] = []): Source {
  const random = stream(9, purpose);
  const rows = Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: width }, (_, k) => (k % 2 === i % 2 ? 0.9 : 0.1) + 0.1 * (random.uniform() - 0.5)),
  );
  return {
    count,
    shape: [width],
    labels: null,
    batch: (positions) => {
      seen.push(...positions);
      return Float32Array.from(Array.from(positions).flatMap((position) => Array.from(rows[position]!)));
    },
  };
}

/** The same, after a turn of the event loop. */
function later(from: Source): Source {
  return {
    ...from,
    batch: async (positions) => {
      await setImmediate();
      return from.batch(positions);
    },
  };
}

/** A learner whose loss is multiplied from a step on, as long as the learning rate is above a limit. */
function fragile(from: number, factor: number): Learner {
  const [objective] = learner.objectives;
  return {
    ...learner,
    objectives: [
      {
        ...objective!,
        loss: (values, inputs, pass) => {
          const { loss } = objective!.loss(values, inputs, pass);
          const broken = pass.training && pass.epoch >= from / 3 - 1e-9;
          return { loss: broken && rateNow > 0.004 ? tf.mul<tf.Scalar>(loss, factor) : loss };
        },
      },
    ],
  };
}
/** The learning rate of the step that runs, as the observer hears it. */
let rateNow = 0;

interface Watched {
  returns: { step: number; rate: number }[];
  told: string[];
  losses: number[];
  epochs: EpochResult[];
  checkpoints: Checkpoint[];
  reason: string;
  weights: Arrays;
}

async function watch(
  engine: Engine,
  change: Partial<Job> & { options?: PretrainOptions } = {},
  action: (step: number, progress: Progress) => Action = () => 'go',
): Promise<Watched> {
  const watched: Omit<Watched, 'reason' | 'weights'> = {
    losses: [],
    epochs: [],
    checkpoints: [],
    returns: [],
    told: [],
  };
  const { reason } = await train({
    engine,
    learner,
    options,
    training: source(20, 'training'),
    validation: source(10, 'validation'),
    previewPositions: Int32Array.of(0, 1),
    start: null,
    observer: {
      beforeStep: (progress) => {
        rateNow = progress.learningRate;
        return action(progress.step, progress);
      },
      afterStep: (_, { loss }) => watched.losses.push(loss!),
      afterEpoch: (_, epoch) => watched.epochs.push(epoch),
      checkpoint: async (checkpoint) => void watched.checkpoints.push(checkpoint),
      wantsPreview: () => false,
      preview: () => undefined,
      wentBack: ({ step, learningRate }) => watched.returns.push({ step, rate: learningRate }),
      diagnosis: (_, { message }) => watched.told.push(message),
    },
    ...change,
  });
  return { ...watched, reason, weights: watched.checkpoints.at(-1)?.weights ?? {} };
}

for (const name of engineNames)
  describe(`the training loop on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('gives the same bits for the same seed, and others for another', async () => {
      const [first, second, other] = [
        await watch(engine),
        await watch(engine),
        await watch(engine, { options: { ...options, seed: 6 } }),
      ];
      assert.deepEqual(first.weights, second.weights);
      assert.deepEqual(first.losses, second.losses);
      assert.notDeepEqual(first.weights, other.weights);
    });

    for (const stopAt of [3, 4, 6, 11])
      it(`stopped after step ${stopAt} and resumed, it ends with the same bits as without the stop`, async () => {
        const whole = await watch(engine);
        const before = await watch(engine, {}, (step) => (step === stopAt ? 'stop' : 'go'));
        assert.equal(before.reason, 'stopped');
        assert.equal(before.losses.length, stopAt);
        const after = await watch(engine, { start: before.checkpoints.at(-1)! });
        assert.deepEqual(after.weights, whole.weights);
        assert.deepEqual([...before.losses, ...after.losses], whole.losses);
        assert.deepEqual([...before.epochs, ...after.epochs], whole.epochs);
        assert.deepEqual(after.checkpoints.at(-1), whole.checkpoints.at(-1));
      });

    it('gives the same bits when batches come later, as from a disk, with a stop between too', async () => {
      const whole = await watch(engine);
      const slow = { training: later(source(20, 'training')), validation: later(source(10, 'validation')) };
      const after = await watch(engine, slow);
      assert.deepEqual(after.losses, whole.losses);
      assert.deepEqual(after.epochs, whole.epochs);
      assert.deepEqual(after.weights, whole.weights);
      const stopped = await watch(engine, slow, (step) => (step === 4 ? 'stop' : 'go'));
      const resumed = await watch(engine, { ...slow, start: stopped.checkpoints.at(-1)! });
      assert.deepEqual(resumed.weights, whole.weights);
    });

    it('goes back to the last checkpoint when the loss is no number, and halves the learning rate until it is one', async () => {
      const { returns, told, losses, epochs, reason, checkpoints } = await watch(engine, { learner: fragile(7, NaN) });
      assert.deepEqual(
        returns.map(({ step, rate }) => [step, rate]),
        [
          [6, 0.005],
          [6, 0.0025],
        ],
      );
      assert.match(
        told.find((message) => message.includes('went back'))!,
        /no longer a finite number after step 7\. .*back to step 6 .*0\.005/,
      );
      assert.deepEqual([losses.length, epochs.length, reason], [7 + 1 + 6, 4, 'completed']);
      const { progress } = checkpoints.at(-1)!;
      assert.deepEqual([progress.step, progress.learningRate, progress.stability.returns], [12, 0.0025, 2]);
    });

    it('goes back to the beginning when there is no checkpoint yet', async () => {
      const { returns } = await watch(engine, { learner: fragile(1, NaN) });
      assert.deepEqual(
        returns.map(({ step }) => step),
        [0, 0],
      );
      const slower = { ...options, optimizer: { ...options.optimizer, learningRate: 0.0025 } };
      const [broken, whole] = [
        await watch(engine, { learner: fragile(1, NaN) }),
        await watch(engine, { options: slower }),
      ];
      assert.deepEqual(broken.weights, whole.weights, 'nothing is left of the steps that were taken back');
    });

    for (const stopAt of [5, 7, 8, 10])
      it(`that has gone back ends with the same bits after a stop at step ${stopAt}`, async () => {
        const job = { learner: fragile(8, NaN), options: { ...options, checkpointEpochs: 2 } };
        const whole = await watch(engine, job);
        let stopped = false;
        const before = await watch(engine, job, (step) => {
          if (step !== stopAt || stopped) return 'go';
          stopped = true;
          return 'stop';
        });
        assert.equal(before.reason, 'stopped');
        const after = await watch(engine, { ...job, start: structuredClone(before.checkpoints.at(-1)!) });
        assert.equal(whole.returns.length, 2);
        assert.deepEqual(after.checkpoints.at(-1), whole.checkpoints.at(-1));
      });

    it('learns: the validation loss falls in each epoch', async () => {
      const { epochs } = await watch(engine);
      for (let i = 1; i < epochs.length; i++)
        assert.ok(epochs[i]!.validation!['loss']! < epochs[i - 1]!.validation!['loss']!);
    });

    it('leaves no tensors behind', async () => {
      const before = tf.memory().numTensors;
      await watch(engine);
      assert.equal(tf.memory().numTensors, before);
    });
  });

describe('the training loop', () => {
  let engine: Engine;
  before(async () => {
    engine = await engineOf('wasm');
  });

  it('sees each example once an epoch, in another order each time', async () => {
    const seen: number[] = [];
    await watch(engine, { training: source(20, 'training', seen) });
    const epochs = [0, 1, 2, 3].map((epoch) => seen.slice(epoch * 20, (epoch + 1) * 20));
    for (const epoch of epochs)
      assert.deepEqual(
        epoch.toSorted((a, b) => a - b),
        Array.from({ length: 20 }, (_, i) => i),
      );
    assert.notDeepEqual(epochs[0], epochs[1]);
  });

  it('keeps the order of the data without shuffle', async () => {
    const seen: number[] = [];
    await watch(engine, { training: source(20, 'training', seen), options: { ...options, shuffle: false, epochs: 1 } });
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  it('weights each example equally in the loss of an epoch, though its last batch is smaller', async () => {
    const { losses, epochs } = await watch(engine, { options: { ...options, epochs: 2 } });
    for (const [epoch, { trainingLoss }] of epochs.entries()) {
      const [first, second, last] = losses.slice(3 * epoch);
      assert.ok(Math.abs(trainingLoss! - (8 * first! + 8 * second! + 4 * last!) / 20) < 1e-7);
    }
  });

  it('stops early when the validation loss no longer falls, and brings the best weights back', async () => {
    // Grey examples, unlike the training examples: at some point learning makes their loss worse.
    const grey: Source = {
      count: 4,
      shape: [width],
      labels: null,
      batch: (positions) => new Float32Array(positions.length * width).fill(0.5),
    };
    const watched = await watch(engine, {
      validation: grey,
      options: { ...options, epochs: 50, earlyStopping: { patience: 3, minDelta: 0 } },
    });
    assert.equal(watched.reason, 'earlyStopping');
    const losses = watched.epochs.map(({ validation }) => validation!['loss']!);
    const best = losses.indexOf(Math.min(...losses));
    assert.equal(losses.length, best + 1 + 3, 'it waited for 3 epochs after the best');
    const { progress, weights } = watched.checkpoints.at(-1)!;
    assert.equal(progress.restoredStep, (best + 1) * 3);
    assert.deepEqual(weights, watched.checkpoints.find(({ progress }) => progress.step === (best + 1) * 3)!.weights);

    // Killed after its last checkpoint, it has ended for the same reason, and learns no more.
    let ends = 0;
    const again = await watch(engine, {
      validation: grey,
      options: { ...options, epochs: 50, earlyStopping: { patience: 3, minDelta: 0 } },
      start: watched.checkpoints.at(-1)!,
      complete: async ({ ['encoder/dense_1/bias']: bias }) => {
        ends++;
        assert.deepEqual(Array.from(bias!.dataSync()), Array.from(weights['encoder/dense_1/bias']!.data));
      },
    });
    assert.deepEqual([again.reason, again.losses, again.epochs, ends], ['earlyStopping', [], [], 1]);
  });

  it('ends with a message that says what to do when the loss is no longer finite', async () => {
    const broken: Source = {
      count: 8,
      shape: [width],
      labels: null,
      batch: () => new Float32Array(8 * width).fill(NaN),
    };
    await assert.rejects(
      watch(engine, { training: broken }),
      (error) =>
        error instanceof TrainingError &&
        /step 1\b.*3 times.*learning rate \(0\.00125, optimizer adam\).*try 0\.000125/.test(error.message),
    );
  });

  it('goes back when the loss stays far above all that it was, not for a few outliers', async () => {
    const long = { ...options, epochs: 12 };
    const { returns, told, losses } = await watch(engine, { learner: fragile(20, 1e4), options: long });
    assert.deepEqual(
      returns.map(({ step, rate }) => [step, rate]),
      [
        [18, 0.005],
        [18, 0.0025],
      ],
    );
    assert.equal(losses.length, 30 + 12 + (36 - 18));
    assert.match(
      told.find((message) => message.includes('went back'))!,
      /exploded: at step 30 .*never been above 0\.7.*back to step 18/,
    );
    let calls = 0;
    const [objective] = learner.objectives;
    const outliers: Learner = {
      ...learner,
      objectives: [
        {
          ...objective!,
          loss: (values, inputs, pass) => {
            const { loss } = objective!.loss(values, inputs, pass);
            return { loss: pass.training && calls++ % 12 >= 3 ? tf.mul<tf.Scalar>(loss, 1e4) : loss };
          },
        },
      ],
    };
    assert.deepEqual((await watch(engine, { learner: outliers, options: long })).returns, []);
  });

  it('asks for the next batch before it computes the present one, also into the next epoch', async () => {
    let asked = 0;
    const slow = later(source(20, 'training'));
    const training: Source = { ...slow, batch: (positions) => (asked++, slow.batch(positions)) };
    const found: number[] = [];
    const twoEpochs = { ...options, epochs: 2 };
    const action = (): Action => (found.push(asked), 'go');
    await watch(engine, { training, validation: null, options: twoEpochs }, action);
    // The first preview asks for a batch as well, the last one too; codes are looked at after each epoch, in one batch.
    assert.deepEqual(found, [1, 3, 4, 6, 7, 8]);
    assert.equal(asked, 1 + 6 + 2 * 1 + 1);
  });

  it('takes a changed learning rate from the next step on', async () => {
    const plain = await watch(engine);
    const changed = await watch(engine, {}, (step, progress) => {
      progress.learningRate = step >= 2 ? 0.1 : 0.01;
      return 'go';
    });
    assert.deepEqual(changed.losses.slice(0, 3), plain.losses.slice(0, 3), 'the third loss came before the change');
    assert.notEqual(changed.losses[3], plain.losses[3]);
  });

  it('scales gradients down together when their norm is above globalClipNorm', async () => {
    const sgd = {
      ...options,
      optimizer: { ...options.optimizer, name: 'sgd' as const, learningRate: 1 },
      epochs: 1,
      globalClipNorm: 1e-3,
    };
    const { checkpoints } = await watch(engine, { options: sgd }, (step) => (step === 1 ? 'stop' : 'go'));
    const start = learner.init(options.seed);
    let squares = 0;
    for (const [name, { data }] of Object.entries(checkpoints[0]!.weights))
      data.forEach((value, i) => (squares += (value - start[name]!.data[i]!) ** 2));
    assert.ok(Math.abs(Math.sqrt(squares) - 1e-3) < 1e-6, `a step of length ${Math.sqrt(squares)}`);
  });

  it('leaves gradients alone when their norm is below globalClipNorm', async () => {
    const [free, wide] = [await watch(engine), await watch(engine, { options: { ...options, globalClipNorm: 1e6 } })];
    for (const [step, loss] of wide.losses.entries()) assert.ok(Math.abs(loss - free.losses[step]!) < 1e-6);
  });
});
