import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Engine } from './engine.js';
import { active, kernelsOf, rows, type FusedActivation, type Kernels } from './kernels.js';
import { batchNorm, layerNorm } from './normalisation.js';
import { softmaxCrossEntropy } from './softmax.js';

/**
 * The operations worth fusing, as kernels of TensorFlow.js with gradients of their own, over functions that each engine
 * provides. The tape sees one step where the formula has many, and the backward pass computes only what is asked for:
 * the gradient of a first layer's input, a third of the layer's products, is never formed.
 */

const DENSE = 'PretrainDense';
const BIAS_ACTIVATION = 'PretrainBiasActivation';
const CROSS_ENTROPY = 'PretrainSigmoidCrossEntropy';
const SQUARED_ERROR = 'PretrainSquaredError';

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
  register(BIAS_ACTIVATION, ({ x, bias }, activation) => {
    const kernels = active();
    const out = kernels.biasActivation(rows(kernels.copy(x as tf.Tensor)), bias as tf.Tensor1D, activation);
    return tf.reshape(out, (x as tf.Tensor).shape);
  });
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
  tf.registerGradient({
    kernelName: BIAS_ACTIVATION,
    outputsToSave: [true],
    gradFunc(dy, [y], attributes) {
      const { activation } = attributes as unknown as { activation: FusedActivation };
      const kernels = active();
      const dyRows = rows(dy as tf.Tensor);
      const dz =
        activation === 'linear' ? dyRows : kernels.activationGradient(dyRows, rows(y as tf.Tensor), activation);
      return { x: () => tf.reshape(dz, (y as tf.Tensor).shape), bias: () => kernels.biasGradient(dz) };
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

/** Φ(x), exact by erf. */
function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** See Engine.dense. */
export function dense(input: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D, activation: Activation): tf.Tensor2D {
  if (activation === 'gelu') return gelu(dense(input, kernel, bias, 'linear'));
  return tf.engine().runKernel<tf.Tensor2D>(DENSE, { input, kernel, bias }, { activation });
}

/** See Engine.biasActivation. */
export function biasActivation<T extends tf.Tensor>(x: T, bias: tf.Tensor1D, activation: Activation): T {
  if (activation === 'gelu') return gelu(biasActivation(x, bias, 'linear'));
  return tf.engine().runKernel<T>(BIAS_ACTIVATION, { x, bias }, { activation });
}

/** x Φ(x), Φ the normal distribution (Hendrycks & Gimpel 2016). Φ(x) is kept for the gradient, Φ(x) + x φ(x), φ the density. */
function gelu<T extends tf.Tensor>(x: T): T {
  const operation = tf.customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    const share = normalDistribution(input);
    save([input, share]);
    return {
      value: tf.mul(input, share),
      gradFunc: (dy: tf.Tensor, [input, share]: tf.Tensor[]) => {
        const density = tf.mul(tf.exp(tf.mul(tf.square(input as T), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.mul(dy, tf.add(share as T, tf.mul(input as T, density)));
      },
    };
  });
  return operation(x) as T;
}

/** See Engine.sigmoidCrossEntropy. */
export function sigmoidCrossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.engine().runKernel<tf.Scalar>(CROSS_ENTROPY, { output: logits, target: targets }, {});
}

/** See Engine.meanSquaredError. */
export function meanSquaredError(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.engine().runKernel<tf.Scalar>(SQUARED_ERROR, { output: outputs, target: targets }, {});
}

/** Everything of an engine that is made of its {@link Kernels}. */
export const fusedOperations = {
  dense,
  biasActivation,
  batchNorm,
  layerNorm,
  sigmoidCrossEntropy,
  meanSquaredError,
  softmaxCrossEntropy,
} satisfies Partial<Engine>;
