import * as assert from 'node:assert/strict';
import { chooseSplits, drawLabels, labelledSplits } from '../../../src/data/split.js';
import { DataError, type Dataset, type Split } from '../../../src/data/reader.js';

function info(...splits: [Split['name'], number][]): Pick<Dataset, 'info' | 'groups'> {
  let start = 0;
  const dataset = {
    kind: 'array' as const,
    format: 'test',
    path: '/data/set',
    count: splits.reduce((sum, [, count]) => sum + count, 0),
    shape: [1],
    range: null,
    classes: null,
    groups: null,
    splits: splits.map(([name, count]) => ({ name, start: (start += count) - count, count })),
    problems: [],
    files: [],
  };
  return { info: dataset, groups: null };
}

describe('Examples that go on one after the other', () => {
  it('are held out as the end: the test first, then validation, the same whatever the seed', () => {
    const set = { info: { ...info(['train', 100]).info, sequential: true as const }, groups: null };
    for (const seed of [1, 2]) {
      const { test, training, validation } = chooseSplits(set, null, { validation: 0.1, test: 0.2, limit: null }, seed);
      const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
      assert.deepEqual([[...training], [...validation], [...test!]], [range(0, 72), range(72, 80), range(80, 100)]);
    }
  });

  it('are held out as the end of each class: the end of all of them would be the last class alone', () => {
    const set = { info: { ...info(['train', 20]).info, sequential: true as const }, groups: null };
    const labels = Int32Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 1));
    const { test, validation } = chooseSplits(set, labels, { validation: 0.25, test: 0.2, limit: null }, 1);
    assert.deepEqual(
      [[...test!], [...validation]],
      [
        [8, 9, 18, 19],
        [6, 7, 16, 17],
      ],
    );
  });

  it('stay with their group, though that is not the end', () => {
    const groups = Int32Array.from({ length: 100 }, (_, i) => i % 10);
    const set = { info: { ...info(['train', 100]).info, sequential: true as const }, groups };
    const { training, validation } = chooseSplits(set, null, { validation: 0.2, limit: null }, 1);
    const apart = new Set(Array.from(validation, (position) => groups[position]));
    assert.equal(apart.size, 2);
    assert.ok(training.every((position) => !apart.has(groups[position])));
  });
});

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

  it('holds a part out for the test first, the same one whatever the seed of training and validation', () => {
    const draw = (seed: number, test: number | null) =>
      chooseSplits(info(['train', 1000]), null, { validation: 0.25, test, limit: null }, seed);
    const [first, second] = [draw(1, 0.2), draw(2, 0.2)];
    assert.deepEqual([first.training.length, first.validation.length, first.test?.length], [600, 200, 200]);
    assert.deepEqual([...(second.test ?? [])], [...(first.test ?? [])]);
    assert.notDeepEqual([...second.validation], [...first.validation]);
    const all = [...first.training, ...first.validation, ...(first.test ?? [])].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: 1000 }, (_, i) => i),
    );
    assert.equal(draw(1, null).test, undefined);
  });

  it('holds out whole groups, and each class in proportion', () => {
    const groups = Int32Array.from({ length: 100 }, (_, i) => i % 10);
    const grouped = { ...info(['train', 100]), groups };
    const { test, training, validation } = chooseSplits(grouped, null, { validation: 0.1, test: 0.2, limit: null }, 1);
    const of = (positions: Int32Array = Int32Array.of()) => new Set(Array.from(positions, (position) => position % 10));
    assert.deepEqual([of(test).size, of(validation).size, of(training).size], [2, 1, 7]);
    const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : 1));
    const drawn = chooseSplits(info(['train', 100]), labels, { validation: 0.1, test: 0.1, limit: null }, 1).test;
    assert.equal(drawn?.filter((position) => labels[position] === 1).length, 2);
  });

  it('measures a task on what was held out', () => {
    const set = info(['train', 100]);
    const labels = Int32Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? -1 : i % 2));
    const chosen = chooseSplits(set, labels, { validation: 0.1, test: 0.2, limit: null }, 1);
    const { test, training } = labelledSplits(set, labels, chosen, { perClass: 3 }, 1);
    assert.deepEqual(
      [...(test ?? [])],
      [...(chosen.test ?? [])].filter((position) => labels[position] !== -1),
    );
    assert.ok(test && test.length >= 15 && training.length === 6);
  });

  it('refuses to hold out a test part of data that bring one, and parts that leave nothing to train on', () => {
    const held = { validation: 0.5, test: 0.5, limit: null } as const;
    assert.throws(
      () => chooseSplits(info(['train', 10], ['test', 5]), null, held, 1),
      (error: DataError) =>
        /brings a split "test" of its own/.test(error.message) && /Remove "test"/.test(error.advice ?? ''),
    );
    assert.throws(
      () => chooseSplits(info(['train', 2]), null, held, 1),
      /with 0\.5 of them for the test and 0\.5 of the rest for validation none is left/,
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

  it('keeps groups whole, as near to the fraction as they allow', () => {
    const groups = Int32Array.from({ length: 600 }, (_, i) => i % 6);
    const dataset = { ...info(['train', 600]), groups };
    for (const [fraction, count] of [
      [0.1, 1],
      [0.33, 2],
      [0.99, 5],
    ] as const) {
      const { training, validation } = chooseSplits(dataset, null, { validation: fraction, limit: null }, 4);
      const of = (positions: Int32Array) => new Set(positions.map((position) => groups[position]!));
      assert.equal(of(validation).size, count);
      assert.equal(validation.length, 100 * count);
      assert.equal(training.length + validation.length, 600);
      assert.ok([...of(validation)].every((group) => !of(training).has(group)));
    }
  });

  it('leaves training examples out whose group is in the given validation split', () => {
    const groups = Int32Array.of(0, 1, 2, 1, 2, 3);
    const dataset = { ...info(['train', 4], ['validation', 2]), groups };
    const { training, validation } = chooseSplits(dataset, null, auto, 1);
    assert.deepEqual(
      [[...training], [...validation]],
      [
        [0, 1, 3],
        [4, 5],
      ],
    );
    assert.throws(
      () => chooseSplits({ ...dataset, groups: new Int32Array(6) }, null, auto, 1),
      /also in the split "validation"/,
    );
  });
});

describe('A budget of labels', () => {
  const labels = Int32Array.from({ length: 300 }, (_, i) => (i % 5 === 0 ? -1 : i % 3));
  const positions = Int32Array.from({ length: 300 }, (_, i) => i).filter((i) => i % 2 === 0);

  it('takes so many of each class, and all of a smaller class, never one without a label', () => {
    const few = drawLabels(positions, labels, { perClass: 5 }, 1);
    const counts = [0, 1, 2].map((label) => few.filter((position) => labels[position] === label).length);
    assert.deepEqual([counts, few.length], [[5, 5, 5], 15]);
    assert.ok(few.every((position) => positions.includes(position)));
    const all = drawLabels(positions, labels, { perClass: 1000 }, 1);
    assert.deepEqual(
      all,
      positions.filter((position) => labels[position]! >= 0),
    );
  });

  it('is nested: a smaller choice is within each larger one of the same seed', () => {
    const sizes = [1, 2, 5, 10, 20].map((perClass) => drawLabels(positions, labels, { perClass }, 7));
    const parts = [0.01, 0.1, 0.5, 1].map((fraction) => drawLabels(positions, labels, { fraction }, 7));
    for (const choices of [sizes, parts])
      for (const [i, choice] of choices.entries())
        for (const larger of choices.slice(i + 1)) assert.ok(choice.every((position) => larger.includes(position)));
    assert.equal(parts[0]!.length, 3);
    assert.notDeepEqual(sizes[2], drawLabels(positions, labels, { perClass: 5 }, 8));
  });
});
