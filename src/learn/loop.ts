import * as tf from '@tensorflow/tfjs-core';
import { formatCount, t } from '../protocol/l10n.js';
import { stream } from '../protocol/random.js';
import type { PretrainOptions } from '../recipe/recipe.js';
import type { Checkpoint, Progress } from './checkpoint.js';
import type { Arrays, Engine } from './engine/engine.js';
import type { Learner, Preview } from './method/method.js';
import { learningRateFactor } from './schedule.js';
import { lossAndGradients } from './step.js';

/** Examples prepared for training: numbers 0..1, packed. */
export interface Source {
  readonly count: number;
  /** Shape of one example. */
  readonly shape: number[];
  /** The examples at those positions, one after the other. The caller owns the array: nobody else may write to it. */
  batch(positions: Int32Array): Float32Array | Promise<Float32Array>;
}

export interface Job {
  engine: Engine;
  learner: Learner;
  options: PretrainOptions;
  training: Source;
  validation: Source | null;
  /** Positions in the validation source (or the training source, without one) that previews show. */
  previewPositions: Int32Array;
  /** Where to go on; null starts from the beginning. */
  start: Checkpoint | null;
  observer: Observer;
}

/** Whoever runs the loop watches and steers it here. The loop waits for what a promise is returned from. */
export interface Observer {
  /**
   * Before each step; returns at once, without a promise, when nothing is asked. May change the learning rate in
   * `progress`.
   */
  beforeStep(progress: Progress): Action | Promise<Action>;
  afterStep(progress: Readonly<Progress>, loss: number): void;
  /** After each epoch. `validationLoss` is null without validation examples. */
  afterEpoch(progress: Readonly<Progress>, epoch: EpochResult): void;
  /** The checkpoint is a copy: it may be written while training goes on. */
  checkpoint(checkpoint: Checkpoint): void | Promise<void>;
  /** Whether a preview is due after this step. */
  wantsPreview(progress: Readonly<Progress>): boolean;
  preview(progress: Readonly<Progress>, preview: Preview): void;
}

/** "stop" ends the training after a checkpoint; "sample" draws a preview, then asks again. */
export type Action = 'go' | 'stop' | 'sample';

export interface EpochResult {
  /** Loss over the epoch's examples, as they were when their step came. */
  trainingLoss: number;
  validationLoss: number | null;
}

export interface Outcome {
  /** Why training ended. */
  reason: 'completed' | 'stopped' | 'earlyStopping';
  progress: Progress;
}

/** Training cannot go on; the message says why and what to do. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}

/** The only training loop. A step is: draw a batch, loss and gradients, one step of the optimizer. */
export async function train(job: Job): Promise<Outcome> {
  const { engine, learner, options, training, validation, observer, start } = job;
  const { seed, epochs, batchSize } = options;
  const optimizer = engine.optimizer(options.optimizer, start?.weights ?? learner.init(seed));
  if (start) optimizer.restore(start.weights, start.optimizer);
  const stepsPerEpoch = Math.ceil(training.count / batchSize);
  const progress: Progress = start ? { ...start.progress } : newProgress(options);
  let bestWeights: Arrays | null = start?.bestWeights ?? null;

  const lossOf = (input: tf.Tensor, isTraining: boolean) => (values: typeof optimizer.values) =>
    learner.loss(values, input, { engine, training: isTraining });
  const snapshot = async (): Promise<Checkpoint> => ({
    weights: await optimizer.weights(),
    optimizer: await optimizer.state(),
    progress: { ...progress },
    bestWeights,
  });

  try {
    if (progress.step === 0) await preview(job, optimizer.values, progress);
    let order = orderOf(options, training.count, Math.floor(progress.step / stepsPerEpoch));
    while (progress.step < epochs * stepsPerEpoch) {
      const waiting = observer.beforeStep(progress);
      const action = typeof waiting === 'string' ? waiting : await waiting;
      if (action === 'stop') {
        await observer.checkpoint(await snapshot());
        return { reason: 'stopped', progress };
      }
      if (action === 'sample') {
        await preview(job, optimizer.values, progress);
        continue;
      }

      const stepInEpoch = progress.step % stepsPerEpoch;
      const positions = order.subarray(stepInEpoch * batchSize, (stepInEpoch + 1) * batchSize);
      const batch = training.batch(positions);
      const input = tf.tensor(batch instanceof Float32Array ? batch : await batch, [
        positions.length,
        ...training.shape,
      ]);
      const { loss, gradients } = lossAndGradients(lossOf(input, true), optimizer.values, options.globalClipNorm);
      const value = loss.dataSync<'float32'>()[0] as number;
      if (!Number.isFinite(value)) throw notFinite(progress, options);
      optimizer.apply(
        gradients,
        progress.learningRate * learningRateFactor(options.schedule, progress.step, stepsPerEpoch, epochs),
      );
      tf.dispose([input, loss, gradients]);

      progress.step++;
      progress.epoch = progress.step / stepsPerEpoch;
      progress.lossSum += value * positions.length;
      progress.lossCount += positions.length;
      observer.afterStep(progress, value);

      if (progress.step % stepsPerEpoch === 0) {
        const ended = await endEpoch();
        if (ended) return { reason: 'earlyStopping', progress };
        order = orderOf(options, training.count, progress.epoch);
      } else if (observer.wantsPreview(progress)) await preview(job, optimizer.values, progress);
    }
    return { reason: 'completed', progress };
  } finally {
    optimizer.dispose();
  }

  /** Validates, remembers the best weights, writes a checkpoint. @returns whether early stopping ends the training. */
  async function endEpoch(): Promise<boolean> {
    const trainingLoss = progress.lossSum / progress.lossCount;
    const validationLoss = validation && (await evaluate(validation, batchSize, lossOf, optimizer.values));
    progress.lossSum = progress.lossCount = 0;
    const watched = validationLoss ?? trainingLoss;
    const isBest = watched < progress.bestLoss - (options.earlyStopping?.minDelta ?? 0);
    if (isBest) {
      progress.bestLoss = watched;
      progress.bestStep = progress.step;
      if (options.earlyStopping) bestWeights = await optimizer.weights();
    }
    observer.afterEpoch(progress, { trainingLoss, validationLoss });

    const epochsSinceBest = (progress.step - progress.bestStep) / stepsPerEpoch;
    const stopsEarly = options.earlyStopping !== null && epochsSinceBest >= options.earlyStopping.patience;
    const isLast = stopsEarly || progress.epoch === epochs;
    if (isLast && options.earlyStopping && bestWeights && !isBest) {
      // Training ends with the best weights, as Keras' restore_best_weights; the optimizer's state belongs to the last.
      optimizer.restore(bestWeights);
      progress.restoredStep = progress.bestStep;
    }
    // Early stopping may have to go on from the best weights after a resume.
    const isNeeded = isLast || (isBest && options.earlyStopping !== null);
    if (isNeeded || progress.epoch % options.checkpointEpochs === 0) await observer.checkpoint(await snapshot());
    if (isLast || observer.wantsPreview(progress)) await preview(job, optimizer.values, progress);
    return stopsEarly;
  }
}

function newProgress({ optimizer }: PretrainOptions): Progress {
  return {
    step: 0,
    epoch: 0,
    lossSum: 0,
    lossCount: 0,
    bestLoss: Infinity,
    bestStep: 0,
    restoredStep: null,
    learningRate: optimizer.learningRate,
  };
}

/** Positions in the order of an epoch (from 0): a stream of its own, so it does not depend on what was drawn before. */
function orderOf({ shuffle, seed }: PretrainOptions, count: number, epoch: number): Int32Array {
  return shuffle ? stream(seed, 'order', epoch).permutation(count) : Int32Array.from({ length: count }, (_, i) => i);
}

/** Mean loss over all examples, each weighted equally though the last batch may be smaller. */
async function evaluate(
  source: Source,
  batchSize: number,
  lossOf: (input: tf.Tensor, training: boolean) => (values: Record<string, tf.Tensor>) => tf.Scalar,
  values: Record<string, tf.Tensor>,
): Promise<number> {
  let sum = 0;
  for (let from = 0; from < source.count; from += batchSize) {
    const positions = Int32Array.from({ length: Math.min(batchSize, source.count - from) }, (_, i) => from + i);
    const batch = await source.batch(positions);
    const loss = tf.tidy(() => lossOf(tf.tensor(batch, [positions.length, ...source.shape]), false)(values));
    sum += (loss.dataSync<'float32'>()[0] as number) * positions.length;
    loss.dispose();
  }
  return sum / source.count;
}

async function preview(
  { engine, learner, training, validation, previewPositions, observer }: Job,
  values: Record<string, tf.Tensor>,
  progress: Progress,
): Promise<void> {
  const source = validation ?? training;
  const input = tf.tensor(await source.batch(previewPositions), [previewPositions.length, ...source.shape]);
  observer.preview(
    progress,
    await learner.preview(values, input, validation ? 'validation' : 'training', { engine, training: false }),
  );
  input.dispose();
}

function notFinite(progress: Progress, { optimizer }: PretrainOptions): TrainingError {
  return new TrainingError(
    t(
      'The loss is no longer a finite number at step {0}. Usually the learning rate ({1}, optimizer {2}) is too high: try {3}, or set "globalClipNorm": 1.',
      formatCount(progress.step + 1),
      progress.learningRate,
      optimizer.name,
      progress.learningRate / 10,
    ),
  );
}
