import assert from 'node:assert/strict';
import { macroF1OfLabels, multiLabel, type LabelPredictions } from '../../../../src/learn/evaluate/multiLabel.js';
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
import warnings
warnings.simplefilter("ignore")
def of(targets, rows):
    targets, rows = np.array(targets), np.array(rows)
    said = rows > 0.5
    scores = precision_recall_fscore_support(targets, said, zero_division=0)
    precisions = [average_precision_score(targets[:, i], rows[:, i]) for i in range(targets.shape[1])]
    f1 = [f1_score(targets, said, average=by, zero_division=0) for by in ["macro", "micro"]]
    loss = np.mean([log_loss(targets[:, i], rows[:, i], labels=[0, 1]) for i in range(targets.shape[1])])
    return [[accuracy_score(targets, said), *f1, np.mean(precisions), hamming_loss(targets, said), loss], [a.tolist() for a in [*scores, np.array(precisions)]]]
print(json.dumps([of(*case) for case in given]))
`;

describe('measures of several labels an example', () => {
  it('are those of scikit-learn', async function () {
    const cases = [predictions(500, 4), predictions(3, 9)];
    const expected = await scikit<[number[], number[][]][]>(
      this,
      program,
      cases.map(({ targets, probabilities, labels }) => [rowsOf(targets, labels), rowsOf(probabilities, labels)]),
    );
    cases.forEach((of, i) => {
      const { subsetAccuracy, macroF1, microF1, ...found } = multiLabel(of, 1);
      const [whole, scores] = expected[i]!;
      near(macroF1OfLabels(of), whole[1]!);
      [subsetAccuracy.value, macroF1.value, microF1.value].forEach((value, k) => near(value, whole[k]!));
      [found.meanAveragePrecision, found.hammingLoss, found.logLoss].forEach((value, k) => near(value, whole[3 + k]!));
      found.scores.forEach((one, label) => {
        [one.precision, one.recall, one.f1, one.support, one.averagePrecision].forEach((value, k) =>
          near(value, scores[k]![label]!),
        );
      });
    });
  });

  it('are those computed by hand', () => {
    const found = multiLabel(
      {
        targets: Uint8Array.of(1, 0, 1, 1, 0, 0),
        probabilities: Float64Array.of(0.9, 0.5, 0.6, 0.2, 0.7, 0.1),
        labels: 2,
      },
      1,
    );
    const logLoss =
      -(Math.log(0.9) + Math.log(0.5) + Math.log(0.6) + Math.log(0.2) + Math.log(0.3) + Math.log(0.9)) / 6;
    near(found.logLoss, logLoss);
    assert.equal(found.subsetAccuracy.value, 1 / 3);
    assert.equal(found.macroF1.value, (0.8 + 0) / 2);
    near(found.microF1.value, 4 / 6);
    assert.equal(found.hammingLoss, 2 / 6);
    near(found.meanAveragePrecision, (1 / 2 + (1 / 2) * (2 / 3) + 1 / 2) / 2);
    const rest = found.scores.map(({ support, precision, recall, f1 }) => ({ support, precision, recall, f1 }));
    assert.deepEqual(rest, [
      { support: 2, precision: 2 / 3, recall: 1, f1: 0.8 },
      { support: 1, precision: 0, recall: 0, f1: 0 },
    ]);
  });

  it('have intervals that are those of as many examples drawn anew, the same for the same seed', () => {
    const of = predictions(500, 4);
    const found = multiLabel(of, 3);
    const { value, low, high } = found.subsetAccuracy;
    // Normal approximation of a binomial share: 1.96 √(p (1 - p) / n).
    const half = 1.96 * Math.sqrt((value * (1 - value)) / 500);
    assert.ok(Math.abs((high - low) / 2 - half) < 0.1 * half, `${low}..${high} around ${value}`);
    assert.ok(found.macroF1.low < found.macroF1.value && found.macroF1.value < found.macroF1.high);
    assert.deepEqual(multiLabel(of, 3), found);
  });

  it('refuse what cannot be measured, in words', () => {
    const none = { targets: new Uint8Array(), probabilities: new Float32Array(), labels: 3 };
    assert.throws(() => multiLabel(none, 1), /no example with a label to measure/);
    const lost = { targets: new Uint8Array(4), probabilities: Float32Array.of(0, 1, 0, Infinity), labels: 2 };
    assert.throws(() => multiLabel(lost, 1), /For example 1 the model gives Infinity/);
  });
});
