import * as tf from '@tensorflow/tfjs-core';
import { stream } from '../protocol/random.js';
import { tensorsOf } from './batches.js';
import type { Arrays, Engine, Values } from './engine/engine.js';
import type { Source } from './loop.js';
import type { Pass } from './network.js';
import { randomTensors } from './random.js';

/** A trained network that is asked what it makes of examples. Nothing of it changes. */
export interface TeacherNetwork {
  weights: Arrays;
  /** @returns [batch, width] */
  tell(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D;
  /** Numbers that it tells of each example. */
  width: number;
  /** Whether each of these numbers is brought to mean 0 and deviation 1, over the training examples. */
  standardised: boolean;
}

export interface Lesson {
  training: Source;
  validation: Source | null;
  close: () => void;
}

export interface LessonOptions {
  seed: number;
  /** What is told of all examples is kept where it takes at most so many bytes, else told anew for each batch. */
  keptBytes: number;
  signal: AbortSignal;
  /** 0..1 */
  onProgress: (fraction: number) => void;
}

/** Of the training examples, so many tell mean and deviation. */
const MOST_MEASURED = 16_384;
/** Examples that the teacher looks at together, where it is not a step's batch. */
const BATCH = 256;
/** Of the largest deviation: a number that changes less says nothing, and would only be noise when blown up. */
const LEAST_DEVIATION = 1e-4;

/** Of the largest mean: what changes by less has only been rounded differently. */
const ROUNDING = 1e-6;

/** The teacher says the same of every example. */
export class SilentTeacher extends Error {
  override readonly name = 'SilentTeacher';
}

/**
 * The same sources with what the teacher tells of their examples. A resumed run is told the same bits: either all is told
 * at first, in batches of one size, or each batch by itself, whose examples the seed determines.
 * @throws SilentTeacher
 */
export async function lesson(
  engine: Engine,
  network: TeacherNetwork,
  { training, validation }: Pick<Lesson, 'training' | 'validation'>,
  { seed, keptBytes, signal, onProgress }: LessonOptions,
): Promise<Lesson> {
  const { width } = network;
  const values: Values = Object.fromEntries(
    Object.entries(network.weights).map(([name, { shape, data }]) => [name, tf.keep(tf.tensor(data.slice(), shape))]),
  );
  const close = () => tf.dispose(values);
  const ask = async (source: Source, positions: Int32Array): Promise<Float32Array> => {
    const input = await source.batch(positions);
    const drawn = { count: positions.length, input, view: null, labels: null, targets: null };
    const inputs = tensorsOf(drawn, source.shape);
    const random = randomTensors(engine, seed, 0, 'teacher');
    const pass: Pass = { engine, training: false, epoch: 0, random, updates: null };
    const told = tf.tidy(() => network.tell(values, inputs.input, pass));
    const data = (await told.data<'float32'>()).slice();
    tf.dispose([told, inputs]);
    return data;
  };
  const askAll = async (source: Source, positions: Int32Array, from: number, to: number): Promise<Float32Array> => {
    const all = new Float32Array(positions.length * width);
    for (let at = 0; at < positions.length; at += BATCH) {
      signal.throwIfAborted();
      all.set(await ask(source, positions.subarray(at, at + BATCH)), at * width);
      onProgress(from + ((to - from) * Math.min(at + BATCH, positions.length)) / positions.length);
    }
    return all;
  };

  try {
    const [first, second] = [training.count, validation?.count ?? 0];
    const share = first / (first + second);
    const isKept = (first + second) * width * Float32Array.BYTES_PER_ELEMENT <= keptBytes;
    const measured = stream(seed, 'teacher').permutation(first).subarray(0, MOST_MEASURED);
    if (!isKept) {
      const scale = network.standardised ? scaleOf(await askAll(training, measured, 0, 1), width) : null;
      const taught = (source: Source): Source => ({
        ...source,
        targets: async (positions) => scaled(await ask(source, positions), scale),
      });
      return { training: taught(training), validation: validation && taught(validation), close };
    }
    const told = await askAll(training, everyPosition(first), 0, share);
    const others = validation && (await askAll(validation, everyPosition(second), share, 1));
    close();
    const scale = network.standardised ? scaleOf(rowsAt(told, measured, width), width) : null;
    const taught = (source: Source, rows: Float32Array): Source => withRows(source, scaled(rows, scale), width);
    return {
      training: taught(training, told),
      validation: validation && others && taught(validation, others),
      close: () => undefined,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** @param rows [count, width] what is told of each example */
export function withRows(source: Source, rows: Float32Array, width: number): Source {
  return { ...source, targets: (positions) => rowsAt(rows, positions, width) };
}

/** Of each component: what is subtracted, and what is multiplied by afterwards. */
interface Scale {
  mean: Float64Array;
  factor: Float64Array;
}

/** @throws SilentTeacher when no component changes */
function scaleOf(rows: Float32Array, width: number): Scale {
  const count = rows.length / width;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  rows.forEach((value, i) => (mean[i % width] = (mean[i % width] as number) + value / count));
  rows.forEach((value, i) => {
    const component = i % width;
    deviation[component] = (deviation[component] as number) + (value - (mean[component] as number)) ** 2 / count;
  });
  const largest = Math.sqrt(deviation.reduce((most, value) => Math.max(most, value), 0));
  const size = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > ROUNDING * size)) throw new SilentTeacher();
  const factor = deviation.map((variance) => {
    const one = Math.sqrt(variance);
    return one > LEAST_DEVIATION * largest ? 1 / one : 0;
  });
  return { mean, factor };
}

/** In place. */
function scaled(rows: Float32Array, scale: Scale | null): Float32Array {
  if (!scale) return rows;
  const { mean, factor } = scale;
  for (let i = 0; i < rows.length; i++) {
    const component = i % mean.length;
    rows[i] = ((rows[i] as number) - (mean[component] as number)) * (factor[component] as number);
  }
  return rows;
}

/** @param rows [count, width] @returns [positions, width] */
export function rowsAt(rows: Float32Array, positions: Int32Array, width: number): Float32Array {
  const chosen = new Float32Array(positions.length * width);
  positions.forEach((from, to) => chosen.set(rows.subarray(from * width, (from + 1) * width), to * width));
  return chosen;
}

function everyPosition(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
