import type { Predicting } from '../learn/evaluate/predict.js';
import type { Source } from '../learn/loop.js';
import type { Preview } from '../learn/method/method.js';
import type { TaskLearner } from '../learn/task/index.js';
import type { EvaluationRecord } from '../protocol/run.js';
import type { NamedTensor } from '../protocol/safetensors.js';
import type { LoadedDataset } from './dataset.js';

/** What evaluations of all tasks have in common. */

export const EVALUATION_FORMAT = 1;

export interface Evaluated {
  evaluation: EvaluationRecord;
  /**
   * Of each measured split: labels [n] and probabilities [n, classes]; of several labels an example labels [n, classes],
   * 1 or 0; of numbers targets [n] and predictions [n].
   */
  predictions: Record<string, NamedTensor>;
  /** What the monitor shows of the split that counts: "test", else "validation". */
  preview: Preview;
}

export interface Evaluating<Learner extends TaskLearner = TaskLearner> extends Predicting<Learner> {
  dataset: Pick<LoadedDataset, 'training' | 'validation' | 'test' | 'example'>;
}

/** What is measured, what counts first. */
export function measuredSplits({ test, validation }: Evaluating['dataset']): [from: string, source: Source][] {
  const all = [
    ['test', test],
    ['validation', validation],
  ] as const;
  return all.flatMap(([from, source]): [string, Source][] => (source && source.count > 0 ? [[from, source]] : []));
}
