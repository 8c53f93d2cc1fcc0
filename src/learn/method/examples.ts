import * as tf from '@tensorflow/tfjs-core';
import { occurring } from '../../data/text/bag.js';
import type { NamedTensor } from '../../protocol/safetensors.js';
import type { Source } from '../loop.js';
import type { ExampleFacts } from './method.js';
import { imagePixels, imageShape } from './pictures.js';

/** What the monitor is given of examples, so that a person sees what they are. */

/** What decides how an example is shown. */
export type Looks = Pick<ExampleFacts, 'kind' | 'vocabulary' | 'features'>;

/**
 * Ids of tokens [count, length] int32, -1 where there is none, of a bag those that occur; rows of a table as the network gets
 * them, [count, width] float32, of which the trainer writes down the cells; everything else as pictures, see {@link imagePixels}.
 * @param input [count, ...]
 */
export async function shownExamples(input: tf.Tensor, looks: Looks): Promise<NamedTensor> {
  if (input.dtype === 'int32') {
    const ids = await input.data<'int32'>();
    return { shape: input.shape, data: ids.map((id) => (id === looks.vocabulary?.pad ? -1 : id)) };
  }
  if (looks.features === 'bag') {
    const values = await input.data<'float32'>();
    const [count, size] = input.shape as [number, number];
    return idRows(Array.from({ length: count }, (_, row) => occurring(values.subarray(row * size, (row + 1) * size))));
  }
  if (looks.kind === 'table') return { shape: input.shape, data: (await input.data<'float32'>()).slice() };
  return imagePixels(input, imageShape(input.shape.slice(1)));
}

/** The same of examples of a source. */
export async function examplesAt(source: Source, positions: Int32Array, looks: Looks): Promise<NamedTensor> {
  const batch = await source.batch(positions);
  const shape = [positions.length, ...source.shape];
  const input = tf.tensor(batch, shape, batch instanceof Int32Array ? 'int32' : 'float32');
  const examples = await shownExamples(input, looks);
  input.dispose();
  return examples;
}

/** As many columns as the longest row has, -1 after the end of the others. */
export function idRows(rows: readonly number[][]): NamedTensor {
  const length = Math.max(1, ...rows.map((row) => row.length));
  const data = new Int32Array(rows.length * length).fill(-1);
  rows.forEach((row, i) => data.set(row, i * length));
  return { shape: [rows.length, length], data };
}
