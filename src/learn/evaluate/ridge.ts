import { t } from '../../protocol/l10n.js';
import { factorise, solve } from './cholesky.js';
import type { Codes } from './codes.js';
import { folded, outputsOf, type Linear } from './linear.js';
import { spreadOf } from './standardise.js';

/**
 * Ridge regression of codes (Hoerl & Kennard 1970, "Ridge regression: biased estimation for nonorthogonal problems"):
 *   minimises Σ (z · w + b - value)² + alpha ‖w‖²
 * in closed form and float64, where z are the codes with mean 0 and deviation 1; kernel and bias are made so that they
 * apply to codes as they are. It is scikit-learn's Ridge(alpha) behind a StandardScaler. A number that is the same in
 * every code is left out: its kernel is 0. Takes count · width² / 2 products.
 * @param values [count], what each code is to give
 * @param alpha above 0
 * @returns kernel [width, 1] and bias [1]
 * @throws Error without examples, and where a code or value is no number
 */
export function ridge(codes: Codes, values: Float32Array | Float64Array, alpha = 1): Linear {
  const { count, width, data } = codes;
  if (count === 0) throw new Error(t('There is no example with a value to learn from. Give some examples one.'));
  let mean = 0;
  for (const value of values) mean += value / count;
  if (!Number.isFinite(mean)) throw new Error('A value that is to be learnt is no number.');
  const spread = spreadOf(codes);
  const products = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const z = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++)
      z[i] = ((data[row * width + i] as number) - (spread.mean[i] as number)) * (spread.scale[i] as number);
    const value = (values[row] as number) - mean;
    for (let i = 0; i < width; i++) {
      const own = z[i] as number;
      moments[i] = (moments[i] as number) + own * value;
      for (let j = 0; j <= i; j++)
        products[i * width + j] = (products[i * width + j] as number) + own * (z[j] as number);
    }
  }
  for (let i = 0; i < width; i++) products[i * width + i] = (products[i * width + i] as number) + alpha;
  factorise(products, width);
  solve(products, width, moments);
  return folded(moments, Float64Array.of(mean), spread);
}

/** Of each code the value that it gives, [count]. */
export async function valuesOf(codes: Codes, model: Linear): Promise<Float32Array> {
  const outputs = outputsOf(codes, model);
  const values = await outputs.data<'float32'>();
  outputs.dispose();
  return values;
}
