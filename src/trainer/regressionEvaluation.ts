import type { Progress } from '../learn/checkpoint.js';
import type { Values } from '../learn/engine/engine.js';
import { predict } from '../learn/evaluate/predict.js';
import { regression } from '../learn/evaluate/regression.js';
import type { Preview } from '../learn/method/method.js';
import type { Regressor } from '../learn/task/index.js';
import { numbersOf } from '../learn/task/regression.js';
import { scatterPreview } from '../learn/task/scatter.js';
import type { RegressionEvaluation } from '../protocol/run.js';
import { EVALUATION_FORMAT, measuredSplits, type Evaluated, type Evaluating } from './evaluated.js';

/** How near a fine-tuned network comes to the numbers that are true. */

export async function evaluateRegressor(
  job: Evaluating<Regressor>,
  values: Values,
  { epoch }: Progress,
): Promise<Evaluated | null> {
  const { learner, dataset, options } = job;
  const splits: RegressionEvaluation['splits'] = {};
  const predictions: Evaluated['predictions'] = {};
  let preview: Preview | null = null;
  for (const [from, source] of measuredSplits(dataset)) {
    const targets = numbersOf(source.labels ?? new Int32Array(), learner);
    const found = await predict(job, source, values, epoch);
    splits[from] = regression(targets, found, options.seed);
    predictions[`${from}/targets`] = { shape: [source.count], data: Float32Array.from(targets) };
    predictions[`${from}/predictions`] = { shape: [source.count], data: found };
    preview ??= scatterPreview(from, targets, found);
  }
  if (!preview) return null;
  const trainedOn = dataset.training.count;
  return {
    evaluation: { format: EVALUATION_FORMAT, task: 'regression', trainedOn, splits },
    predictions,
    preview,
  };
}

/** e.g. { testMeanAbsoluteError: 3.1, testRootMeanSquaredError: 4.2, testR2: 0.87 } */
export function regressionMetrics({ splits }: RegressionEvaluation): Record<string, number> {
  return Object.fromEntries(
    Object.entries(splits).flatMap(([split, { meanAbsoluteError, rootMeanSquaredError, r2 }]) => [
      [`${split}MeanAbsoluteError`, meanAbsoluteError.value],
      [`${split}RootMeanSquaredError`, rootMeanSquaredError.value],
      ...(r2 ? ([[`${split}R2`, r2.value]] as const) : []),
    ]),
  );
}
