import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Checkpoint, Progress } from '../learn/checkpoint.js';
import type { Arrays } from '../learn/engine/engine.js';
import { CheckpointFile, RunFile, stepName } from '../protocol/run.js';
import { decodeSafetensors, encodeSafetensors } from '../protocol/safetensors.js';
import { UserError } from './errors.js';
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

/** Removes checkpoints but the last `keep` besides the newest, and the one at `bestStep`. */
export async function pruneCheckpoints(run: string, keep: number, bestStep: number): Promise<void> {
  const steps = await checkpointSteps(run);
  const surplus = steps.slice(0, -(keep + 1)).filter((step) => step !== bestStep);
  await Promise.all(
    surplus.map((step) => rm(path.join(run, RunFile.checkpoints, stepName(step)), { recursive: true, force: true })),
  );
}

/**
 * The newest checkpoint that can be read, with the reasons for those that could not.
 * @throws UserError when there is none.
 */
export async function readLastCheckpoint(
  run: string,
  withBest: boolean,
): Promise<{ checkpoint: Checkpoint; passedOver: string[] }> {
  const passedOver: string[] = [];
  for (const step of (await checkpointSteps(run)).reverse()) {
    try {
      return { checkpoint: await readCheckpoint(run, step, withBest), passedOver };
    } catch (error) {
      passedOver.push(error instanceof Error ? error.message : String(error));
    }
  }
  const why = passedOver.length > 0 ? ` that can be read. ${passedOver.join(' ')}` : '.';
  throw new UserError(`${run} has no checkpoint${why}`, { file: run, advice: 'Start the recipe again.' });
}

async function readCheckpoint(run: string, step: number, withBest: boolean): Promise<Checkpoint> {
  const folder = path.join(run, RunFile.checkpoints, stepName(step));
  const file = path.join(folder, CheckpointFile.state);
  const state = JSON.parse(await readFile(file, 'utf8')) as StateFile;
  if (state.format > CHECKPOINT_FORMAT)
    throw new Error(`${file} was written by a newer version. Update Pretrain Studio.`);
  const progress: Progress = { ...state.progress, bestLoss: state.progress.bestLoss ?? Infinity };
  if (progress.step !== step) throw new Error(`${file} says step ${progress.step}, its folder ${step}.`);
  const best =
    withBest && progress.bestStep > 0 ? path.join(run, RunFile.checkpoints, stepName(progress.bestStep)) : null;
  return {
    weights: await readArrays(path.join(folder, CheckpointFile.weights)),
    optimizer: await readArrays(path.join(folder, CheckpointFile.optimizer)),
    progress,
    bestWeights: best === null ? null : await readArrays(path.join(best, CheckpointFile.weights)),
  };
}

async function readArrays(file: string): Promise<Arrays> {
  try {
    const { tensors } = decodeSafetensors(await readFile(file));
    return Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => {
        if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
        return [name, { shape, data }];
      }),
    );
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
