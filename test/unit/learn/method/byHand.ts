import type { Arrays } from '../../../../src/learn/engine/engine.js';

/** Dense networks and losses in double precision, straight from their formulas. */

export type Row = number[];

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const linear = (x: number) => x;
export const relu = (x: number) => Math.max(0, x);

/** f(x · kernel + bias). */
export function layer(values: Arrays, name: string, x: Row, f: (x: number) => number): Row {
  const [kernel, bias] = [values[`${name}/kernel`]!, values[`${name}/bias`]!];
  const units = kernel.shape[1]!;
  return Array.from({ length: units }, (_, unit) =>
    f(x.reduce((sum, value, i) => sum + value * kernel.data[i * units + unit]!, bias.data[unit]!)),
  );
}

export function mean(values: Row): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const losses = {
  /** Of a logit z. */
  binaryCrossentropy: (z: number, x: number) => -x * Math.log(sigmoid(z)) - (1 - x) * Math.log(1 - sigmoid(z)),
  meanSquaredError: (z: number, x: number) => (z - x) ** 2,
};

/** Meant over all values of all examples. */
export function difference(loss: keyof typeof losses, outputs: Row[], examples: Row[]): number {
  return mean(outputs.flatMap((output, row) => output.map((z, i) => losses[loss](z, examples[row]![i]!))));
}

/** A flat array as rows of that width. */
export function rows(data: ArrayLike<number>, width: number): Row[] {
  const all = Array.from(data);
  return Array.from({ length: all.length / width }, (_, row) => all.slice(row * width, (row + 1) * width));
}
