import assert from 'node:assert/strict';
import { classification, type ClassPredictions } from '../../../../src/learn/evaluate/classification.js';
import { stream } from '../../../../src/protocol/random.js';
import { near } from './near.js';
import { resamples } from './resamples.js';
import { rowsOf, scikit } from './scikit.js';

interface Case {
  count: number;
  classes: number;
  /** Classes that no example has. */
  absent?: number[];
  type?: typeof Float32Array | typeof Float64Array;
}

/** Softmax of random logits, of which the right one is larger; some are exactly 0 and 1, some rows are all the same. */
function predictions({ count, classes, absent = [], type = Float64Array }: Case): ClassPredictions {
  const random = stream(3, 'predictions', count);
  const labels = Int32Array.from({ length: count }, () => {
    for (;;) {
      // Later classes are rarer.
      const label = Math.floor(classes * random.uniform() ** 2);
      if (!absent.includes(label)) return label;
    }
  });
  const probabilities = new type(count * classes);
  labels.forEach((label, i) => {
    const row = Array.from({ length: classes }, (_, c) => Math.exp(2 * random.normal() + (c === label ? 2 : 0)));
    const sum = row.reduce((total, value) => total + value, 0);
    const sure = random.integer(classes);
    const kind = random.uniform();
    row.forEach((value, c) => {
      probabilities[i * classes + c] = kind < 0.05 ? Number(c === sure) : kind < 0.1 ? 1 / classes : value / sum;
    });
  });
  return { labels, probabilities, classes };
}

/** Of the third one intervals are compared as well: in sets that are drawn of it further classes are missing. */
const cases: Case[] = [
  { count: 400, classes: 10 },
  { count: 300, classes: 12, absent: [2, 11] },
  { count: 60, classes: 7, absent: [2, 6] },
  { count: 90, classes: 2 },
  { count: 7, classes: 6 },
  { count: 1, classes: 3 },
];

const DRAWN = 2;

interface Expected {
  values: [accuracy: number, balancedAccuracy: number, macroF1: number];
  intervals: [low: number, high: number][];
  top5: number;
  logLoss: number;
  confusion: number[][];
  scores: [precision: number[], recall: number[], f1: number[], support: number[]];
  curve: [accuracies: number[], confidences: number[]];
}

const program = `
import warnings
from sklearn.metrics import *
from sklearn.calibration import calibration_curve
warnings.filterwarnings("ignore")
def measures(labels, guesses, classes):
    return [accuracy_score(labels, guesses), balanced_accuracy_score(labels, guesses),
        f1_score(labels, guesses, labels=range(classes), average="macro", zero_division=0)]
def of(labels, rows, classes, resamples, type):
    labels, rows = np.array(labels), np.array(rows, dtype=type)
    guesses = rows.argmax(1)
    drawn = np.array([measures(labels[at], guesses[at], classes) for at in np.array(resamples)]) if resamples else np.zeros((1, 3))
    confidences = rows.max(1)
    return dict(
        values=measures(labels, guesses, classes),
        intervals=np.percentile(drawn, [2.5, 97.5], axis=0).T.tolist(),
        top5=top_k_accuracy_score(labels, rows, k=5, labels=range(classes)) if classes > 5 else None,
        logLoss=float(log_loss(labels, rows, labels=range(classes))),
        confusion=confusion_matrix(labels, guesses, labels=range(classes)).tolist(),
        scores=[a.tolist() for a in precision_recall_fscore_support(labels, guesses, labels=range(classes), zero_division=0)],
        curve=[a.tolist() for a in calibration_curve(guesses == labels, np.minimum(confidences, 1), n_bins=15)])
print(json.dumps([of(*case) for case in given]))
`;

describe('measures of a classifier', () => {
  it('are those of scikit-learn, with the percentiles of its measures of the same drawn sets', async function () {
    const all = cases.map(predictions);
    const expected = await scikit<Expected[]>(
      this,
      program,
      all.map(({ labels, probabilities, classes }, i) => [
        Array.from(labels),
        rowsOf(probabilities, classes),
        classes,
        i === DRAWN ? resamples(labels.length, 5) : null,
        'float64',
      ]),
    );
    all.forEach((of, i) => {
      const { values, intervals, top5, logLoss, confusion, scores, curve } = expected[i]!;
      const found = classification(of, 5);
      [found.accuracy, found.balancedAccuracy, found.macroF1].forEach(({ value, low, high }, measure) => {
        near(value, values[measure]!);
        if (i !== DRAWN) return;
        near(low, intervals[measure]![0]);
        near(high, intervals[measure]![1]);
      });
      if (top5 === null) assert.equal(found.top5Accuracy, null);
      else near(found.top5Accuracy!, top5);
      near(found.logLoss, logLoss);
      assert.deepEqual(rowsOf(found.confusion, of.classes), confusion);
      found.scores.forEach((one, c) => {
        [one.precision, one.recall, one.f1, one.support].forEach((value, k) => near(value, scores[k]![c]!));
      });
      const bins = found.calibration.bins.filter(({ count }) => count > 0);
      assert.deepEqual([bins.length, found.calibration.bins.length], [curve[0].length, 15]);
      bins.forEach(({ accuracy, confidence }, bin) => {
        near(accuracy!, curve[0][bin]!);
        near(confidence!, curve[1][bin]!);
      });
    });
  });

  it('clip probabilities in float32 as scikit-learn does', async function () {
    const of = predictions({ count: 200, classes: 4, type: Float32Array });
    const rows = rowsOf(of.probabilities, 4);
    const [expected] = await scikit<Expected[]>(this, program, [[Array.from(of.labels), rows, 4, null, 'float32']]);
    near(classification(of, 1).logLoss, expected!.logLoss, 1e-6);
  });

  /** Three classes, of which the last has no example. */
  const byHand: ClassPredictions = {
    labels: Int32Array.of(0, 0, 1, 1, 1),
    probabilities: Float64Array.of(0.5, 0.3, 0.2, 0.1, 0.2, 0.7, 0, 0.9, 0.1, 0.8, 0.2, 0, 0.2, 0.8, 0),
    classes: 3,
  };

  it('are those computed by hand', () => {
    const found = classification(byHand, 1);
    assert.equal(found.count, 5);
    assert.equal(found.accuracy.value, 3 / 5);
    near(found.balancedAccuracy.value, (1 / 2 + 2 / 3) / 2);
    // F1 of the classes: 2 · 1 / (2 + 2), 2 · 2 / (3 + 2), 0.
    near(found.macroF1.value, (0.5 + 0.8 + 0) / 3);
    near(found.logLoss, -Math.log(0.5 * 0.1 * 0.9 * 0.2 * 0.8) / 5);
    assert.deepEqual(Array.from(found.confusion), [1, 0, 1, 1, 2, 0, 0, 0, 0]);
    assert.deepEqual(found.scores[2], { support: 0, precision: 0, recall: 0, f1: 0 });
    assert.equal(found.top5Accuracy, null);
  });

  it('name the examples that are most surely wrong first', () => {
    assert.deepEqual(Array.from(classification(byHand, 1).wrong), [3, 1]);
    const same = { ...byHand, probabilities: new Float64Array(15).fill(1 / 3) };
    assert.deepEqual(Array.from(classification(same, 1).wrong), [2, 3, 4]);
  });

  it('have a calibration by hand: bins hold their upper ends, and count by their examples', () => {
    // Confidences 0.5 (right), 0.7 (wrong), 0.9 (right), 0.8 = 12/15 (wrong and right).
    const { bins, expectedError } = classification(byHand, 1).calibration;
    assert.deepEqual(
      bins.flatMap(({ count }, bin) => (count > 0 ? [[bin, count]] : [])),
      [
        [7, 1],
        [10, 1],
        [11, 2],
        [13, 1],
      ],
    );
    assert.deepEqual(bins[0], { count: 0, confidence: null, accuracy: null });
    near(expectedError, (0.5 + 0.7 + 2 * 0.3 + 0.1) / 5);
  });

  it('take one more than 1 by rounding as sure', () => {
    const { bins } = classification(
      { labels: Int32Array.of(0), probabilities: Float32Array.of(1 + 2 ** -23, 0), classes: 2 },
      1,
    ).calibration;
    assert.equal(bins[14]!.count, 1);
  });

  it('have the same intervals for the same seed, others for another, and no width where all is right', () => {
    const of = predictions({ count: 100, classes: 3 });
    assert.deepEqual(classification(of, 1), classification(of, 1));
    assert.notDeepEqual(classification(of, 1).macroF1, classification(of, 2).macroF1);
    const right = { labels: Int32Array.of(0, 1), probabilities: Float64Array.of(0.9, 0.1, 0.2, 0.8), classes: 2 };
    assert.deepEqual(classification(right, 1).accuracy, { value: 1, low: 1, high: 1 });
  });

  it('refuse what cannot be measured, in words', () => {
    const none = { labels: new Int32Array(), probabilities: new Float32Array(), classes: 2 };
    assert.throws(() => classification(none, 1), /no example with a label to measure/);
    const lost = { ...byHand, probabilities: byHand.probabilities.map((value, i) => (i === 7 ? NaN : value)) };
    assert.throws(() => classification(lost, 1), /For example 2 the model gives NaN.*lower learning rate/);
    assert.throws(() => classification({ ...byHand, labels: Int32Array.of(0, 0, 1, 1, 3) }, 1), /label is 3/);
    assert.throws(() => classification({ ...byHand, labels: Int32Array.of(0) }, 1), /15 numbers were predicted for 1/);
  });
});
