import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { detectDataset, openDataset } from '../data/index.js';
import { startEngine } from '../learn/engine/index.js';
import { train, type Outcome } from '../learn/loop.js';
import { countParameters } from '../learn/parameters.js';
import type { Checkpoint } from '../learn/checkpoint.js';
import { effectiveState, isResumable, RunFile, type RunRecord } from '../protocol/run.js';
import type { RunSummary, TrainerPush } from '../protocol/trainer.js';
import type { Recipe } from '../recipe/recipe.js';
import { readLastCheckpoint } from './checkpoints.js';
import { answers, ControlServer, TrainerSeat } from './control.js';
import { loadDataset, type LoadedDataset } from './dataset.js';
import { buildLearner, costOf, memoryTrouble } from './cost.js';
import { describeError, UserError } from './errors.js';
import { appendLog } from './log.js';
import { enginePlaces } from './places.js';
import { Recorder, type Display } from './recorder.js';
import { listRuns, readRecord, RunFolder } from './runFolder.js';
import { Steering } from './steering.js';
import { versions } from './versions.js';

/** One run from its start, or from a checkpoint, to its end. */

export interface Progress {
  message: string;
  /** 0..1, or null when it cannot be known. */
  fraction: number | null;
}

/** Who started the run and wants to hear of it. */
export interface SessionListener {
  onCreated(run: string, address: string): void;
  onProgress(progress: Progress): void;
  display: Display | null;
  /** Receives a function that stops the run with a checkpoint. */
  onStoppable(stop: () => void): void;
}

export interface NewRun {
  recipe: Recipe;
  /** Recipe file; null when the recipe is none. */
  recipePath: string | null;
  /** Absolute path of the data. */
  dataPath: string;
  /** Folder that gets the run's folder. */
  runs: string;
  /** Allows a second run of a recipe that is being trained. */
  parallel: boolean;
}

/** @throws UserError, DataError, EngineError, TrainingError: each told in the run's record too, once there is one. */
export async function startRun(
  { recipe, recipePath, dataPath, runs, parallel }: NewRun,
  listener: SessionListener,
): Promise<RunSummary> {
  if (recipePath !== null && !parallel) await refuseSecondRun(runs, recipePath);
  if ((await detectDataset(dataPath)).length === 0) await openDataset(dataPath); // says what is wrong, before there is a run
  const { pretrain } = recipe;
  const run = await RunFolder.create(
    runs,
    {
      name: recipe.name,
      stage: 'pretrain',
      method: pretrain.method,
      parent: null,
      state: 'preparing',
      engine: null,
      versions: versions(),
      seed: pretrain.seed,
      dataset: null,
      summary: '',
      parameters: 0,
      epochs: pretrain.epochs,
      stepsPerEpoch: 0,
      batchSize: pretrain.batchSize,
      step: 0,
      epoch: 0,
      learningRate: pretrain.optimizer.learningRate,
      started: null,
      ended: null,
      seconds: 0,
      pid: process.pid,
      address: null,
      recipePath,
      metrics: {},
      error: null,
    },
    { ...recipe, data: { ...recipe.data, path: dataPath } },
  );
  return carryOut(run, null, recipe, dataPath, null, listener);
}

/** Goes on from the last checkpoint of a run that was stopped, failed or interrupted. */
export async function resumeRun(folder: string, recipe: Recipe, listener: SessionListener): Promise<RunSummary> {
  const where = path.resolve(folder);
  await refuseUnresumable(where);
  const seat = await TrainerSeat.take(where); // before anything is written: another trainer may be about to take it up
  try {
    await refuseUnresumable(where, seat.address); // as it is now that nobody else writes
    const { run, checkpoint } = await takeUp(where, recipe);
    return await carryOut(run, seat, recipe, recipe.data.path, checkpoint, listener);
  } finally {
    await seat.leave();
  }
}

/**
 * @param own address at which this process listens already
 * @throws UserError when the run has a living trainer, is complete, or is no run
 */
async function refuseUnresumable(folder: string, own: string | null = null): Promise<void> {
  const record = await readRecord(folder);
  if (record.address !== null && record.address !== own && (await answers(record.address)))
    throw new UserError(`This run is being trained already: ${folder}.`, {
      file: folder,
      advice: 'Open its monitor, or stop it before it is resumed.',
    });
  const state = effectiveState(record, false);
  if (!isResumable(state))
    throw new UserError(`This run is ${state}: there is nothing to resume.`, {
      file: folder,
      advice: 'Start the recipe again, with more epochs if it should learn longer.',
    });
}

/** Opens the folder, with the record as it was at the last checkpoint. @throws UserError when there is none that can be read. */
async function takeUp(folder: string, recipe: Recipe): Promise<{ run: RunFolder; checkpoint: Checkpoint }> {
  const { checkpoint, passedOver } = await readLastCheckpoint(folder, recipe.pretrain.earlyStopping !== null);
  const run = await RunFolder.open(folder);
  const { step, epoch } = checkpoint.progress;
  Object.assign(run.record, {
    state: 'preparing',
    error: null,
    ended: null,
    pid: process.pid,
    step,
    epoch,
  } satisfies Partial<RunRecord>);
  for (const message of passedOver)
    run.addEvent({
      step,
      epoch,
      at: new Date().toISOString(),
      type: 'diagnosis',
      level: 'warning',
      message: `A checkpoint was passed over: ${message}`,
    });
  return { run, checkpoint };
}

/** @param seat where it is taken already; it is left at the end */
async function carryOut(
  run: RunFolder,
  seat: TrainerSeat | null,
  recipe: Recipe,
  dataPath: string,
  checkpoint: Checkpoint | null,
  listener: SessionListener,
): Promise<RunSummary> {
  const { record } = run;
  let recorder: Recorder | null = null;
  const steering = new Steering({
    onPaused: () => recorder?.onPaused(),
    onPauseEnded: (milliseconds, goesOn) => recorder?.onPauseEnded(milliseconds, goesOn),
    onLearningRate: (from, to) => recorder?.onLearningRate(from, to),
  });
  let control: ControlServer | null = null;
  const tell = (message: string, fraction: number | null = null) => {
    listener.onProgress({ message, fraction });
    control?.push({ type: 'progress', message, fraction } satisfies TrainerPush);
  };
  try {
    seat ??= await TrainerSeat.take(run.path);
    control = new ControlServer(seat, run, (request) => steering.handle(request));
    record.address = seat.address;
    record.pid = process.pid;
    await run.saveRecord();
    listener.onStoppable(() => steering.stop());
    listener.onCreated(run.path, seat.address);

    tell('Starting the engine');
    const { engine, passedOver } = await startEngine(recipe.engine, enginePlaces());
    tell(`Opening ${dataPath}`);
    const dataset = await loadDataset(recipe, dataPath, cacheOf(run.path), {
      onProgress: (fraction) => tell(`Reading ${dataPath}`, fraction),
    });
    noteDataset(run, dataset);
    const { shape, count } = dataset.training;
    const tooLarge = memoryTrouble(costOf(recipe, shape, count + dataset.facts.validationCount, count));
    if (tooLarge !== null) throw new UserError(tooLarge);
    const learner = buildLearner(recipe, shape);
    Object.assign(record, {
      engine: engine.facts,
      summary: learner.summary,
      parameters: countParameters(learner.shapes),
      stepsPerEpoch: Math.ceil(dataset.training.count / recipe.pretrain.batchSize),
      started: record.started ?? new Date().toISOString(),
    } satisfies Partial<RunRecord>);

    recorder = new Recorder(
      run,
      control,
      steering,
      listener.display,
      recipe.pretrain.keepCheckpoints,
      dataset.training.count,
    );
    const slower = passedOver.map(({ name, reason }) => `${name} did not load: ${reason}`).join(' ');
    if (slower)
      run.addEvent({
        step: record.step,
        epoch: record.epoch,
        at: new Date().toISOString(),
        type: 'diagnosis',
        level: 'warning',
        message: `Training runs on the slower engine ${engine.name}. ${slower}`,
      });
    recorder.setState('running');
    const outcome = await train({
      engine,
      learner,
      options: recipe.pretrain,
      training: dataset.training,
      validation: dataset.validation,
      previewPositions: dataset.previewPositions,
      start: checkpoint,
      observer: recorder,
    });
    await recorder.finish();
    await dataset.close();
    return await end(run, recorder, outcome);
  } catch (error) {
    await recorder?.settle();
    await fail(run, error);
    throw error;
  } finally {
    record.pid = null;
    record.address = null;
    control?.push({ type: 'run', run: record });
    await run.close();
    await seat?.leave();
  }
}

async function end(run: RunFolder, recorder: Recorder, { reason, progress }: Outcome): Promise<RunSummary> {
  const { record } = run;
  record.ended = new Date().toISOString();
  const early =
    reason === 'earlyStopping'
      ? `The validation loss no longer fell: the weights of step ${progress.bestStep.toLocaleString('en')}, the best ones, were brought back.`
      : undefined;
  recorder.setState(reason === 'stopped' ? 'stopped' : 'completed', early);
  await run.flush();
  return {
    run: run.path,
    stage: record.stage,
    method: record.method,
    engine: record.engine?.name ?? 'cpu',
    seed: record.seed,
    epochs: Math.floor(progress.epoch),
    steps: progress.step,
    seconds: record.seconds,
    examplesPerSecond: record.metrics['examplesPerSecond'] ?? 0,
    metrics: record.metrics,
  };
}

/** Writes down why the run failed, as far as the disk still takes it. */
async function fail(run: RunFolder, error: unknown): Promise<void> {
  const { record } = run;
  const { told, stack } = describeError(error);
  record.state = 'failed';
  record.error = told;
  record.ended = new Date().toISOString();
  run.addEvent({
    step: record.step,
    epoch: record.epoch,
    at: record.ended,
    type: 'state',
    state: 'failed',
    reason: told.message,
  });
  if (stack !== null) await appendLog(path.join(run.path, RunFile.log), stack);
  await run.flush();
}

/** Where prepared examples are kept: beside the runs. */
function cacheOf(run: string): string {
  const runs = path.dirname(run);
  return path.basename(runs) === 'runs' ? path.join(path.dirname(runs), 'cache') : path.join(runs, '.cache');
}

/** Keeps what the data were. On a resume tells when they are not what they were. */
function noteDataset(run: RunFolder, { facts, notes }: LoadedDataset): void {
  const { record } = run;
  const now = { step: record.step, epoch: record.epoch, at: new Date().toISOString() };
  for (const message of notes) run.addEvent({ ...now, type: 'diagnosis', level: 'warning', message });
  const before = record.dataset;
  if (before && !isDeepStrictEqual(before.shape, facts.shape))
    throw new UserError(
      `The examples have shape [${facts.shape.join(', ')}], but this run was trained on [${before.shape.join(', ')}].`,
      { file: facts.path, advice: 'Bring the old data back, or start the recipe again.' },
    );
  if (before && before.fingerprint !== facts.fingerprint)
    run.addEvent({
      step: record.step,
      epoch: record.epoch,
      at: new Date().toISOString(),
      type: 'diagnosis',
      level: 'warning',
      message: `The data in ${facts.path} have changed since this run began: it goes on, but is no longer the run that its recipe describes.`,
      advice: 'For a result that can be reproduced, start the recipe again.',
    });
  record.dataset = facts;
}

async function refuseSecondRun(runs: string, recipePath: string): Promise<void> {
  for (const { folder, record } of await listRuns(runs))
    if (record.recipePath === recipePath && record.address !== null && (await answers(record.address)))
      throw new UserError(`${path.basename(recipePath)} is being trained already, as ${record.id}.`, {
        file: folder,
        advice: 'Stop that run first, or add --parallel to train both at once.',
      });
}
