import * as tf from '@tensorflow/tfjs-core';
import { formatCount, t } from '../../protocol/l10n.js';
import { factorise, solve } from './cholesky.js';
import type { Codes } from './codes.js';
import type { Labelled } from './knn.js';
import { minimise, type Minimum, type MinimiseOptions, type Smooth } from './lbfgs.js';
import { folded, outputsOf, type Linear } from './linear.js';
import { spreadOf, standardised } from './standardise.js';

export interface LogisticOptions extends Partial<Omit<MinimiseOptions, 'precondition'>> {
  /** Of the data against the penalty, above 0. */
  C?: number;
  /** [count], how much each example counts, from 0; all 1 where missing. */
  weights?: Float32Array | undefined;
}

/** softmax(code · kernel + bias) are a code's probabilities. */
export interface LogisticRegression extends Linear, Omit<Minimum, 'x' | 'value'> {
  /** What was minimised, by the sum of weights: mean cross-entropy and penalty, in nats. */
  loss: number;
}

/** Of a class that no example has: with it its probability is 0 in float32, as the largest logit is never below 0. */
const NEVER = -104;

/**
 * Multinomial logistic regression of codes, solved to convergence: minimises
 *   C · Σ weight · -log softmax(z · W + b)_label + ½ ‖W‖²
 * over W and b by {@link minimise}, where z are the codes with mean 0 and deviation 1; kernel and bias are made so that
 * they apply to codes as they are. It is scikit-learn's LogisticRegression(C) behind a StandardScaler, also of two
 * classes, where the penalty there is ½ ‖w‖² of the one w = W₁ - W₀, which at the minimum is ‖W‖². A number that is the
 * same in every code is left out: its kernel is 0. So is a class without an example: its probability is 0.
 *
 * By default it ends when no number of the gradient, divided by C · Σ weight, is above 1e-4, or after 1000 iterations.
 * Products are the engine's, in float32; sums and steps are in float64.
 * @param classes of which `labels` are, 0..classes - 1; more than one must have an example
 * @returns kernel [width, classes] and bias [classes]
 * @throws Error when fewer than two classes have an example, or a code is no number; the signal's reason when aborted
 */
export async function logisticRegression(
  codes: Labelled,
  classes: number,
  { C = 1, weights, tolerance = 1e-4, iterations = 1000, signal, onIteration }: LogisticOptions = {},
): Promise<LogisticRegression> {
  const { count, width, labels } = codes;
  const present = classesOf(codes, classes, weights);
  const among = Int32Array.from(labels, (label) => present.indexOf(label));
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : count;
  const spread = spreadOf(codes, weights);
  const z = tf.tensor2d(standardised(codes, spread), [count, width]);
  try {
    const objective = crossEntropy(z, among, present.length, (i) => (weights ? (weights[i] as number) : 1) / total);
    const penalty = (present.length === 2 ? 2 : 1) / (C * total);
    const penalised: Smooth = (x, gradient) => {
      let value = objective(x, gradient);
      for (let i = 0; i < width * present.length; i++) {
        const weight = x[i] as number;
        gradient[i] = (gradient[i] as number) + penalty * weight;
        value += (penalty / 2) * weight * weight;
      }
      return value;
    };
    const start = new Float64Array((width + 1) * present.length);
    const precondition = inverseHessian(z, present.length, penalty, (i) => (weights ? (weights[i] as number) : 1));
    const options = { tolerance, iterations, precondition, signal, onIteration };
    const { x, value, ...rest } = await minimise(penalised, start, options);
    const split = width * present.length;
    const fitted = folded(x.subarray(0, split), x.subarray(split), spread);
    return { ...ofAll(fitted, present, classes), ...rest, loss: value };
  } finally {
    z.dispose();
  }
}

/** Of each code the probabilities of all classes, [count, classes]. */
export async function probabilitiesOf(codes: Codes, model: Linear): Promise<Float32Array> {
  const probabilities = tf.tidy(() => tf.softmax(outputsOf(codes, model)));
  const values = await probabilities.data<'float32'>();
  probabilities.dispose();
  return values;
}

/** Classes that an example has, in their order. */
function classesOf({ count, labels }: Labelled, classes: number, weights?: Float32Array): number[] {
  if (weights?.some((weight) => !(weight >= 0 && weight < Infinity)))
    throw new Error('The weight of an example is negative, or no number.');
  const has = new Uint8Array(classes);
  labels.forEach((label, i) => {
    if (!(label >= 0 && label < classes)) throw new Error(`A label is ${label}, and there are ${classes} classes.`);
    if (!weights || (weights[i] as number) > 0) has[label] = 1;
  });
  const present = Array.from(has.keys()).filter((label) => has[label] === 1);
  if (count === 0 || present.length === 0)
    throw new Error(t('There is no example with a label to learn from. Give some examples of each class a label.'));
  if (present.length === 1)
    throw new Error(
      t(
        'All {0} examples with a label are of the same class: there is nothing to tell apart. Give examples of another class a label.',
        formatCount(count),
      ),
    );
  return present;
}

/**
 * Σ weight · -log softmax(z · W + b)_label of x = (W, b), [width · classes + classes].
 * @param z [count, width]; stays the caller's
 * @param weightOf an example's weight
 */
function crossEntropy(
  z: tf.Tensor2D,
  labels: Int32Array,
  classes: number,
  weightOf: (example: number) => number,
): Smooth {
  const [count, width] = z.shape;
  const split = width * classes;
  const residuals = new Float32Array(count * classes);
  return (x, gradient) => {
    const kernel = Float32Array.from(x.subarray(0, split));
    const product = tf.tidy(() => tf.matMul(z, tf.tensor2d(kernel, [width, classes])));
    const logits = product.dataSync<'float32'>();
    product.dispose();
    gradient.fill(0);
    let loss = 0;
    const row = new Float64Array(classes);
    for (let i = 0; i < count; i++) {
      const [label, weight] = [labels[i] as number, weightOf(i)];
      if (weight === 0) continue; // its residuals are 0, and its class may be none of these
      let most = -Infinity;
      for (let c = 0; c < classes; c++) {
        const logit = (logits[i * classes + c] as number) + (x[split + c] as number);
        row[c] = logit;
        if (logit > most) most = logit;
      }
      const own = row[label] as number;
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += row[c] = Math.exp((row[c] as number) - most);
      loss += weight * (Math.log(sum) + most - own);
      for (let c = 0; c < classes; c++) {
        const residual = weight * ((row[c] as number) / sum - (c === label ? 1 : 0));
        residuals[i * classes + c] = residual;
        gradient[split + c] = (gradient[split + c] as number) + residual;
      }
    }
    const slopes = tf.tidy(() => tf.matMul(z, tf.tensor2d(residuals, [count, classes]), true));
    gradient.set(slopes.dataSync<'float32'>());
    slopes.dispose();
    return loss;
  };
}

/** Wider codes have too large a Hessian. */
const WIDEST = 1024;
/** Examples that the Hessian is of: so many for each number of a code, or these if there are few. */
const [EXAMPLES, FEWEST] = [8, 2000];

/** Of the Hessian's numbers in float32, with some room: without it a small penalty would not keep it positive definite. */
const ROUNDING = 1e-5;

/**
 * The inverse Hessian where the minimisation starts, for as many examples as tell it well. There each class has
 * probability 1 / classes, and of vectors that sum to 0 over classes, as all here do, the Hessian is
 * zᵀ z / classes + penalty for the kernel of each class, 1 / classes for its bias, nothing between them, as z has mean 0.
 */
function inverseHessian(
  z: tf.Tensor2D,
  classes: number,
  penalty: number,
  weightOf: (example: number) => number,
): MinimiseOptions['precondition'] {
  const [count, width] = z.shape;
  if (width > WIDEST) return undefined;
  const counted = Array.from({ length: count }, (_, i) => i).filter((example) => weightOf(example) > 0);
  const stride = Math.max(1, Math.floor(counted.length / Math.max(FEWEST, EXAMPLES * width)));
  const chosen = Int32Array.from(counted.filter((_, i) => i % stride === 0));
  const roots = Float32Array.from(chosen, (example) => Math.sqrt(weightOf(example)));
  const total = roots.reduce((sum, root) => sum + root * root, 0);
  const squares = tf.tidy(() => {
    const rows = tf.mul(tf.gather(z, tf.tensor1d(chosen, 'int32')), tf.tensor2d(roots, [chosen.length, 1]));
    return tf.matMul(rows, rows, true);
  });
  const hessian = Float64Array.from(squares.dataSync<'float32'>(), (value) => value / total / classes);
  squares.dispose();
  for (let i = 0; i < width; i++) hessian[i * width + i] = (hessian[i * width + i] as number) + penalty + ROUNDING;
  factorise(hessian, width);
  return (x) => {
    const split = width * classes;
    solve(hessian, width, x.subarray(0, split));
    x.subarray(split).forEach((value, c) => (x[split + c] = value * classes));
  };
}

/** With the classes that no example has. */
function ofAll({ kernel, bias }: Linear, present: readonly number[], classes: number): Linear {
  const all: Linear = {
    kernel: new Float32Array((kernel.length / present.length) * classes),
    bias: new Float32Array(classes).fill(NEVER),
  };
  present.forEach((label, c) => {
    all.bias[label] = bias[c] as number;
    for (let i = 0; i * present.length < kernel.length; i++)
      all.kernel[i * classes + label] = kernel[i * present.length + c] as number;
  });
  return all;
}
