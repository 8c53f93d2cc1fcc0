import path from 'node:path';
import { t } from '../protocol/l10n.js';
import type { Checkpoint } from '../learn/checkpoint.js';
import { effectiveState, isResumable, type RunRecord } from '../protocol/run.js';
import type { RunSummary } from '../protocol/trainer.js';
import type { Recipe } from '../recipe/recipe.js';
import { keptPlan } from './assets.js';
import { readLastCheckpoint } from './checkpoints.js';
import { carryOut, warn, type SessionListener } from './carryOut.js';
import { isTrained, TrainerSeat } from './control.js';
import { UserError } from './errors.js';
import { removeLeftovers } from './leftovers.js';
import { prepare } from './prepare.js';
import { listRuns, readRecord, refuseLinks, RunFolder } from './runFolder.js';
import { Steering } from './steering.js';
import { versions } from './versions.js';

/** Starting a run, and going on with one. */

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

/**
 * There is a run folder only when data and recipe have been read and found good, and training is about to begin.
 * @throws UserError, DataError, EngineError, TrainingError; Stopped when it was stopped before
 */
export async function startRun(newRun: NewRun, listener: SessionListener): Promise<RunSummary> {
  const { recipe, dataPath, runs } = newRun;
  const steering = new Steering();
  listener.onStoppable(() => steering.stop());
  await refuseSecondRun(newRun); // before the data are read, which may take long
  const prepared = await prepare(recipe, dataPath, runs, steering.stopped, (progress) => listener.onProgress(progress));
  await refuseSecondRun(newRun); // another may have begun meanwhile
  const run = await RunFolder.create(runs, firstRecord(newRun), {
    ...recipe,
    data: { ...recipe.data, path: dataPath },
  });
  let seat: TrainerSeat;
  try {
    seat = await TrainerSeat.take(run.path);
  } catch (error) {
    await run.remove();
    throw error;
  }
  return carryOut({
    run,
    seat,
    steering,
    listener,
    checkpoint: null,
    recipe,
    prepare: () => Promise.resolve(prepared),
  });
}

function firstRecord({ recipe: { name, pretrain }, recipePath }: NewRun): Omit<RunRecord, 'format' | 'id' | 'created'> {
  return {
    name,
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
  };
}

/** Goes on from the last checkpoint of a run that was stopped, failed or interrupted. @throws as {@link startRun} */
export async function resumeRun(folder: string, recipe: Recipe, listener: SessionListener): Promise<RunSummary> {
  const where = path.resolve(folder);
  const steering = new Steering();
  listener.onStoppable(() => steering.stop());
  await refuseUnresumable(where);
  const seat = await TrainerSeat.take(where); // before anything is written: another trainer may be about to take it up
  try {
    await refuseUnresumable(where, seat.address); // as it is now that nobody else writes
    const { run, checkpoint } = await takeUp(where, recipe);
    return await carryOut({
      run,
      seat,
      steering,
      listener,
      checkpoint,
      recipe,
      prepare: async (tell) => {
        const kept = await keptPlan(where, run.record);
        return prepare(recipe, recipe.data.path, path.dirname(where), steering.stopped, tell, kept);
      },
    });
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
  if (record.address !== own && (await isTrained(folder, record)))
    throw new UserError(t('This run is being trained already: {0}.', folder), {
      file: folder,
      advice: t('Open its monitor, or stop it before it is resumed.'),
    });
  const state = effectiveState(record, false);
  if (!isResumable(state))
    throw new UserError(t('This run is {0}: there is nothing to resume.', state), {
      file: folder,
      advice: t('Start the recipe again, with more epochs if it should learn longer.'),
    });
}

/** Opens the folder, with the record as it was at the last checkpoint. @throws UserError when there is none that can be read. */
async function takeUp(folder: string, recipe: Recipe): Promise<{ run: RunFolder; checkpoint: Checkpoint }> {
  await refuseLinks(folder);
  await removeLeftovers(folder);
  const { checkpoint, warnings } = await readLastCheckpoint(folder, recipe.pretrain.earlyStopping !== null);
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
  for (const message of warnings) warn(run, message);
  return { run, checkpoint };
}

async function refuseSecondRun({ runs, recipePath, parallel }: NewRun): Promise<void> {
  if (recipePath === null || parallel) return;
  for (const { folder, record } of await listRuns(runs))
    if (record.recipePath === recipePath && (await isTrained(folder, record)))
      throw new UserError(t('{0} is being trained already, as {1}.', path.basename(recipePath), record.id), {
        file: folder,
        advice: t('Stop that run first, or add --parallel to train both at once.'),
      });
}
