import assert from 'node:assert/strict';
import { multiLabel, type LabelPredictions } from '../../../../src/learn/evaluate/multiLabel.js';
import { stream } from '../../../../src/protocol/random.js';
import { near } from './near.js';
import { rowsOf, scikit } from './scikit.js';

/** The last label is nowhere, the one before it never found. */
function predictions(count: number, labels: number): LabelPredictions {
  const random = stream(6, 'labels', count);
  const targets = new Uint8Array(count * labels);
  const probabilities = new Float32Array(count * labels);
  for (let i = 0; i < targets.length; i++) {
    const label = i % labels;
    targets[i] = label < labels - 1 && random.uniform() < 0.3 ? 1 : 0;
    const logit = 1.5 * random.normal() + 3 * (targets[i]! - 0.5);
    probabilities[i] = label === labels - 2 ? 0.5 : 1 / (1 + Math.exp(-logit));
  }
  return { targets, probabilities, labels };
}

const program = `
from sklearn.metrics import *
def of(targets, rows):
    targets, said = np.array(targets), np.array(rows) > 0.5
    scores = precision_recall_fscore_support(targets, said, zero_division=0)
    return [accuracy_score(targets, said), f1_score(targets, said, average="macro", zero_division=0), [a.tolist() for a in scores]]
print(json.dumps([of(*case) for case in given]))
`;

describe('measures of several labels an example', () => {
  it('are those of scikit-learn', async function () {
    const cases = [predictions(500, 4), predictions(3, 9)];
    const expected = await scikit<[number, number, number[][]][]>(
      this,
      program,
      cases.map(({ targets, probabilities, labels }) => [rowsOf(targets, labels), rowsOf(probabilities, labels)]),
    );
    cases.forEach((of, i) => {
      const found = multiLabel(of);
      const [subset, macro, scores] = expected[i]!;
      near(found.subsetAccuracy, subset);
      near(found.macroF1, macro);
      found.scores.forEach((one, label) => {
        [one.precision, one.recall, one.f1, one.support].forEach((value, k) => near(value, scores[k]![label]!));
      });
    });
  });

  it('are those computed by hand', () => {
    const found = multiLabel({
      targets: Uint8Array.of(1, 0, 1, 1, 0, 0),
      probabilities: Float64Array.of(0.9, 0.5, 0.6, 0.2, 0.7, 0.1),
      labels: 2,
    });
    assert.deepEqual(found, {
      count: 3,
      subsetAccuracy: 1 / 3,
      macroF1: (0.8 + 0) / 2,
      scores: [
        { support: 2, precision: 2 / 3, recall: 1, f1: 0.8 },
        { support: 1, precision: 0, recall: 0, f1: 0 },
      ],
    });
  });

  it('refuse what cannot be measured, in words', () => {
    const none = { targets: new Uint8Array(), probabilities: new Float32Array(), labels: 3 };
    assert.throws(() => multiLabel(none), /no example with a label to measure/);
    const lost = { targets: new Uint8Array(4), probabilities: Float32Array.of(0, 1, 0, Infinity), labels: 2 };
    assert.throws(() => multiLabel(lost), /For example 1 the model gives Infinity/);
  });
});
