/** From prepared values to what a network takes: floats in 0..1. */
import { extent } from '../numbers.js';
import type { Batch, ExampleData, Reader } from '../reader.js';
import type { Preparation } from './preparation.js';

/** Examples read at a time when the range has to be found. */
export const SLICE = 1024;

/**
 * The range that the format gives (bytes: 0..255), else the smallest and largest value of the training examples.
 * @param positions of the training examples
 */
export async function rangeOf(
  reader: Reader,
  positions: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<[number, number]> {
  if (reader.info.range) return [...reader.info.range];
  let low = Infinity;
  let high = -Infinity;
  for (let start = 0; start < positions.length; start += SLICE) {
    signal?.throwIfAborted();
    const { data } = await reader.read(Array.prototype.slice.call(positions, start, start + SLICE));
    const [least, most] = extent(data);
    low = Math.min(low, least);
    high = Math.max(high, most);
  }
  return low <= high ? [low, high] : [0, 1];
}

/**
 * (value - from) / (to - from), clamped to 0..1; 0 everywhere when the range has no width. Bytes of range 0..255 are
 * value / 255, as in Keras' examples. Values without a range stay as they are.
 * @param out at least as long as the batch's data; a new array without it
 * @returns `out`
 */
export function scaled(
  { data }: Pick<Batch, 'data'>,
  range: readonly [number, number] | null,
  out: Float32Array = new Float32Array(data.length),
): Float32Array {
  if (out.length < data.length) throw new RangeError(`${data.length} values do not fit into ${out.length}`);
  if (range === null) {
    out.set(data);
    return out;
  }
  const [from, to] = range;
  if (data instanceof Uint8Array && from === 0 && to === 255) scaleBytes(data, out);
  else if (to > from) scaleNumbers(data, from, to, out);
  else out.fill(0, 0, data.length);
  return out;
}

/** Prepared values as a network takes them: ids as they are, quantities {@link scaled}. */
export function networkValues(
  batch: Pick<Batch, 'data'>,
  { range, vocabulary }: Pick<Preparation, 'range' | 'vocabulary'>,
): Int32Array | Float32Array {
  return vocabulary ? Int32Array.from(batch.data) : scaled(batch, range);
}

function scaleBytes(data: Uint8Array, out: Float32Array): void {
  for (let i = 0; i < data.length; i++) out[i] = (data[i] as number) / 255;
}

function scaleNumbers(data: ExampleData, from: number, to: number, out: Float32Array): void {
  const width = to - from;
  for (let i = 0; i < data.length; i++) {
    const value = ((data[i] as number) - from) / width;
    out[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
