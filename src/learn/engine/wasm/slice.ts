import { slice_util, StridedSlice, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { address, kernel, lastOf, size } from './backend.js';

interface Attributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/**
 * Every `stride`-th element along each axis, backwards where it is negative. The back end's own reads past the tensor
 * when an axis is dropped or added, and takes whole numbers for float32.
 */
const stridedSlice = kernel<{ x: TensorInfo }, Attributes>(StridedSlice, ({ inputs: { x }, backend, attrs }) => {
  const info = slice_util.sliceInfo(
    x.shape,
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const { begin, strides } = info;
  const lengths = slice_util.computeOutShape(begin, info.end, strides).map((length) => Math.max(length, 0));
  const out = backend.makeOutput(info.finalShape, x.dtype);
  const steps = [...util.computeStrides(x.shape), 1];
  const Elements = x.dtype === 'bool' ? Uint8Array : Int32Array;
  const buffer = backend.wasm.HEAPU8.buffer as ArrayBuffer;
  const from = new Elements(buffer, address(backend, x), size(x.shape));
  const to = new Elements(buffer, address(backend, out), size(lengths));
  const last = lengths.length - 1;
  const stride = strides[last] ?? 1;
  const count = lastOf(lengths);
  let place = 0;
  const copy = (axis: number, start: number): void => {
    if (axis < last) {
      const step = steps[axis] ?? 1;
      for (let i = 0; i < (lengths[axis] ?? 0); i++) {
        copy(axis + 1, start + ((begin[axis] ?? 0) + i * (strides[axis] ?? 1)) * step);
      }
      return;
    }
    const first = start + (begin[last] ?? 0);
    if (stride === 1) to.set(from.subarray(first, first + count), place);
    else for (let i = 0; i < count; i++) to[place + i] = from[first + i * stride] ?? 0;
    place += count;
  };
  if (to.length > 0) copy(0, 0);
  return out;
});

export const kernels = [stridedSlice];
