import {
  AvgPool,
  AvgPool3D,
  backend_util,
  getBackend,
  mul,
  tensor,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';

/**
 * A window at the padded border averages the values that there are. On cpu and wasm the gradient divides by the whole
 * window's size there, so dy is scaled up to make good for it.
 */
export const averagePool: Record<string, (original: GradConfig | undefined) => GradConfig> = {
  [AvgPool]: (original) => extended(AvgPool, original, windows2D),
  [AvgPool3D]: (original) => extended(AvgPool3D, original, windows3D),
};

interface Attributes {
  filterSize: never;
  strides: never;
  pad: never;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Windows along one axis. */
interface Windows {
  inputs: number;
  outputs: number;
  size: number;
  stride: number;
  padding: number;
}

function extended(
  kernelName: string,
  original: GradConfig | undefined,
  windows: (shape: number[], attributes: Attributes) => Windows[],
): GradConfig {
  if (!original) throw new Error(`TensorFlow.js has no gradient for ${kernelName}.`);
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc(dy, saved, attrs) {
      if (getBackend() === 'tensorflow') return original.gradFunc(dy, saved, attrs);
      const [x] = saved as [Tensor];
      const factors = windows(x.shape, attrs as unknown as Attributes).map(shares);
      if (factors.every((along) => along.every((factor) => factor === 1))) return original.gradFunc(dy, saved, attrs);
      const scaled = factors.reduce((result, along, axis) => {
        const shape = result.shape.map((_, i) => (i === axis + 1 ? along.length : 1));
        return mul(result, tensor(along, shape));
      }, dy as Tensor);
      return original.gradFunc(scaled, saved, attrs);
    },
  };
}

/** Size of each window over the number of values in it. */
function shares({ inputs, outputs, size, stride, padding }: Windows): number[] {
  return Array.from({ length: outputs }, (_, i) => {
    const start = i * stride - padding;
    return size / (Math.min(start + size, inputs) - Math.max(start, 0));
  });
}

function windows2D(shape: number[], { filterSize, strides, pad, dimRoundingMode }: Attributes): Windows[] {
  const info = backend_util.computePool2DInfo(shape as never, filterSize, strides, 1, pad, dimRoundingMode);
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } =
    info;
  return [
    { inputs: inHeight, outputs: outHeight, size: filterHeight, stride: strideHeight, padding: padInfo.top },
    { inputs: inWidth, outputs: outWidth, size: filterWidth, stride: strideWidth, padding: padInfo.left },
  ];
}

function windows3D(shape: number[], { filterSize, strides, pad, dimRoundingMode }: Attributes): Windows[] {
  const info = backend_util.computePool3DInfo(shape as never, filterSize, strides, 1, pad, dimRoundingMode);
  const { inDepth, outDepth, filterDepth, strideDepth, padInfo } = info;
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return [
    { inputs: inDepth, outputs: outDepth, size: filterDepth, stride: strideDepth, padding: padInfo.front },
    { inputs: inHeight, outputs: outHeight, size: filterHeight, stride: strideHeight, padding: padInfo.top },
    { inputs: inWidth, outputs: outWidth, size: filterWidth, stride: strideWidth, padding: padInfo.left },
  ];
}
