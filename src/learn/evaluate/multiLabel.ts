import { estimates, type Estimate } from './bootstrap.js';
import { checkPredicted, type Predicted } from './predicted.js';
import { macroF1, scoresOf, type Scores } from './scores.js';

/** What a model says of examples that may have several labels, or none. */
export interface LabelPredictions {
  /** [n, labels], 1 where the example has the label, else 0. */
  targets: Uint8Array;
  /** [n, labels], each by a sigmoid of its own. */
  probabilities: Predicted;
  /** From 1 on. */
  labels: number;
}

export interface LabelScores extends Scores {
  /** Σ (recall - recall before) · precision, from the likeliest example to the least, 0..1; 0 where no example has it. */
  averagePrecision: number;
}

export interface MultiLabel {
  count: number;
  /** Part of the examples of which every label is right, 0..1. */
  subsetAccuracy: Estimate;
  /** Mean F1 of all labels, 0..1. */
  macroF1: Estimate;
  /** F1 of all labels of all examples together, 0..1. */
  microF1: Estimate;
  /** Of all labels, 0..1. */
  meanAveragePrecision: number;
  /** Part of all labels of all examples that are wrong, 0..1. */
  hammingLoss: number;
  /** Mean binary cross-entropy of all labels of all examples, in nats. */
  logLoss: number;
  /** One a label. */
  scores: LabelScores[];
}

/** Sigmoid of 0: a label above it is more likely there than not. */
export const THRESHOLD = 0.5;

/**
 * Measures of several labels an example, as scikit-learn has them: accuracy_score, f1_score(zero_division=0),
 * average_precision_score and hamming_loss of indicator matrices, and the mean of log_loss over labels, with intervals by
 * {@link estimates}. A label is said of an example when its probability is above 0.5; one that is nowhere has F1 0.
 * @param seed of the intervals
 * @throws Error without examples, and where a probability is no number
 */
export function multiLabel({ targets, probabilities, labels }: LabelPredictions, seed: number): MultiLabel {
  const count = targets.length / labels;
  checkPredicted(probabilities, count, labels);
  const said = saidBy(probabilities);
  const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  let [wrong, loss] = [0, 0];
  probabilities.forEach((probability, i) => {
    const [has, clipped] = [targets[i] as number, Math.min(Math.max(probability, epsilon), 1 - epsilon)];
    if (has !== said[i]) wrong++;
    loss -= Math.log(has === 1 ? clipped : 1 - clipped);
  });
  const tally = new Tally(targets, said, labels);
  const measured = estimates(count, seed, (positions) => tally.count(positions).measures());
  const scores = tally.count(allOf(count)).scores();
  const precisions = scores.map((_, label) => averagePrecision(targets, probabilities, label, labels));
  return {
    count,
    ...measured,
    meanAveragePrecision: precisions.reduce((sum, one) => sum + one, 0) / labels,
    hammingLoss: wrong / targets.length,
    logLoss: loss / targets.length,
    scores: scores.map((one, label) => ({ ...one, averagePrecision: precisions[label] as number })),
  };
}

/** The macro F1 alone, without its interval. @throws Error as {@link multiLabel} */
export function macroF1OfLabels({ targets, probabilities, labels }: LabelPredictions): number {
  const count = targets.length / labels;
  checkPredicted(probabilities, count, labels);
  return new Tally(targets, saidBy(probabilities), labels).count(allOf(count)).measures().macroF1;
}

function saidBy(probabilities: Predicted): Uint8Array {
  return Uint8Array.from(probabilities, (probability) => (probability > THRESHOLD ? 1 : 0));
}

function allOf(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** Counts by label, from which all that is measured of drawn sets follows. */
class Tally {
  private readonly support: Int32Array;
  private readonly predicted: Int32Array;
  private readonly hits: Int32Array;
  private exact = 0;
  private total = 0;

  constructor(
    private readonly targets: Uint8Array,
    private readonly said: Uint8Array,
    private readonly labels: number,
  ) {
    this.support = new Int32Array(labels);
    this.predicted = new Int32Array(labels);
    this.hits = new Int32Array(labels);
  }

  /** @param positions of the examples that count */
  count(positions: Int32Array): this {
    const { targets, said, labels, support, predicted, hits } = this;
    for (const counts of [support, predicted, hits]) counts.fill(0);
    this.exact = 0;
    this.total = positions.length;
    for (const position of positions) {
      let isExact = true;
      for (let label = 0, at = position * labels; label < labels; label++, at++) {
        const [has, was] = [targets[at] as number, said[at] as number];
        support[label] = (support[label] as number) + has;
        predicted[label] = (predicted[label] as number) + was;
        hits[label] = (hits[label] as number) + (has & was);
        if (has !== was) isExact = false;
      }
      if (isExact) this.exact++;
    }
    return this;
  }

  scores(): Scores[] {
    return Array.from({ length: this.labels }, (_, label) =>
      scoresOf(this.support[label] as number, this.predicted[label] as number, this.hits[label] as number),
    );
  }

  measures(): Record<'subsetAccuracy' | 'macroF1' | 'microF1', number> {
    const sum = (counts: Int32Array): number => counts.reduce((total, one) => total + one, 0);
    return {
      subsetAccuracy: this.exact / this.total,
      macroF1: macroF1(this.scores()),
      microF1: scoresOf(sum(this.support), sum(this.predicted), sum(this.hits)).f1,
    };
  }
}

/** Examples of equal probability come together, as one threshold does. */
function averagePrecision(targets: Uint8Array, probabilities: Predicted, label: number, labels: number): number {
  const order = Int32Array.from({ length: targets.length / labels }, (_, i) => i * labels + label);
  order.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number));
  const support = order.reduce((sum, at) => sum + (targets[at] as number), 0);
  if (support === 0) return 0;
  let [hits, before, found] = [0, 0, 0];
  order.forEach((at, i) => {
    hits += targets[at] as number;
    const next = order[i + 1];
    if (next !== undefined && probabilities[next] === probabilities[at]) return;
    found += ((hits - before) / support) * (hits / (i + 1));
    before = hits;
  });
  return found;
}
