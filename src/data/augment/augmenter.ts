import type { RandomStream } from '../../protocol/random.js';

/** Changes examples of one kind and shape at random. Values are as the network gets them. */
export interface Augmenter {
  /** Whether it takes values of another example, drawn at random. */
  mixes: boolean;
  /**
   * What it writes depends on its arguments alone.
   * @param other another example's values where it mixes, else empty
   * @param out as long as `example`, which it does not share memory with
   */
  apply(random: RandomStream, example: Float32Array, other: Float32Array, out: Float32Array): void;
}

/** Uniform in -1..1. */
export function signed(random: RandomStream): number {
  return 2 * random.uniform() - 1;
}

/** Nearest value in 0..1. */
export function clamped(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** Adds normal noise, and clamps if wanted. */
export function addNoise(values: Float32Array, deviation: number, bounded: boolean, random: RandomStream): void {
  if (deviation === 0) return;
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] as number) + deviation * random.normal();
    values[i] = bounded ? clamped(value) : value;
  }
}
