import { t } from '../protocol/l10n.js';
import type { OptimizerOptions } from '../recipe/recipe.js';
import type { Arrays } from './engine/engine.js';
import { calm, type Stability } from './evaluate/stability.js';

/**
 * Everything that the next step depends on. Random numbers have no state beside the seed and the step: each stream is
 * named by seed, purpose and epoch or step (protocol/random.ts).
 */
export interface Checkpoint {
  weights: Arrays;
  optimizer: Arrays;
  progress: Progress;
  /** Best weights so far; null when early stopping is off or no epoch has ended. */
  bestWeights: Arrays | null;
  /** The checkpoint of `progress.goodStep`; null when it is this one, or the beginning. */
  good: Checkpoint | null;
}

/** Where training is. */
export interface Progress {
  /** Steps finished. */
  step: number;
  /** Fractional. */
  epoch: number;
  /** Sum of the losses of the unfinished epoch's examples, and their number. */
  lossSum: number;
  lossCount: number;
  /** Lowest validation loss (training loss, without validation) after an epoch, and the step then. */
  bestLoss: number;
  bestStep: number;
  /** Step whose weights early stopping brought back; null when it did not. */
  restoredStep: number | null;
  /** Base learning rate, before the schedule: the recipe's, or what it was changed to while running. */
  learningRate: number;
  /** Step to which training goes back when its loss explodes: the last checkpoint at an epoch's end, or 0. */
  goodStep: number;
  stability: Stability;
}

/** Before the first step. */
export function newProgress({ learningRate }: Pick<OptimizerOptions, 'learningRate'>): Progress {
  return {
    step: 0,
    epoch: 0,
    lossSum: 0,
    lossCount: 0,
    bestLoss: Infinity,
    bestStep: 0,
    restoredStep: null,
    learningRate,
    goodStep: 0,
    stability: calm,
  };
}

/** Why arrays from a checkpoint are not those of a network, or of its optimizer; null when they are. */
export function misfit(arrays: Arrays, shapes: Record<string, readonly number[]>): string | null {
  for (const [name, shape] of Object.entries(shapes)) {
    const array = arrays[name];
    if (!array) return t('it has no {0}.', name);
    if (array.shape.join() !== shape.join())
      return t('{0} has shape [{1}] instead of [{2}].', name, array.shape.join(', '), shape.join(', '));
  }
  const other = Object.keys(arrays).find((name) => shapes[name] === undefined);
  return other === undefined ? null : t('it has {0}, which is none of theirs.', other);
}
