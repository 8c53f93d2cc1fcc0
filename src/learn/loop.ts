import * as tf from '@tensorflow/tfjs-core';
import { stream } from '../protocol/random.js';
import type { TrainingOptions } from '../recipe/recipe.js';
import { Ahead, draw, MEASURED_BATCH, tensorsOf } from './batches.js';
import { newProgress, type Checkpoint, type Progress } from './checkpoint.js';
import type { Arrays, Engine, Values } from './engine/engine.js';
import { CodeMap, type MapOptions } from './evaluate/codeMap.js';
import { Diagnostician } from './evaluate/diagnose.js';
import { Probe } from './evaluate/probe.js';
import { hasExploded, MOST_RETURNS, withLoss } from './evaluate/stability.js';
import { explosion, lost } from './explosion.js';
import type { Inputs, Learner, Needs, Preview } from './method/method.js';
import { Model } from './model.js';
import type { Pass } from './network.js';
import { randomTensors } from './random.js';
import { learningRateFactor } from './schedule.js';
import { isSolvedFor, solve, stepsOfEpoch } from './solve.js';
import { lossAndGradients } from './step.js';

/** Examples prepared for training, packed. */
export interface Source {
  readonly count: number;
  /** Shape of one example. */
  readonly shape: number[];
  /** Class of each example, -1 for none; null without labels. */
  readonly labels: Int32Array | null;
  /** Whether labels are numbers to come near rather than classes to tell apart. */
  readonly quantities?: boolean;
  /** Whether labels are combinations of several. */
  readonly several?: boolean;
  /**
   * The examples at those positions, one after the other: numbers 0..1, or ids. The caller owns the array: nobody else
   * may write to it.
   */
  batch(positions: Int32Array): ExampleData | Promise<ExampleData>;
  /** So many views of the same examples, each changed at random by the step's own numbers; missing where nobody needs it. */
  views?(positions: Int32Array, seed: number, step: number, count: number): Promise<ExampleData[]>;
  /** What a teacher says of the same examples, [positions, width]; missing where nobody teaches. */
  targets?(positions: Int32Array): Float32Array | Promise<Float32Array>;
}

export type ExampleData = Float32Array | Int32Array;

export interface Job {
  engine: Engine;
  learner: Learner;
  options: TrainingOptions;
  training: Source;
  validation: Source | null;
  /** Positions in the validation source (or the training source, without one) that previews show. */
  previewPositions: Int32Array;
  /** Where to go on; null starts from the beginning. */
  start: Checkpoint | null;
  observer: Observer;
  /** Previews hold a map of codes; missing where there is to be none. */
  map?: MapOptions;
  /** Called with what was learned when the training is complete. */
  complete?: (values: Values, progress: Readonly<Progress>) => Promise<void>;
}

/** Whoever runs the loop watches and steers it here. The loop waits for what a promise is returned from. */
export interface Observer {
  /**
   * Before each step; returns at once, without a promise, when nothing is asked. May change the learning rate in
   * `progress`.
   */
  beforeStep(progress: Progress): Action | Promise<Action>;
  /** @param measured losses and their terms by name; "loss" is the first objective's */
  afterStep(progress: Readonly<Progress>, measured: Metrics): void;
  /** After each epoch. */
  afterEpoch(progress: Readonly<Progress>, epoch: EpochResult): void;
  /** The checkpoint is a copy: it may be written while training goes on. */
  checkpoint(checkpoint: Checkpoint): void | Promise<void>;
  /** Whether a preview is due after this step. */
  wantsPreview(progress: Readonly<Progress>): boolean;
  preview(progress: Readonly<Progress>, preview: Preview): void;
  /** Training went back to an earlier step, which `progress` is at again, with a lower learning rate. */
  wentBack(progress: Readonly<Progress>, learningRateBefore: number): void;
  diagnosis(progress: Readonly<Progress>, diagnosis: Diagnosis): void;
}

/** How the training is doing, for people. */
export interface Diagnosis {
  level: 'good' | 'warning' | 'problem';
  message: string;
  advice?: string;
  /** What in the recipe to change. */
  recipePath?: (string | number)[];
}

/** "stop" ends the training after a checkpoint; "sample" draws a preview, then asks again. */
export type Action = 'go' | 'stop' | 'sample';

/** By name, e.g. { loss: 0.1 }. */
export type Metrics = Record<string, number>;

export interface EpochResult {
  /** First objective's loss over the epoch's examples, as they were when their step came; null where no step has one. */
  trainingLoss: number | null;
  /** Of the first objective, with its terms; null without validation examples. */
  validation: Metrics | null;
  /** What codes tell of classes, 0..1; null without labels, and after epochs that it is not measured after. */
  probeAccuracy: number | null;
}

export interface Outcome {
  /** Why training ended. */
  reason: 'completed' | 'stopped' | 'earlyStopping';
  progress: Progress;
}

/** The only training loop. A step is: draw a batch; for each objective loss, gradients and one step of its optimizer. */
export async function train(job: Job): Promise<Outcome> {
  const { engine, learner, options, training, validation, observer, start } = job;
  const { seed, epochs, batchSize } = options;
  const model = new Model(engine, learner, options.optimizer, learner.init(seed));
  const isSolved = isSolvedFor(learner);
  const stepsPerEpoch = stepsOfEpoch(learner, training.count, batchSize);
  const progress = newProgress(options.optimizer);
  let bestWeights: Arrays | null = null;
  const probe = new Probe(job);
  const map = job.map ? new CodeMap(job, job.map) : null;
  const diagnostician = new Diagnostician(learner.objectives.length > 1);
  const began = performance.now();
  /** Milliseconds in which the observer let training wait. */
  let waited = 0;

  const snapshot = async (good: Checkpoint | null): Promise<Checkpoint> => ({
    weights: await model.weights(),
    optimizer: await model.state(),
    progress: { ...progress },
    bestWeights,
    good,
  });
  const goTo = (checkpoint: Checkpoint): void => {
    model.restore(checkpoint.weights, checkpoint.optimizer);
    Object.assign(progress, checkpoint.progress);
    bestWeights = checkpoint.bestWeights;
  };

  /** Where training goes back to. It does not depend on where a run was stopped in between. */
  let good = await snapshot(null);
  if (start) {
    goTo(start);
    if (progress.goodStep > 0) good = start.good ?? start;
  }

  try {
    if (start && hasEnded()) {
      await show(true); // whoever stopped it may not have seen it
      return await complete(isPatienceOver() ? 'earlyStopping' : 'completed');
    }
    if (progress.step === 0) {
      await show();
      if (learner.solve && (await solve(job, model, progress, ask)) === 'stop') return await stop();
    }
    if (isSolved) {
      await endEpoch(true);
      return await complete('completed');
    }
    const positionsOf = positionsByStep(options, training.count);
    const batches = new Ahead(
      (index) => draw(learner.needs, training, positionsOf(index), seed, index),
      epochs * stepsPerEpoch,
    );
    while (progress.step < epochs * stepsPerEpoch) {
      const asked = ask();
      const action = typeof asked === 'string' ? asked : await asked;
      if (action === 'stop') return await stop();
      if (action === 'sample') {
        await show(true);
        continue;
      }

      const drawing = batches.take(progress.step);
      const drawn = drawing instanceof Promise ? await drawing : drawing;
      const inputs = tensorsOf(drawn, training.shape);
      const measured = step(inputs);
      tf.dispose(inputs);
      if (measured === null) {
        goBack();
        continue;
      }

      progress.step++;
      progress.epoch = progress.step / stepsPerEpoch;
      progress.lossSum += measured.loss * drawn.count;
      progress.lossCount += drawn.count;
      progress.stability = withLoss(progress.stability, measured.loss);
      observer.afterStep(progress, measured);

      if (hasExploded(progress.stability)) goBack(measured.loss);
      else if (progress.step % stepsPerEpoch === 0) {
        const ended = await endEpoch();
        if (ended) return await complete('earlyStopping');
      } else if (observer.wantsPreview(progress)) await show();
    }
    return await complete('completed');
  } finally {
    model.dispose();
  }

  async function complete(reason: Outcome['reason']): Promise<Outcome> {
    await job.complete?.(model.values, progress);
    return { reason, progress };
  }

  /** @param whole also what is left out where it would take long */
  async function show(whole = false): Promise<void> {
    if (map && (whole || map.isDue(performance.now() - began - waited))) await map.draw(model.values, progress);
    const shown = await preview(job, model.values, progress);
    const mapped = map?.preview();
    observer.preview(progress, {
      views: [...shown.views, ...(mapped?.views ?? [])],
      tensors: { ...shown.tensors, ...mapped?.tensors },
    });
  }

  async function stop(): Promise<Outcome> {
    await observer.checkpoint(await snapshot([0, progress.step].includes(progress.goodStep) ? null : good));
    return { reason: 'stopped', progress };
  }

  /** Whether the checkpoint is the last one: a run that was stopped after it lacks what follows. */
  function hasEnded(): boolean {
    const { step, restoredStep } = progress;
    return restoredStep !== null || (isSolved ? step > 0 : step === epochs * stepsPerEpoch);
  }

  /** Before each step. */
  function ask(): Action | Promise<Action> {
    const waiting = observer.beforeStep(progress);
    return typeof waiting === 'string' ? waiting : waitFor(waiting);
  }

  async function waitFor(waiting: Promise<Action>): Promise<Action> {
    const since = performance.now();
    const action = await waiting;
    waited += performance.now() - since;
    return action;
  }

  /** @returns null when a loss is no finite number: the parameters are then of no use. */
  function step(inputs: Inputs): (Metrics & { loss: number }) | null {
    const learningRate =
      progress.learningRate * learningRateFactor(options.schedule, progress.step, stepsPerEpoch, epochs);
    const measured: Metrics & { loss: number } = { loss: NaN };
    for (const [i, objective] of learner.objectives.entries()) {
      const updates = new Map<string, tf.Tensor>();
      const { epoch } = progress;
      const random = randomTensors(engine, seed, progress.step);
      const pass: Pass = { engine, training: true, epoch, random, updates };
      const found = lossAndGradients(
        (values) => objective.loss(values, inputs, pass),
        model.values,
        objective.parameters,
        options.globalClipNorm,
      );
      const numbers = found.measured.dataSync<'float32'>();
      measured[objective.metric] = numbers[0] as number;
      found.terms.forEach((term, k) => (measured[term] = numbers[k + 1] as number));
      if (!Number.isFinite(numbers[0])) {
        tf.dispose([found.measured, found.gradients, ...updates.values()]);
        return null;
      }
      model.apply(i, found.gradients, learningRate, learner.rate && ((name) => learner.rate?.(name, epoch) ?? 1));
      model.assign(updates);
      tf.dispose([found.measured, found.gradients]);
    }
    const updates = learner.afterStep?.(model.values);
    if (updates) model.assign(updates);
    return measured;
  }

  /** To the last good checkpoint, with half the learning rate. @param loss far above all before; none for no number */
  function goBack(loss: number | null = null): void {
    const { step, learningRate, stability } = progress;
    if (stability.returns >= MOST_RETURNS) throw lost(progress, options, loss);
    goTo(good);
    progress.learningRate = learningRate / 2;
    progress.stability = { ...progress.stability, returns: stability.returns + 1 };
    observer.wentBack(progress, learningRate);
    observer.diagnosis(progress, explosion(step, loss, stability.high, progress));
  }

  function isPatienceOver(): boolean {
    const epochsSinceBest = (progress.step - progress.bestStep) / stepsPerEpoch;
    return options.earlyStopping !== null && epochsSinceBest >= options.earlyStopping.patience;
  }

  /** Validates, remembers the best weights, writes a checkpoint. @returns whether early stopping ends the training. */
  async function endEpoch(isEnd = false): Promise<boolean> {
    const trainingLoss = progress.lossCount > 0 ? progress.lossSum / progress.lossCount : null;
    const measured = validation && (await evaluate(job, validation, model.values, progress));
    if (!Number.isFinite(measured?.loss ?? 0)) {
      goBack();
      return false;
    }
    progress.lossSum = progress.lossCount = 0;
    const watched = measured?.loss ?? trainingLoss;
    const isBest = watched !== null && watched < progress.bestLoss - (options.earlyStopping?.minDelta ?? 0);
    if (isBest) {
      progress.bestLoss = watched;
      progress.bestStep = progress.step;
      if (options.earlyStopping) bestWeights = await model.weights();
    }
    const stopsEarly = isPatienceOver();
    const isLast = isEnd || stopsEarly || progress.epoch === epochs;
    const isLookedAt = isLast || probe.isDue(performance.now() - began - waited);
    const probed = isLookedAt ? await probe.look(model.values, progress.epoch) : null;
    observer.afterEpoch(progress, { trainingLoss, validation: measured, probeAccuracy: probed?.accuracy ?? null });
    const { epoch, stability } = progress;
    const codes = probed?.codes ?? null;
    const found = diagnostician.examine({ epoch, trainingLoss, validation: measured, first: stability.first, codes });
    for (const diagnosis of found) observer.diagnosis(progress, diagnosis);

    if (isLast && options.earlyStopping && bestWeights && !isBest) {
      // Training ends with the best weights, as Keras' restore_best_weights; the optimizer's state belongs to the last.
      model.restore(bestWeights);
      progress.restoredStep = progress.bestStep;
    }
    // Early stopping may have to go on from the best weights after a resume.
    const isNeeded = isLast || (isBest && options.earlyStopping !== null);
    // A loss that may be exploding is written down only when nothing comes after it.
    const isGood = progress.stability.above === 0;
    if ((isNeeded || progress.epoch % options.checkpointEpochs === 0) && (isGood || isLast)) {
      progress.goodStep = progress.step;
      const checkpoint = await snapshot(null);
      if (!areFinite(checkpoint.weights)) {
        goBack();
        return false;
      }
      await observer.checkpoint((good = checkpoint));
    }
    if (isLast || observer.wantsPreview(progress)) await show(isLast);
    return stopsEarly;
  }
}

/** Positions of a step's batch (from 0, over all epochs); the order of one epoch at a time is in memory. */
function positionsByStep(options: TrainingOptions, count: number): (step: number) => Int32Array {
  const { batchSize } = options;
  const stepsPerEpoch = Math.ceil(count / batchSize);
  let known = -1;
  let order: Int32Array = new Int32Array();
  return (step) => {
    const epoch = Math.floor(step / stepsPerEpoch);
    if (epoch !== known) order = orderOf(options, count, (known = epoch));
    const from = (step % stepsPerEpoch) * batchSize;
    return order.subarray(from, from + batchSize);
  };
}

/** Positions in the order of an epoch (from 0): a stream of its own, so it does not depend on what was drawn before. */
function orderOf({ shuffle, seed }: TrainingOptions, count: number, epoch: number): Int32Array {
  return shuffle ? stream(seed, 'order', epoch).permutation(count) : Int32Array.from({ length: count }, (_, i) => i);
}

/** The first objective's losses over all examples, each weighted equally though the last batch may be smaller. */
async function evaluate(
  { engine, learner, options }: Job,
  source: Source,
  values: Values,
  { epoch }: Progress,
): Promise<Metrics & { loss: number }> {
  const { seed } = options;
  const batchSize = Math.max(options.batchSize, learner.independent ? MEASURED_BATCH : 0);
  const sums: Metrics & { loss: number } = { loss: 0 };
  const [objective] = learner.objectives;
  const positionsOf = (batch: number): Int32Array => {
    const from = batch * batchSize;
    return Int32Array.from({ length: Math.min(batchSize, source.count - from) }, (_, i) => from + i);
  };
  const end = Math.ceil(source.count / batchSize);
  const batches = new Ahead((batch) => draw(asTheyAre(learner), source, positionsOf(batch), seed, batch), end);
  for (let batch = 0; batch < end; batch++) {
    const drawn = await batches.take(batch);
    const inputs = tensorsOf(drawn, source.shape);
    const random = randomTensors(engine, seed, batch, 'evaluation');
    const pass: Pass = { engine, training: false, epoch, random, updates: null };
    const losses = tf.tidy(() => objective?.loss(values, inputs, pass));
    for (const [name, loss] of Object.entries(losses ?? {}))
      sums[name] = (sums[name] ?? 0) + (loss.dataSync<'float32'>()[0] as number) * drawn.count;
    tf.dispose([losses, inputs]);
  }
  for (const name of Object.keys(sums)) sums[name] = (sums[name] as number) / source.count;
  return sums;
}

async function preview(
  { engine, learner, options: { seed }, training, validation, previewPositions }: Job,
  values: Values,
  progress: Progress,
): Promise<Preview> {
  const source = validation ?? training;
  const inputs = tensorsOf(await draw(asTheyAre(learner), source, previewPositions, seed, 0), source.shape);
  const random = randomTensors(engine, seed, 0, 'preview');
  const from = validation ? 'validation' : 'training';
  const pass: Pass = { engine, training: false, epoch: progress.epoch, random, updates: null };
  const shown = await learner.preview(values, inputs, from, pass);
  tf.dispose(inputs);
  return shown;
}

/** What is needed to measure and to show: examples that are not changed, unless the method is about changes. */
function asTheyAre({ needs }: Learner): Needs {
  return { ...needs, augmented: false };
}

function areFinite(arrays: Arrays): boolean {
  return Object.values(arrays).every(({ data }) => data.every(Number.isFinite));
}
