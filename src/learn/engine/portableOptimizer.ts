import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { OptimizerOptions } from '../../recipe/recipe.js';
import type { Arrays, Optimizer, Values } from './engine.js';

/**
 * Optimizers in plain JavaScript over flat arrays, in place: for engines whose tensors cannot change. A step reads the
 * gradients and uploads the parameters once.
 */
export class PortableOptimizer implements Optimizer {
  readonly values: Values = {};
  private readonly parameters = new Map<
    string,
    { shape: number[]; weights: Float32Array; first: Float32Array; second: Float32Array }
  >();
  private step = 0;

  constructor(
    private readonly options: OptimizerOptions,
    values: Arrays,
  ) {
    for (const [name, { shape, data }] of Object.entries(values)) {
      this.parameters.set(name, {
        shape,
        weights: data.slice(),
        first: new Float32Array(data.length),
        second: new Float32Array(options.name === 'adam' ? data.length : 0),
      });
      this.upload(name);
    }
  }

  apply(gradients: Values, learningRate: number, factor: (name: string) => number = () => 1): void {
    this.step++;
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = this.parameters.get(name);
      if (!parameter) throw new Error(`There is a gradient for ${name}, which is not a parameter.`);
      const values = gradient.dataSync<'float32'>();
      const rate = learningRate * factor(name);
      if (this.options.name === 'adam') this.adam(parameter, values, rate);
      else this.sgd(parameter, values, rate);
      this.upload(name);
    }
  }

  /** Kingma & Ba 2015, algorithm 1 in the form before section 2.1's end, as Keras and TensorFlow compute it. */
  private adam(
    { weights, first, second }: { weights: Float32Array; first: Float32Array; second: Float32Array },
    gradient: Float32Array,
    learningRate: number,
  ): void {
    const { beta1, beta2, epsilon } = this.options;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** this.step)) / (1 - beta1 ** this.step);
    for (let i = 0; i < weights.length; i++) {
      const g = gradient[i] as number;
      const m = (first[i] as number) + (g - (first[i] as number)) * (1 - beta1);
      const v = (second[i] as number) + (g * g - (second[i] as number)) * (1 - beta2);
      first[i] = m;
      second[i] = v;
      weights[i] = (weights[i] as number) - (rate * m) / (Math.sqrt(v) + epsilon);
    }
  }

  /** w ← w - lr a with a ← momentum a + g, as TensorFlow's ApplyMomentum. */
  private sgd(
    { weights, first }: { weights: Float32Array; first: Float32Array },
    gradient: Float32Array,
    learningRate: number,
  ): void {
    const { momentum } = this.options;
    for (let i = 0; i < weights.length; i++) {
      const a = momentum * (first[i] as number) + (gradient[i] as number);
      first[i] = a;
      weights[i] = (weights[i] as number) - learningRate * a;
    }
  }

  /** A back end may keep the array it is given, so it gets a copy. */
  private upload(name: string): void {
    const { shape, weights } = this.parameters.get(name) as { shape: number[]; weights: Float32Array };
    this.values[name]?.dispose();
    this.values[name] = tf.keep(tf.tensor(weights.slice(), shape, 'float32'));
  }

  weights(): Promise<Arrays> {
    return Promise.resolve(
      Object.fromEntries(
        Array.from(this.parameters, ([name, { shape, weights }]) => [name, { shape, data: weights.slice() }]),
      ),
    );
  }

  state(): Promise<Arrays> {
    const state: Arrays = { 'optimizer/step': { shape: [1], data: Float32Array.of(this.step) } };
    for (const [name, { shape, first, second }] of this.parameters) {
      state[`${slots[this.options.name].first}/${name}`] = { shape, data: first.slice() };
      if (this.options.name === 'adam') state[`${slots.adam.second}/${name}`] = { shape, data: second.slice() };
    }
    return Promise.resolve(state);
  }

  restore(weights: Arrays, state?: Arrays): void {
    if (state) this.step = stepOf(state);
    for (const [name, parameter] of this.parameters) {
      parameter.weights.set(arrayOf(weights, name, parameter.shape));
      if (state) {
        parameter.first.set(arrayOf(state, `${slots[this.options.name].first}/${name}`, parameter.shape));
        if (this.options.name === 'adam')
          parameter.second.set(arrayOf(state, `${slots.adam.second}/${name}`, parameter.shape));
      }
      this.upload(name);
    }
  }

  dispose(): void {
    for (const value of Object.values(this.values)) value.dispose();
  }
}

/** Names under which an optimizer's slots stand in a checkpoint. */
export const slots = { adam: { first: 'adam/m', second: 'adam/v' }, sgd: { first: 'sgd/momentum' } } as const;

/** Shapes of what {@link Optimizer.state} returns on every engine, by name. @param shapes of the parameters */
export function stateShapes(
  { name }: Pick<OptimizerOptions, 'name'>,
  shapes: Record<string, number[]>,
): Record<string, number[]> {
  const state: Record<string, number[]> = { 'optimizer/step': [1] };
  for (const slot of Object.values(slots[name]))
    for (const [parameter, shape] of Object.entries(shapes)) state[`${slot}/${parameter}`] = shape;
  return state;
}

/** Steps done, from {@link Optimizer.state}. Exact up to 2^24 steps, as a float32 holds it. */
export function stepOf(state: Arrays): number {
  return arrayOf(state, 'optimizer/step', [1])[0] as number;
}

/** The array of that name. @throws Error when it is missing or of another shape: the checkpoint belongs to another network. */
export function arrayOf(arrays: Arrays, name: string, shape: number[]): Float32Array {
  const array = arrays[name];
  if (!array) throw new Error(t('The checkpoint has no {0}: it belongs to another network or optimizer.', name));
  if (array.shape.join() !== shape.join())
    throw new Error(
      t(
        '{0} has shape [{1}] in the checkpoint, but [{2}] in this network.',
        name,
        array.shape.join(', '),
        shape.join(', '),
      ),
    );
  return array.data;
}
