import { backend_util, GatherV2, UnsortedSegmentSum, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { address, floats, kernel, makeZeros, size, type WasmBackend } from './backend.js';
import { native } from './native.js';

/** Throws where an index (int32) is not in from..to-1. */
function check(backend: WasmBackend, name: string, indices: TensorInfo, from: number, to: number): void {
  const values = new Int32Array(backend.wasm.HEAPU8.buffer, address(backend, indices), size(indices.shape));
  for (const value of values) {
    if (value < from || value >= to) throw new Error(`${name}: index ${value} is not in ${from}..${to - 1}.`);
  }
}

/** Slices of x along an axis, by their indices. */
const gather = kernel<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims: number }>(
  GatherV2,
  ({ inputs: { x, indices }, backend, attrs }) => {
    const [axis = 0] = util.parseAxisParam(attrs.axis, x.shape);
    check(backend, GatherV2, indices, 0, x.shape[axis] ?? 0);
    const info = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, attrs.batchDims);
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } = info;
    const out = backend.makeOutput(outputShape, x.dtype);
    const bytes = sliceSize * util.bytesPerElement(x.dtype);
    const count = size(indices.shape) / batchSize;
    const [atX, atIndices, atOut] = [address(backend, x), address(backend, indices), address(backend, out)];
    if (bytes * count === 0) return out;
    for (let batch = 0; batch < batchSize; batch++) {
      for (let outer = 0; outer < outerSize; outer++) {
        const group = batch * outerSize + outer;
        const from = atX + group * dimSize * bytes;
        native(backend).gatherRows(from, atIndices + 4 * batch * count, atOut + group * count * bytes, count, bytes);
      }
    }
    return out;
  },
);

/**
 * Sums slices of x that have the same segment id, as TensorFlow does: out[i] = sum of x[j] with ids[j] = i; negative ids
 * are left out. x is [...ids' shape, ...], the result [numSegments, ...]. Also the gradient of an embedding.
 */
const segmentSum = kernel<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>(
  UnsortedSegmentSum,
  ({ inputs: { x, segmentIds }, backend, attrs: { numSegments } }) => {
    const inner = x.shape.slice(segmentIds.shape.length);
    check(backend, UnsortedSegmentSum, segmentIds, -(2 ** 31), numSegments);
    const out = makeZeros(backend, [numSegments, ...inner]);
    const [atX, atIds, atOut] = [floats(backend, x), address(backend, segmentIds), floats(backend, out)];
    native(backend).segmentSum(atX, atIds, atOut, size(segmentIds.shape), size(inner));
    return out;
  },
);

export const kernels = [gather, segmentSum];
