import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { readIdx } from '../../../../src/data/idx.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { Labelled } from '../../../../src/learn/evaluate/knn.js';
import {
  logisticRegression,
  probabilitiesOf,
  type LogisticOptions,
} from '../../../../src/learn/evaluate/logisticRegression.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { near } from './near.js';
import { rowsOf, scikit } from './scikit.js';

/** Clouds around a middle each, of numbers that lie and spread differently. */
function clouds(count: number, width: number, classes: number, purpose: string): Labelled {
  const random = stream(9, purpose);
  const middle = Array.from({ length: classes * width }, () => random.normal());
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const data = Float32Array.from({ length: count * width }, (_, at) => {
    const i = at % width;
    const value = middle[labels[Math.floor(at / width)]! * width + i]! + 1.5 * random.normal();
    return 3 ** i * value + 10 * i;
  });
  return { count, width, data, labels };
}

const weights = Float32Array.from({ length: 300 }, (_, i) => [0, 0.5, 1, 3][(i % 7) % 4]!);
/** The third number of each code is the same in all. */
const constant = clouds(200, 5, 3, 'constant');
constant.data.forEach((_, at) => at % 5 === 2 && (constant.data[at] = 0.1));

const cases: { name: string; codes: Labelled; classes: number; options?: LogisticOptions }[] = [
  { name: 'four classes', codes: clouds(300, 5, 4, 'four'), classes: 4 },
  { name: 'two classes, where there is one vector', codes: clouds(300, 6, 2, 'two'), classes: 2 },
  { name: 'a strong penalty', codes: clouds(300, 5, 4, 'four'), classes: 4, options: { C: 0.01 } },
  { name: 'weights', codes: clouds(300, 5, 4, 'four'), classes: 4, options: { weights } },
  { name: 'a number that never changes', codes: constant, classes: 3 },
  { name: 'more numbers than examples', codes: clouds(20, 30, 3, 'wide'), classes: 3 },
];

interface Expected {
  coefficients: number[][];
  intercepts: number[];
  probabilities: number[][];
}

const program = `
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
def of(rows, labels, C, weights):
    rows, labels = np.array(rows, dtype=np.float64), np.array(labels)
    scaler = StandardScaler().fit(rows, sample_weight=weights)
    model = LogisticRegression(C=C, tol=1e-10, max_iter=100000)
    model.fit(scaler.transform(rows), labels, sample_weight=weights)
    # Applied to the numbers as they are.
    coefficients = model.coef_ / scaler.scale_
    return dict(coefficients=model.coef_.tolist(), intercepts=(model.intercept_ - coefficients @ scaler.mean_).tolist(),
        probabilities=model.predict_proba(scaler.transform(rows)).tolist())
print(json.dumps([of(*case) for case in given]))
`;
let asked: Promise<Expected[]> | undefined;

/** For each case, once for all engines. */
function expectedOf(test: Mocha.Context): Promise<Expected[]> {
  return (asked ??= scikit(
    test,
    program,
    cases.map(({ codes, options = {} }) => [
      rowsOf(codes.data, codes.width),
      Array.from(codes.labels),
      options.C ?? 1,
      options.weights ? Array.from(options.weights) : null,
    ]),
  ));
}

/** Standard deviations of the codes' numbers, which count as 1 where there is none, as a StandardScaler's. */
function deviations(
  { count, width, data }: Labelled,
  weights: Float32Array = new Float32Array(count).fill(1),
): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: width }, (_, i) => {
    const column = Array.from(weights, (weight, row) => [weight, data[row * width + i]!] as const);
    const mean = column.reduce((sum, [weight, value]) => sum + weight * value, 0) / total;
    const deviation = Math.sqrt(column.reduce((sum, [weight, value]) => sum + weight * (value - mean) ** 2, 0) / total);
    return deviation > 1e-6 ? deviation : 1;
  });
}

for (const name of engineNames)
  describe(`logistic regression on ${name}`, () => {
    before(async function () {
      await engineOrSkip(name, this);
    });

    for (const [index, { name: what, codes, classes, options }] of cases.entries())
      it(`has scikit-learn's coefficients and probabilities for ${what}`, async function () {
        const { coefficients, intercepts, probabilities } = (await expectedOf(this))[index]!;
        const before = tf.memory().numTensors;
        const found = await logisticRegression(codes, classes, { tolerance: 1e-6, ...options });
        assert.ok(found.converged, `after ${found.iterations} iterations`);
        const scale = deviations(codes, options?.weights);
        for (let i = 0; i < codes.width; i++) {
          const row = Array.from(found.kernel.subarray(i * classes, (i + 1) * classes), (value) => value * scale[i]!);
          const own = classes === 2 ? [row[1]! - row[0]!] : row;
          own.forEach((value, c) => near(value, coefficients[c]![i]!, 1e-3));
        }
        const bias = classes === 2 ? [found.bias[1]! - found.bias[0]!] : Array.from(found.bias);
        bias.forEach((value, c) => near(value, intercepts[c]!, 1e-3));
        const given = await probabilitiesOf(codes, found);
        given.forEach((value, at) => near(value, probabilities[Math.floor(at / classes)]![at % classes]!, 1e-3));
        assert.equal(tf.memory().numTensors, before);
      });

    it('ends by itself on classes that a plane divides, also where the codes lie far from 0', async () => {
      const codes: Labelled = {
        count: 40,
        width: 2,
        data: Float32Array.from({ length: 80 }, (_, at) => 1e4 + (at % 4 < 2 ? -1 : 1) * (1 + (at % 3))),
        labels: Int32Array.from({ length: 40 }, (_, i) => i % 2),
      };
      const found = await logisticRegression(codes, 2);
      assert.ok(found.converged && found.iterations < 50, `after ${found.iterations} iterations`);
      const probabilities = await probabilitiesOf(codes, found);
      codes.labels.forEach((label, i) => assert.ok(probabilities[2 * i + label]! > 0.5));
    });

    it('gives a class without an example probability 0, and the others what they have without it', async () => {
      const codes = clouds(90, 4, 3, 'absent');
      const moved = { ...codes, labels: codes.labels.map((label) => [0, 2, 3][label]!) };
      const [plain, found] = [await logisticRegression(codes, 3), await logisticRegression(moved, 5)];
      const [few, many] = [await probabilitiesOf(codes, plain), await probabilitiesOf(codes, found)];
      few.forEach((value, at) => near(many[Math.floor(at / 3) * 5 + [0, 2, 3][at % 3]!]!, value, 1e-6));
      many.forEach((value, at) => at % 5 === 1 && assert.equal(value, 0));
    });
  });

/** scikit-learn's accuracy on the last of the examples, learnt from the first so many. */
const accuracyProgram = `
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.pipeline import make_pipeline
rows, labels, first = np.array(given["rows"]), np.array(given["labels"]), given["first"]
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=10000)).fit(rows[:first], labels[:first])
print(json.dumps(model.score(rows[first:], labels[first:])))
`;

describe('logistic regression', () => {
  before(async function () {
    await engineOrSkip('wasm', this);
  });

  it('of real images is as accurate as scikit-learn', async function () {
    const folder = path.resolve('../shared/data/fashion-mnist');
    if (!existsSync(folder)) {
      console.log('      skipped: there is no ../shared/data/fashion-mnist');
      return this.skip();
    }
    const images = await readIdx(path.join(folder, 't10k-images-idx3-ubyte.gz'));
    const labels = Int32Array.from((await readIdx(path.join(folder, 't10k-labels-idx1-ubyte.gz'))).data);
    // Means of four by four pixels.
    const data = new Float32Array(10_000 * 49);
    images.data.forEach((value, at) => {
      const [image, y, x] = [Math.floor(at / 784), Math.floor((at % 784) / 28), at % 28];
      data[image * 49 + Math.floor(y / 4) * 7 + Math.floor(x / 4)]! += value / 16 / 255;
    });
    const first = 7000;
    const part = (from: number, to: number): Labelled => ({
      count: to - from,
      width: 49,
      data: data.slice(from * 49, to * 49),
      labels: labels.slice(from, to),
    });
    const expected = await scikit<number>(this, accuracyProgram, {
      rows: rowsOf(data, 49),
      labels: Array.from(labels),
      first,
    });
    const found = await logisticRegression(part(0, first), 10);
    assert.ok(found.converged, `after ${found.iterations} iterations`);
    const unseen = part(first, 10_000);
    const probabilities = await probabilitiesOf(unseen, found);
    const right = unseen.labels.filter((label, i) => {
      const row = probabilities.subarray(i * 10, (i + 1) * 10);
      return row.indexOf(Math.max(...row)) === label;
    });
    const accuracy = right.length / unseen.count;
    assert.ok(expected > 0.7 && Math.abs(accuracy - expected) < 0.003, `${accuracy}, scikit-learn ${expected}`);
  });

  it('takes few iterations also where numbers of the codes go together', async () => {
    const codes = clouds(600, 12, 4, 'together');
    const data = codes.data.map((value, at) => {
      const i = at % 12;
      return (value - 10 * i) / 3 ** i + (i > 0 ? 30 * codes.data[at - i]! : 0);
    });
    const found = await logisticRegression({ ...codes, data }, 4, { tolerance: 1e-6 });
    assert.ok(found.converged && found.iterations < 60, `after ${found.iterations} iterations`);
  });

  it('tells of each iteration, and is aborted between two without leaving tensors behind', async () => {
    const before = tf.memory().numTensors;
    const abort = new AbortController();
    const losses: number[] = [];
    const learning = logisticRegression(clouds(100, 5, 4, 'four'), 4, {
      signal: abort.signal,
      onIteration: (iteration, loss) => {
        losses.push(loss);
        if (iteration === 3) abort.abort(new Error('enough'));
      },
    });
    await assert.rejects(learning, /enough/);
    assert.equal(losses.length, 3);
    assert.ok(losses[0]! < Math.log(4) && losses[2]! < losses[0]!);
    assert.equal(tf.memory().numTensors, before);
  });

  it('says after its iterations that it has not converged', async () => {
    const found = await logisticRegression(clouds(100, 5, 4, 'four'), 4, { iterations: 2 });
    assert.deepEqual([found.iterations, found.converged], [2, false]);
  });

  it('counts an example of weight 2 as two, and one of weight 0 as none', async () => {
    const codes = clouds(60, 3, 3, 'weighted');
    const twice: Labelled = {
      count: 60,
      width: 3,
      data: Float32Array.from([...codes.data.subarray(0, 90), ...codes.data.subarray(0, 90)]),
      labels: Int32Array.from([...codes.labels.subarray(0, 30), ...codes.labels.subarray(0, 30)]),
    };
    const weights = Float32Array.from({ length: 60 }, (_, i) => (i < 30 ? 2 : 0));
    const strange = { ...codes, labels: codes.labels.map((label, i) => (i < 30 ? label : 3)) };
    const [one, other] = [await logisticRegression(twice, 4), await logisticRegression(strange, 4, { weights })];
    one.kernel.forEach((value, at) => near(other.kernel[at]!, value, 1e-5));
    near(other.loss, one.loss, 1e-6);
  });

  it('refuses what tells nothing apart, in words', async () => {
    const codes = clouds(10, 2, 2, 'refused');
    const learnt = (change: Partial<Labelled>, options?: LogisticOptions) =>
      logisticRegression({ ...codes, ...change }, 2, options);
    const none = { count: 0, data: new Float32Array(), labels: new Int32Array() };
    await assert.rejects(learnt(none), /no example with a label to learn from/);
    await assert.rejects(learnt({}, { weights: new Float32Array(10) }), /no example with a label to learn from/);
    await assert.rejects(learnt({ labels: new Int32Array(10) }), /All 10 examples with a label are of the same class/);
    await assert.rejects(learnt({ labels: new Int32Array(10).fill(2) }), /label is 2, and there are 2 classes/);
    await assert.rejects(learnt({}, { weights: new Float32Array(10).fill(-1) }), /weight of an example is negative/);
    await assert.rejects(learnt({ data: new Float32Array(20).fill(NaN) }), /codes hold something that is no number/);
  });
});
