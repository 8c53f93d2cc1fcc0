import { pad, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';

/** Moves the values along an axis `step` apart, with zeros between: length n becomes (n - 1) step + 1. */
export function spread(x: Tensor, axis: number, step: number): Tensor {
  const length = x.shape[axis] ?? 0;
  if (step === 1 || length < 2) return x;
  const size = (shape: number[]) => shape.reduce((product, own) => product * own, 1);
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const rows = reshape(x, [size(before), length, 1, size(after)]);
  const wide = pad(rows, [[0, 0], [0, 0], [0, step - 1], [0, 0]]); // prettier-ignore
  const flat = reshape(wide, [size(before), length * step, size(after)]);
  const cut = (length - 1) * step + 1;
  return reshape(slice(flat, [0, 0, 0], [size(before), cut, size(after)]), [...before, cut, ...after]);
}
