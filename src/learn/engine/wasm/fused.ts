import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernels.js';
import { portableKernels } from '../portable.js';
import { floats, lastOf, size, view, type WasmBackend } from './backend.js';
import { ACTIVATIONS, biasActivation, matmul } from './matmul.js';
import { native } from './native.js';

/**
 * Fused operations for the `wasm` engine. All work on the back end that is active when they are called, so they stay
 * valid when the engine is started anew.
 */
export const wasmKernels: Kernels = {
  matMul: (a, b, transposeA, transposeB) => tensor(matmul(active(), a, b, { transposeA, transposeB })) as tf.Tensor2D,

  /** Changes x in place and returns it: x is always a product made for this. */
  biasActivation(x, bias, activation) {
    biasActivation(active(), x, bias, ACTIVATIONS[activation] ?? 0);
    return x;
  },

  activationGradient(dy, y, activation) {
    const backend = active();
    const out = backend.makeOutput(dy.shape, 'float32');
    const [atDy, atY, atOut] = [floats(backend, dy), floats(backend, y), floats(backend, out)];
    native(backend).activationGradient(atDy, atY, atOut, dy.size, ACTIVATIONS[activation] ?? 0);
    return tensor(out) as tf.Tensor2D;
  },

  biasGradient(dy) {
    const backend = active();
    const columns = lastOf(dy.shape);
    const out = backend.makeOutput([columns], 'float32');
    native(backend).columnSums(floats(backend, dy), floats(backend, out), dy.shape[0], columns);
    return tensor(out) as tf.Tensor1D;
  },

  crossEntropy(logits, targets) {
    const backend = active();
    forget(backend);
    // Loss and gradient share their exponentials, so while gradients are recorded the gradient is made here and kept.
    const recording = tf.engine().state.gradientDepth > 0;
    if (!recording) return scalar(backend, crossEntropy(backend, logits, targets) / logits.size);
    const gradient = backend.makeOutput(logits.shape, 'float32');
    const loss = crossEntropy(backend, logits, targets, gradient, 1 / logits.size) / logits.size;
    kept.set(backend, { logits: logits.dataId, targets: targets.dataId, gradient });
    return scalar(backend, loss);
  },

  crossEntropyGradient(logits, targets, dy) {
    const backend = active();
    const factor = valueOf(backend, dy);
    const last = kept.get(backend);
    if (last?.logits === logits.dataId && last.targets === targets.dataId) {
      kept.delete(backend);
      if (factor !== 1) native(backend).scale(floats(backend, last.gradient), logits.size, factor);
      return tensor(last.gradient);
    }
    const gradient = backend.makeOutput(logits.shape, 'float32');
    crossEntropy(backend, logits, targets, gradient, factor / logits.size);
    return tensor(gradient);
  },

  squaredError(outputs, targets) {
    const backend = active();
    const sum = native(backend).squaredError(floats(backend, outputs), floats(backend, targets), 0, outputs.size, 0);
    return scalar(backend, sum / outputs.size);
  },

  squaredErrorGradient(outputs, targets, dy) {
    const backend = active();
    const factor = valueOf(backend, dy) / outputs.size;
    const out = backend.makeOutput(outputs.shape, 'float32');
    const [atOutputs, atTargets] = [floats(backend, outputs), floats(backend, targets)];
    native(backend).squaredError(atOutputs, atTargets, floats(backend, out), outputs.size, factor);
    return tensor(out);
  },

  copy(x) {
    const backend = active();
    const out = backend.makeOutput(x.shape, 'float32');
    view(backend, out).set(view(backend, x));
    return tensor(out) as typeof x;
  },

  batchNorm: portableKernels.batchNorm.bind(portableKernels),
  batchNormGradient: portableKernels.batchNormGradient.bind(portableKernels),
  softmaxCrossEntropy: portableKernels.softmaxCrossEntropy.bind(portableKernels),
};

/** The gradient of the last loss that was recorded, until it is asked for or the next loss comes. */
interface Kept {
  logits: object;
  targets: object;
  gradient: tf.TensorInfo;
}

const kept = new WeakMap<WasmBackend, Kept>();

function forget(backend: WasmBackend): void {
  const last = kept.get(backend);
  if (!last) return;
  kept.delete(backend);
  backend.disposeData(last.gradient.dataId);
}

/** The summed loss; see assembly/training.as. */
function crossEntropy(
  backend: WasmBackend,
  logits: tf.TensorInfo,
  targets: tf.TensorInfo,
  gradient?: tf.TensorInfo,
  factor = 0,
): number {
  const to = gradient ? floats(backend, gradient) : 0;
  const [atLogits, atTargets] = [floats(backend, logits), floats(backend, targets)];
  return native(backend).sigmoidCrossEntropy(atLogits, atTargets, to, size(logits.shape), factor);
}

function active(): WasmBackend {
  return tf.backend() as unknown as WasmBackend;
}

function tensor(info: tf.TensorInfo): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(info);
}

function scalar(backend: WasmBackend, value: number): tf.Scalar {
  const out = backend.makeOutput([], 'float32');
  view(backend, out)[0] = value;
  return tensor(out) as tf.Scalar;
}

function valueOf(backend: WasmBackend, x: tf.Scalar): number {
  return view(backend, x)[0] ?? NaN;
}
