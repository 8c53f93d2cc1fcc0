import * as tf from '@tensorflow/tfjs-core';
import type { Arrays, Engine } from './engine.js';
import { dense, meanSquaredError, registerFused, sigmoidCrossEntropy } from './fused.js';
import { portableKernels } from './portable.js';
import { PortableOptimizer } from './portableOptimizer.js';
import type { OptimizerOptions } from '../../recipe/recipe.js';

/** TensorFlow.js in plain JavaScript: runs everywhere, slowly. */
export async function startCpu(): Promise<Engine> {
  tf.enableProdMode(); // without it the back end advertises tfjs-node on the console
  const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend('cpu'))) throw new Error('TensorFlow.js did not take the JavaScript back end.');
  registerFused('cpu', portableKernels);
  return {
    name: 'cpu',
    facts: { name: 'cpu', version: version_cpu, threads: 1, features: [] },
    dense,
    sigmoidCrossEntropy,
    meanSquaredError,
    optimizer: (options: OptimizerOptions, values: Arrays) => new PortableOptimizer(options, values),
    dispose: () => tf.removeBackend('cpu'),
  };
}
