/** How well one class, or one label, is found. Each part is 0 where nothing could count (scikit-learn's zero_division=0). */
export interface Scores {
  /** Examples that have it. */
  support: number;
  /** Part of the examples that it was said of that have it, 0..1. */
  precision: number;
  /** Part of the examples that have it that it was said of, 0..1. */
  recall: number;
  /** Harmonic mean of precision and recall, 0..1. */
  f1: number;
}

/**
 * @param support examples that have it
 * @param predicted examples that it was said of
 * @param hits examples that have it and that it was said of
 */
export function scoresOf(support: number, predicted: number, hits: number): Scores {
  return {
    support,
    precision: ratio(hits, predicted),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, support + predicted),
  };
}

/** Unweighted mean of F1, 0..1: a rare class counts as much as a frequent one. */
export function macroF1(scores: readonly Scores[]): number {
  return scores.reduce((sum, { f1 }) => sum + f1, 0) / scores.length;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
