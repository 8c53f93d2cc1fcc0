import { checkPredicted, type Predicted } from './predicted.js';

/**
 * Part of the examples, 0..1, whose largest score is that of their class; of equal ones the first counts.
 * @param labels [count]
 * @param scores [count, classes]: probabilities, or logits
 * @throws Error when there is no example, or when a score is no number
 */
export function accuracy(labels: Int32Array, scores: Predicted, classes: number): number {
  checkPredicted(scores, labels.length, classes);
  let right = 0;
  labels.forEach((label, i) => {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    let guess = 0;
    for (let c = 1; c < classes; c++) if ((row[c] as number) > (row[guess] as number)) guess = c;
    if (guess === label) right++;
  });
  return right / labels.length;
}
