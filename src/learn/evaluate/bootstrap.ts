import { stream } from '../../protocol/random.js';

/** A measured value with the ends of its 95 % interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

const RESAMPLES = 1000;
const [LOW, HIGH] = [0.025, 0.975];

/**
 * Percentile bootstrap (Efron & Tibshirani 1993, "An introduction to the bootstrap", section 13.3): the interval that
 * holds the middle 95 % of what is measured of 1000 sets, each drawn from the examples with replacement and as large.
 * Between two of them the ends are interpolated, as NumPy's percentile does.
 * @param count of examples, 1..2^31
 * @param seed names the random numbers; the same gives the same
 * @param measure what the examples at those positions give, each as often as it is there; the first call is with all,
 *   in their order. The array is the same at each call
 */
export function estimates<Name extends string>(
  count: number,
  seed: number,
  measure: (positions: Int32Array) => Record<Name, number>,
): Record<Name, Estimate> {
  const positions = Int32Array.from({ length: count }, (_, i) => i);
  const measured = measure(positions);
  const resampled = Array.from({ length: RESAMPLES }, (_, index) => {
    const random = stream(seed, 'bootstrap', index);
    for (let i = 0; i < count; i++) positions[i] = random.integer(count);
    return measure(positions);
  });
  const entries = Object.entries<number>(measured).map(([name, value]): [string, Estimate] => {
    const sorted = Float64Array.from(resampled, (values) => values[name as Name]).sort();
    return [name, { value, low: quantile(sorted, LOW), high: quantile(sorted, HIGH) }];
  });
  return Object.fromEntries(entries) as Record<Name, Estimate>;
}

/** Linear between the two nearest, with the least at 0 and the most at 1. */
function quantile(sorted: Float64Array, part: number): number {
  const at = part * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at - Math.floor(at)) * (above - below);
}
