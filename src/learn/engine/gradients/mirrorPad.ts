import { add, MirrorPad, pad, reverse, slice, type GradConfig, type Tensor } from '@tensorflow/tfjs-core';

/** Folds the reflected borders back, axis by axis; TensorFlow.js' own gradient cuts them off. */
export const mirrorPad: GradConfig = {
  kernelName: MirrorPad,
  inputsToSave: ['x'],
  gradFunc(dy, saved, attrs) {
    const [x] = saved as [Tensor];
    const { paddings, mode } = attrs as unknown as { paddings: [number, number][]; mode: 'reflect' | 'symmetric' };
    // In 'reflect' the outermost value is not repeated.
    const skipped = mode === 'reflect' ? 1 : 0;
    return {
      x: () =>
        paddings.reduce(
          (gradient, [before, after], axis) => fold(gradient, axis, x.shape[axis] ?? 1, before, after, skipped),
          dy as Tensor,
        ),
    };
  },
};

function fold(dy: Tensor, axis: number, length: number, before: number, after: number, skipped: number): Tensor {
  let dx = part(dy, axis, before, length);
  if (before > 0) {
    const border = reverse(part(dy, axis, 0, before), axis);
    dx = add(dx, place(border, axis, skipped, length - skipped - before));
  }
  if (after > 0) {
    const border = reverse(part(dy, axis, before + length, after), axis);
    dx = add(dx, place(border, axis, length - skipped - after, skipped));
  }
  return dx;
}

function part(x: Tensor, axis: number, from: number, length: number): Tensor {
  const begin = x.shape.map((_, i) => (i === axis ? from : 0));
  return slice(
    x,
    begin,
    x.shape.map((own, i) => (i === axis ? length : own)),
  );
}

function place(x: Tensor, axis: number, before: number, after: number): Tensor {
  return pad(
    x,
    x.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])),
  );
}
