import type * as tf from '@tensorflow/tfjs-core';
import type { Arrays, Engine, Values } from './engine/engine.js';

/** What a pass through a network may need besides its input. */
export interface Pass {
  engine: Engine;
  training: boolean;
}

/** A part of a model: pure functions over the flat record of parameters. */
export interface Network {
  /** Shapes of one example, without the batch. */
  inputShape: number[];
  outputShape: number[];
  /** Shape of each parameter by its path name; known without computing anything. */
  shapes: Record<string, number[]>;
  init(seed: number): Arrays;
  /** @param input [batch, ...inputShape] @returns [batch, ...outputShape] */
  apply(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor;
}
