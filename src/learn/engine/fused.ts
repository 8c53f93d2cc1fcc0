import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from './engine.js';

/**
 * The operations worth fusing, as kernels of TensorFlow.js with gradients of their own, over functions that each engine
 * provides. The tape sees one step where the formula has many, and the backward pass computes only what is asked for:
 * the gradient of a first layer's input, a third of the layer's products, is never formed.
 */

/** An engine's own functions. They have no gradients and are called inside a kernel or gradient only. */
export interface Kernels {
  /** a · b, each transposed first if asked. */
  matMul(a: tf.Tensor2D, b: tf.Tensor2D, transposeA: boolean, transposeB: boolean): tf.Tensor2D;
  /** activation(x + bias). */
  biasActivation(x: tf.Tensor2D, bias: tf.Tensor1D, activation: FusedActivation): tf.Tensor2D;
  /** Gradient before the activation, from dy and the activation's output y: relu dy where y > 0; sigmoid dy y (1 - y); tanh dy (1 - y²). */
  activationGradient(dy: tf.Tensor2D, y: tf.Tensor2D, activation: Exclude<FusedActivation, 'linear'>): tf.Tensor2D;
  /** Sum over the batch. */
  biasGradient(dy: tf.Tensor2D): tf.Tensor1D;
  /** Mean over all elements of max(z, 0) - z x + log(1 + exp(-|z|)). */
  crossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar;
  /** (sigmoid(z) - x) dy / elements. */
  crossEntropyGradient(logits: tf.Tensor, targets: tf.Tensor, dy: tf.Scalar): tf.Tensor;
  /** Mean over all elements of (y - x)². */
  squaredError(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar;
  /** 2 (y - x) dy / elements. */
  squaredErrorGradient(outputs: tf.Tensor, targets: tf.Tensor, dy: tf.Scalar): tf.Tensor;
}

/** Activations whose gradient follows from their output. */
export type FusedActivation = Exclude<Activation, 'gelu'>;

const DENSE = 'PretrainDense';
const CROSS_ENTROPY = 'PretrainSigmoidCrossEntropy';
const SQUARED_ERROR = 'PretrainSquaredError';

/** Functions by TensorFlow.js back end, as TensorFlow.js keeps its own kernels. */
const kernelsOf = new Map<string, Kernels>();

function active(): Kernels {
  const kernels = kernelsOf.get(tf.getBackend());
  if (!kernels)
    throw new Error(`The back end ${tf.getBackend()} has no fused operations: it was not started as an engine.`);
  return kernels;
}

/** Makes the fused operations available on a back end; again, after the back end was started anew. */
export function registerFused(backendName: string, kernels: Kernels): void {
  const isNew = !kernelsOf.has(backendName);
  kernelsOf.set(backendName, kernels);
  if (!isNew) return;
  if (kernelsOf.size === 1) registerGradients();
  const register = (
    kernelName: string,
    kernel: (inputs: Record<string, tf.Tensor>, activation: FusedActivation) => tf.Tensor,
  ) =>
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        kernel(inputs as Record<string, tf.Tensor>, (attrs as { activation: FusedActivation }).activation),
    });
  register(DENSE, ({ input, kernel, bias }, activation) =>
    active().biasActivation(
      active().matMul(input as tf.Tensor2D, kernel as tf.Tensor2D, false, false),
      bias as tf.Tensor1D,
      activation,
    ),
  );
  register(CROSS_ENTROPY, ({ output, target }) => active().crossEntropy(output as tf.Tensor, target as tf.Tensor));
  register(SQUARED_ERROR, ({ output, target }) => active().squaredError(output as tf.Tensor, target as tf.Tensor));
}

function registerGradients(): void {
  tf.registerGradient({
    kernelName: DENSE,
    inputsToSave: ['input', 'kernel'],
    outputsToSave: [true],
    gradFunc(dy, saved, attributes) {
      const [input, kernel, y] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const { activation } = attributes as unknown as { activation: FusedActivation };
      const kernels = active();
      const dz =
        activation === 'linear' ? (dy as tf.Tensor2D) : kernels.activationGradient(dy as tf.Tensor2D, y, activation);
      return {
        input: () => kernels.matMul(dz, kernel, false, true),
        kernel: () => kernels.matMul(input, dz, true, false),
        bias: () => kernels.biasGradient(dz),
      };
    },
  });
  const registerLoss = (kernelName: string, gradient: (kernels: Kernels) => Kernels['crossEntropyGradient']) =>
    tf.registerGradient({
      kernelName,
      inputsToSave: ['output', 'target'],
      gradFunc(dy, saved) {
        const [output, target] = saved as [tf.Tensor, tf.Tensor];
        return {
          output: () => gradient(active())(output, target, dy as tf.Scalar),
          target: () => {
            throw new Error(
              `${kernelName} has no gradient for its targets: they are data. A loss between two outputs needs plain operations.`,
            );
          },
        };
      },
    });
  registerLoss(CROSS_ENTROPY, (kernels) => kernels.crossEntropyGradient.bind(kernels));
  registerLoss(SQUARED_ERROR, (kernels) => kernels.squaredErrorGradient.bind(kernels));
}

/** See Engine.dense. */
export function dense(input: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D, activation: Activation): tf.Tensor2D {
  if (activation === 'gelu') return gelu(dense(input, kernel, bias, 'linear'));
  return tf.engine().runKernel<tf.Tensor2D>(DENSE, { input, kernel, bias }, { activation });
}

/** See Engine.sigmoidCrossEntropy. */
export function sigmoidCrossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.engine().runKernel<tf.Scalar>(CROSS_ENTROPY, { output: logits, target: targets }, {});
}

/** See Engine.meanSquaredError. */
export function meanSquaredError(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.engine().runKernel<tf.Scalar>(SQUARED_ERROR, { output: outputs, target: targets }, {});
}

/** x Φ(x), Φ the normal distribution (Hendrycks & Gimpel 2016), exact by erf. */
function gelu(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}
