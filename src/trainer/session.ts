import path from 'node:path';
import { t } from '../protocol/l10n.js';
import type { Checkpoint } from '../learn/checkpoint.js';
import { effectiveState, isResumable, type RunRecord, type RunStart } from '../protocol/run.js';
import type { RunSummary } from '../protocol/trainer.js';
import type { Recipe, TrainingOptions } from '../recipe/recipe.js';
import { keptPlan } from './assets.js';
import { readLastCheckpoint } from './checkpoints.js';
import { carryOut, type SessionListener } from './carryOut.js';
import { isTrained, TrainerSeat } from './control.js';
import { UserError } from './errors.js';
import { removeLeftovers } from './leftovers.js';
import { prepare, type Progress } from './prepare.js';
import { deviationsOf, readReplay, replayFrom, type Replay } from './reproduce/replay.js';
import { listRuns, readRecord, refuseLinks, RunFolder } from './runFolder.js';
import { Steering } from './steering.js';
import { versions } from './versions.js';
import { pretraining, trainingOptions, type Work } from './work.js';

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
  work: Work;
  /** The run that it does again; missing for others. */
  replay?: Replay;
}

/**
 * There is a run folder only when data and recipe have been read and found good, and training is about to begin.
 * @throws UserError, DataError, EngineError, TrainingError; Stopped when it was stopped before
 */
export async function startRun(newRun: NewRun, listener: SessionListener): Promise<RunSummary> {
  const { dataPath, runs, work, replay = null } = newRun;
  const parent = work.stage === 'finetune' ? work.parent : null;
  const recipe = parent ? { ...newRun.recipe, encoder: parent.recipe.encoder } : newRun.recipe;
  const steering = new Steering();
  if (replay) steering.follow(replay);
  listener.onStoppable(() => steering.stop());
  await refuseSecondRun(newRun); // before the data are read, which may take long
  const tell = (progress: Progress) => listener.onProgress(progress);
  const prepared = await prepare(recipe, work, dataPath, runs, steering.stopped, tell, parent?.kept, replay?.threads);
  if (replay) await replay.onPrepared(await deviationsOf(replay, prepared, startOf(work)));
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
    warnings: [],
    recipe,
    work,
    prepare: () => Promise.resolve(prepared),
    replay,
  });
}

function firstRecord({ recipe, recipePath, work, replay }: NewRun): Omit<RunRecord, 'format' | 'id' | 'created'> {
  const options = trainingOptions(recipe, work);
  const start = startOf(work);
  return {
    name: recipe.name,
    stage: work.stage,
    method: work.stage === 'pretrain' ? recipe.pretrain.method : recipe.finetune.mode,
    parent: work.stage === 'finetune' ? (work.parent?.id ?? null) : null,
    ...(start && { start }),
    ...(replay && { reproduces: { id: replay.id, path: replay.folder } }),
    state: 'preparing',
    engine: null,
    versions: versions(),
    seed: options.seed,
    dataset: null,
    summary: '',
    parameters: 0,
    epochs: options.epochs,
    stepsPerEpoch: 0,
    batchSize: options.batchSize,
    step: 0,
    epoch: 0,
    learningRate: options.optimizer.learningRate,
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

function startOf(work: Work): RunStart | null {
  if (work.stage !== 'finetune' || !work.parent) return null;
  const { folder, step, fingerprint } = work.parent;
  return { path: folder, step, fingerprint };
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
    const { stage, reproduces } = await readRecord(where);
    const work: Work = stage === 'finetune' ? { stage, parent: null } : pretraining;
    const { run, checkpoint, warnings } = await takeUp(where, trainingOptions(recipe, work));
    const replay = reproduces
      ? replayFrom(await readReplay(reproduces.path, () => undefined), checkpoint.progress.step)
      : null;
    if (replay) steering.follow(replay);
    return await carryOut({
      run,
      seat,
      steering,
      listener,
      checkpoint,
      warnings,
      recipe,
      work,
      prepare: async (tell) => {
        const kept = await keptPlan(where, run.record);
        return prepare(
          recipe,
          work,
          recipe.data.path,
          path.dirname(where),
          steering.stopped,
          tell,
          kept,
          replay?.threads,
        );
      },
      replay,
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
async function takeUp(
  folder: string,
  { earlyStopping }: TrainingOptions,
): Promise<{ run: RunFolder; checkpoint: Checkpoint; warnings: readonly string[] }> {
  await refuseLinks(folder);
  await removeLeftovers(folder);
  const { checkpoint, warnings } = await readLastCheckpoint(folder, earlyStopping !== null);
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
  return { run, checkpoint, warnings };
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
