import { t } from '../../protocol/l10n.js';
import type { Codes } from './codes.js';

/** Where each number of a code lies, and how far it spreads. */
export interface Spread {
  /** [width] */
  mean: Float64Array;
  /** [width], 1 / standard deviation; 0 for a number that is the same in every code. */
  scale: Float64Array;
}

/**
 * A deviation below this part of the mean is float32's rounding: it tells nothing, and made as large as the others it
 * would need weights that no float32 product survives.
 */
const ROUNDING = 2 ** -20;

/**
 * Mean and standard deviation (which divides by the count) of each number of the codes, in float64.
 * @param weights [count], from 0; all 1 where missing
 * @throws Error where a code is no number
 */
export function spreadOf({ count, width, data }: Codes, weights?: Float32Array): Spread {
  const mean = new Float64Array(width);
  const scale = new Float64Array(width);
  let total = 0;
  for (let row = 0; row < count; row++) {
    const weight = weights ? (weights[row] as number) : 1;
    total += weight;
    for (let i = 0; i < width; i++) mean[i] = (mean[i] as number) + weight * (data[row * width + i] as number);
  }
  for (let i = 0; i < width; i++) mean[i] = (mean[i] as number) / total;
  if (!mean.every(Number.isFinite))
    throw new Error(
      t('The codes hold something that is no number: the encoder’s weights are lost. Take an earlier checkpoint.'),
    );
  for (let row = 0; row < count; row++) {
    const weight = weights ? (weights[row] as number) : 1;
    for (let i = 0; i < width; i++)
      scale[i] = (scale[i] as number) + weight * ((data[row * width + i] as number) - (mean[i] as number)) ** 2;
  }
  for (let i = 0; i < width; i++) {
    const deviation = Math.sqrt((scale[i] as number) / total);
    scale[i] = deviation > ROUNDING * Math.abs(mean[i] as number) ? 1 / deviation : 0;
  }
  return { mean, scale };
}

/** The codes with mean 0 and deviation 1, [count, width]; what is the same in every code is 0. */
export function standardised({ width, data }: Codes, { mean, scale }: Spread): Float32Array<ArrayBuffer> {
  const made = new Float32Array(data.length);
  for (let from = 0; from < data.length; from += width)
    for (let i = 0; i < width; i++)
      made[from + i] = ((data[from + i] as number) - (mean[i] as number)) * (scale[i] as number);
  return made;
}
