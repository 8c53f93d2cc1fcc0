import {
  backend_util,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { floats, kernel, makeZeros, size, type WasmBackend } from './backend.js';
import { multiply, native, setGeometry, withMemory } from './native.js';

interface Convolution {
  strides: number | [number, number];
  pad: number | 'valid' | 'same' | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: number | [number, number];
}

type Shape4D = [number, number, number, number];

/** Patches are laid out for as many images at a time as fit in this (bytes), but for one at least. */
const PATCHES = 8 * 2 ** 20;

/** Sizes of a convolution of images [batch, height, width, channels]; also hands them to the native kernels. */
function prepare(
  backend: WasmBackend,
  name: string,
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode, dataFormat, dilations }: Convolution,
  depthwise: boolean,
): backend_util.Conv2DInfo {
  if (dataFormat === 'NCHW') throw new Error(`The wasm engine computes ${name} for NHWC only.`);
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  setGeometry(native(backend), info);
  return info;
}

/** Bytes of a float32 image before the convolution, after it, and as patches. */
function bytes(info: backend_util.Conv2DInfo): { input: number; output: number; patches: number; patch: number } {
  const pixels = info.outHeight * info.outWidth;
  const patch = info.filterHeight * info.filterWidth * info.inChannels;
  return {
    input: 4 * info.inHeight * info.inWidth * info.inChannels,
    output: 4 * pixels * info.outChannels,
    patches: 4 * pixels * patch,
    patch,
  };
}

/** Calls `use` with the first image and the number of images of each group that is worked on at once. */
function inGroups(
  backend: WasmBackend,
  info: backend_util.Conv2DInfo,
  use: (patches: number, first: number, count: number) => void,
): void {
  const { patches } = bytes(info);
  const group = Math.max(1, Math.min(info.batchSize, Math.floor(PATCHES / patches)));
  withMemory(backend, group * patches, (at) => {
    for (let first = 0; first < info.batchSize; first += group) {
      use(at, first, Math.min(group, info.batchSize - first));
    }
  });
}

/** dW = patches(x)ᵀ · dy, [filterHeight, filterWidth, in, out]. */
const filterGradient = kernel<{ x: TensorInfo; dy: TensorInfo }, Convolution & { filterShape: number[] }>(
  Conv2DBackpropFilter,
  ({ inputs: { x, dy }, backend, attrs }) => {
    const out = makeZeros(backend, attrs.filterShape);
    const [atX, atDy, atOut] = [floats(backend, x), floats(backend, dy), floats(backend, out)];
    const info = prepare(backend, Conv2DBackpropFilter, x.shape, attrs.filterShape, attrs, false);
    const { input, output, patches, patch } = bytes(info);
    const pixels = info.outHeight * info.outWidth;
    inGroups(backend, info, (at, first, count) => {
      for (let i = 0; i < count; i++) native(backend).toPatches(atX + (first + i) * input, at + i * patches);
      multiply(backend, [at, atDy + first * output, atOut], [patch, info.outChannels, count * pixels], {
        transposeA: true,
        accumulate: true,
      });
    });
    return out;
  },
);

/** patches(dx) = dy · Wᵀ, added up where patches overlap. Also the transposed convolution's forward pass. */
const inputGradient = kernel<{ dy: TensorInfo; filter: TensorInfo }, Convolution & { inputShape: number[] }>(
  Conv2DBackpropInput,
  ({ inputs: { dy, filter }, backend, attrs }) => {
    const out = makeZeros(backend, attrs.inputShape);
    const [atDy, atFilter, atOut] = [floats(backend, dy), floats(backend, filter), floats(backend, out)];
    const info = prepare(backend, Conv2DBackpropInput, attrs.inputShape, filter.shape, attrs, false);
    const { input, output, patches, patch } = bytes(info);
    const pixels = info.outHeight * info.outWidth;
    inGroups(backend, info, (at, first, count) => {
      multiply(backend, [atDy + first * output, atFilter, at], [count * pixels, patch, info.outChannels], {
        transposeB: true,
      });
      for (let i = 0; i < count; i++) native(backend).addPatches(at + i * patches, atOut + (first + i) * input);
    });
    return out;
  },
);

/** Gradient by a depthwise filter [filterHeight, filterWidth, in, multiplier], summed image by image. */
const depthwiseFilterGradient = kernel<{ x: TensorInfo; dy: TensorInfo }, Convolution & { filterShape: number[] }>(
  DepthwiseConv2dNativeBackpropFilter,
  ({ inputs: { x, dy }, backend, attrs }) => {
    const name = DepthwiseConv2dNativeBackpropFilter;
    const out = backend.makeOutput(attrs.filterShape, 'float32');
    const [atX, atDy, atOut] = [floats(backend, x), floats(backend, dy), floats(backend, out)];
    const info = prepare(backend, name, x.shape, attrs.filterShape, attrs, true);
    const { input, output } = bytes(info);
    const weights = size(attrs.filterShape);
    // One row an image, summed afterwards: a float32 sum over all pixels of all images would lose digits.
    withMemory(backend, 4 * info.batchSize * weights, (at) => {
      backend.wasm.HEAPU8.fill(0, at, at + 4 * info.batchSize * weights);
      for (let i = 0; i < info.batchSize; i++) {
        const to = at + 4 * i * weights;
        const multiplier = info.outChannels / info.inChannels;
        native(backend).depthwiseFilterGradient(atX + i * input, atDy + i * output, to, multiplier);
      }
      native(backend).columnSums(at, atOut, info.batchSize, weights);
    });
    return out;
  },
);

const depthwiseInputGradient = kernel<{ dy: TensorInfo; filter: TensorInfo }, Convolution & { inputShape: number[] }>(
  DepthwiseConv2dNativeBackpropInput,
  ({ inputs: { dy, filter }, backend, attrs }) => {
    const name = DepthwiseConv2dNativeBackpropInput;
    const out = makeZeros(backend, attrs.inputShape);
    const [atDy, atFilter, atOut] = [floats(backend, dy), floats(backend, filter), floats(backend, out)];
    const info = prepare(backend, name, attrs.inputShape, filter.shape, attrs, true);
    const { input, output } = bytes(info);
    for (let i = 0; i < info.batchSize; i++) {
      const multiplier = info.outChannels / info.inChannels;
      native(backend).depthwiseInputGradient(atDy + i * output, atFilter, atOut + i * input, multiplier);
    }
    return out;
  },
);

export const kernels = [filterGradient, inputGradient, depthwiseFilterGradient, depthwiseInputGradient];
