import * as tf from '@tensorflow/tfjs-core';
import type { Arrays, Engine, Values } from './engine/engine.js';
import type { RandomTensors } from './random.js';

/** What a pass through a network may need besides its input. */
export interface Pass {
  engine: Engine;
  training: boolean;
  /** Epochs trained so far, with the part of the one that runs. */
  epoch: number;
  /** The same numbers for the same seed, step and purpose. */
  random: RandomTensors;
  /**
   * New content of values that no gradient trains, by name: running means, moving averages. Null outside of training.
   * What is put here must be kept (tf.keep); the loop takes it over after the step.
   */
  updates: Map<string, tf.Tensor> | null;
  /** Whether a value stays as it is: its layer then works as outside of training. Missing: none does. */
  frozen?: (name: string) => boolean;
  /** [batch, places] of an input of places: 1 where others may look, 0 where there is nothing. Missing: all are seen. */
  seen?: tf.Tensor;
}

/** Values of a part of a model, known without computing anything. */
export interface Part {
  /** Shape of each parameter by its path name. */
  shapes: Record<string, number[]>;
  /** Those among them that no gradient trains. */
  untrained: readonly string[];
  /** Floating-point numbers that one example's pass keeps for its gradient. */
  activations: number;
  init: (seed: number) => Arrays;
}

/** A part of a model: pure functions over the flat record of parameters. */
export interface Network extends Part {
  /** Shapes of one example, without the batch. */
  inputShape: number[];
  outputShape: number[];
  /** @param input [batch, ...inputShape] @returns [batch, ...outputShape] */
  apply(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor;
}

/**
 * Networks one after the other.
 * @param makers each gets the shape that the one before puts out
 */
export function sequence(inputShape: number[], makers: readonly ((inputShape: number[]) => Network)[]): Network {
  const networks: Network[] = [];
  let shape = inputShape;
  for (const make of makers) {
    const network = make(shape);
    networks.push(network);
    shape = network.outputShape;
  }
  return {
    inputShape,
    outputShape: shape,
    ...together(networks),
    // What a part needs in between is freed at its end, unless a gradient needs it.
    apply: (values, input, pass) =>
      networks.reduce((hidden, network) => tf.tidy(() => network.apply(values, hidden, pass)), input),
  };
}

/** Several parts as one. */
export function together(parts: readonly Part[]): Part {
  return {
    shapes: Object.assign({}, ...parts.map(({ shapes }) => shapes)) as Part['shapes'],
    untrained: parts.flatMap(({ untrained }) => untrained),
    activations: parts.reduce((sum, { activations }) => sum + activations, 0),
    init: (seed) => Object.assign({}, ...parts.map((part) => part.init(seed))) as Arrays,
  };
}
