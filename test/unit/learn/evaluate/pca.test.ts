import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { Codes } from '../../../../src/learn/evaluate/codes.js';
import { eigen, principalComponents, type Principal } from '../../../../src/learn/evaluate/pca.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { rowsOf, scikit } from './scikit.js';

/** Numbers that depend on each other, each with a spread and a mean of its own. */
function example(count: number, width: number): Codes {
  const random = stream(3, 'pca test', count);
  const data = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const common = random.normal();
    for (let i = 0; i < width; i++) data[row * width + i] = (1 + (i % 7)) * random.normal() + (i % 3) * common + 5 * i;
  }
  return { count, width, data };
}

const cases = [example(300, 20), example(2000, 64), example(6, 40), example(50, 2), example(40, 1)];

const program = `
def of(rows):
    rows = np.array(rows)
    u, s, vt = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    return dict(scores=(u * s)[:, :3].tolist(), shares=(s**2 / (s**2).sum())[:3].tolist())
print(json.dumps([of(rows) for rows in given]))
`;

for (const name of engineNames)
  describe(`principal components (${name})`, () => {
    before(async function () {
      await engineOrSkip(name, this);
    });

    it("are those of NumPy's singular value decomposition, up to the sign", async function () {
      const expected = await scikit<{ scores: number[][]; shares: number[] }[]>(
        this,
        program,
        cases.map(({ data, width }) => rowsOf(data, width)),
      );
      for (const [i, codes] of cases.entries()) {
        const { scores, shares, components } = (await principalComponents(codes, 3)) as Principal;
        assert.equal(components, Math.min(3, codes.count, codes.width));
        const { scores: theirs, shares: theirShares } = expected[i]!;
        const largest = Math.max(...theirs.map((row) => Math.abs(row[0]!)));
        for (let k = 0; k < components; k++) {
          assert.ok(Math.abs(shares[k]! - theirShares[k]!) < 1e-5, `share ${k} of case ${i}`);
          const own = Float64Array.from(theirs, (_, row) => scores[row * components + k]!);
          const sign = Math.sign(own.reduce((sum, value, row) => sum + value * theirs[row]![k]!, 0));
          for (const [row, value] of own.entries())
            assert.ok(
              Math.abs(value - sign * theirs[row]![k]!) < 2e-3 * largest,
              `component ${k} of row ${row} of case ${i}: ${value} instead of ${sign * theirs[row]![k]!}`,
            );
        }
      }
    });

    it('are the same each time, and leave no tensors', async () => {
      const tensors = tf.memory().numTensors;
      const [first, second] = [await principalComponents(cases[0]!, 2), await principalComponents(cases[0]!, 2)];
      assert.deepEqual(first, second);
      assert.equal(tf.memory().numTensors, tensors);
    });

    it('of codes that are all the same are 0, of those that are no numbers unknown', async () => {
      const same = await principalComponents({ count: 5, width: 3, data: new Float32Array(15).fill(2) }, 2);
      assert.deepEqual(same?.shares, [0, 0]);
      assert.ok(same.scores.every((score) => score === 0));
      assert.equal(await principalComponents({ count: 2, width: 2, data: Float32Array.of(1, 2, NaN, 4) }, 2), null);
    });
  });

describe('eigenvectors of a small symmetric matrix', () => {
  it('are as worked out by hand', () => {
    const { values, vectors } = eigen(Float64Array.of(2, 1, 0, 1, 2, 0, 0, 0, 5), 3);
    [5, 3, 1].forEach((value, i) => assert.ok(Math.abs(values[i]! - value) < 1e-14, `${values[i]!}`));
    const second = [0, 1, 2].map((row) => vectors[row * 3 + 1]!);
    assert.ok(Math.abs(Math.abs(second[0]!) - Math.SQRT1_2) < 1e-14 && Math.abs(second[0]! - second[1]!) < 1e-14);
  });
});
