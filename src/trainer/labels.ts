import type { Collection, Reader } from '../data/reader.js';
import type { ChosenSplits } from '../data/split.js';
import type { Labels } from '../learn/method/method.js';
import type { DataOptions } from '../recipe/recipe.js';

/** What a method must know of the labels; null where there are none, or where the recipe passes over them. */
export function labelsOf(
  { labels, info: { classes, labelSets } }: Reader | Collection,
  options: DataOptions,
  { training, validation }: Pick<ChosenSplits, 'training' | 'validation'>,
): Labels | null {
  if (!labels || !classes || options.labels === 'none') return null;
  let unlabelled = 0;
  for (const positions of [training, validation])
    for (const position of positions) if ((labels[position] as number) < 0) unlabelled++;
  const counts = classes.map(() => 0);
  for (const position of training) {
    const label = labels[position] as number;
    if (label >= 0) counts[label] = (counts[label] ?? 0) + 1;
  }
  return { classes, unlabelled, counts, ...(labelSets && { sets: labelSets }) };
}
