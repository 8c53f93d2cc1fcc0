import type { LabelSets } from '../../data/labelSets.js';
import { areQuantities } from '../../data/quantities.js';
import type { FinetuneOptions } from '../../recipe/recipe.js';

export type TaskKind = Exclude<FinetuneOptions['task'], 'auto'>;

/** What is learned from labels of these classes. */
export function taskKind(
  { task }: Pick<FinetuneOptions, 'task'>,
  { classes, sets }: { classes: readonly string[]; sets?: LabelSets | undefined },
): TaskKind {
  if (task !== 'auto') return task;
  if (sets) return 'multiLabel';
  return areQuantities(classes) ? 'regression' : 'classification';
}
