/** Views: examples changed at random, each time otherwise. What a view shows is told by its key alone. */
import { RandomStream, streamKey } from '../../protocol/random.js';
import type { AugmentationOptions } from '../../recipe/augmentation.js';
import type { Vocabulary } from '../prepare/preparation.js';
import type { Augmenter } from './augmenter.js';
import { imageAugmenter } from './image.js';
import { soundAugmenter } from './sound.js';
import { tableAugmenter } from './table.js';
import { textAugmenter } from './text.js';

/** How examples of one dataset are changed. */
export interface Augmentation {
  /** "text" stands for ids of tokens, "table" for all that is neither these nor image nor spectrogram. */
  kind: 'image' | 'sound' | 'table' | 'text';
  /** Of one example. */
  shape: readonly number[];
  /** Of a table: how many values each column has. */
  columns?: readonly number[];
  /** Of a text. */
  vocabulary?: Vocabulary;
  /** Whether all values are 0..1. */
  bounded: boolean;
  options: AugmentationOptions;
}

/** Which random numbers a view is made of, besides its example's position. */
export interface ViewKey {
  seed: number;
  step: number;
  /** 0 for the first of an example's views. */
  view: number;
}

/** @throws Error for texts without a vocabulary */
export function augmenterOf({ kind, shape, columns, vocabulary, bounded, options }: Augmentation): Augmenter {
  switch (kind) {
    case 'image':
      return imageAugmenter(shape, options.image);
    case 'sound':
      return soundAugmenter(shape, options.sound);
    case 'table':
      return tableAugmenter(columns ?? ones(shape), options.table, bounded);
    case 'text':
      if (!vocabulary) throw new Error('Texts are changed as ids of a vocabulary.');
      return textAugmenter(vocabulary, options.text);
  }
}

/** Whether views need values of other examples: then {@link othersAt} says which. */
export function mixes(augmentation: Augmentation): boolean {
  return augmenterOf(augmentation).mixes;
}

function ones(shape: readonly number[]): number[] {
  return new Array<number>(shape.reduce((product, dimension) => product * dimension, 1)).fill(1);
}

/**
 * A view of each example.
 * @param positions of the examples in their dataset, 0..2^32 - 1
 * @param values of the examples, one after the other
 * @param others as {@link othersAt} names them, one for each example; empty where the augmenter does not mix
 */
export function augment(
  augmenter: Augmenter,
  key: ViewKey,
  positions: Int32Array,
  values: Float32Array,
  others: Float32Array,
): Float32Array {
  const out = new Float32Array(values.length);
  const size = values.length / positions.length;
  const part = (of: Float32Array, i: number): Float32Array => of.subarray(i * size, (i + 1) * size);
  const [key0, key1] = keyOf(key, 'changes');
  for (let i = 0; i < positions.length; i++) {
    const random = new RandomStream(key0, key1, positions[i] as number);
    augmenter.apply(random, part(values, i), part(others, i), part(out, i));
  }
  return out;
}

/** For each example another one to mix with: its index in 0..count - 1, drawn by the same key. */
export function othersAt(key: ViewKey, positions: Int32Array, count: number): Int32Array {
  const [key0, key1] = keyOf(key, 'others');
  return positions.map((position) => new RandomStream(key0, key1, position).integer(count));
}

function keyOf({ seed, step, view }: ViewKey, purpose: string): [number, number] {
  const [key0, key1] = streamKey(seed, `augmentation/${purpose}/${view}`, step);
  return [key0 >>> 0, key1 >>> 0];
}
