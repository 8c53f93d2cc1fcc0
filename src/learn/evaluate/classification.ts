import { estimates, type Estimate } from './bootstrap.js';
import { calibration, type Calibration } from './calibration.js';
import { checkPredicted, type Predicted } from './predicted.js';
import { macroF1, scoresOf, type Scores } from './scores.js';

/** What a model says of examples whose class is known. */
export interface ClassPredictions {
  /** [n], the class of each example, 0..classes - 1. */
  labels: Int32Array;
  /** [n, classes], each row sums to 1. */
  probabilities: Predicted;
  /** From 2 on. */
  classes: number;
}

export interface Classification {
  count: number;
  /** Part of the examples that are right, 0..1. */
  accuracy: Estimate;
  /** Mean recall of the classes that have an example, 0..1. */
  balancedAccuracy: Estimate;
  /** Mean F1 of all classes, 0..1. */
  macroF1: Estimate;
  /** Part of the examples whose class is among the five likeliest, 0..1; null where there are no more than five. */
  top5Accuracy: number | null;
  /** Mean of -log of the probability of the example's class, in nats. */
  logLoss: number;
  /** [classes, classes]: how many examples of the row's class are taken for the column's. */
  confusion: Int32Array;
  /** One a class. */
  scores: Scores[];
  calibration: Calibration;
  /** Positions of the examples that are wrong, the most surely wrong first; of equally sure ones the first. */
  wrong: Int32Array;
}

const TOP = 5;

/**
 * Measures of a classifier as scikit-learn has them, with intervals by {@link estimates}. The prediction is the likeliest
 * class, of equally likely ones the first.
 *
 * A class without an example counts in the macro F1, with 0, as in f1_score(labels=all classes, zero_division=0), and not
 * in the balanced accuracy, as in balanced_accuracy_score; in the drawn sets as well. Probabilities are clipped for the
 * log loss to ε..1 - ε with the machine precision of their type, as in log_loss. Of equally likely classes the top five
 * takes the last, as top_k_accuracy_score does.
 * @param seed of the intervals
 * @throws Error without examples, for a label that is no class, and where a probability is no number
 */
export function classification({ labels, probabilities, classes }: ClassPredictions, seed: number): Classification {
  const count = labels.length;
  checkPredicted(probabilities, count, classes);
  const stray = labels.find((label) => label < 0 || label >= classes);
  if (stray !== undefined) throw new Error(`A label is ${stray}, and there are ${classes} classes.`);

  const guesses = new Int32Array(count);
  const confidences = new Float64Array(count);
  const correct = new Uint8Array(count);
  const confusion = new Int32Array(classes * classes);
  let [among, loss] = [0, 0];
  const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  for (let i = 0; i < count; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    const label = labels[i] as number;
    const own = row[label] as number;
    let guess = 0;
    let likelier = 0;
    for (let c = 0; c < classes; c++) {
      const probability = row[c] as number;
      if (probability > (row[guess] as number)) guess = c;
      if (probability > own || (probability === own && c > label)) likelier++;
    }
    guesses[i] = guess;
    confidences[i] = row[guess] as number;
    correct[i] = guess === label ? 1 : 0;
    const cell = label * classes + guess;
    confusion[cell] = (confusion[cell] as number) + 1;
    if (likelier < TOP) among++;
    loss -= Math.log(Math.min(Math.max(own, epsilon), 1 - epsilon));
  }
  const tally = new Tally(classes);
  return {
    count,
    ...estimates(count, seed, (positions) => tally.count(labels, guesses, positions).measures()),
    top5Accuracy: classes > TOP ? among / count : null,
    logLoss: loss / count,
    confusion,
    scores: tally.count(labels, guesses).scores(),
    calibration: calibration(confidences, correct),
    wrong: mostSurelyWrong(confidences, correct),
  };
}

/** Counts by class, from which all that is measured of drawn sets follows. */
class Tally {
  private readonly support: Int32Array;
  private readonly predicted: Int32Array;
  private readonly hits: Int32Array;

  constructor(private readonly classes: number) {
    this.support = new Int32Array(classes);
    this.predicted = new Int32Array(classes);
    this.hits = new Int32Array(classes);
  }

  /** @param positions of the examples that count; all where missing */
  count(labels: Int32Array, guesses: Int32Array, positions?: Int32Array): this {
    const { support, predicted, hits } = this;
    for (const counts of [support, predicted, hits]) counts.fill(0);
    for (let i = 0; i < labels.length; i++) {
      const position = positions ? (positions[i] as number) : i;
      const label = labels[position] as number;
      const guess = guesses[position] as number;
      support[label] = (support[label] as number) + 1;
      predicted[guess] = (predicted[guess] as number) + 1;
      if (label === guess) hits[label] = (hits[label] as number) + 1;
    }
    return this;
  }

  scores(): Scores[] {
    return Array.from({ length: this.classes }, (_, c) =>
      scoresOf(this.support[c] as number, this.predicted[c] as number, this.hits[c] as number),
    );
  }

  measures(): Record<'accuracy' | 'balancedAccuracy' | 'macroF1', number> {
    const sum = (counts: Int32Array) => counts.reduce((total, one) => total + one, 0);
    const scores = this.scores();
    const present = scores.filter(({ support }) => support > 0);
    return {
      accuracy: sum(this.hits) / sum(this.support),
      balancedAccuracy: present.reduce((total, { recall }) => total + recall, 0) / present.length,
      macroF1: macroF1(scores),
    };
  }
}

function mostSurelyWrong(confidences: Float64Array, correct: Uint8Array): Int32Array {
  const wrong = Int32Array.from(correct.keys()).filter((position) => correct[position] === 0);
  return wrong.sort((a, b) => (confidences[b] as number) - (confidences[a] as number) || a - b);
}
