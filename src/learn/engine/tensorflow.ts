import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import { t } from '../../protocol/l10n.js';
import type { EngineFacts } from '../../protocol/run.js';
import type { OptimizerOptions } from '../../recipe/recipe.js';
import { disposeBackend } from './backend.js';
import type { Arrays, Engine, RandomKey } from './engine.js';
import { fusedOperations, registerFused } from './fused.js';
import type { FusedActivation, Kernels } from './kernels.js';
import { registerGradients } from './gradients/index.js';
import { TensorflowOptimizer } from './tensorflowOptimizer.js';

/** TensorFlow's C library through the kernels of @tensorflow/tfjs-node. */

export interface TensorflowOptions {
  /** Path of tfjs_binding.node. */
  binding: string;
  /** Threads within one operation. One is fastest for small dense networks: waking a second one costs more than it does. */
  threads: number;
}

/** @throws Error when the binding or TensorFlow's library does not load; the message is the loader's. */
export async function startTensorflow({ binding, threads }: TensorflowOptions): Promise<Engine> {
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] = '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreRemovedUtilities();
  const native = loadBinding(binding);
  const { NodeJSKernelBackend } = await import('@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js');
  await import('@tensorflow/tfjs-node/dist/register_all_kernels.js');
  if (!('tensorflow' in tf.engine().registryFactory))
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(native as never, '@tensorflow/tfjs-node'));
  if (!(await tf.setBackend('tensorflow'))) throw new Error(t('TensorFlow.js did not take the TensorFlow back end.'));
  const backend = tf.backend() as NodeJSKernelBackend;
  registerGradients();
  registerFused('tensorflow', tensorflowKernels(backend));
  const facts: EngineFacts = { name: 'tensorflow', version: backend.binding.TF_Version, threads, features: [] };
  return {
    name: 'tensorflow',
    facts,
    ...fusedOperations,
    random: (distribution, shape, key) => random(backend, distribution, shape, key),
    optimizer: (options: OptimizerOptions, values: Arrays) => new TensorflowOptimizer(backend, options, values),
    dispose: () => disposeBackend('tensorflow'),
  };
}

/** See Engine.random; TensorFlow's stateless generators. */
function random(
  backend: NodeJSKernelBackend,
  distribution: 'uniform' | 'normal',
  shape: number[],
  key: RandomKey,
): tf.Tensor {
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  const name = distribution === 'uniform' ? 'StatelessRandomUniform' : 'StatelessRandomNormal';
  const attributes = [
    { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'T', type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: 'Tseed', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  const inputs = [tf.tensor1d(shape, 'int32'), tf.tensor1d([...key], 'int32')];
  const out = backend.executeSingleOutput(name, attributes, inputs);
  tf.dispose(inputs);
  return out;
}

/** Node 23 removed what tfjs-node 4.22 still calls. */
function restoreRemovedUtilities(): void {
  const old = util as unknown as Record<string, unknown>;
  old['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  old['isArray'] ??= Array.isArray;
}

function loadBinding(path: string): unknown {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports;
}

interface Attribute {
  name: string;
  type: number;
  value: number | boolean;
}

/** TensorFlow's own operations, called without the layers in between. */
function tensorflowKernels(backend: NodeJSKernelBackend): Kernels {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_FLOAT, TF_INT32 } = backend.binding;
  const float: Attribute = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const flag = (name: string, value: boolean): Attribute => ({ name, type: TF_ATTR_BOOL, value });
  const onFloats = [float];
  const meanAttributes = [float, flag('keep_dims', false), { name: 'Tidx', type: TF_ATTR_TYPE, value: TF_INT32 }];
  // Attributes are built once: a step uses each of them a few hundred thousand times.
  const products = [false, true].map((a) => [false, true].map((b) => [float, flag('adj_x', a), flag('adj_y', b)]));

  const op = <T extends tf.Tensor>(name: string, inputs: tf.Tensor[], attributes = onFloats) =>
    backend.executeSingleOutput(name, attributes, inputs) as T;
  const mean = (values: tf.Tensor) =>
    op<tf.Scalar>('Mean', [values, tf.range(0, values.rank, 1, 'int32')], meanAttributes);
  const normAttributes = (epsilon: number) => [
    float,
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    flag('is_training', true),
  ];
  const activations: Record<Exclude<FusedActivation, 'linear'>, string> = {
    relu: 'Relu',
    sigmoid: 'Sigmoid',
    tanh: 'Tanh',
  };

  return {
    // Not "MatMul": in it a signal that comes meanwhile, as a terminal sends when it is closed or Ctrl-C is pressed,
    // writes over the heap (TensorFlow 2.20 on Linux).
    matMul: (a, b, transposeA, transposeB) =>
      op('BatchMatMulV2', [a, b], products[Number(transposeA)]?.[Number(transposeB)]),
    biasActivation(x, bias, activation) {
      const linear = op<tf.Tensor2D>('BiasAdd', [x, bias]);
      return activation === 'linear' ? linear : op(activations[activation], [linear]);
    },
    activationGradient(dy, y, activation) {
      // ReluGrad takes (gradient, output), the others (output, gradient).
      return activation === 'relu' ? op('ReluGrad', [dy, y]) : op(`${activations[activation]}Grad`, [y, dy]);
    },
    biasGradient: (dy) => op('BiasAddGrad', [dy]),
    crossEntropy(z, x) {
      // log(1 + exp(-|z|)) = -log(sigmoid(|z|)): cheaper here than softplus, and as exact.
      const rest = op('Log', [op('Sigmoid', [op('Abs', [z])])]);
      return mean(op('Sub', [op('Sub', [op('Relu', [z]), op('Mul', [z, x])]), rest]));
    },
    crossEntropyGradient: (z, x, dy) => op('Mul', [op('Sub', [op('Sigmoid', [z]), x]), tf.div(dy, z.size)]),
    squaredError: (y, x) => mean(op('SquaredDifference', [y, x])),
    squaredErrorGradient: (y, x, dy) => op('Mul', [op('Sub', [y, x]), tf.mul(dy, 2 / y.size)]),
    copy: (x) => x,
    batchNorm(x, scale, offset, epsilon) {
      const image = tf.reshape<tf.Rank.R4>(x, [x.shape[0], 1, 1, x.shape[1]]);
      const nothing = tf.tensor1d([]);
      const [output, mean, unbiased, ...saved] = backend.executeMultipleOutputs(
        'FusedBatchNormV3',
        normAttributes(epsilon),
        [image, scale, offset, nothing, nothing],
        6,
      ) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, ...tf.Tensor[]];
      const count = x.shape[0];
      return {
        output: tf.reshape(output, x.shape),
        mean,
        variance: tf.mul(unbiased, (count - 1) / count),
        saved,
      };
    },
    batchNormGradient(dy, x, scale, saved, epsilon) {
      const shape: [number, number, number, number] = [x.shape[0], 1, 1, x.shape[1]];
      const [input, dScale, dOffset] = backend.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        normAttributes(epsilon),
        [tf.reshape(dy, shape), tf.reshape(x, shape), scale, ...saved],
        5,
      ) as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
      return { input: tf.reshape(input, x.shape), scale: dScale, offset: dOffset };
    },
    softmaxCrossEntropy(logits, targets) {
      const sparse = targets.rank === 1;
      const [losses, gradient] = backend.executeMultipleOutputs(
        sparse ? 'SparseSoftmaxCrossEntropyWithLogits' : 'SoftmaxCrossEntropyWithLogits',
        sparse ? [float, { name: 'Tlabels', type: TF_ATTR_TYPE, value: TF_INT32 }] : onFloats,
        [logits, targets],
        2,
      ) as [tf.Tensor1D, tf.Tensor2D];
      return { losses, gradient };
    },
  };
}
