import assert from 'node:assert/strict';
import { estimates } from '../../../../src/learn/evaluate/bootstrap.js';
import { near } from './near.js';
import { resamples } from './resamples.js';

describe('bootstrapped intervals', () => {
  it('draw 1000 sets as large, each example as often as any other', () => {
    const drawn = resamples(50, 1);
    assert.equal(drawn.length, 1000);
    const counts = new Int32Array(50);
    for (const set of drawn) {
      assert.equal(set.length, 50);
      for (const position of set) counts[position]!++;
    }
    // Binomial with mean 1000 and standard deviation 31.3; five of them are passed once in 35,000 times.
    assert.ok(counts.every((count) => Math.abs(count - 1000) < 157));
    // An example is missing from a set with probability (1 - 1/50)^50.
    const missing = drawn.filter((set) => !set.includes(0)).length;
    near(missing / 1000, 0.98 ** 50, 0.07);
  });

  it('hold 95 % of what is measured: those of a part are those of the binomial distribution', () => {
    const { right } = estimates(400, 3, (positions) => ({
      right: positions.reduce((sum, position) => sum + (position < 300 ? 1 : 0), 0) / 400,
    }));
    assert.equal(right.value, 0.75);
    // Binomial(400, 0.75) has its 2.5 % and 97.5 % quantiles at 283 and 317 (SciPy's binom.ppf).
    near(right.low, 283 / 400, 0.006);
    near(right.high, 317 / 400, 0.006);
  });

  it('keep apart what is measured together, and give the same for the same seed', () => {
    const of = (seed: number) => estimates(20, seed, (positions) => ({ first: positions[0]!, constant: 4 }));
    assert.deepEqual(of(7).constant, { value: 4, low: 4, high: 4 });
    assert.equal(of(7).first.value, 0);
    assert.ok(of(7).first.high > of(7).first.low);
    assert.deepEqual(of(7), of(7));
  });
});
