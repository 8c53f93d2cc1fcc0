import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { Codes } from '../../../../src/learn/evaluate/codes.js';
import { ridge, valuesOf } from '../../../../src/learn/evaluate/ridge.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { near } from './near.js';
import { rowsOf, scikit } from './scikit.js';

interface Case {
  codes: Codes;
  values: Float64Array;
  alpha: number;
}

/** Numbers that lie and spread differently, the second one constant; values are a noisy sum of them, far from 0. */
function example(count: number, width: number, alpha: number): Case {
  const random = stream(12, 'ridge', count);
  const data = Float32Array.from({ length: count * width }, (_, at) =>
    at % width === 1 ? 7.1 : 2 ** (at % 5) * random.normal() + 3 * (at % width),
  );
  const values = Float64Array.from({ length: count }, (_, row) =>
    data
      .subarray(row * width, (row + 1) * width)
      .reduce((sum, value, i) => sum + value / (1 + i), 2000 + random.normal()),
  );
  return { codes: { count, width, data }, values, alpha };
}

const cases = [example(200, 6, 1), example(200, 6, 50), example(15, 40, 1)];

const program = `
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler
def of(rows, values, alpha):
    rows = np.array(rows)
    scaler = StandardScaler().fit(rows)
    model = Ridge(alpha=alpha).fit(scaler.transform(rows), values)
    coefficients = model.coef_ / scaler.scale_
    return dict(coefficients=coefficients.tolist(), intercept=model.intercept_ - coefficients @ scaler.mean_,
        values=model.predict(scaler.transform(rows)).tolist())
print(json.dumps([of(*case) for case in given]))
`;

describe('ridge regression', () => {
  it("has scikit-learn's coefficients and intercept, as float32 holds them", async function () {
    const expected = await scikit<{ coefficients: number[]; intercept: number }[]>(
      this,
      program,
      cases.map(({ codes, values, alpha }) => [rowsOf(codes.data, codes.width), Array.from(values), alpha]),
    );
    cases.forEach(({ codes, values, alpha }, i) => {
      const { coefficients, intercept } = expected[i]!;
      const { kernel, bias } = ridge(codes, values, alpha);
      kernel.forEach((value, at) => near(value, at === 1 ? 0 : coefficients[at]!, 1e-7));
      near(bias[0]!, intercept, 1e-6);
    });
  });

  it('is what is computed by hand', () => {
    // z = ±1 and values 2 ± 3: w = 2 · 3 / (2 + alpha); the codes are 5 ± 2.
    const codes: Codes = { count: 2, width: 1, data: Float32Array.of(3, 7) };
    const { kernel, bias } = ridge(codes, Float32Array.of(-1, 5), 4);
    assert.deepEqual([kernel[0], bias[0]], [0.5, 2 - 2.5]);
  });

  it('refuses what cannot be learnt from, in words', () => {
    const codes: Codes = { count: 2, width: 1, data: Float32Array.of(3, 7) };
    assert.throws(
      () => ridge({ count: 0, width: 1, data: new Float32Array() }, new Float32Array()),
      /no example with a value to learn from/,
    );
    assert.throws(() => ridge(codes, Float32Array.of(1, NaN)), /value that is to be learnt is no number/);
    assert.throws(() => ridge({ ...codes, data: Float32Array.of(1, NaN) }, Float32Array.of(1, 2)), /codes hold/);
  });
});

for (const name of engineNames)
  describe(`values that ridge regression gives on ${name}`, () => {
    before(async function () {
      await engineOrSkip(name, this);
    });

    it('are those learnt from, when there are more numbers than examples and hardly a penalty', async () => {
      const { codes, values } = cases[2]!;
      const before = tf.memory().numTensors;
      const found = await valuesOf(codes, ridge(codes, values, 1e-6));
      found.forEach((value, i) => near(value, values[i]!, 1e-5));
      assert.equal(tf.memory().numTensors, before);
    });
  });
