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

export interface MultiLabel {
  count: number;
  /** Part of the examples of which every label is right, 0..1. */
  subsetAccuracy: number;
  /** Mean F1 of all labels, 0..1. */
  macroF1: number;
  /** One a label. */
  scores: Scores[];
}

/** Sigmoid of 0: a label above it is more likely there than not. */
const THRESHOLD = 0.5;

/**
 * Measures of several labels an example, as scikit-learn has them: accuracy_score and f1_score(zero_division=0) of
 * indicator matrices. A label is said of an example when its probability is above 0.5; one that is nowhere has F1 0.
 * @throws Error without examples, and where a probability is no number
 */
export function multiLabel({ targets, probabilities, labels }: LabelPredictions): MultiLabel {
  const count = targets.length / labels;
  checkPredicted(probabilities, count, labels);
  const [support, predicted, hits] = [new Int32Array(labels), new Int32Array(labels), new Int32Array(labels)];
  let exact = 0;
  for (let i = 0; i < count; i++) {
    let right = 0;
    for (let label = 0; label < labels; label++) {
      const has = targets[i * labels + label] as number;
      const said = (probabilities[i * labels + label] as number) > THRESHOLD ? 1 : 0;
      support[label] = (support[label] as number) + has;
      predicted[label] = (predicted[label] as number) + said;
      hits[label] = (hits[label] as number) + (has & said);
      if (has === said) right++;
    }
    if (right === labels) exact++;
  }
  const scores = Array.from({ length: labels }, (_, label) =>
    scoresOf(support[label] as number, predicted[label] as number, hits[label] as number),
  );
  return { count, subsetAccuracy: exact / count, macroF1: macroF1(scores), scores };
}
