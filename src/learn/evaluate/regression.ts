import { estimates, type Estimate } from './bootstrap.js';
import { checkPredicted, type Predicted } from './predicted.js';

/** Measures in the unit of the values themselves. */
export interface Regression {
  count: number;
  /** Mean of |prediction - value|. */
  meanAbsoluteError: Estimate;
  /** Square root of the mean of (prediction - value)². */
  rootMeanSquaredError: Estimate;
  /** 1 - Σ (prediction - value)² / Σ (value - mean)²: 1 is perfect, 0 as good as the mean; null for one example. */
  r2: Estimate | null;
}

/**
 * Measures of predicted numbers as scikit-learn has them, with intervals by {@link estimates}. Where all values are the
 * same, R² is 1 for perfect predictions and 0 for others, as in r2_score.
 * @param values [n], what is true
 * @param predictions [n]
 * @param seed of the intervals
 * @throws Error without examples, and where a prediction is no number
 */
export function regression(values: Predicted, predictions: Predicted, seed: number): Regression {
  const count = values.length;
  checkPredicted(predictions, count, 1);
  const { r2, ...errors } = estimates(count, seed, (positions) => measures(values, predictions, positions));
  return { count, ...errors, r2: count > 1 ? r2 : null };
}

/** The same measures without intervals; r2 is null for one example. @param values [n], from 1 on @param predictions [n] */
export function errorsOf(
  values: Predicted,
  predictions: Predicted,
): Record<'meanAbsoluteError' | 'rootMeanSquaredError', number> & { r2: number | null } {
  const all = Int32Array.from(values.keys());
  const found = measures(values, predictions, all);
  return { ...found, r2: all.length > 1 ? found.r2 : null };
}

function measures(
  values: Predicted,
  predictions: Predicted,
  positions: Int32Array,
): Record<'meanAbsoluteError' | 'rootMeanSquaredError' | 'r2', number> {
  let [sum, absolute, squared] = [0, 0, 0];
  for (const position of positions) {
    const value = values[position] as number;
    const error = (predictions[position] as number) - value;
    sum += value;
    absolute += Math.abs(error);
    squared += error * error;
  }
  const { length } = positions;
  const mean = sum / length;
  const first = values[positions[0] as number] as number;
  let [deviation, differ] = [0, false];
  for (const position of positions) {
    const value = values[position] as number;
    deviation += (value - mean) ** 2;
    // A mean of equal values is off by rounding: the deviation would not be 0.
    if (value !== first) differ = true;
  }
  return {
    meanAbsoluteError: absolute / length,
    rootMeanSquaredError: Math.sqrt(squared / length),
    r2: differ ? 1 - squared / deviation : squared === 0 ? 1 : 0,
  };
}
