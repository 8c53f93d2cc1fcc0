import assert from 'node:assert/strict';
import { regression } from '../../../../src/learn/evaluate/regression.js';
import { stream } from '../../../../src/protocol/random.js';
import { near } from './near.js';
import { resamples } from './resamples.js';
import { scikit } from './scikit.js';

/** Values far from 0, as years are, and predictions that are off. */
function predicted(count: number): [values: Float64Array, predictions: Float64Array] {
  const random = stream(8, 'values', count);
  const values = Float64Array.from({ length: count }, () => 2000 + 10 * random.normal());
  return [values, values.map((value) => value + 4 * random.normal() + 1)];
}

const program = `
import warnings
from sklearn.metrics import *
warnings.filterwarnings("ignore")
def measures(values, predictions):
    return [mean_absolute_error(values, predictions), root_mean_squared_error(values, predictions), r2_score(values, predictions)]
def of(values, predictions, resamples):
    values, predictions = np.array(values), np.array(predictions)
    drawn = [measures(values[at], predictions[at]) for at in np.array(resamples)]
    return [measures(values, predictions), *np.percentile(drawn, [2.5, 97.5], axis=0).tolist()]
print(json.dumps([of(*case) for case in given]))
`;

describe('measures of predicted numbers', () => {
  it('are those of scikit-learn, with the percentiles of its measures of the same drawn sets', async function () {
    const cases = [predicted(300), predicted(6)];
    const expected = await scikit<number[][][]>(
      this,
      program,
      cases.map(([values, predictions]) => [Array.from(values), Array.from(predictions), resamples(values.length, 2)]),
    );
    cases.forEach(([values, predictions], i) => {
      const { meanAbsoluteError, rootMeanSquaredError, r2 } = regression(values, predictions, 2);
      [meanAbsoluteError, rootMeanSquaredError, r2!].forEach(({ value, low, high }, measure) => {
        [value, low, high].forEach((number, k) => near(number, expected[i]![k]![measure]!));
      });
    });
  });

  it('are those computed by hand', () => {
    const found = regression(Float32Array.of(1, 2, 3, 6), Float32Array.of(1, 3, 1, 6), 1);
    assert.equal(found.meanAbsoluteError.value, 3 / 4);
    assert.equal(found.rootMeanSquaredError.value, Math.sqrt(5 / 4));
    assert.equal(found.r2!.value, 1 - 5 / 14);
  });

  it('have R² 1 or 0 where all values are the same, and none for one example', () => {
    const same = new Float64Array(3).fill(0.1);
    assert.equal(regression(same, same, 1).r2!.value, 1);
    assert.equal(regression(same, Float64Array.of(0.1, 0.1, 0.2), 1).r2!.value, 0);
    assert.equal(regression(Float64Array.of(1), Float64Array.of(2), 1).r2, null);
  });

  it('refuse what cannot be measured, in words', () => {
    assert.throws(() => regression(new Float32Array(), new Float32Array(), 1), /no example with a label to measure/);
    assert.throws(() => regression(Float32Array.of(1), Float32Array.of(NaN), 1), /For example 0 the model gives NaN/);
  });
});
