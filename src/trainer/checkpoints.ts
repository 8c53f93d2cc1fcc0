import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../protocol/l10n.js';
import { misfit, type Checkpoint, type Progress } from '../learn/checkpoint.js';
import type { Arrays } from '../learn/engine/engine.js';
import type { Stability } from '../learn/evaluate/stability.js';
import { stateShapes } from '../learn/engine/portableOptimizer.js';
import { trainedShapes, type Learner } from '../learn/method/method.js';
import { CheckpointFile, RunFile, stepName } from '../protocol/run.js';
import { decodeSafetensors, encodeSafetensors } from '../protocol/safetensors.js';
import type { OptimizerOptions } from '../recipe/recipe.js';
import { reasonOf, UserError } from './errors.js';
import { errorCode, writeDurable } from './files.js';
import { writeTrouble } from './runFolder.js';

/** Checkpoints in a run folder: `checkpoints/<step>/`, complete or not there at all. */

const CHECKPOINT_FORMAT = 1;

interface StateFile {
  format: number;
  /** The random state is the seed: streams are named by seed, purpose and step. */
  random: { generator: 'philox4x32-10'; seed: number };
  progress: Omit<Progress, 'bestLoss'> & { bestLoss: number | null };
}

/** @throws UserError when it cannot be written; an older checkpoint is then still there. */
export async function writeCheckpoint(run: string, checkpoint: Checkpoint, seed: number): Promise<void> {
  const { progress } = checkpoint;
  const folder = path.join(run, RunFile.checkpoints, stepName(progress.step));
  const aside = path.join(run, RunFile.checkpoints, `.${stepName(progress.step)}.${process.pid}.tmp`);
  const state: StateFile = {
    format: CHECKPOINT_FORMAT,
    random: { generator: 'philox4x32-10', seed },
    progress: { ...progress, bestLoss: Number.isFinite(progress.bestLoss) ? progress.bestLoss : null },
  };
  try {
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true });
    await writeDurable(
      path.join(aside, CheckpointFile.weights),
      encodeSafetensors({ tensors: checkpoint.weights, metadata: { step: String(progress.step) } }),
    );
    await writeDurable(
      path.join(aside, CheckpointFile.optimizer),
      encodeSafetensors({ tensors: checkpoint.optimizer, metadata: {} }),
    );
    await writeDurable(path.join(aside, CheckpointFile.state), JSON.stringify(state, null, 2) + '\n');
    await replaceFolder(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw writeTrouble(folder, error);
  }
}

/** A folder cannot be renamed onto another: one that is there (the same step, written before a resume) goes away first. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${from}.old`;
  await rm(old, { recursive: true, force: true });
  try {
    await rename(to, old); // so that there is a whole checkpoint at any moment but one
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  await rename(from, to);
  await rm(old, { recursive: true, force: true });
}

/** Steps that have a complete checkpoint, ascending. */
export async function checkpointSteps(run: string): Promise<number[]> {
  const names = await readdir(path.join(run, RunFile.checkpoints)).catch(() => [] as string[]);
  return names
    .filter((name) => /^\d{8,}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * Removes checkpoints but the last `keep` besides the newest, the one with the best weights, and the one that training
 * would go back to. Those after the newest,
 * which could not be read when the run was resumed before them, neither count nor go away: they are written anew.
 */
export async function pruneCheckpoints(
  run: string,
  keep: number,
  { step: newest, bestStep, goodStep }: Pick<Progress, 'step' | 'bestStep' | 'goodStep'>,
): Promise<void> {
  const steps = (await checkpointSteps(run)).filter((step) => step <= newest);
  const surplus = steps.slice(0, -(keep + 1)).filter((step) => step !== bestStep && step !== goodStep);
  await Promise.all(
    surplus.map((step) => rm(path.join(run, RunFile.checkpoints, stepName(step)), { recursive: true, force: true })),
  );
}

/**
 * The newest checkpoint that can be read, and what is to be told: of those that could not, and of best weights that are
 * lost, in whose place the next epoch's count as the best.
 * @throws UserError when there is none.
 */
export async function readLastCheckpoint(
  run: string,
  withBest: boolean,
): Promise<{ checkpoint: Checkpoint; warnings: string[] }> {
  const reasons: string[] = [];
  for (const step of (await checkpointSteps(run)).reverse()) {
    try {
      const checkpoint = await readCheckpoint(run, step);
      const warnings = reasons.map((reason) => t('A checkpoint was passed over: {0}', reason));
      if (withBest) warnings.push(...(await addBestWeights(run, checkpoint)));
      warnings.push(...(await addGood(run, checkpoint)));
      return { checkpoint, warnings };
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  const none =
    reasons.length > 0
      ? t('{0} has no checkpoint that can be read. {1}', run, reasons.join(' '))
      : t('{0} has no checkpoint.', run);
  throw new UserError(none, { file: run, advice: t('Start the recipe again.') });
}

/** What was learned by a step. @throws UserError when it cannot be read */
export async function readCheckpointWeights(run: string, step: number): Promise<Arrays> {
  const file = checkpointFile(run, step, CheckpointFile.weights);
  try {
    return await readArrays(file);
  } catch (error) {
    throw new UserError(reasonOf(error), { file, advice: t('Take another checkpoint of the run, or another run.') });
  }
}

/** Of the file with a checkpoint's weights: "sha256:" and 64 hexadecimal digits. @throws the file system's error */
export async function weightsFingerprint(run: string, step: number): Promise<string> {
  const digest = createHash('sha256').update(await readFile(checkpointFile(run, step, CheckpointFile.weights)));
  return `sha256:${digest.digest('hex')}`;
}

export function checkpointFile(run: string, step: number, name: string): string {
  return path.join(run, RunFile.checkpoints, stepName(step), name);
}

async function readCheckpoint(run: string, step: number): Promise<Checkpoint> {
  const folder = path.join(run, RunFile.checkpoints, stepName(step));
  const progress = await readProgress(path.join(folder, CheckpointFile.state));
  if (progress.step !== step)
    throw new Error(
      t(
        '{0} says "step": {1}, but stands in the folder of step {2}.',
        path.join(folder, CheckpointFile.state),
        progress.step,
        step,
      ),
    );
  return {
    weights: await readArrays(path.join(folder, CheckpointFile.weights)),
    optimizer: await readArrays(path.join(folder, CheckpointFile.optimizer)),
    progress,
    bestWeights: null,
    good: null,
  };
}

/** @returns what is to be told. */
async function addBestWeights(run: string, checkpoint: Checkpoint): Promise<string[]> {
  const { progress } = checkpoint;
  const { step, bestStep } = progress;
  if (bestStep === 0) return [];
  try {
    checkpoint.bestWeights =
      bestStep === step
        ? checkpoint.weights
        : await readArrays(path.join(run, RunFile.checkpoints, stepName(bestStep), CheckpointFile.weights));
    return [];
  } catch (error) {
    progress.bestStep = 0;
    progress.bestLoss = Infinity;
    return [
      t(
        'Early stopping cannot bring back the best weights so far, those of step {0}: {1} The next epoch counts as the best instead.',
        bestStep,
        reasonOf(error),
      ),
    ];
  }
}

/** @returns what is to be told. */
async function addGood(run: string, checkpoint: Checkpoint): Promise<string[]> {
  const { progress } = checkpoint;
  const { step, goodStep } = progress;
  if (goodStep === 0 || goodStep === step) return [];
  try {
    checkpoint.good = await readCheckpoint(run, goodStep);
    if (goodStep >= progress.bestStep) checkpoint.good.bestWeights = checkpoint.bestWeights;
    return [];
  } catch (error) {
    progress.goodStep = step;
    return [
      t(
        'The checkpoint of step {0}, to which training would go back if its loss exploded, cannot be read: {1} It would go back to step {2} instead.',
        goodStep,
        reasonOf(error),
        step,
      ),
    ];
  }
}

async function readProgress(file: string): Promise<Progress> {
  let state: unknown;
  try {
    state = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(t('{0} cannot be read: {1}.', file, reasonOf(error)));
  }
  const { format, progress } = (state ?? {}) as Partial<Record<keyof StateFile, unknown>>;
  if (typeof format === 'number' && format > CHECKPOINT_FORMAT)
    throw new Error(t('{0} was written by a newer version. Update Pretrain Studio.', file));
  if (format !== CHECKPOINT_FORMAT || typeof progress !== 'object' || progress === null)
    throw new Error(t('{0} is damaged: it is not the state of a checkpoint.', file));
  for (const [name, { holds, is }] of Object.entries(fields)) {
    const value = (progress as Record<string, unknown>)[name];
    if (!holds(value))
      throw new Error(
        t(
          '{0} is damaged: "{1}" must be {2}, but is {3}.',
          file,
          name,
          is,
          value === undefined ? t('not there') : JSON.stringify(value),
        ),
      );
  }
  const { bestLoss, ...others } = progress as StateFile['progress'];
  for (const name of ['bestStep', 'goodStep'] as const)
    if (others[name] > others.step)
      throw new Error(
        t('{0} is damaged: "{1}" is {2}, after "step", which is {3}.', file, name, others[name], others.step),
      );
  return { ...others, bestLoss: bestLoss ?? Infinity };
}

interface Field {
  holds: (value: unknown) => boolean;
  is: string;
}

const number: Field = { holds: (value) => Number.isFinite(value), is: t('a number') };
const positive: Field = { holds: (value) => number.holds(value) && (value as number) > 0, is: t('a number above 0') };
const count: Field = {
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  is: t('a whole number from 0'),
};
const orNull = ({ holds, is }: Field): Field => ({
  holds: (value) => value === null || holds(value),
  is: t('{0}, or null', is),
});

const fields: Record<keyof Progress, Field> = {
  step: count,
  epoch: { holds: (value) => number.holds(value) && (value as number) >= 0, is: t('a number from 0') },
  lossSum: number,
  lossCount: count,
  bestLoss: orNull(number),
  bestStep: count,
  restoredStep: orNull(count),
  learningRate: positive,
  goodStep: count,
  stability: { holds: isStability, is: t('losses and counts') },
};

function isStability(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { first, low, high, above, returns } = value as Partial<Record<keyof Stability, unknown>>;
  return orNull(number).holds(first) && [low, high].every(number.holds) && [above, returns].every(count.holds);
}

/** @throws UserError when the checkpoint is that of another network or optimizer than the run's recipe describes. */
export function checkFit(
  run: string,
  { weights, optimizer, bestWeights, good, progress }: Checkpoint,
  learner: Pick<Learner, 'shapes' | 'untrained'>,
  options: OptimizerOptions,
): void {
  if (good) checkFit(run, good, learner, options);
  const { shapes } = learner;
  const parts: [step: number, name: string, arrays: Arrays | null, shapes: Record<string, number[]>][] = [
    [progress.step, CheckpointFile.weights, weights, shapes],
    [progress.step, CheckpointFile.optimizer, optimizer, stateShapes(options, trainedShapes(learner))],
    [progress.bestStep, CheckpointFile.weights, bestWeights, shapes],
  ];
  for (const [step, name, arrays, shapes] of parts) {
    const reason = arrays && misfit(arrays, shapes);
    const file = path.join(run, RunFile.checkpoints, stepName(step), name);
    if (reason !== null)
      throw new UserError(t('{0} does not fit the network and optimizer of {1}: {2}', file, RunFile.recipe, reason), {
        file,
        advice: t('Bring the {0} back that the run began with, or start the recipe again.', RunFile.recipe),
      });
  }
}

async function readArrays(file: string): Promise<Arrays> {
  try {
    const { tensors } = decodeSafetensors(await readFile(file));
    return Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => {
        if (!(data instanceof Float32Array)) throw new Error(t('{0} is not float32', name));
        return [name, { shape, data }];
      }),
    );
  } catch (error) {
    throw new Error(t('{0} cannot be read: {1}.', file, reasonOf(error)));
  }
}
