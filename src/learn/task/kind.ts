import { areQuantities } from '../../data/quantities.js';
import type { FinetuneOptions } from '../../recipe/recipe.js';

export type TaskKind = Exclude<FinetuneOptions['task'], 'auto'>;

/** What is learned from labels of these classes. */
export function taskKind({ task }: Pick<FinetuneOptions, 'task'>, classes: readonly string[]): TaskKind {
  if (task !== 'auto') return task;
  return areQuantities(classes) ? 'regression' : 'classification';
}
