import assert from 'node:assert/strict';
import { augment, augmenterOf } from '../../../../src/data/augment/index.js';
import { DIGIT_SIZE, drawDigit } from '../../../../src/data/strokeDraw.js';
import type { Checkpoint } from '../../../../src/learn/checkpoint.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { train, type EpochResult, type Job, type Metrics, type Source } from '../../../../src/learn/loop.js';
import type { Learner, Preview } from '../../../../src/learn/method/method.js';
import { stream } from '../../../../src/protocol/random.js';
import { augmentationOption, type AugmentationOptions } from '../../../../src/recipe/augmentation.js';
import { filled } from '../../../../src/recipe/defaults.js';
import type { PretrainOptions } from '../../../../src/recipe/recipe.js';

/** Training a method on a few drawn digits. */

export const digitShape = [DIGIT_SIZE, DIGIT_SIZE, 1];
const pixels = DIGIT_SIZE * DIGIT_SIZE;
const augmenter = augmenterOf({
  kind: 'image',
  shape: digitShape,
  bounded: true,
  options: filled(augmentationOption, {}) as unknown as AugmentationOptions,
});

export function digits(count: number, seed = 1): Source {
  const random = stream(seed, 'digits');
  const bytes = new Uint8Array(count * pixels);
  for (let i = 0; i < count; i++) drawDigit(i % 10, random, bytes, i * pixels);
  const values = Float32Array.from(bytes, (value) => value / 255);
  return {
    count,
    shape: digitShape,
    labels: Int32Array.from({ length: count }, (_, i) => i % 10),
    views: (positions, seed, step, views) =>
      Promise.resolve(
        Array.from({ length: views }, (_, view) => {
          const chosen = new Float32Array(positions.length * pixels);
          positions.forEach((from, to) => chosen.set(values.subarray(from * pixels, (from + 1) * pixels), to * pixels));
          return augment(augmenter, { seed, step, view }, positions, chosen, new Float32Array());
        }),
      ),
    batch(positions) {
      const batch = new Float32Array(positions.length * pixels);
      positions.forEach((from, to) => batch.set(values.subarray(from * pixels, (from + 1) * pixels), to * pixels));
      return batch;
    },
  };
}

export interface Trained {
  steps: Metrics[];
  /** Without the probe's accuracy: the clock decides after which epochs it is measured. */
  epochs: Omit<EpochResult, 'probeAccuracy'>[];
  checkpoints: Checkpoint[];
  previews: Preview[];
}

export interface Data {
  training: Source;
  validation: Source;
}

/** Few epochs by small batches; a test says what matters to it. */
export const plainOptions: PretrainOptions = {
  method: 'autoencoder',
  options: {},
  optimizer: { name: 'adam', learningRate: 0.005, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum: 0 },
  schedule: { name: 'constant' },
  epochs: 3,
  batchSize: 16,
  shuffle: true,
  seed: 5,
  earlyStopping: null,
  globalClipNorm: null,
  checkpointEpochs: 1,
  keepCheckpoints: 2,
};

interface How {
  start?: Checkpoint | null;
  stopAt?: number;
  data?: Data;
  complete?: Job['complete'];
}

function digitData(): Data {
  return { training: digits(40), validation: digits(20, 2) };
}

export async function trained(
  engine: Engine,
  learner: Learner,
  change: Partial<PretrainOptions> = {},
  { start = null, stopAt = Infinity, data = digitData(), complete }: How = {},
): Promise<Trained> {
  const found: Trained = { steps: [], epochs: [], checkpoints: [], previews: [] };
  const options: PretrainOptions = { ...plainOptions, ...change };
  const job: Job = {
    engine,
    learner,
    options,
    ...data,
    previewPositions: Int32Array.of(0, 1, 2),
    start,
    ...(complete && { complete }),
    observer: {
      beforeStep: ({ step }) => (step === stopAt ? 'stop' : 'go'),
      afterStep: (_, measured) => void found.steps.push({ ...measured }),
      afterEpoch: (_, { trainingLoss, validation }) => void found.epochs.push({ trainingLoss, validation }),
      checkpoint: (checkpoint) => void found.checkpoints.push(checkpoint),
      wantsPreview: () => false,
      preview: (_, preview) => void found.previews.push(preview),
      wentBack: () => undefined,
      diagnosis: () => undefined,
    },
  };
  await train(job);
  return found;
}

interface Assertion {
  epochs?: number;
  measure?: 'training' | 'validation';
  data?: Data;
}

/**
 * It learns, and a run that was stopped in the middle of an epoch ends with the same bits as one that was not.
 * @param measure which loss falls
 */
export async function assertLearnsAndResumes(
  engine: Engine,
  learner: Learner,
  { epochs = 3, measure = 'validation', data = digitData() }: Assertion = {},
): Promise<Trained> {
  const whole = await trained(engine, learner, { epochs }, { data });
  const [first, ...others] = whole.epochs.map(({ trainingLoss, validation }) =>
    measure === 'training' ? trainingLoss : validation!['loss']!,
  );
  assert.ok(others.at(-1)! < first!, `the ${measure} loss falls: ${first}, ${others.join(', ')}`);
  const before = await trained(engine, learner, { epochs }, { data, stopAt: 4 });
  const after = await trained(engine, learner, { epochs }, { data, start: before.checkpoints.at(-1)! });
  assert.deepEqual([...before.steps, ...after.steps], whole.steps);
  assert.deepEqual([...before.epochs, ...after.epochs], whole.epochs);
  assert.deepEqual(after.checkpoints.at(-1), whole.checkpoints.at(-1));
  assert.deepEqual(after.previews.at(-1), whole.previews.at(-1));
  return whole;
}
