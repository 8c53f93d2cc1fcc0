import type { EfficiencyMean, EfficiencyPoint } from '../../protocol/efficiency.js';

/** The mode that starts from nothing. */
export const SCRATCH = 'scratch';

/** From points to curves: means over seeds, their intervals, and the labels at which a curve reaches a score. */

/** One mean for each mode and budget that has a point; modes in their order, budgets ascending. */
export function meansOf(points: readonly EfficiencyPoint[], modes: readonly string[]): EfficiencyMean[] {
  const at = (mode: string, labels: number): EfficiencyPoint[] =>
    points.filter((point) => point.mode === mode && point.labelsPerClass === labels);
  const budgets = [...new Set(points.map(({ labelsPerClass }) => labelsPerClass))].sort((a, b) => a - b);
  return modes.flatMap((mode) =>
    budgets.flatMap((labelsPerClass) => {
      const own = at(mode, labelsPerClass);
      const values = own.map(({ score }) => score);
      if (values.length === 0) return [];
      const gain = mode === SCRATCH ? null : gainOf(own, at(SCRATCH, labelsPerClass));
      return [{ mode, labelsPerClass, seeds: values.length, ...interval(values), gain }];
    }),
  );
}

/** Seeds draw the labels, and some are easier than others: differences within a seed tell more than two intervals. */
function gainOf(own: readonly EfficiencyPoint[], scratch: readonly EfficiencyPoint[]): EfficiencyMean['gain'] {
  const bySeed = new Map(scratch.map(({ seed, score }) => [seed, score]));
  const differences = own.flatMap(({ seed, score }) => {
    const other = bySeed.get(seed);
    return other === undefined ? [] : [score - other];
  });
  if (differences.length < 2) return null;
  const { mean, half } = spread(differences);
  return { low: mean - half, high: mean + half };
}

/** Mean and 95 % interval by Student's t, within 0..1. @param values at least one; one has no interval */
export function interval(values: readonly number[]): Pick<EfficiencyMean, 'mean' | 'low' | 'high'> {
  const { mean, half } = spread(values);
  if (values.length < 2) return { mean, low: null, high: null };
  return { mean, low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}

/** Mean, and half of its 95 % interval by Student's t; NaN for one value. */
function spread(values: readonly number[]): { mean: number; half: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, half: studentQuantile(count - 1) * Math.sqrt(variance / count) };
}

/** 0.975 quantiles of Student's t with 1, 2, ... degrees of freedom. */
const QUANTILES = [
  12.706, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086,
];
const NORMAL_QUANTILE = 1.959964;

/** Beyond the table by Cornish and Fisher's expansion (Abramowitz & Stegun 1964, 26.7.5), right to four digits. */
function studentQuantile(freedom: number): number {
  const z = NORMAL_QUANTILE;
  return (
    QUANTILES[freedom - 1] ??
    z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  );
}

export type Reached =
  | { type: 'about'; labels: number }
  /** Already with the fewest that were measured. */
  | { type: 'atMost'; labels: number }
  | { type: 'moreThan'; labels: number };

/**
 * With how many labels a curve first reaches a score: between two budgets on the straight line through their means,
 * over the logarithm of the labels.
 * @param curve of one mode, budgets ascending; at least one
 */
export function labelsFor(score: number, curve: readonly EfficiencyMean[]): Reached {
  const [first] = curve;
  if (!first) throw new RangeError('The curve has no point.');
  if (first.mean >= score) return { type: 'atMost', labels: first.labelsPerClass };
  for (let i = 1; i < curve.length; i++) {
    const [before, after] = [curve[i - 1] as EfficiencyMean, curve[i] as EfficiencyMean];
    if (after.mean < score) continue;
    const part = (score - before.mean) / (after.mean - before.mean);
    const [low, high] = [Math.log(before.labelsPerClass), Math.log(after.labelsPerClass)];
    return { type: 'about', labels: Math.exp(low + part * (high - low)) };
  }
  return { type: 'moreThan', labels: (curve.at(-1) ?? first).labelsPerClass };
}
