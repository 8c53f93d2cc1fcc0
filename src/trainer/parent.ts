import { stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../protocol/l10n.js';
import type { KeptPlan } from '../data/prepare/preparation.js';
import { RunFile, type RunRecord } from '../protocol/run.js';
import type { Recipe } from '../recipe/recipe.js';
import { keptPlan } from './assets.js';
import { checkpointSteps, readCheckpointWeights, weightsFingerprint } from './checkpoints.js';
import { reasonOf, UserError } from './errors.js';
import { readRecord, refuseLinks } from './runFolder.js';
import { readRunRecipe } from './runRecipe.js';
import type { Parent } from './work.js';

/**
 * The run that another one starts from.
 * @param run its folder, or its id in `runs`
 * @param step of the checkpoint; null takes the best where early stopping brought it back, else the last
 * @throws UserError when there is no such run or checkpoint
 */
export async function readParent(run: string, runs: string, step: number | null): Promise<Parent> {
  await refuseLinks(await findRun(run, runs));
  const { folder, record, kept, step: chosen } = await findCheckpoint(run, runs, step);
  return {
    id: record.id,
    folder,
    recipe: await recipeOf(folder),
    weights: await readCheckpointWeights(folder, chosen),
    fingerprint: await weightsFingerprint(folder, chosen),
    step: chosen,
    kept,
  };
}

export interface FoundCheckpoint {
  folder: string;
  record: RunRecord;
  kept: KeptPlan;
  step: number;
}

/** As {@link readParent}, without reading what was learned. */
export async function findCheckpoint(run: string, runs: string, step: number | null): Promise<FoundCheckpoint> {
  const folder = await findRun(run, runs);
  const record = await readRecord(folder);
  const kept = await keptPlan(folder, record);
  const steps = await checkpointSteps(folder);
  const last = steps.at(-1);
  if (!kept || last === undefined)
    throw new UserError(t('The run {0} has no checkpoint: it has learned nothing yet.', record.id), {
      file: folder,
      advice: t('Let it train for an epoch first.'),
    });
  if (step !== null && !steps.includes(step))
    throw new UserError(
      t('The run {0} has no checkpoint of step {1}. There are: {2}.', record.id, step, steps.join(', ')),
      { file: folder },
    );
  return { folder, record, kept, step: step ?? last };
}

/** The folder of a run that is named by its folder, or by its id in `runs`; it need not be there. */
export async function findRun(run: string, runs: string): Promise<string> {
  const given = path.resolve(run);
  const isThere = await stat(path.join(given, RunFile.run)).then(
    () => true,
    () => false,
  );
  if (isThere || run !== path.basename(run)) return given;
  return path.join(runs, run);
}

/** @throws UserError */
export async function recipeOf(folder: string): Promise<Recipe> {
  try {
    return await readRunRecipe(folder);
  } catch (error) {
    const file = path.join(folder, RunFile.recipe);
    throw new UserError(t('The run cannot be used: {0} cannot be read ({1}).', file, reasonOf(error)), { file });
  }
}
