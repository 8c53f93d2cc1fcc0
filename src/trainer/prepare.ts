import { availableParallelism } from 'node:os';
import path from 'node:path';
import { t } from '../protocol/l10n.js';
import type { RunTeacher } from '../protocol/run.js';
import type { KeptPlan } from '../data/prepare/preparation.js';
import type { Engine } from '../learn/engine/engine.js';
import { startEngine } from '../learn/engine/index.js';
import type { Learner } from '../learn/method/method.js';
import type { Lesson } from '../learn/teacher.js';
import { scalingTrouble } from '../recipe/check.js';
import type { Recipe } from '../recipe/recipe.js';
import { exampleOf } from './example.js';
import { buildLearner, costOf, findingsOf, familyOf, memoryTrouble } from './cost.js';
import { loadDataset, type LoadedDataset } from './dataset.js';
import { Stopped, UserError } from './errors.js';
import { enginePlaces } from './places.js';
import { findTeacher } from './teacher.js';
import type { Work } from './work.js';

/** Everything that training needs besides its run folder. */
export interface Prepared {
  engine: Engine;
  /** Why it is not the fastest engine; null when it is, or was asked for. */
  slower: string | null;
  dataset: LoadedDataset;
  learner: Learner;
  /** Null where nobody teaches. */
  teacher: RunTeacher | null;
}

export interface Progress {
  message: string;
  /** 0..1, or null when it cannot be known. */
  fraction: number | null;
}

/**
 * @param runs folder of the runs
 * @param kept of a run that goes on, or that this one starts from
 * @param threads of the engine; null for as many as its encoder is fastest with
 * @throws UserError, DataError, EngineError saying what is wrong with recipe, data or machine; Stopped when `stopped` is aborted
 */
export async function prepare(
  recipe: Recipe,
  work: Work,
  dataPath: string,
  runs: string,
  stopped: AbortSignal,
  tell: (progress: Progress) => void,
  kept: KeptPlan | null = null,
  threads: number | null = null,
): Promise<Prepared> {
  let over = false;
  try {
    const teacher = work.stage === 'pretrain' ? await findTeacher(recipe) : null;
    tell({ message: t('Starting the engine'), fraction: null });
    const { engine, passedOver } = await startEngine(
      recipe.engine,
      enginePlaces(threads ?? threadsFor(recipe.encoder)),
    );
    stopped.throwIfAborted();
    tell({ message: t('Opening {0}', dataPath), fraction: null });
    const onProgress = (fraction: number) => {
      if (!over) tell({ message: t('Reading {0}', dataPath), fraction }); // other files may still be read when one has failed
    };
    const dataset = await loadDataset(recipe, dataPath, cacheBeside(runs), {
      work,
      signal: stopped,
      onProgress,
      kept,
      onPlanned: (preparation, labels, { training, validation }, heldBytes, count) => {
        const example = { ...exampleOf(preparation), labels, teacher: teacher?.facts ?? null };
        const unscaled = work.stage === 'pretrain' ? scalingTrouble(recipe, preparation.kind) : null;
        if (unscaled !== null) throw new UserError(unscaled);
        const taughtBytes = teacher?.heldBytes(training.length + validation.length) ?? 0;
        const tooLarge = memoryTrouble(costOf(recipe, example, heldBytes + taughtBytes, training.length, work));
        if (tooLarge !== null) throw new UserError(tooLarge);
        const untaught = teacher?.trouble(preparation, count) ?? null;
        if (untaught !== null) throw new UserError(untaught);
      },
    });
    const learner = buildLearner(recipe, { ...dataset.example, teacher: teacher?.facts ?? null }, work);
    // Of a pretraining the check of its recipe has told them.
    if (work.stage === 'finetune')
      for (const { severity, message } of findingsOf(recipe, dataset.example, work))
        if (severity === 'warning') dataset.notes.push(message);
    stopped.throwIfAborted();
    const lesson = await teacher?.teach({
      engine,
      recipe,
      dataset,
      signal: stopped,
      onProgress: (fraction) => tell({ message: t('The teacher looks at the examples'), fraction }),
    });
    const taught = lesson ? withLesson(dataset, lesson) : dataset;
    const reasons = passedOver.map(({ name, reason }) => t('{0} did not load: {1}', name, reason)).join(' ');
    const slower = reasons === '' ? null : t('Training runs on the slower engine {0}. {1}', engine.name, reasons);
    return { engine, slower, dataset: taught, learner, teacher: lesson?.record ?? null };
  } catch (error) {
    if (stopped.aborted) throw new Stopped(t('Stopped before training began.'));
    throw error;
  } finally {
    over = true;
  }
}

function withLesson(dataset: LoadedDataset, { training, validation, close }: Lesson): LoadedDataset {
  return {
    ...dataset,
    training,
    validation,
    watched: validation,
    close: () => {
      close();
      return dataset.close();
    },
  };
}

/** @throws UserError when there is no such encoder */
export function threadsFor(encoder: Recipe['encoder']): number {
  return familyOf(encoder).parallel ? availableParallelism() : 1;
}

/** Where prepared examples are kept: beside the runs. */
export function cacheBeside(runs: string): string {
  return path.basename(runs) === 'runs' ? path.join(path.dirname(runs), 'cache') : path.join(runs, '.cache');
}
