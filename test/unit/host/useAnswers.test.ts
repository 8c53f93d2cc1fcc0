import assert from 'node:assert/strict';
import path from 'node:path';
import { UseAnswers } from '../../../src/host/useAnswers.js';
import { MOST_SHOWN } from '../../../src/protocol/use.js';

describe('What a trainer says of examples', () => {
  const collected = (...lines: Parameters<UseAnswers['add']>[0][]) => {
    const answers = new UseAnswers((file) => path.basename(file));
    for (const line of lines) answers.add(line);
    return answers;
  };

  it('is shown with its likeliest classes first, the hardly likely ones left out', () => {
    const probabilities = { 0: 0.004, 3: 0.2, 7: 0.7, 9: 0.096 };
    const { answers, classes } = collected({ file: '/work/seven.png', label: '7', probabilities });
    const [answer] = answers;
    assert.deepEqual(
      answer?.classes.map(({ name }) => name),
      ['7', '3', '9'],
    );
    assert.deepEqual([answer?.file, answer?.title, answer?.shown], ['/work/seven.png', 'seven.png', null]);
    assert.deepEqual(classes, [{ name: '7', count: 1 }]);
  });

  it('names the part of a file that holds several examples', () => {
    const { answers } = collected({ file: '/work/rows.csv', part: 'row 3', label: 'a', probabilities: { a: 1 } });
    assert.equal(answers[0]?.title, 'rows.csv, row 3');
  });

  it('is counted under each of its labels where it may have several, and shows all that it is given', () => {
    const names = Array.from('abcdefgh');
    const probabilities = Object.fromEntries(names.map((name, i) => [name, i < 6 ? 0.9 : 0.1]));
    const none = { file: '/b', label: null, labels: [], probabilities: { a: 0.4, b: 0.001 } };
    const { answers, classes } = collected({ file: '/a', label: null, labels: names.slice(0, 6), probabilities }, none);
    assert.deepEqual(
      answers[0]?.classes.map(({ name, given }) => [name, given]),
      names.slice(0, 6).map((name) => [name, true]),
    );
    assert.deepEqual(answers[1]?.classes, [{ name: 'a', probability: 0.4, given: false }]);
    assert.deepEqual(
      classes.map(({ count }) => count),
      [1, 1, 1, 1, 1, 1],
    );
  });

  it('has its number where the run has learned numbers, and is of no class', () => {
    const { answers, classes, count } = collected({ file: '/work/rows.csv', part: 'row 1', prediction: 3849.25 });
    assert.deepEqual([answers[0]?.prediction, answers[0]?.classes, classes, count], [3849.25, [], [], 1]);
    assert.ok(!('prediction' in (collected({ file: '/a', label: 'b', probabilities: { b: 1 } }).answers[0] ?? {})));
  });

  it('keeps the likeliest class though none is likely', () => {
    const probabilities = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`c${i}`, 1 / 400]));
    const { answers } = collected({ file: '/a', label: 'c0', probabilities });
    assert.equal(answers[0]?.classes.length, 1);
  });

  it('is counted whole, and kept as far as it is shown', () => {
    const lines = Array.from({ length: MOST_SHOWN + 50 }, (_, i) => ({
      file: `/work/${i}.png`,
      label: i % 3 === 0 ? 'cat' : 'dog',
      probabilities: { cat: 0.5, dog: 0.5 },
    }));
    const answers = collected(...lines, { run: '/runs/1', count: lines.length, leftOut: 0 });
    assert.deepEqual([answers.count, answers.answers.length], [MOST_SHOWN + 50, MOST_SHOWN]);
    assert.deepEqual(answers.classes, [
      { name: 'dog', count: 100 },
      { name: 'cat', count: 50 },
    ]);
  });

  it('of Find Similar has no classes', () => {
    const near = { name: '1.png', label: '7', cosine: 0.98 };
    const { answers, classes, count } = collected({ file: '/work/x.png', similar: [near] });
    assert.deepEqual([answers[0]?.classes, answers[0]?.similar, classes, count], [[], [near], [], 1]);
  });

  it('keeps apart what could not be read, and what a person should know', () => {
    const { unreadable, notes, count } = collected(
      { type: 'progress', message: 'Reading', fraction: 0.5 },
      { type: 'note', message: 'The data have changed.' },
      { error: 'It is cut off.', file: '/work/cut.png' },
      { error: 'It is no image.', file: '/work/not.png', advice: 'Bring it back.' },
      { error: 'No memory.' },
    );
    assert.deepEqual(unreadable, [
      { file: 'cut.png', reason: 'It is cut off.' },
      { file: 'not.png', reason: 'It is no image. Bring it back.' },
      { file: '', reason: 'No memory.' },
    ]);
    assert.deepEqual([notes, count], [['The data have changed.'], 0]);
  });
});
