import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { KeptPlan } from '../../data/prepare/preparation.js';
import { misfit } from '../../learn/checkpoint.js';
import type { Values } from '../../learn/engine/engine.js';
import { startEngine } from '../../learn/engine/index.js';
import type { Encoding } from '../../learn/evaluate/codes.js';
import type { Predicting } from '../../learn/evaluate/predict.js';
import type { ExampleFacts, Labels, Learner } from '../../learn/method/method.js';
import { exampleIn } from '../example.js';
import { sizeOf } from '../../learn/parameters.js';
import type { TaskLearner } from '../../learn/task/index.js';
import { t } from '../../protocol/l10n.js';
import { CheckpointFile, RunFile, stepName, type RunDataset, type RunRecord } from '../../protocol/run.js';
import type { EngineChoice, Recipe } from '../../recipe/recipe.js';
import { readCheckpointWeights } from '../checkpoints.js';
import { buildLearner } from '../cost.js';
import { reasonOf, UserError } from '../errors.js';
import { findCheckpoint, recipeOf } from '../parent.js';
import { enginePlaces } from '../places.js';
import { threadsFor } from '../prepare.js';
import { factsOf } from '../teacher.js';
import { pretraining, trainingOptions, type Work } from '../work.js';

/** A run whose network is asked about examples. Nothing of it changes. */
export interface UsedRun {
  folder: string;
  record: RunRecord;
  dataset: RunDataset;
  recipe: Recipe;
  work: Work;
  /** How its data were prepared. */
  kept: KeptPlan;
  /** What gives codes. */
  encoding: Encoding;
  /** What names classes or numbers; null where it was taught none. */
  predicting: Predicting | null;
  /** What was learned. */
  values: Values;
  epoch: number;
  close(): void;
}

export interface UseOptions {
  /** Folder in which a run may be named by its id. */
  runs: string;
  /** Of the checkpoint; null for the last. */
  step: number | null;
  /** Null for the recipe's. */
  engine: EngineChoice | null;
}

/** What a file holds besides the values themselves. */
const MOST_HEADER_BYTES = 2 ** 24;

/**
 * @param run its folder, or its id
 * @throws UserError, EngineError where it has learned nothing yet, or its folder is damaged
 */
export async function openRun(run: string, { runs, step, engine: choice }: UseOptions): Promise<UsedRun> {
  const found = await findCheckpoint(run, runs, step);
  const { folder, record, kept } = found;
  const recipe = await recipeOf(folder);
  const work: Work = record.stage === 'finetune' ? { stage: 'finetune', parent: null } : pretraining;
  const { dataset, example } = factsIn(folder, record, kept);
  const learner = learnerOf(folder, recipe, example, work);
  const file = path.join(folder, RunFile.checkpoints, stepName(found.step), CheckpointFile.weights);
  const unfit = (reason: string): UserError =>
    new UserError(t('{0} does not fit the network of {1}: {2}', file, RunFile.recipe, reason), {
      file,
      advice: t('Bring the {0} back that the run began with, or take another run.', RunFile.recipe),
    });
  const expected = Object.values(learner.shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
  const { size } = await stat(file).catch(() => ({ size: 0 })); // told when it is read
  if (size > expected * Float32Array.BYTES_PER_ELEMENT + MOST_HEADER_BYTES) throw unfit(t('it is larger.'));
  const weights = await readCheckpointWeights(folder, found.step);
  const wrong = misfit(weights, learner.shapes);
  if (wrong !== null) throw unfit(wrong);
  const { engine } = await startEngine(choice ?? recipe.engine, enginePlaces(threadsFor(recipe.encoder)));
  const values: Values = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tf.keep(tf.tensor(data, shape))]),
  );
  const options = trainingOptions(recipe, work);
  const predictor = predictorOf(learner, record);
  return {
    folder,
    record,
    dataset,
    recipe,
    work,
    kept,
    encoding: { engine, learner, options },
    predicting: predictor && { engine, learner: predictor, options },
    values,
    epoch: record.epoch,
    close: () => tf.dispose(values),
  };
}

/** @throws UserError when it is not described so that it can be built */
function learnerOf(folder: string, recipe: Recipe, example: ExampleFacts, work: Work): Learner | TaskLearner {
  try {
    return buildLearner(recipe, example, work);
  } catch (error) {
    const file = path.join(folder, RunFile.recipe);
    throw new UserError(t('The run cannot be used: {0} describes no network ({1}).', file, reasonOf(error)), { file });
  }
}

/** A fine-tuned network itself; of others what names classes, in the order of what {@link Learner.classify} gives. */
function predictorOf(learner: Learner | TaskLearner, record: RunRecord): Predicting['learner'] | null {
  if ('task' in learner) return learner;
  const classes = record.teacher?.classes ?? record.dataset?.classes ?? null;
  const classify = learner.classify?.bind(learner);
  return classes && classify ? { task: 'classification', classes, classify } : null;
}

/** What run.json holds is foreign until it was looked at. @throws UserError */
function factsIn(
  folder: string,
  record: RunRecord,
  { preparation }: KeptPlan,
): { dataset: RunDataset; example: ExampleFacts } {
  const { dataset } = record;
  const example = exampleIn(preparation);
  const file = path.join(folder, RunFile.run);
  if (
    !dataset ||
    !example ||
    !isNames(dataset.classes) ||
    !(Number.isSafeInteger(dataset.trainingCount) && dataset.trainingCount > 0) ||
    ![dataset.path, dataset.fingerprint].every((one: unknown) => typeof one === 'string')
  )
    throw new UserError(t('The run cannot be used: {0} says nothing readable of its data.', file), {
      file,
      advice: t('Bring it back from a copy of the run, or take another run.'),
    });
  const { classes, trainingCount } = dataset;
  const labels = classes
    ? labelsOf(classes, trainingCount, dataset.severalLabels === true)
    : record.stage === 'finetune'
      ? numbersOf(trainingCount)
      : null;
  return {
    dataset,
    example: {
      ...example,
      labels,
      teacher: factsOf(record),
    },
  };
}

/** Which class the training examples were of is not recorded, and no network depends on it. */
function labelsOf(classes: string[], trainingCount: number, isSeveral: boolean): Labels {
  if (!isSeveral)
    return { classes, unlabelled: 0, counts: classes.map((_, label) => (label === 0 ? trainingCount : 0)) };
  const sets = [[], ...classes.map((_, label) => [label])];
  return {
    classes: sets.map((set) => set.map((label) => classes[label]).join()),
    unlabelled: 0,
    counts: sets.map((_, set) => (set === 0 ? trainingCount - 1 : set === 1 ? 1 : 0)), // not all alike: nothing could be learned
    sets: { names: classes, sets },
  };
}

/** Which numbers they were is in the weights, as far as it matters: a mean and a scale. */
function numbersOf(trainingCount: number): Labels {
  return { classes: ['0', '0.5'], unlabelled: 0, counts: [trainingCount - 1, 1] };
}

function isNames(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every((name) => typeof name === 'string'));
}
