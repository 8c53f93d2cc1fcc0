import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerOptions } from '../../recipe/recipe.js';
import type { Arrays, Engine } from './engine.js';
import { dense, meanSquaredError, registerFused, sigmoidCrossEntropy } from './fused.js';
import { portableKernels } from './portable.js';
import { PortableOptimizer } from './portableOptimizer.js';

export interface WasmOptions {
  /** Folder that holds tfjs-backend-wasm*.wasm, with a separator at its end. */
  folder: string;
}

/** TensorFlow.js' WebAssembly back end: comes with the package and runs wherever Node does. */
export async function startWasm({ folder }: WasmOptions): Promise<Engine> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(folder);
  if (!(await tf.setBackend('wasm'))) throw new Error(`The WebAssembly back end did not start; its modules are looked for in ${folder}.`);
  registerFused('wasm', portableKernels);
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  return {
    name: 'wasm',
    facts: { name: 'wasm', version: wasm.version_wasm, threads: 1, features: simd ? ['SIMD'] : [] },
    dense,
    sigmoidCrossEntropy,
    meanSquaredError,
    optimizer: (options: OptimizerOptions, values: Arrays) => new PortableOptimizer(options, values),
    dispose: () => tf.removeBackend('wasm'),
  };
}
