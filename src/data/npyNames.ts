/** NumPy arrays by their names: which hold examples, which labels, and of which split. Reads no file. */
import { splitName, wordsOf, type SplitName } from './splitNames.js';

export interface ArrayName {
  role: 'examples' | 'labels';
  split: SplitName | null;
}

const roles: Record<string, ArrayName['role']> = {
  x: 'examples',
  image: 'examples',
  images: 'examples',
  imgs: 'examples',
  data: 'examples',
  features: 'examples',
  inputs: 'examples',
  y: 'labels',
  label: 'labels',
  labels: 'labels',
  target: 'labels',
  targets: 'labels',
  class: 'labels',
  classes: 'labels',
};

/** e.g. "x_train", "test_labels", "X", "yTest", "xval", "train"; null when the name tells nothing. */
export function parseArrayName(name: string): ArrayName | null {
  const words = wordsOf(name).flatMap((word) => {
    const joined = /^([xy])(train|training|test|val|valid|validation|dev)$/.exec(word);
    return joined ? [joined[1] ?? '', joined[2] ?? ''] : [word];
  });
  const split = words.map(splitName).find((found) => found !== null) ?? null;
  // Labels win: "image_labels" are labels.
  const found = words.map((word) => (Object.hasOwn(roles, word) ? roles[word] : undefined));
  const role = found.includes('labels') ? 'labels' : found.includes('examples') ? 'examples' : undefined;
  if (role) return { role, split };
  return split !== null && words.length === 1 ? { role: 'examples', split } : null;
}
