import { stream } from '../protocol/random.js';
import type { Arrays, Values } from './engine/engine.js';

/** Parameters before training, as numbers outside any engine: one seed gives the same weights on every engine. */

/**
 * Glorot & Bengio 2010, eq. 16, uniform in ±sqrt(6 / (fanIn + fanOut)), as Keras starts its kernels.
 * @param name path name of the parameter; together with the seed it names the random stream
 * @param shape [in, out], or [height, width, in, out], whose fans count each place of the kernel
 */
export function glorotUniform(seed: number, name: string, shape: number[]): Arrays[string] {
  const places = sizeOf(shape.slice(0, -2));
  const [fanIn = 1, fanOut = 1] = shape.slice(-2).map((width) => width * places);
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const random = stream(seed, `weights/${name}`);
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * limit;
  return { shape, data };
}

/** Mean 0 and that standard deviation, as GPT-2 starts its embeddings with 0.02. Names as for {@link glorotUniform}. */
export function normal(seed: number, name: string, shape: number[], deviation: number): Arrays[string] {
  const random = stream(seed, `weights/${name}`);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal()) };
}

export function ones(shape: number[]): Arrays[string] {
  return { shape, data: new Float32Array(sizeOf(shape)).fill(1) };
}

export function zeros(shape: number[]): Arrays[string] {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export function countParameters(shapes: Record<string, readonly number[]>): number {
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** The parameter of that name as a tensor of the expected rank. @throws Error when there is none: a method asked for a wrong name. */
export function parameter<T extends Values[string]>(values: Values, name: string): T {
  const value = values[name];
  if (!value) throw new Error(`No parameter is named ${name}; there are ${Object.keys(values).join(', ')}.`);
  return value as T;
}
