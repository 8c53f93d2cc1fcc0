import * as tf from '@tensorflow/tfjs-core';
import { MEASURED_BATCH, tensorsOf } from '../batches.js';
import type { Values } from '../engine/engine.js';
import type { Job, Source } from '../loop.js';
import type { Learner } from '../method/method.js';
import type { Pass } from '../network.js';
import { randomTensors } from '../random.js';

/** What an encoder makes of examples, one code after the other. */
export interface Codes {
  count: number;
  width: number;
  /** [count, width] */
  data: Float32Array;
}

/** Who encodes. */
export type Encoding = Pick<Job, 'engine'> & {
  learner: Pick<Learner, 'encode'>;
  options: Pick<Job['options'], 'seed' | 'batchSize'>;
};

/** Codes held at once are at most so many numbers (64 MiB), however wide they are. */
const MOST_NUMBERS = 2 ** 24;

/**
 * Codes of the examples at those positions, as they are outside of training; of the first ones only where all would not
 * fit into memory.
 * @param values the learner's, as they are now
 */
export async function codesOf(
  { engine, learner, options }: Encoding,
  source: Source,
  positions: Int32Array,
  values: Values,
  epoch: number,
): Promise<Codes> {
  const { seed } = options;
  const batchSize = Math.max(options.batchSize, MEASURED_BATCH);
  let codes: Codes = { count: positions.length, width: 0, data: new Float32Array() };
  for (let from = 0; from < codes.count; from += batchSize) {
    const batch = positions.subarray(from, Math.min(from + batchSize, codes.count));
    const input = await source.batch(batch);
    const inputs = tensorsOf({ count: batch.length, input, view: null, labels: null, targets: null }, source.shape);
    const random = randomTensors(engine, seed, from / batchSize, 'codes');
    const pass: Pass = { engine, training: false, epoch, random, updates: null };
    const encoded = tf.tidy(() => learner.encode(values, inputs.input, pass));
    const width = encoded.shape[1];
    if (codes.width === 0) {
      const count = Math.min(positions.length, Math.max(1, Math.floor(MOST_NUMBERS / width)));
      codes = { count, width, data: new Float32Array(count * width) };
    }
    codes.data.set((await encoded.data<'float32'>()).subarray(0, (codes.count - from) * width), from * width);
    tf.dispose([encoded, inputs]);
  }
  return codes;
}

/**
 * Codes of all examples of a source, so many at a time that memory stays bounded.
 * @returns batches in order; `from` is the position of the first of each
 */
export async function* codesInBatches(
  job: Encoding,
  source: Source,
  values: Values,
  epoch: number,
): AsyncGenerator<Codes & { from: number }, void, undefined> {
  for (let from = 0; from < source.count;) {
    const positions = Int32Array.from({ length: Math.min(MEASURED_BATCH, source.count - from) }, (_, i) => from + i);
    const codes = await codesOf(job, source, positions, values, epoch);
    yield { ...codes, from };
    from += codes.count;
  }
}

/** As {@link codesInBatches}, together, however much memory that takes. */
export async function allCodes(job: Encoding, source: Source, values: Values, epoch: number): Promise<Codes> {
  return gathered(source.count, codesInBatches(job, source, values, epoch));
}

/** Parts of so many codes as one; `from` is the row where a part begins. */
export async function gathered(count: number, parts: AsyncIterable<Codes & { from: number }>): Promise<Codes> {
  let all: Codes = { count, width: 0, data: new Float32Array() };
  for await (const { from, width, data } of parts) {
    if (from === 0) all = { count, width, data: new Float32Array(count * width) };
    all.data.set(data, from * width);
  }
  return all;
}
