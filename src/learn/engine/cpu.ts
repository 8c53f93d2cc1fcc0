import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import { disposeBackend } from './backend.js';
import type { Arrays, Engine } from './engine.js';
import { fusedOperations, registerFused } from './fused.js';
import { registerGradients } from './gradients/index.js';
import { portableKernels, random } from './portable.js';
import { PortableOptimizer } from './portableOptimizer.js';
import type { OptimizerOptions } from '../../recipe/recipe.js';

/** TensorFlow.js in plain JavaScript: runs everywhere, slowly. */
export async function startCpu(): Promise<Engine> {
  tf.enableProdMode(); // without it the back end advertises tfjs-node on the console
  const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend('cpu'))) throw new Error(t('TensorFlow.js did not take the JavaScript back end.'));
  registerGradients();
  registerFused('cpu', portableKernels);
  return {
    name: 'cpu',
    facts: { name: 'cpu', version: version_cpu, threads: 1, features: [] },
    ...fusedOperations,
    random,
    optimizer: (options: OptimizerOptions, values: Arrays) => new PortableOptimizer(options, values),
    dispose: () => disposeBackend('cpu'),
  };
}
