import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from './engine.js';

/** An engine's own functions. They have no gradients and are called inside a kernel or gradient only. */
export interface Kernels {
  /** What may be changed in place, with the numbers of x: x itself where nothing is. */
  copy<T extends tf.Tensor>(x: T): T;
  /** a · b, each transposed first if asked. */
  matMul(a: tf.Tensor2D, b: tf.Tensor2D, transposeA: boolean, transposeB: boolean): tf.Tensor2D;
  /** activation(x + bias); may change x. */
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
  /** (x - mean) / sqrt(variance + epsilon) · scale + offset, of each column over its rows; variance divides by the rows. */
  batchNorm(x: tf.Tensor2D, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number): BatchNormed;
  /** From dy, x, scale and what {@link batchNorm} saved. */
  batchNormGradient(
    dy: tf.Tensor2D,
    x: tf.Tensor2D,
    scale: tf.Tensor1D,
    saved: tf.Tensor[],
    epsilon: number,
  ): NormGradients;
  /**
   * Of each row, its cross-entropy -Σ t log softmax(z), and the gradient of that.
   * @param targets int32 [rows], the class of each row, or float32 [rows, classes] that sum to 1
   */
  softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor): { losses: tf.Tensor1D; gradient: tf.Tensor2D };
}

export interface BatchNormed {
  output: tf.Tensor2D;
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
  /** For the gradient. */
  saved: tf.Tensor[];
}

export interface NormGradients {
  input: tf.Tensor2D;
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
}

/** Activations whose gradient follows from their output. */
export type FusedActivation = Exclude<Activation, 'gelu'>;

/** Functions by TensorFlow.js back end, as TensorFlow.js keeps its own kernels. */
export const kernelsOf = new Map<string, Kernels>();

/** Functions of the back end in use. */
export function active(): Kernels {
  const kernels = kernelsOf.get(tf.getBackend());
  if (!kernels)
    throw new Error(`The back end ${tf.getBackend()} has no fused operations: it was not started as an engine.`);
  return kernels;
}

/** Columns are the last axis. */
export function rows(x: tf.Tensor): tf.Tensor2D {
  return x.rank === 2 ? (x as tf.Tensor2D) : tf.reshape(x, [-1, x.shape[x.rank - 1] as number]);
}
