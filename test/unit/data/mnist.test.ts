import * as assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { openDataset } from '../../../src/data/index.js';
import { readAll } from './make.js';

const folder = path.resolve('../shared/data/mnist');

describe('MNIST as it is published', function () {
  this.timeout(20_000);
  before(function () {
    if (existsSync(folder)) return;
    console.log(`      skipped: ${folder} is not there`);
    this.skip();
  });

  it('has the counts and the mean that are known of it', async () => {
    const reader = await openDataset(folder);
    const { info, labels } = reader;
    assert.deepEqual(info.splits, [
      { name: 'train', start: 0, count: 60_000 },
      { name: 'test', start: 60_000, count: 10_000 },
    ]);
    assert.deepEqual(
      [info.shape, info.classes],
      [
        [28, 28, 1],
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      ],
    );
    const counts = (from: number, to: number): number[] =>
      info.classes!.map((_, digit) => labels!.subarray(from, to).filter((label) => label === digit).length);
    assert.deepEqual(counts(0, 60_000), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert.deepEqual(counts(60_000, 70_000), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    const { data } = await readAll(reader);
    let sum = 0;
    let squares = 0;
    const values = 60_000 * 784;
    for (let i = 0; i < values; i++) {
      const value = data[i]! / 255;
      sum += value;
      squares += value * value;
    }
    // The usual figures for normalising MNIST.
    assert.ok(Math.abs(sum / values - 0.1307) < 0.00005, `mean ${sum / values}`);
    assert.ok(Math.abs(Math.sqrt(squares / values - (sum / values) ** 2) - 0.3081) < 0.00005);
  });
});
