import {
  DepthToSpace,
  pad,
  reshape,
  reverse,
  slice_util,
  StridedSlice,
  transpose,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { spread } from './spread.js';

interface StridedSliceAttributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/** Puts dy back to where the slice was taken from, zero elsewhere. */
export const stridedSlice: GradConfig = {
  kernelName: StridedSlice,
  inputsToSave: ['x'],
  gradFunc(dy, saved, attrs) {
    const [x] = saved as [Tensor];
    const options = attrs as unknown as StridedSliceAttributes;
    return { x: () => scatter(dy as Tensor, x.shape, options) };
  },
};

function scatter(dy: Tensor, shape: number[], options: StridedSliceAttributes): Tensor {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = options;
  const info = slice_util.sliceInfo(
    shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const lengths = slice_util.computeOutShape(info.begin, info.end, info.strides).map((length) => Math.max(length, 0));
  let dx = reshape(dy, lengths);
  if (dy.size === 0)
    return pad(
      dx,
      shape.map((length) => [0, length]),
    );
  info.strides.forEach((stride, axis) => {
    if (stride < 0) dx = reverse(dx, axis);
    dx = spread(dx, axis, Math.abs(stride));
  });
  return pad(
    dx,
    shape.map((length, axis) => {
      const covered = dx.shape[axis] ?? 0;
      const first = info.begin[axis] ?? 0;
      const before = (info.strides[axis] ?? 1) < 0 ? first - covered + 1 : first;
      return [before, length - covered - before];
    }),
  );
}

/** Space to depth, the inverse permutation. */
export const depthToSpace: GradConfig = {
  kernelName: DepthToSpace,
  gradFunc(dy, _, attrs) {
    const { blockSize, dataFormat } = attrs as unknown as { blockSize: number; dataFormat: 'NHWC' | 'NCHW' };
    return { x: () => spaceToDepth(dy as Tensor, blockSize, dataFormat) };
  },
};

function spaceToDepth(x: Tensor, block: number, dataFormat: 'NHWC' | 'NCHW'): Tensor {
  const [batch = 1, second = 1, third = 1, fourth = 1] = x.shape;
  if (dataFormat === 'NCHW') {
    const [height, width] = [third / block, fourth / block];
    const split = reshape(x, [batch, second, height, block, width, block]);
    return reshape(transpose(split, [0, 3, 5, 1, 2, 4]), [batch, block * block * second, height, width]);
  }
  const [height, width] = [second / block, third / block];
  const split = reshape(x, [batch, height, block, width, block, fourth]);
  return reshape(transpose(split, [0, 1, 3, 2, 4, 5]), [batch, height, width, block * block * fourth]);
}
