import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { OptimizerOptions } from '../../recipe/recipe.js';
import { disposeBackend } from './backend.js';
import type { Arrays, Engine } from './engine.js';
import { fusedOperations, registerFused } from './fused.js';
import { registerGradients } from './gradients/index.js';
import { random } from './portable.js';

export interface WasmOptions {
  /** Folder that holds tfjs-backend-wasm*.wasm, with a separator at its end. */
  folder: string;
}

/**
 * TensorFlow.js' WebAssembly back end with our own kernels beside its own: comes with the package and runs wherever Node
 * does. @throws Error when its modules are not in the folder.
 */
export async function startWasm({ folder }: WasmOptions): Promise<Engine> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const { registerWasmKernels } = await import('./wasm/index.js');
  const { wasmKernels } = await import('./wasm/fused.js');
  const { WasmOptimizer } = await import('./wasm/optimizer.js');
  wasm.setWasmPaths(folder);
  registerWasmKernels();
  registerGradients();
  if (!(await tf.setBackend('wasm'))) {
    throw new Error(t('The WebAssembly back end did not start; its modules are looked for in {0}.', folder));
  }
  registerFused('wasm', wasmKernels);
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  return {
    name: 'wasm',
    facts: { name: 'wasm', version: wasm.version_wasm, threads: 1, features: simd ? ['SIMD'] : [] },
    ...fusedOperations,
    random,
    optimizer: (options: OptimizerOptions, values: Arrays) => new WasmOptimizer(options, values),
    dispose: () => disposeBackend('wasm'),
  };
}
