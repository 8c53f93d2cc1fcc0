import * as assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { openDataset } from '../../../../src/data/index.js';
import { inspectDataset } from '../../../../src/data/inspect/index.js';
import type { Inspection } from '../../../../src/protocol/inspection.js';
import { dataOptions } from '../make.js';

/** The sets of ../shared/data; what is expected is in its README, or known of the set. */
const DATA = path.resolve('../shared/data');

describe('Inspecting the real data sets', function () {
  this.timeout(180_000);
  before(function () {
    if (existsSync(DATA)) return;
    console.log('      skipped: there is no ../shared/data with the real data sets');
    this.skip();
  });

  async function inspected(name: string): Promise<Inspection> {
    const dataset = await openDataset(path.join(DATA, name), { onError: 'skip' });
    try {
      return (await inspectDataset(dataset, { data: { ...dataOptions, path: dataset.info.path } })).inspection;
    } finally {
      await dataset.close();
    }
  }

  const rounded = (value: number | undefined) => Math.round(10_000 * (value ?? NaN)) / 10_000;

  it('MNIST: mean 0.1307, deviation 0.3081; 717 of 784 pixels vary in training; no exact duplicates', async () => {
    const { count, classesBySplit, values, constant, duplicates, splits } = await inspected('mnist');
    assert.deepEqual([count, splits], [70_000, { train: 60_000, validation: 0, test: 10_000 }]);
    assert.deepEqual(
      Object.values(classesBySplit.train ?? {}),
      [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    );
    assert.deepEqual(Object.values(classesBySplit.test ?? {}), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    assert.deepEqual([rounded(values?.scaled?.mean), rounded(values?.scaled?.deviation)], [0.1307, 0.3081]);
    assert.equal(784 - (constant?.pixels ?? 0), 717);
    assert.deepEqual([duplicates.exact.examples, duplicates.near?.complete], [0, true]);
  });

  it('Fashion-MNIST: mean 0.2860, deviation 0.3530, balanced', async () => {
    const { values, imbalance } = await inspected('fashion-mnist');
    assert.deepEqual([rounded(values?.scaled?.mean), rounded(values?.scaled?.deviation)], [0.286, 0.353]);
    assert.deepEqual([imbalance?.ratio, imbalance?.largest.count], [1, 6000]);
  });

  it('sign-language-digits: three images of another size', async () => {
    const { classes, sizes, problems } = await inspected('sign-language-digits/sign-language-digits.tar.gz');
    assert.deepEqual(Object.values(classes), [205, 206, 206, 206, 207, 207, 207, 206, 208, 204]);
    assert.deepEqual([sizes?.mostFrequent.count, sizes?.distinct, sizes?.largest.width, problems], [2059, 2, 3024, []]);
  });

  it('clothing-small: unbalanced, from 112 skirts to 795 t-shirts; one photograph twice with two labels', async () => {
    const { splits, imbalance, duplicates, examples, sizes } = await inspected('clothing-small/clothing-small.tar.gz');
    assert.deepEqual(splits, { train: 3067, validation: 341, test: 0 });
    assert.deepEqual(
      [imbalance?.largest, imbalance?.smallest],
      [
        { name: 't-shirt', count: 795 },
        { name: 'skirt', count: 112 },
      ],
    );
    assert.ok(Math.max(sizes?.largest.width ?? 0, sizes?.largest.height ?? 0) <= 128);
    const pairs = duplicates.near?.pairs.map(({ first, second }) =>
      [first, second].map((position) => examples.find((example) => example.position === position)?.class),
    );
    assert.deepEqual(pairs, [['shorts', 'skirt']]);
  });

  it('fsdd: 0.14 to 2.28 s, mean 0.44 s, 21.9 minutes at 8 kHz', async () => {
    const { lengths, rates, classes } = await inspected('fsdd/recordings.tar.gz');
    const { shortest, longest, mean, total } = lengths!;
    assert.deepEqual(
      [shortest.value, longest.value, mean].map((seconds) => seconds.toFixed(2)),
      ['0.14', '2.28', '0.44'],
    );
    assert.equal((total / 60).toFixed(1), '21.9');
    assert.deepEqual(rates, [{ value: 8000, count: 3000 }]);
    assert.ok(Object.values(classes).every((count) => count === 300));
  });
});
