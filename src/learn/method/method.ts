import type * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../../protocol/safetensors.js';
import type { SampleView } from '../../protocol/sample.js';
import type { MethodDescription } from '../../recipe/description.js';
import type { Arrays, Values } from '../engine/engine.js';
import type { EncoderFamily } from '../encoder/encoder.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import type { Pass } from '../network.js';

/** What a method builds upon. */
export interface Setting {
  family: EncoderFamily;
  encoder: EncoderOptions;
  /** Shape of one example. */
  shape: number[];
  /** The method's own options from the recipe, defaults filled in. */
  options: Record<string, unknown>;
}

/** One way to pretrain. */
export interface Method {
  description: MethodDescription;
  build(setting: Setting): Learner;
}

/** A method built for an encoder and a shape of data. */
export interface Learner {
  /** Shape of each trainable parameter by path name. */
  shapes: Record<string, number[]>;
  /** One line that names the network and its loss. */
  summary: string;
  /** Floating-point numbers that one example's pass keeps for its gradient: the cost shown before a run. */
  activationsPerExample: number;
  init(seed: number): Arrays;
  /**
   * The loss of one batch, meant over it. A pure function of its arguments, so that an engine may repeat it as a fixed
   * graph: it fetches no value and branches on none.
   * @param input [batch, ...shape], prepared to 0..1
   */
  loss(values: Values, input: tf.Tensor, pass: Pass): tf.Scalar;
  /** What the monitor shows for a fixed batch of examples. */
  preview(values: Values, input: tf.Tensor, from: string, pass: Pass): Promise<Preview>;
}

export interface Preview {
  views: SampleView[];
  tensors: Record<string, NamedTensor>;
}
