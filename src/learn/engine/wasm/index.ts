import '@tensorflow/tfjs-backend-wasm';
import {
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  Dilation2D,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  MaxPool3D,
  MaxPool3DGrad,
  engine,
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
} from '@tensorflow/tfjs-core';
import { complexKernels } from './complex.js';
import { kernels as convolution } from './convolution.js';
import { kernels as einsum } from './einsum.js';
import { kernels as fourier } from './fourier.js';
import { kernels as gather } from './gather.js';
import { kernels as identity } from './identity.js';
import { kernels as matmul } from './matmul.js';
import { kernels as pool } from './pool.js';
import { kernels as slice } from './slice.js';

/** Kernels of the back end that give wrong results, and that nothing here needs: better none than a wrong one. */
const wrong = [
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  Dilation2D,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  MaxPool3D,
  MaxPool3DGrad,
];

let registered = false;

/**
 * Adds the kernels that training needs and the `wasm` back end lacks, and replaces those that are wrong or slow. To be
 * repeated at no cost.
 */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  for (const name of wrong) unregisterKernel(name, 'wasm');
  const running = engine().registry['wasm'];
  const configs = [
    ...matmul,
    ...convolution,
    ...pool,
    ...gather,
    ...complexKernels(),
    ...identity,
    ...slice,
    ...fourier,
    ...einsum,
  ];
  for (const config of configs) {
    const present = getKernel(config.kernelName, 'wasm') as KernelConfig | undefined;
    if (present) unregisterKernel(config.kernelName, 'wasm');
    registerKernel(config);
    if (running) config.setupFunc?.(running);
  }
}
