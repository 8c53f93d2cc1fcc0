/** Names by which people call the parts of a dataset. */
import type { Split } from './reader.js';

export type SplitName = Split['name'];

export const SPLIT_ORDER: readonly SplitName[] = ['train', 'validation', 'test'];

const names: Record<string, SplitName> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  t10k: 'test',
};

/** The split that one word of a name stands for, in any case, also as "test set" or "test_set"; null for other words. */
export function splitName(word: string): SplitName | null {
  const lower = word.toLowerCase().replace(/[ _-]?set$/, '');
  return Object.hasOwn(names, lower) ? (names[lower] ?? null) : null;
}

/** Words of a name: "x_train", "train-images", "xTrain" all have two. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
