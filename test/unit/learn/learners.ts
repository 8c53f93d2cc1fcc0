import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Arrays, Engine, Values } from '../../../src/learn/engine/engine.js';
import type { Inputs, Learner, Objective } from '../../../src/learn/method/method.js';
import type { Pass } from '../../../src/learn/network.js';
import { randomTensors } from '../../../src/learn/random.js';
import { lossAndGradients } from '../../../src/learn/step.js';
import { stream } from '../../../src/protocol/random.js';

/** What tests of networks and methods share. */

/** @param step names the pass's random numbers */
export function passOf(engine: Engine, { training = true, seed = 7, step = 0, epoch = 0 } = {}): Pass {
  return { engine, training, epoch, random: randomTensors(engine, seed, step), updates: training ? new Map() : null };
}

export function tensorsOf(arrays: Arrays): Values {
  return Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]));
}

/** Initial values, each moved a little, so that biases and scales are not at a special place. */
export function movedValues({ init }: Pick<Learner, 'init'>, seed = 3): Arrays {
  const arrays = init(seed);
  for (const [name, { data }] of Object.entries(arrays)) {
    const random = stream(seed, `moved/${name}`);
    data.forEach((value, i) => (data[i] = value + 0.05 * random.normal()));
  }
  return arrays;
}

/**
 * The gradient along random directions against central differences of the loss, computed by the same engine in float32.
 * @param tolerance relative to the length of the gradient
 */
export function checkGradients(
  learner: Pick<Learner, 'shapes'>,
  objective: Objective,
  arrays: Arrays,
  inputs: Inputs,
  engine: Engine,
  { tolerance = 0.02, step = 2e-3, directions = 3 } = {},
): void {
  const at = (direction: Record<string, Float32Array>, by: number): number =>
    tf.tidy(() => {
      const moved = Object.fromEntries(
        Object.entries(arrays).map(([name, { shape, data }]) => {
          const along = direction[name];
          return [name, tf.tensor(along ? data.map((value, i) => value + by * along[i]!) : data.slice(), shape)];
        }),
      );
      return objective.loss(moved, inputs, passOf(engine)).loss.dataSync()[0]!;
    });
  const { gradients } = lossAndGradients(
    (values) => objective.loss(values, inputs, passOf(engine)),
    tensorsOf(arrays),
    objective.parameters,
    null,
  );
  assert.deepEqual(Object.keys(gradients).sort(), [...objective.parameters].sort());
  const numbers = Object.entries(gradients).map(([name, gradient]) => {
    assert.deepEqual(gradient.shape, learner.shapes[name], `the gradient of ${name} has its shape`);
    return [name, gradient.dataSync<'float32'>()] as const;
  });
  const length = Math.hypot(...numbers.map(([, data]) => Math.hypot(...data)));
  assert.ok(length > 0, 'there is something to learn');
  for (let k = 0; k < directions; k++) {
    const random = stream(11, 'direction', k);
    // Half of it is the gradient's own, so that the slope is not lost in rounding.
    const direction = Object.fromEntries(
      numbers.map(([name, data]) => {
        const noise = data.map(() => random.normal());
        return [name, data.map((value, i) => value / length + noise[i]! / Math.sqrt(data.length * numbers.length))];
      }),
    );
    const slope = numbers.reduce(
      (sum, [name, data]) => sum + data.reduce((part, value, i) => part + value * direction[name]![i]!, 0),
      0,
    );
    const measured = (at(direction, step) - at(direction, -step)) / (2 * step);
    assert.ok(
      Math.abs(measured - slope) <= tolerance * length,
      `along direction ${k} the loss changes by ${measured}, the gradient says ${slope} (its length is ${length})`,
    );
  }
}
