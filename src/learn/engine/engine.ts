import type * as tf from '@tensorflow/tfjs-core';
import type { EngineFacts, EngineName } from '../../protocol/run.js';
import type { OptimizerOptions } from '../../recipe/recipe.js';

/** Flat record from a path name (`encoder/dense_1/kernel`) to a tensor, in Keras' layouts. */
export type Values = Record<string, tf.Tensor>;

/** The same, as numbers outside any engine: what initialisers make, and checkpoints hold. */
export type Arrays = Record<string, { shape: number[]; data: Float32Array }>;

export type Activation = 'linear' | 'relu' | 'sigmoid' | 'tanh' | 'gelu';

/** Two int32. */
export type RandomKey = readonly [number, number];

/**
 * What computes. Methods are plain TensorFlow.js over the engine's back end; what is worth fusing goes through here, so
 * that all methods gain from a faster engine. Each operation has its gradient and may be used on or off the tape.
 */
export interface Engine {
  readonly name: EngineName;
  readonly facts: EngineFacts;

  /**
   * activation(input · kernel + bias).
   * @param input [batch, in]
   * @param kernel [in, out]
   * @param bias [out]
   */
  dense(input: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D, activation: Activation): tf.Tensor2D;

  /** activation(x + bias), bias along the last axis of x. */
  biasActivation<T extends tf.Tensor>(x: T, bias: tf.Tensor1D, activation: Activation): T;

  /**
   * Batch normalisation (Ioffe & Szegedy 2015, algorithm 1): each channel, the last axis, over all else, by the batch's
   * own mean and variance (which divides by the count).
   * @param onStatistics called with mean and variance, [channels], which are freed afterwards
   */
  batchNorm<T extends tf.Tensor>(
    x: T,
    scale: tf.Tensor1D,
    offset: tf.Tensor1D,
    epsilon: number,
    onStatistics?: (mean: tf.Tensor1D, variance: tf.Tensor1D) => void,
  ): T;

  /** Layer normalisation (Ba, Kiros & Hinton 2016, eq. 3) along the last axis. */
  layerNorm<T extends tf.Tensor>(x: T, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number): T;

  /**
   * Binary cross-entropy of sigmoid(logits) against targets in 0..1, meant over all elements:
   * mean(max(z, 0) - z x + log(1 + exp(-|z|))). Its gradient is (sigmoid(z) - x) / elements; targets get none.
   */
  sigmoidCrossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar;

  /** Mean over all elements of (output - target)²; targets get no gradient. */
  meanSquaredError(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar;

  /**
   * Of each row of logits [rows, classes], -Σ t log softmax(z); targets get no gradient.
   * @param targets int32 [rows], the class of each row (0..classes - 1), or float32 [rows, classes] that sum to 1
   * @returns [rows], in nats
   */
  softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor): tf.Tensor1D;

  /**
   * Random numbers that the key alone determines: uniform in [0, 1), or of mean 0 and standard deviation 1. Other engines
   * give other numbers.
   */
  random(distribution: 'uniform' | 'normal', shape: number[], key: RandomKey): tf.Tensor;

  /** Takes the values over: they change in place, step by step. */
  optimizer(options: OptimizerOptions, values: Arrays): Optimizer;

  /** Ends what the engine started; tensors are gone afterwards. */
  dispose(): void;
}

export interface Optimizer {
  /** The current parameters. Owned by the optimizer: not to be disposed, and replaced by {@link apply}. */
  readonly values: Values;
  /**
   * One step. `gradients` has an entry for each parameter that is trained; the others stay.
   * @param factor of the learning rate, by parameter; 0 keeps a parameter and lets its moments follow the gradients
   */
  apply(gradients: Values, learningRate: number, factor?: (name: string) => number): void;
  /** Parameters as numbers. */
  weights(): Promise<Arrays>;
  /** Everything besides the parameters that the next step depends on, e.g. `adam/m/<parameter>`, `adam/step`. */
  state(): Promise<Arrays>;
  /** Sets parameters and, if given, state to what {@link weights} and {@link state} returned. */
  restore(weights: Arrays, state?: Arrays): void;
  dispose(): void;
}
