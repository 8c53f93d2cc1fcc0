import type { Arrays } from '../engine/engine.js';
import type { Codes } from '../evaluate/codes.js';
import type { Labelled } from '../evaluate/knn.js';
import { logisticRegression } from '../evaluate/logisticRegression.js';
import { errorsOf } from '../evaluate/regression.js';
import { ridge, valuesOf } from '../evaluate/ridge.js';
import { LINEAR } from './head.js';

export interface HeadOptions {
  /** Of L2 on the kernel, above 0: 1 / C of scikit-learn's LogisticRegression behind a StandardScaler. */
  penalty: number;
  /** Of each class; null where all count the same. */
  weights: Float32Array | null;
}

/** The linear head that is best on the codes: see {@link logisticRegression}. */
export async function solveHead(
  examples: Labelled,
  classes: number,
  { penalty, weights }: HeadOptions,
  onIteration: (loss: number) => void | Promise<void>,
): Promise<Arrays> {
  const { kernel, bias } = await logisticRegression(examples, classes, {
    C: 1 / penalty,
    weights: weights ? Float32Array.from(examples.labels, (label) => weights[label] as number) : undefined,
    onIteration: (_, loss) => onIteration(loss),
  });
  return {
    [`${LINEAR}/kernel`]: { shape: [examples.width, classes], data: Float32Array.from(kernel) },
    [`${LINEAR}/bias`]: { shape: [classes], data: Float32Array.from(bias) },
  };
}

/**
 * The linear head whose one output is nearest to standardised targets: see {@link ridge}.
 * @param targets [count]
 * @param penalty above 0: alpha of scikit-learn's Ridge behind a StandardScaler, as strong as that of classes
 * @param onSolved hears the mean squared error of the targets once
 */
export async function solveRegressionHead(
  codes: Codes,
  targets: Float64Array,
  penalty: number,
  onSolved: (loss: number) => void | Promise<void>,
): Promise<Arrays> {
  const model = ridge(codes, targets, penalty);
  await onSolved(errorsOf(targets, await valuesOf(codes, model)).rootMeanSquaredError ** 2);
  return {
    [`${LINEAR}/kernel`]: { shape: [codes.width, 1], data: model.kernel },
    [`${LINEAR}/bias`]: { shape: [1], data: model.bias },
  };
}
