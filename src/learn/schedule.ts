import type { ScheduleOptions } from '../recipe/recipe.js';

/**
 * Factor by which the learning rate is multiplied at a step.
 * @param step steps finished before, from 0
 * @returns above 0 and at most 1, except at the end of a cosine with `final` 0
 */
export function learningRateFactor(
  schedule: ScheduleOptions,
  step: number,
  stepsPerEpoch: number,
  epochs: number,
): number {
  switch (schedule.name) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor(step / stepsPerEpoch / schedule.everyEpochs);
    case 'cosine': {
      // Loshchilov & Hutter 2017, eq. 5, over one cycle; the rise is linear, its first step already above 0.
      const warmup = schedule.warmupEpochs * stepsPerEpoch;
      if (step < warmup) return (step + 1) / (warmup + 1);
      const progress = Math.min(1, (step - warmup) / Math.max(1, epochs * stepsPerEpoch - warmup));
      return schedule.final + (1 - schedule.final) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  }
}
