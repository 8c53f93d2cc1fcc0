import type { Arrays } from '../engine/engine.js';
import type { Codes } from '../evaluate/codes.js';
import type { Labelled } from '../evaluate/knn.js';
import { logisticRegression } from '../evaluate/logisticRegression.js';
import { errorsOf } from '../evaluate/regression.js';
import { ridge, valuesOf } from '../evaluate/ridge.js';
import { LINEAR } from './head.js';
import type { LabelWeights } from './multiLabel.js';

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

/** Of a label that no example has, or that each has: its probability is 0, or 1, in float32. */
const SURE = 104;

/**
 * The linear head that is best on the codes for each label by itself: a {@link logisticRegression} of those that have it
 * and those that have it not.
 * @param targets [count, labels], 1 where an example has the label, else 0
 * @param onIteration hears the mean loss of all labels; of those that are not begun yet it is that of chance
 */
export async function solveLabelHeads(
  codes: Codes,
  targets: Uint8Array,
  { penalty, weights }: Pick<HeadOptions, 'penalty'> & { weights: LabelWeights | null },
  onIteration: (loss: number) => void | Promise<void>,
): Promise<Arrays> {
  const { count, width } = codes;
  const outputs = targets.length / count;
  const [kernel, bias] = [new Float32Array(width * outputs), new Float32Array(outputs)];
  let known = 0;
  for (let label = 0; label < outputs; label++) {
    const labels = Int32Array.from({ length: count }, (_, row) => targets[row * outputs + label] as number);
    const having = labels.reduce((sum, has) => sum + has, 0);
    if (having === 0 || having === count) {
      bias[label] = having === 0 ? -SURE : SURE;
      continue;
    }
    const others = (outputs - label - 1) * Math.LN2;
    const model = await logisticRegression({ ...codes, labels }, 2, {
      C: 1 / penalty,
      weights: weights
        ? Float32Array.from(labels, (has) => (has === 1 ? weights.positive : weights.negative)[label] as number)
        : undefined,
      onIteration: (_, loss) => onIteration((known + loss + others) / outputs),
    });
    known += model.loss;
    for (let i = 0; i < width; i++)
      kernel[i * outputs + label] = (model.kernel[2 * i + 1] as number) - (model.kernel[2 * i] as number);
    bias[label] = (model.bias[1] as number) - (model.bias[0] as number);
  }
  return {
    [`${LINEAR}/kernel`]: { shape: [width, outputs], data: kernel },
    [`${LINEAR}/bias`]: { shape: [outputs], data: bias },
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
