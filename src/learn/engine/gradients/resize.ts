import {
  engine,
  eye,
  getBackend,
  matMul,
  reshape,
  ResizeBilinear,
  ResizeNearestNeighbor,
  type GradConfig,
  type NamedAttrMap,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/**
 * Resizing is a matrix product along the height and another along the width, so its gradient is the product with their
 * transposes; the matrices are the resized identity. TensorFlow.js' kernels for the gradient leave out
 * `halfPixelCenters` on every engine; on cpu the one for bilinear swaps height and width, and the one for the nearest
 * neighbour is wrong for batches.
 */
export const resize: Record<string, (original: GradConfig | undefined) => GradConfig> = {
  [ResizeBilinear]: (original) => extended(ResizeBilinear, original),
  [ResizeNearestNeighbor]: (original) => extended(ResizeNearestNeighbor, original),
};

interface Attributes {
  size: [number, number];
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

function extended(kernelName: string, original: GradConfig | undefined): GradConfig {
  if (!original) throw new Error(`TensorFlow.js has no gradient for ${kernelName}.`);
  return {
    kernelName,
    inputsToSave: ['images'],
    gradFunc(dy, saved, attrs) {
      const attributes = attrs as unknown as Attributes;
      if (!attributes.halfPixelCenters && getBackend() !== 'cpu') return original.gradFunc(dy, saved, attrs);
      const [images] = saved as [Tensor4D];
      return { images: () => backwards(kernelName, dy as Tensor4D, images.shape, attributes) };
    },
  };
}

function backwards(
  kernelName: string,
  dy: Tensor4D,
  [batch, height, width, channels]: Tensor4D['shape'],
  attributes: Attributes,
): Tensor {
  const [tall, wide] = attributes.size;
  const matrix = (from: number, to: number) => {
    const columns = { images: reshape(eye(from), [from, from, 1, 1]) };
    const attrs = { ...attributes, size: [to, 1] } as unknown as NamedAttrMap;
    return reshape(engine().runKernel<Tensor>(kernelName, columns, attrs), [1, from, to]);
  };
  const rows = matMul(matrix(height, tall), reshape(dy, [batch, tall, wide * channels]));
  const columns = matMul(matrix(width, wide), reshape(rows, [batch * height, wide, channels]));
  return reshape(columns, [batch, height, width, channels]);
}
