import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import type { OptimizerOptions } from '../../recipe/recipe.js';
import type { Arrays, Optimizer, Values } from './engine.js';
import { arrayOf, slots, stepOf } from './portableOptimizer.js';

/** Variables inside TensorFlow that its own optimizer operations change in place, one call a variable. */
export class TensorflowOptimizer implements Optimizer {
  readonly values: Values = {};
  private readonly parameters = new Map<string, Parameter>();
  private step = 0;

  constructor(
    private readonly backend: NodeJSKernelBackend,
    private readonly options: OptimizerOptions,
    values: Arrays,
  ) {
    const create = (shape: number[], data: Float32Array) => new ResourceVariable(backend, shape, data);
    for (const [name, { shape, data }] of Object.entries(values)) {
      const empty = () => create(shape, new Float32Array(data.length));
      this.parameters.set(name, {
        weights: create(shape, data),
        slots: slotNames(options).map((slot) => ({ name: `${slot}/${name}`, variable: empty() })),
      });
      this.refresh(name);
    }
  }

  apply(gradients: Values, learningRate: number, factor: (name: string) => number = () => 1): void {
    this.step++;
    const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = this.backend.binding;
    const attributes = ['use_locking', 'use_nesterov'].map((name) => ({ name, type: TF_ATTR_BOOL, value: false }));
    attributes.unshift({ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT } as never);
    tf.tidy(() => {
      const made = new Map<number, tf.Scalar[]>();
      for (const [name, gradient] of Object.entries(gradients)) {
        const parameter = this.parameters.get(name);
        if (!parameter) throw new Error(`There is a gradient for ${name}, which is not a parameter.`);
        const times = factor(name);
        const scalars = made.get(times) ?? this.scalars(learningRate * times).map((value) => tf.scalar(value));
        made.set(times, scalars);
        // While a value that was read lives, the variable would have to be copied before it can change.
        this.values[name]?.dispose();
        const variables = [parameter.weights.handle, ...parameter.slots.map(({ variable }) => variable.handle)];
        if (this.options.name === 'adam')
          this.backend.executeMultipleOutputs('ResourceApplyAdam', attributes, [...variables, ...scalars, gradient], 0);
        else {
          const [rate, momentum] = scalars as [tf.Scalar, tf.Scalar];
          this.backend.executeMultipleOutputs(
            'ResourceApplyMomentum',
            attributes,
            [...variables, rate, gradient, momentum],
            0,
          );
        }
      }
    });
    for (const name of Object.keys(gradients)) this.refresh(name);
  }

  private scalars(learningRate: number): number[] {
    const { name, beta1, beta2, epsilon, momentum } = this.options;
    return name === 'adam'
      ? [beta1 ** this.step, beta2 ** this.step, learningRate, beta1, beta2, epsilon]
      : [learningRate, momentum];
  }

  private refresh(name: string): void {
    this.values[name]?.dispose();
    this.values[name] = (this.parameters.get(name) as Parameter).weights.read();
  }

  async weights(): Promise<Arrays> {
    const arrays: Arrays = {};
    for (const [name, { weights }] of this.parameters) arrays[name] = await weights.array();
    return arrays;
  }

  async state(): Promise<Arrays> {
    const state: Arrays = { 'optimizer/step': { shape: [1], data: Float32Array.of(this.step) } };
    for (const { slots } of this.parameters.values())
      for (const { name, variable } of slots) state[name] = await variable.array();
    return state;
  }

  restore(weights: Arrays, state?: Arrays): void {
    if (state) this.step = stepOf(state);
    for (const [name, parameter] of this.parameters) {
      parameter.weights.assign(arrayOf(weights, name, parameter.weights.shape));
      if (state)
        for (const { name, variable } of parameter.slots) variable.assign(arrayOf(state, name, variable.shape));
      this.refresh(name);
    }
  }

  dispose(): void {
    for (const { weights, slots } of this.parameters.values())
      for (const variable of [weights, ...slots.map(({ variable }) => variable)]) variable.dispose();
    for (const value of Object.values(this.values)) value.dispose();
  }
}

interface Parameter {
  weights: ResourceVariable;
  /** In the order in which TensorFlow's operation takes them. */
  slots: { name: string; variable: ResourceVariable }[];
}

function slotNames({ name }: OptimizerOptions): string[] {
  return Object.values(slots[name]);
}

let created = 0;

/** One of TensorFlow's resource variables, float32. */
class ResourceVariable {
  readonly handle: tf.Tensor;
  private readonly type: { name: string; type: number; value: number };

  constructor(
    private readonly backend: NodeJSKernelBackend,
    readonly shape: number[],
    data: Float32Array,
  ) {
    const { TF_ATTR_TYPE, TF_ATTR_SHAPE, TF_ATTR_STRING, TF_FLOAT } = backend.binding;
    this.type = { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT };
    const attributes = [
      this.type,
      { name: 'shape', type: TF_ATTR_SHAPE, value: shape },
      { name: 'container', type: TF_ATTR_STRING, value: '' },
      // Variables of one name are one variable.
      { name: 'shared_name', type: TF_ATTR_STRING, value: `pretrain_${process.pid}_${created++}` },
    ];
    this.handle = tf.keep(backend.executeSingleOutput('VarHandleOp', attributes, []));
    this.assign(data);
  }

  assign(data: Float32Array): void {
    // TensorFlow may share memory with the array it is given, so it gets a copy.
    const value = tf.tensor(data.slice(), this.shape, 'float32');
    this.backend.executeMultipleOutputs('AssignVariableOp', [this.type], [this.handle, value], 0);
    value.dispose();
  }

  /** The value now, to be disposed by the caller. It shares memory until the variable changes. */
  read(): tf.Tensor {
    return tf.keep(this.backend.executeSingleOutput('ReadVariableOp', [this.type], [this.handle]));
  }

  async array(): Promise<Arrays[string]> {
    const value = this.read();
    const data = (await value.data<'float32'>()).slice();
    value.dispose();
    return { shape: this.shape, data };
  }

  dispose(): void {
    this.backend.executeMultipleOutputs('DestroyResourceOp', [], [this.handle], 0);
    this.handle.dispose();
  }
}
