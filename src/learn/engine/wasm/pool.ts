import { backend_util, MaxPoolGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, kernel, makeZeros } from './backend.js';
import { native, setGeometry } from './native.js';

interface Pool {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: number | 'valid' | 'same' | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Gradient of max pooling by its input [batch, height, width, channels]: each window's goes to its largest value, to the
 * first in reading order if there are several. The back end's own kernel starts each window's maximum at zero, so that
 * windows without a positive value get a wrong gradient.
 */
const maxPoolGradient = kernel<{ dy: TensorInfo; input: TensorInfo }, Pool>(
  MaxPoolGrad,
  ({ inputs: { dy, input }, backend, attrs: { filterSize, strides, pad, dimRoundingMode } }) => {
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const out = makeZeros(backend, input.shape);
    const [atInput, atDy, atOut] = [floats(backend, input), floats(backend, dy), floats(backend, out)];
    const kernels = native(backend);
    setGeometry(kernels, info);
    const image = 4 * info.inHeight * info.inWidth * info.inChannels;
    const pooled = 4 * info.outHeight * info.outWidth * info.outChannels;
    for (let i = 0; i < info.batchSize; i++) {
      kernels.maxPoolGradient(atInput + i * image, atDy + i * pooled, atOut + i * image);
    }
    return out;
  },
);

export const kernels = [maxPoolGradient];
