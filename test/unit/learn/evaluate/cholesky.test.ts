import assert from 'node:assert/strict';
import { factorise, solve } from '../../../../src/learn/evaluate/cholesky.js';
import { stream } from '../../../../src/protocol/random.js';
import { near } from './near.js';

describe('a symmetric system of equations', () => {
  it('is solved as by hand', () => {
    // L = [[2, 0, 0], [6, 1, 0], [-8, 5, 3]], A = L Lᵀ, x = (1, 2, 3).
    const a = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
    factorise(a, 3);
    // The second column is that of x = (0, 1, 0).
    const x = Float64Array.of(4 + 24 - 48, 12, 12 + 74 - 129, 37, -16 - 86 + 294, -43);
    solve(a, 3, x);
    [1, 0, 2, 1, 3, 0].forEach((value, i) => near(x[i]!, value, 1e-12));
    assert.deepEqual(Array.from(a.subarray(6)), [-8, 5, 3]);
  });

  it('of a hundred is fulfilled by what is found', () => {
    const n = 100;
    const random = stream(1, 'matrix');
    const rows = Array.from({ length: n }, () => Array.from({ length: n }, () => random.normal()));
    const a = Float64Array.from({ length: n * n }, (_, at) =>
      rows[Math.floor(at / n)]!.reduce((sum, value, k) => sum + value * rows[at % n]![k]!, at % (n + 1) === 0 ? 1 : 0),
    );
    const b = Float64Array.from({ length: n }, () => random.normal());
    const [factor, x] = [a.slice(), b.slice()];
    factorise(factor, n);
    solve(factor, n, x);
    b.forEach((value, i) =>
      near(
        a.subarray(i * n, (i + 1) * n).reduce((sum, own, j) => sum + own * x[j]!, 0),
        value,
      ),
    );
  });

  it('is refused where it is not positive definite', () => {
    assert.throws(() => factorise(Float64Array.of(1, 2, 2, 1), 2), /pivot 1 is -3/);
  });
});
