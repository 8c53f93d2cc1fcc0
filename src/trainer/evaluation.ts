import path from 'node:path';
import type { Progress } from '../learn/checkpoint.js';
import type { Values } from '../learn/engine/engine.js';
import { classification, type Classification } from '../learn/evaluate/classification.js';
import { predict } from '../learn/evaluate/predict.js';
import type { Source } from '../learn/loop.js';
import type { ExampleFacts, Preview } from '../learn/method/method.js';
import { examplesAt } from '../learn/method/examples.js';
import type { Classifier } from '../learn/task/index.js';
import {
  RunFile,
  type ClassificationEvaluation,
  type ClassificationRecord,
  type EvaluationRecord,
} from '../protocol/run.js';
import { encodeSafetensors } from '../protocol/safetensors.js';
import { EVALUATION_FORMAT, measuredSplits, type Evaluated, type Evaluating } from './evaluated.js';
import { writeDurable, writeFileAtomic } from './files.js';
import { evaluateMultiLabel, multiLabelMetrics } from './multiLabelEvaluation.js';
import { evaluateRegressor, regressionMetrics } from './regressionEvaluation.js';

/** How well a fine-tuned network does, once it has learned. */

/** Examples that are kept of each cell of the confusion matrix, and of all together. */
const MOST_OF_CELL = 12;
const MOST_SHOWN = 600;

/** @returns null where there is nothing to measure it with */
export function evaluateTask(job: Evaluating, values: Values, progress: Progress): Promise<Evaluated | null> {
  const { learner } = job;
  switch (learner.task) {
    case 'classification':
      return evaluateClassifier({ ...job, learner }, values, progress);
    case 'multiLabel':
      return evaluateMultiLabel({ ...job, learner }, values, progress);
    case 'regression':
      return evaluateRegressor({ ...job, learner }, values, progress);
  }
}

async function evaluateClassifier(
  job: Evaluating<Classifier>,
  values: Values,
  { epoch }: Progress,
): Promise<Evaluated | null> {
  const { learner, dataset, options } = job;
  const classes = [...learner.classes];
  const splits: ClassificationEvaluation['splits'] = {};
  const predictions: Evaluated['predictions'] = {};
  let preview: Preview | null = null;
  for (const [from, source] of measuredSplits(dataset)) {
    const labels = source.labels ?? new Int32Array();
    const probabilities = await predict(job, source, values, epoch);
    const measured = classification({ labels, probabilities, classes: classes.length }, options.seed);
    splits[from] = record(measured);
    predictions[`${from}/labels`] = { shape: [source.count], data: labels };
    predictions[`${from}/probabilities`] = { shape: [source.count, classes.length], data: probabilities };
    preview ??= await shown({ from, source, labels, probabilities, measured, classes, example: dataset.example });
  }
  if (!preview) return null;
  const trainedOn = classes.map(() => 0);
  for (const label of dataset.training.labels ?? []) if (label >= 0) trainedOn[label] = (trainedOn[label] ?? 0) + 1;
  return {
    evaluation: { format: EVALUATION_FORMAT, task: 'classification', classes, trainedOn, splits },
    predictions,
    preview,
  };
}

function record(measured: Classification): ClassificationRecord {
  const { count, accuracy, balancedAccuracy, macroF1, top5Accuracy, logLoss, scores, calibration, confusion } =
    measured;
  const classes = scores.length;
  return {
    count,
    accuracy,
    balancedAccuracy,
    macroF1,
    top5Accuracy,
    logLoss,
    scores,
    expectedCalibrationError: calibration.expectedError,
    calibration: calibration.bins,
    confusion: Array.from({ length: classes }, (_, row) =>
      Array.from(confusion.subarray(row * classes, (row + 1) * classes)),
    ),
  };
}

interface Measured {
  from: string;
  source: Source;
  labels: Int32Array;
  probabilities: Float32Array;
  measured: Classification;
  classes: string[];
  example: ExampleFacts;
}

async function shown({ from, source, labels, probabilities, measured, classes, example }: Measured): Promise<Preview> {
  const chosen = examplesOfCells(labels, probabilities, classes.length);
  const positions = Int32Array.from(chosen, ({ position }) => position);
  const examples = await examplesAt(source, positions, example);
  const { bins, expectedError } = measured.calibration;
  return {
    views: [
      {
        kind: 'confusion',
        from,
        classes,
        counts: 'confusion',
        examples: 'examples',
        labels: chosen.map(({ label }) => label),
        guesses: chosen.map(({ guess }) => guess),
        confidences: 'confidences',
      },
      { kind: 'calibration', from, bins: 'calibration', expectedError },
    ],
    tensors: {
      confusion: { shape: [classes.length, classes.length], data: measured.confusion },
      examples,
      confidences: { shape: [chosen.length], data: Float32Array.from(chosen, ({ confidence }) => confidence) },
      calibration: {
        shape: [bins.length, 3],
        data: Float32Array.from(
          bins.flatMap(({ confidence, accuracy, count }) => [confidence ?? 0, accuracy ?? 0, count]),
        ),
      },
    },
  };
}

interface Chosen {
  position: number;
  label: number;
  guess: number;
  confidence: number;
}

/** Of each cell of the confusion matrix the surest, as many of each as fit: those that are wrong before those that are right. */
function examplesOfCells(labels: Int32Array, probabilities: Float32Array, classes: number): Chosen[] {
  const all = Array.from(labels, (label, position): Chosen => {
    const row = probabilities.subarray(position * classes, (position + 1) * classes);
    const guess = row.indexOf(Math.max(...row));
    return { position, label, guess, confidence: row[guess] ?? 0 };
  });
  const isWrong = ({ label, guess }: Chosen): number => Number(label !== guess);
  all.sort((a, b) => isWrong(b) - isWrong(a) || b.confidence - a.confidence || a.position - b.position);
  const taken = new Map<number, number>();
  return all
    .filter(({ label, guess }) => {
      const cell = label * classes + guess;
      const count = (taken.get(cell) ?? 0) + 1;
      taken.set(cell, count);
      return count <= MOST_OF_CELL;
    })
    .slice(0, MOST_SHOWN);
}

/** @throws the file system's error */
export async function writeEvaluation(run: string, { evaluation, predictions }: Evaluated): Promise<void> {
  await writeDurable(
    path.join(run, RunFile.predictions),
    encodeSafetensors({
      tensors: predictions,
      metadata: {
        task: evaluation.task,
        ...(evaluation.task !== 'regression' && { classes: JSON.stringify(evaluation.classes) }),
      },
    }),
  );
  await writeFileAtomic(path.join(run, RunFile.evaluation), `${JSON.stringify(evaluation, null, 2)}\n`);
}

/** e.g. { testAccuracy: 0.83, validationMacroF1: 0.79 }, or { testMeanAbsoluteError: 3.1, testR2: 0.87 } */
export function evaluationMetrics(evaluation: EvaluationRecord): Record<string, number> {
  if (evaluation.task === 'regression') return regressionMetrics(evaluation);
  if (evaluation.task === 'multiLabel') return multiLabelMetrics(evaluation);
  return Object.fromEntries(
    Object.entries(evaluation.splits).flatMap(([split, { accuracy, balancedAccuracy, macroF1, logLoss }]) => [
      [`${split}Accuracy`, accuracy.value],
      [`${split}BalancedAccuracy`, balancedAccuracy.value],
      [`${split}MacroF1`, macroF1.value],
      [`${split}LogLoss`, logLoss],
    ]),
  );
}
