import { newProgress, type Progress } from './checkpoint.js';
import { codesOf } from './evaluate/codes.js';
import type { Action, Job } from './loop.js';
import type { Learner } from './method/method.js';
import type { Model } from './model.js';

/** What is not learned in steps: parameters that have a solution. */

/** Whether steps have nothing to change: all that is learned is solved for. */
export function isSolvedFor({ objectives }: Learner): boolean {
  return objectives.every(({ parameters }) => parameters.length === 0);
}

/** What is solved for looks at all examples in each iteration. */
export function stepsOfEpoch(learner: Learner, count: number, batchSize: number): number {
  return isSolvedFor(learner) ? 1 : Math.ceil(count / batchSize);
}

/** Somebody stopped what was being solved: it begins anew when the run goes on. */
class StoppedSolving extends Error {}

/**
 * Finds what has a solution, on the codes of all training examples, and puts it into the model. Where steps follow, they
 * begin at 0; else iterations are the steps.
 * @param ask before each iteration whether to go on
 * @returns "stop" when it was stopped, with `progress` at the beginning
 */
export async function solve(
  job: Job,
  model: Model,
  progress: Progress,
  ask: () => Action | Promise<Action>,
): Promise<Action> {
  const { learner, options, training, observer } = job;
  const isSolved = isSolvedFor(learner);
  const all = Int32Array.from({ length: training.count }, (_, i) => i);
  const codes = await codesOf(job, training, all, model.values, 0);
  const labels = Int32Array.from(all.subarray(0, codes.count), (i) => training.labels?.[i] ?? -1);
  try {
    const found = await learner.solve?.({ ...codes, labels }, async (loss) => {
      if ((await ask()) === 'stop') throw new StoppedSolving();
      if (!isSolved) return;
      progress.epoch = ++progress.step;
      progress.lossSum = loss;
      progress.lossCount = 1;
      observer.afterStep(progress, { loss });
    });
    model.restore({ ...(await model.weights()), ...found });
  } catch (error) {
    if (!(error instanceof StoppedSolving)) throw error;
    Object.assign(progress, newProgress(options.optimizer));
    return 'stop';
  }
  return 'go';
}
