import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerOptions } from '../../../recipe/recipe.js';
import type { Arrays, Optimizer, Values } from '../engine.js';
import { arrayOf, slots, stepOf } from '../portableOptimizer.js';
import { floats, size, view, type WasmBackend } from './backend.js';
import { native } from './native.js';

interface Parameter {
  weights: tf.Tensor;
  /** By the name under which it stands in a checkpoint, e.g. `adam/m/<parameter>`. */
  slots: Map<string, tf.Tensor>;
}

/** Optimizers in place in the back end's memory, one pass over a parameter, its moments and its gradient. */
export class WasmOptimizer implements Optimizer {
  readonly values: Values = {};
  private readonly backend = tf.backend() as unknown as WasmBackend;
  private readonly parameters = new Map<string, Parameter>();
  private step = 0;

  constructor(
    private readonly options: OptimizerOptions,
    values: Arrays,
  ) {
    for (const [name, { shape, data }] of Object.entries(values)) {
      const weights = tf.keep(tf.tensor(data, shape, 'float32'));
      const own = Object.values(slots[options.name]).map(
        (slot) => [`${slot}/${name}`, tf.keep(tf.zeros(shape, 'float32'))] as const,
      );
      this.parameters.set(name, { weights, slots: new Map(own) });
      this.values[name] = weights;
    }
  }

  apply(gradients: Values, learningRate: number, factor: (name: string) => number = () => 1): void {
    this.step++;
    const { name: optimizer, beta1, beta2, epsilon, momentum } = this.options;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** this.step)) / (1 - beta1 ** this.step);
    const kernels = native(this.backend);
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = this.parameters.get(name);
      if (!parameter) throw new Error(`There is a gradient for ${name}, which is not a parameter.`);
      const weights = this.writable(name, parameter);
      if (gradient.size !== weights.size) {
        const shapes = `[${gradient.shape.join()}], not [${weights.shape.join()}]`;
        throw new Error(`The gradient for ${name} has shape ${shapes}.`);
      }
      const at = [weights, ...parameter.slots.values(), gradient].map((tensor) => floats(this.backend, tensor));
      if (optimizer === 'adam') {
        const [w = 0, m = 0, v = 0, g = 0] = at;
        kernels.adam(w, m, v, g, weights.size, rate * factor(name), 1 - beta1, 1 - beta2, epsilon);
      } else {
        const [w = 0, a = 0, g = 0] = at;
        kernels.momentum(w, a, g, weights.size, learningRate * factor(name), momentum);
      }
      this.changed(weights);
    }
  }

  weights(): Promise<Arrays> {
    return Promise.resolve(
      Object.fromEntries(Array.from(this.parameters, ([name, { weights }]) => [name, this.array(weights)])),
    );
  }

  state(): Promise<Arrays> {
    const state: Arrays = { 'optimizer/step': { shape: [1], data: Float32Array.of(this.step) } };
    for (const parameter of this.parameters.values()) {
      for (const [name, slot] of parameter.slots) state[name] = this.array(slot);
    }
    return Promise.resolve(state);
  }

  restore(weights: Arrays, state?: Arrays): void {
    if (state) this.step = stepOf(state);
    for (const [name, parameter] of this.parameters) {
      const tensor = this.writable(name, parameter);
      view(this.backend, tensor).set(arrayOf(weights, name, tensor.shape));
      this.changed(tensor);
      if (!state) continue;
      for (const [slot, tensor] of parameter.slots) view(this.backend, tensor).set(arrayOf(state, slot, tensor.shape));
    }
  }

  dispose(): void {
    for (const parameter of this.parameters.values()) {
      parameter.weights.dispose();
      for (const slot of parameter.slots.values()) slot.dispose();
    }
  }

  /** The parameter's tensor, and nobody else's: clones and reshaped views that still live keep the old values. */
  private writable(name: string, parameter: Parameter): tf.Tensor {
    const { weights } = parameter;
    if (this.backend.refCount(weights.dataId) === 1) return weights;
    parameter.weights = tf.keep(tf.tensor(view(this.backend, weights).slice(), weights.shape, 'float32'));
    this.values[name] = parameter.weights;
    weights.dispose();
    return parameter.weights;
  }

  private array(tensor: tf.Tensor): { shape: number[]; data: Float32Array } {
    return { shape: tensor.shape, data: view(this.backend, tensor).slice() };
  }

  /** The back end keeps filters in a packed copy by the tensor's number: drops that copy. */
  private changed(tensor: tf.Tensor): void {
    const { id, memoryOffset, shape } = this.backend.dataIdMap.get(tensor.dataId);
    const { tfjs } = this.backend.wasm;
    tfjs.disposeData(id);
    tfjs.registerTensor(id, size(shape), memoryOffset);
  }
}
