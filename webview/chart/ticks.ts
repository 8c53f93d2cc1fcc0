/** Where an axis is marked. */

const MANTISSAS: readonly (readonly number[])[] = [
  [1, 1.5, 2, 3, 4, 5, 6, 8],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1, 3],
  [1],
];

/**
 * Marks of a logarithmic axis between two decadic logarithms, themselves as logarithms: round numbers, as many as
 * leave `space` pixels between neighbours on an axis of `pixels`.
 */
export function logTicks(low: number, high: number, pixels: number, space: number): number[] {
  const gap = (space / pixels) * (high - low);
  const linear = linearTicks(10 ** low, 10 ** high, Math.max(2, Math.floor(pixels / space / 1.5)))
    .filter((value) => value > 0)
    .map(Math.log10)
    .filter((value) => value >= low - 1e-9 && value <= high + 1e-9);
  // Within less than a factor of two, steps of equal size are rounder than any fixed set.
  if (high - low < Math.log10(2) && linear.length >= 2) return linear;
  for (const mantissas of MANTISSAS) {
    const ticks = decades(low, high, mantissas);
    const tight = ticks.some((tick, index) => index > 0 && tick - (ticks[index - 1] ?? 0) < gap);
    if (!tight && ticks.length >= 2) return ticks;
  }
  const powers = decades(low, high, [1]);
  if (powers.length < 2) return linear;
  const every = Math.max(1, Math.ceil(gap));
  return powers.filter((tick) => Math.round(tick) % every === 0);
}

function decades(low: number, high: number, mantissas: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++)
    for (const mantissa of mantissas) {
      const tick = power + Math.log10(mantissa);
      if (tick >= low - 1e-9 && tick <= high + 1e-9) ticks.push(tick);
    }
  return ticks;
}

/** At most about `most` marks at multiples of 1, 2 or 5 times a power of ten. */
export function linearTicks(low: number, high: number, most: number): number[] {
  if (!(high - low > Math.abs(high) * 1e-9) || !Number.isFinite(high - low)) return [low]; // steps would be lost in rounding
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high * (1 + 1e-12) + step * 1e-9; index++)
    ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

/** The same for seconds: marks at whole minutes and hours where they are long enough. */
export function clockTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const step = CLOCK_STEPS.find((seconds) => seconds >= rough);
  if (step === undefined || rough < 1) return linearTicks(low, high, most);
  const ticks: number[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) ticks.push(value);
  return ticks;
}

/** The same for things that are counted: never a fraction. */
export function countTicks(low: number, high: number, most: number): number[] {
  return linearTicks(low, high, Math.min(most, Math.max(1, Math.floor(high - low)))).filter(Number.isInteger);
}
