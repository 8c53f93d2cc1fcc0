import { Cumsum, cumsum as sum, type GradConfig, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Each value is in all sums that follow it, so the gradient is summed from the other end. TensorFlow.js' own permutes the
 * axes once more where the sum is not along the last.
 */
export const cumsum: GradConfig = {
  kernelName: Cumsum,
  gradFunc(dy, _, attrs) {
    const { axis, exclusive, reverse } = attrs as unknown as { axis: number; exclusive: boolean; reverse: boolean };
    return { x: () => sum(dy as Tensor, axis, exclusive, !reverse) };
  },
};
