import type * as tf from '@tensorflow/tfjs-core';
import { streamKey } from '../protocol/random.js';
import type { Engine } from './engine/engine.js';

/** Random tensors, drawn by the engine. Each purpose has numbers of its own; asking twice for one gives the same. */
export interface RandomTensors {
  /** In [0, 1). */
  uniform(purpose: string, shape: number[]): tf.Tensor;
  /** Mean 0, standard deviation 1. */
  normal(purpose: string, shape: number[]): tf.Tensor;
}

/**
 * @param index tells steps (or batches) of one seed apart
 * @param stage e.g. "evaluation", whose numbers are others than the training's
 */
export function randomTensors(engine: Engine, seed: number, index: number, stage = 'training'): RandomTensors {
  const draw = (distribution: 'uniform' | 'normal') => (purpose: string, shape: number[]) =>
    engine.random(distribution, shape, streamKey(seed, `${stage}/${purpose}`, index));
  return { uniform: draw('uniform'), normal: draw('normal') };
}
