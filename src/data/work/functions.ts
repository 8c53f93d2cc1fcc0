/** What the pool's workers do: pure functions from bytes to values, by name. */
import { augment, augmenterOf, type Augmentation, type ViewKey } from '../augment/index.js';
import type { Augmenter } from '../augment/augmenter.js';
import { decodeImage as decode, type DecodedImage, type DecodeOptions } from '../image/decode.js';
import { resizeImage, type Resizing } from '../image/resize.js';
import { decoders } from '../inspect/example.js';
import { glanceAt, type Glance, type GlanceOptions } from '../inspect/glance.js';
import { image, type ImagePreparation } from '../prepare/image.js';
import { sound, type SoundPreparation } from '../prepare/sound.js';
import { DataError, type ExampleData } from '../reader.js';

export interface ImageTask extends DecodeOptions {
  /** The image file. */
  bytes: Uint8Array;
  /** As it is without. */
  resizing?: Resizing;
}

/** @throws like image/decode.ts */
export function decodeImage({ bytes, channels, resizing }: ImageTask): DecodedImage {
  const image = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { channels });
  return resizing ? resizeImage(image, resizing) : image;
}

/** Many small images at once, since handing over each takes as long as decoding it. An image that fails is an error. */
export function decodeImages(tasks: ImageTask[]): (DecodedImage | { error: string })[] {
  return tasks.map((task) => {
    try {
      return decodeImage(task);
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
}

export interface StoredExample {
  /** The file. */
  bytes: Uint8Array;
  name: string;
}

export { readRows } from '../pack/rows.js';

/** Why nothing came of an example; what a DataError tells beyond its message does not pass from a thread by itself. */
export interface Failure {
  error: string;
  data: { file: string; advice: string | undefined } | null;
}

/** Examples of one kind, to be prepared alike. */
export interface PrepareTask {
  preparation: ImagePreparation | SoundPreparation;
  examples: StoredExample[];
}

/** As prepare/ does it; an example that fails is an error. */
export function prepareExamples({ preparation, examples }: PrepareTask): (ExampleData | Failure)[] {
  return each(examples, opened(preparation));
}

/** Examples of one kind, to be looked at. */
export interface GlanceTask {
  kind: 'image' | 'sound';
  options: GlanceOptions;
  examples: StoredExample[];
}

/** As inspect/ does it; an example that fails is an error. */
export function glanceAtExamples({ kind, options, examples }: GlanceTask): (Glance | Failure)[] {
  return each(examples, (file, name) => glanceAt(decoders[kind](file, name, options.channels), options));
}

function each<Result>(
  examples: readonly StoredExample[],
  work: (file: Buffer, name: string) => Result,
): (Result | Failure)[] {
  return examples.map(({ bytes, name }) => {
    try {
      return work(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name);
    } catch (error) {
      return {
        error: error instanceof Error ? error.message : String(error),
        data: error instanceof DataError ? { file: error.file, advice: error.advice } : null,
      };
    }
  });
}

/** This thread's last one: one task follows another of the same preparation. */
let last: { key: string; prepare: (file: Buffer, name: string) => ExampleData } | null = null;

function opened(preparation: PrepareTask['preparation']): (file: Buffer, name: string) => ExampleData {
  const key = JSON.stringify(preparation);
  if (last?.key === key) return last.prepare;
  const prepare = preparation.kind === 'image' ? image.open(preparation, {}) : sound.open(preparation, {});
  last = { key, prepare };
  return prepare;
}

/** Views of some examples. */
export interface AugmentTask {
  augmentation: Augmentation;
  key: ViewKey;
  positions: Int32Array;
  values: Float32Array;
  others: Float32Array;
}

/** As augment/ does it. */
export function augmentExamples({ augmentation, key, positions, values, others }: AugmentTask): Float32Array {
  return augment(augmenterFor(augmentation), key, positions, values, others);
}

/** This thread's last one: one task follows another of the same augmentation. */
let lastAugmenter: { key: string; augmenter: Augmenter } | null = null;

function augmenterFor(augmentation: Augmentation): Augmenter {
  const key = JSON.stringify(augmentation);
  if (lastAugmenter?.key !== key) lastAugmenter = { key, augmenter: augmenterOf(augmentation) };
  return lastAugmenter.augmenter;
}
