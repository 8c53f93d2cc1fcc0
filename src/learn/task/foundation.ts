import type * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../engine/engine.js';
import { soleObjective, type Learner, type Objective } from '../method/method.js';
import { flat, learnerOf } from '../method/reconstruction.js';
import { together, type Network, type Part, type Pass } from '../network.js';
import { sizeOf } from '../parameters.js';
import { picked } from './classification.js';
import { layerOf, layersOf } from './layers.js';
import type { Mode, Plan } from './mode.js';
import type { TaskSetting } from './task.js';

/** What every task has in common: an encoder that learns as its mode says. */
export interface Foundation {
  encoder: Network;
  /** Numbers in a code. */
  width: number;
  mode: Mode;
  plan: Plan;
  /** [batch, width] */
  encode: Learner['encode'];
}

export function foundationOf(setting: TaskSetting, mode: Mode): Foundation {
  const { family, encoder: encoderOptions, shape, options } = setting;
  const encoder = family.encoder(encoderOptions, shape, setting);
  const plan = mode.plan(options.options, layersOf(Object.keys(encoder.shapes)));
  const isStill = (name: string, epoch: number): boolean => {
    const layer = layerOf(name);
    return plan.frozen.includes(layer) || plan.rate(layer, epoch) === 0;
  };
  const encode = (values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D =>
    flat(encoder.apply(values, input, { ...pass, frozen: (name) => isStill(name, pass.epoch) }));
  return { encoder, width: sizeOf(encoder.outputShape), mode, plan, encode };
}

/** The encoder with a head, whose loss its mode makes small. */
export function learnerOn(
  { encoder, mode, plan, encode }: Foundation,
  { start, shape, vocabulary, options: { augmentation } }: TaskSetting,
  head: Part,
  loss: Objective['loss'],
): Omit<Learner, 'summary' | 'preview'> {
  const parts = together([encoder, head]);
  const isFrozen = (name: string): boolean => {
    const layer = layerOf(name);
    return layer.startsWith('encoder/') ? plan.frozen.includes(layer) : plan.headRate === 0;
  };
  const untrained = [...new Set([...parts.untrained, ...Object.keys(parts.shapes).filter(isFrozen)])];
  return {
    ...learnerOf([encoder]),
    ...parts,
    untrained,
    activationsPerExample: 2 * sizeOf(shape) + parts.activations,
    needs: { labels: true, augmented: augmentation !== null && !vocabulary && mode.solves !== 'neighbours' },
    init: (seed) => ({
      ...parts.init(seed),
      ...(start && mode.startsFromRun ? picked(start, Object.keys(encoder.shapes)) : {}),
    }),
    objectives: soleObjective([{ shapes: parts.shapes, untrained }], loss),
    independent: true,
    encode,
    rate: (name, epoch) => (name.startsWith('encoder/') ? plan.rate(layerOf(name), epoch) : plan.headRate),
  };
}
