/**
 * The dataset that is always there: handwritten-looking digits, 28 × 28 grey, drawn by a seeded generator. 5,000 for
 * training and 1,000 for testing, each digit equally often. Image i depends on the seed and i only.
 */
import { setImmediate } from 'node:timers/promises';
import { stream } from '../protocol/random.js';
import { SAMPLE_DIGITS } from './detect.js';
import { encodeIdx, writeFiles } from './idxWrite.js';
import { MemoryReader } from './memory.js';
import type { OpenOptions, Reader } from './reader.js';
import { DIGIT_SIZE, drawDigit } from './strokeDraw.js';

export const TRAINING_COUNT = 5000;
export const TEST_COUNT = 1000;

/** Images between two looks at what else there is to do. */
const SLICE = 250;

export interface StrokeDigitsOptions extends OpenOptions {
  /** 0..2^32 - 1. */
  seed?: number;
}

/** Training images first. `images` is [6000, 28, 28], 0 paper and 255 ink; `labels` are 0..9. */
export async function drawStrokeDigits({ seed = 1, signal, onProgress }: StrokeDigitsOptions = {}): Promise<{
  images: Uint8Array;
  labels: Uint8Array;
}> {
  const count = TRAINING_COUNT + TEST_COUNT;
  const size = DIGIT_SIZE * DIGIT_SIZE;
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  const shuffled = (split: number, length: number): Int32Array =>
    stream(seed, 'stroke digits order', split).permutation(length);
  labels.set(shuffled(0, TRAINING_COUNT).map((position) => position % 10));
  labels.set(
    shuffled(1, TEST_COUNT).map((position) => position % 10),
    TRAINING_COUNT,
  );
  for (let i = 0; i < count; i++) {
    if (i % SLICE === 0) {
      signal?.throwIfAborted();
      onProgress?.(i / count);
      await setImmediate();
    }
    drawDigit(labels[i] as number, stream(seed, 'stroke digits', i), images, i * size);
  }
  onProgress?.(1);
  return { images, labels };
}

export async function openStrokeDigits(options: StrokeDigitsOptions = {}): Promise<Reader> {
  const { images, labels } = await drawStrokeDigits(options);
  const count = labels.length;
  return new MemoryReader(
    {
      kind: 'image',
      format: 'strokeDigits',
      path: SAMPLE_DIGITS,
      count,
      shape: [DIGIT_SIZE, DIGIT_SIZE, 1],
      range: [0, 255],
      classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
      groups: null,
      splits: [
        { name: 'train', start: 0, count: TRAINING_COUNT },
        { name: 'test', start: TRAINING_COUNT, count: TEST_COUNT },
      ],
      problems: [],
      files: [],
    },
    Int32Array.from(labels),
    [{ data: images, count }],
  );
}

/** Writes the digits as MNIST has them: four .gz files. @returns their paths @throws DataError */
export async function writeStrokeDigits(folder: string, options: StrokeDigitsOptions = {}): Promise<string[]> {
  const { images, labels } = await drawStrokeDigits(options);
  const size = DIGIT_SIZE * DIGIT_SIZE;
  const files = [
    { prefix: 'train', start: 0, end: TRAINING_COUNT },
    { prefix: 't10k', start: TRAINING_COUNT, end: labels.length },
  ].flatMap(({ prefix, start, end }) => [
    {
      name: `${prefix}-images-idx3-ubyte.gz`,
      content: encodeIdx([end - start, DIGIT_SIZE, DIGIT_SIZE], images.subarray(start * size, end * size)),
    },
    { name: `${prefix}-labels-idx1-ubyte.gz`, content: encodeIdx([end - start], labels.subarray(start, end)) },
  ]);
  return writeFiles(folder, files, options.signal);
}
