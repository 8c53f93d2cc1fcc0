import { THRESHOLD } from '../../learn/evaluate/multiLabel.js';
import type { Predicting } from '../../learn/evaluate/predict.js';
import type { ClassAnswer, NumberAnswer } from '../../protocol/use.js';

/**
 * What a network says of examples, as it is told.
 * @param predicted by learn/evaluate/predict.ts, of all of them
 * @returns one of each, in order
 */
export function answersOf(learner: Predicting['learner'], predicted: Float32Array): (ClassAnswer | NumberAnswer)[] {
  if (learner.task === 'regression') return Array.from(predicted, (prediction) => ({ prediction }));
  const { classes, task } = learner;
  const width = classes.length;
  return Array.from({ length: predicted.length / width }, (_, i) =>
    classAnswer(ranked(classes, predicted.subarray(i * width, (i + 1) * width)), task === 'multiLabel'),
  );
}

interface Ranked {
  name: string;
  probability: number;
}

/** The likeliest first. */
function ranked(classes: readonly string[], probabilities: Float32Array): Ranked[] {
  return classes
    .map((name, i) => ({ name, probability: probabilities[i] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}

function classAnswer(classes: readonly Ranked[], isSeveral: boolean): ClassAnswer {
  const given = classes.filter(({ probability }) => probability > THRESHOLD);
  return {
    ...(isSeveral ? { label: null, labels: given.map(({ name }) => name) } : { label: classes[0]?.name ?? null }),
    probabilities: Object.fromEntries(classes.map((one) => [one.name, one.probability])),
  };
}
