import assert from 'node:assert/strict';
import type { Predicting } from '../../../../src/learn/evaluate/predict.js';
import { answersOf } from '../../../../src/trainer/use/answers.js';

describe('What a network says of examples', () => {
  const learner = (task: string, classes?: string[]) => ({ task, classes }) as unknown as Predicting['learner'];

  it('is the likeliest class and the probability of each', () =>
    assert.deepEqual(answersOf(learner('classification', ['a', 'b']), Float32Array.of(0.25, 0.75, 0.5, 0.5)), [
      { label: 'b', probabilities: { b: 0.75, a: 0.25 } },
      { label: 'a', probabilities: { a: 0.5, b: 0.5 } },
    ]));

  it('is each label above a half where there may be several, the likeliest first', () =>
    assert.deepEqual(
      answersOf(learner('multiLabel', ['a', 'b', 'c']), Float32Array.of(0.625, 0.5, 0.75, 0.25, 0.125, 0)),
      [
        { label: null, labels: ['c', 'a'], probabilities: { c: 0.75, a: 0.625, b: 0.5 } },
        { label: null, labels: [], probabilities: { a: 0.25, b: 0.125, c: 0 } },
      ],
    ));

  it('is the number itself of what has learned numbers', () =>
    assert.deepEqual(answersOf(learner('regression'), Float32Array.of(3849.25, -1)), [
      { prediction: 3849.25 },
      { prediction: -1 },
    ]));
});
