import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerOptions } from '../recipe/recipe.js';
import type { Arrays, Engine, Optimizer, Values } from './engine/engine.js';
import type { Learner } from './method/method.js';
import { arrayOf } from './engine/portableOptimizer.js';

/** All values of a learner while it trains: each objective's with an optimizer of its own, and those that none trains. */
export class Model {
  /** By objective. */
  private readonly optimizers: Optimizer[];
  private readonly untrained: Values = {};
  private merged: Values | null = null;

  constructor(engine: Engine, learner: Learner, options: OptimizerOptions, arrays: Arrays) {
    const pick = (names: readonly string[]): Arrays =>
      Object.fromEntries(
        names.map((name) => [name, { shape: shapeOf(name), data: arrayOf(arrays, name, shapeOf(name)) }]),
      );
    const shapeOf = (name: string) => learner.shapes[name] as number[];
    this.optimizers = learner.objectives.map(({ parameters }) => engine.optimizer(options, pick(parameters)));
    for (const [name, { data, shape }] of Object.entries(pick(learner.untrained)))
      this.untrained[name] = tf.keep(tf.tensor(data.slice(), shape, 'float32'));
  }

  /** The current values, until the next change. Not to be disposed. */
  get values(): Values {
    return (this.merged ??= Object.assign(
      {},
      ...this.optimizers.map(({ values }) => values),
      this.untrained,
    ) as Values);
  }

  /** One step of one objective. @param factor of the learning rate, by name */
  apply(objective: number, gradients: Values, learningRate: number, factor?: (name: string) => number): void {
    this.optimizers[objective]?.apply(gradients, learningRate, factor);
    this.merged = null;
  }

  /** Takes new content of untrained values over. @throws Error for a value that is trained */
  assign(updates: Iterable<[name: string, value: tf.Tensor]>): void {
    for (const [name, value] of updates) {
      const before = this.untrained[name];
      if (!before) throw new Error(`${name} is not among the values that no gradient trains.`);
      before.dispose();
      this.untrained[name] = value;
      this.merged = null;
    }
  }

  async weights(): Promise<Arrays> {
    const arrays: Arrays = {};
    for (const optimizer of this.optimizers) Object.assign(arrays, await optimizer.weights());
    for (const [name, value] of Object.entries(this.untrained))
      arrays[name] = { shape: value.shape, data: (await value.data<'float32'>()).slice() };
    return arrays;
  }

  /** All optimizers step together, so their count of steps is one. */
  async state(): Promise<Arrays> {
    const states = await Promise.all(this.optimizers.map((optimizer) => optimizer.state()));
    return Object.assign({}, ...states) as Arrays;
  }

  restore(weights: Arrays, state?: Arrays): void {
    for (const optimizer of this.optimizers) optimizer.restore(weights, state);
    this.assign(
      Object.entries(this.untrained).map(([name, { shape }]) => [
        name,
        tf.keep(tf.tensor(arrayOf(weights, name, shape).slice(), shape, 'float32')),
      ]),
    );
    this.merged = null;
  }

  dispose(): void {
    for (const optimizer of this.optimizers) optimizer.dispose();
    tf.dispose(this.untrained);
  }
}
