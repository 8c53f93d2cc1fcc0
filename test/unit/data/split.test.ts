import * as assert from 'node:assert/strict';
import { chooseSplits } from '../../../src/data/split.js';
import { DataError, type DatasetInfo, type Split } from '../../../src/data/reader.js';

function info(...splits: [Split['name'], number][]): DatasetInfo {
  let start = 0;
  return {
    kind: 'array',
    format: 'test',
    path: '/data/set',
    count: splits.reduce((sum, [, count]) => sum + count, 0),
    shape: [1],
    range: null,
    classes: null,
    splits: splits.map(([name, count]) => ({ name, start: (start += count) - count, count })),
    problems: [],
    files: [],
  };
}

describe('Choosing splits', () => {
  const auto = { validation: 'auto', limit: null } as const;

  it('draws a fraction of the training split: no example twice, none lost', () => {
    const { training, validation, validationFrom } = chooseSplits(
      info(['train', 1000], ['test', 50]),
      null,
      { validation: 0.25, limit: null },
      1,
    );
    assert.deepEqual([training.length, validation.length, validationFrom], [750, 250, 'fraction']);
    const all = [...training, ...validation].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: 1000 }, (_, i) => i),
    );
    assert.deepEqual(
      [...training],
      [...training].sort((a, b) => a - b),
    );
  });

  it('depends on the seed and nothing else', () => {
    const draw = (seed: number): string =>
      chooseSplits(info(['train', 200]), null, { validation: 0.5, limit: null }, seed).validation.join();
    assert.equal(draw(1), draw(1));
    assert.notEqual(draw(1), draw(2));
  });

  it('draws each class in proportion', () => {
    // Of four classes, mixed; a tenth of each is 70, 20, 0.3 and 9.7: the largest remainder gets the one left.
    for (const [rare, frequent] of [
      [-1, 2],
      [2, -1],
    ] as const) {
      const labels = Int32Array.from({ length: 1000 }, (_, i) => {
        const j = (i * 7) % 1000;
        return j < 700 ? 0 : j < 900 ? 1 : j < 997 ? frequent : rare;
      });
      const { validation } = chooseSplits(info(['train', 1000]), labels, { validation: 0.1, limit: null }, 3);
      const counts = [0, 1, frequent, rare].map(
        (label) => validation.filter((position) => labels[position] === label).length,
      );
      assert.deepEqual(counts, [70, 20, 10, 0]);
    }
  });

  it('draws from all over the split, without a pattern', () => {
    const { validation } = chooseSplits(info(['train', 10_000]), null, { validation: 0.1, limit: null }, 1);
    const inTenths = Array.from(
      { length: 10 },
      (_, i) => validation.filter((position) => Math.floor(position / 1000) === i).length,
    );
    // Hypergeometric: mean 100, deviation 9; five deviations
    for (const count of inTenths) assert.ok(Math.abs(count - 100) < 45, inTenths.join());
  });

  it('takes a given split when it is named, or when there is one for "auto"', () => {
    const both = info(['train', 10], ['validation', 4], ['test', 3]);
    assert.deepEqual([...chooseSplits(both, null, { validation: 'test', limit: null }, 1).validation], [14, 15, 16]);
    const chosen = chooseSplits(both, null, auto, 1);
    assert.deepEqual(
      [[...chosen.validation], chosen.validationFrom, chosen.training.length],
      [[10, 11, 12, 13], 'validation', 10],
    );
    const drawn = chooseSplits(info(['train', 100], ['test', 3]), null, auto, 1);
    assert.deepEqual([drawn.training.length, drawn.validation.length, drawn.validationFrom], [90, 10, 'fraction']);
  });

  it('limits the training examples, with the same validation', () => {
    const options = { validation: 0.2, limit: null };
    const all = chooseSplits(info(['train', 100]), null, options, 1);
    const few = chooseSplits(info(['train', 100]), null, { ...options, limit: 10 }, 1);
    const more = chooseSplits(info(['train', 100]), null, { ...options, limit: 30 }, 1);
    assert.deepEqual(few.validation, all.validation);
    assert.equal(few.training.length, 10);
    assert.ok(few.training.every((position) => more.training.includes(position) && all.training.includes(position)));
    assert.notDeepEqual([...few.training], [...all.training].slice(0, 10));
    assert.equal(chooseSplits(info(['train', 100]), null, { ...options, limit: 1000 }, 1).training.length, 80);
  });

  it('may validate on nothing, and takes at least one example otherwise', () => {
    assert.equal(chooseSplits(info(['train', 5]), null, { validation: 0, limit: null }, 1).validation.length, 0);
    assert.equal(chooseSplits(info(['train', 5]), null, { validation: 0.01, limit: null }, 1).validation.length, 1);
  });

  it('tells when a split is missing or nothing is left to train on', () => {
    const says = (action: () => unknown, message: RegExp): void =>
      assert.throws(
        action,
        (error: unknown) => error instanceof DataError && message.test(error.message) && error.advice !== undefined,
      );
    says(
      () => chooseSplits(info(['train', 5]), null, { validation: 'test', limit: null }, 1),
      /\/data\/set has no split "test", only "train"/,
    );
    says(() => chooseSplits(info(['train', 1]), null, auto, 1), /1 training examples.*none is left/);
    says(
      () => chooseSplits(info(['validation', 5], ['test', 5]), null, auto, 1),
      /no training examples, only "validation" and "test"/,
    );
  });
});
