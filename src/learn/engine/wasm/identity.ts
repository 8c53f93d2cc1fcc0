import { Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from './backend.js';

/**
 * A second reference to the same memory. The back end's own copies it, though tensors do not change, and each step of the
 * tape makes copies of what it keeps. (What does change, the parameters, is copied before; see optimizer.ts.)
 */
const identity = kernel<{ x: TensorInfo }, object>(Identity, ({ inputs: { x }, backend }) => {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
});

export const kernels = [identity];
