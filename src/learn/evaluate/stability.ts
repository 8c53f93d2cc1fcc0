/** Whether training is about to be lost: its loss is no number any more, or far above all that it has been. */

/** What is kept of the losses so far, for the next step's to be judged by. */
export interface Stability {
  /** Loss of the first step, before anything was learnt; null before it. */
  first: number | null;
  /** Lowest and highest loss of the steps that were not far above. */
  low: number;
  high: number;
  /** Steps in a row up to now that were far above. */
  above: number;
  /** How often training went back. */
  returns: number;
}

export const calm: Stability = { first: null, low: 0, high: 0, above: 0, returns: 0 };

/** A loss is far above when it exceeds the highest one by this many times the range so far. */
const FAR = 10;
/** So many steps in a row: a batch of outliers is no explosion. */
const STEPS = 10;
/** Training goes back at most so often. */
export const MOST_RETURNS = 3;

/** With one more step's loss, a finite number. */
export function withLoss(before: Stability, loss: number): Stability {
  if (before.first === null) return { ...before, first: loss, low: loss, high: loss };
  const { low, high } = before;
  // Before anything was learnt the range is nothing: what the loss itself measures counts as well.
  const range = Math.max(high - low, Math.abs(before.first));
  if (loss > high + FAR * range) return { ...before, above: before.above + 1 };
  return { ...before, low: Math.min(low, loss), high: Math.max(high, loss), above: 0 };
}

export function hasExploded({ above }: Stability): boolean {
  return above >= STEPS;
}
