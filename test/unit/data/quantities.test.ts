import assert from 'node:assert/strict';
import { areQuantities, numberOf } from '../../../src/data/quantities.js';

describe('Labels that are numbers', () => {
  const counted = (from: number, count: number, step = 1): string[] =>
    Array.from({ length: count }, (_, i) => String(from + i * step));

  it('are quantities where one has a fraction, or they are too many and too scattered for classes', () => {
    assert.equal(areQuantities(['0.5', '1', '2']), true);
    assert.equal(areQuantities(counted(-3, 51, 2)), true);
    assert.equal(areQuantities(counted(18, 60)), true, 'ages');
    assert.equal(areQuantities(['1e3', ...counted(1, 50)]), true);
  });

  it('are classes where they are few, or counted as classes are, or where one is a name', () => {
    assert.equal(areQuantities(counted(3, 6)), false, 'ratings of wine');
    assert.equal(areQuantities(counted(1, 50, 10)), false);
    assert.equal(areQuantities(counted(0, 100)), false, 'the hundred classes of CIFAR-100');
    assert.equal(areQuantities(counted(1, 102)), false, 'the flowers of Oxford');
    assert.equal(areQuantities([...counted(0, 100, 3), 'unknown']), false);
    assert.equal(areQuantities(['0.5', '']), false);
    assert.equal(areQuantities([]), false);
  });

  it('are numbers only as float32 can hold them', () => {
    assert.equal(numberOf('-1.5e3'), -1500);
    for (const name of ['', ' ', 'cat', 'NaN', 'Infinity', '1e39']) assert.ok(Number.isNaN(numberOf(name)), name);
  });
});
