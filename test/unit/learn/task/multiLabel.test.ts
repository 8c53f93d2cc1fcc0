import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { LabelSets } from '../../../../src/data/labelSets.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { codesOf } from '../../../../src/learn/evaluate/codes.js';
import { multiLabel } from '../../../../src/learn/evaluate/multiLabel.js';
import { predict } from '../../../../src/learn/evaluate/predict.js';
import type { Source } from '../../../../src/learn/loop.js';
import { trainedShapes, type Labels } from '../../../../src/learn/method/method.js';
import { buildTask, checkTask, type MultiLabelClassifier, type TaskSetting } from '../../../../src/learn/task/index.js';
import { balancedLabelWeights, multiLabelLoss, tableOf, targetsOf } from '../../../../src/learn/task/multiLabel.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { rowsOf, scikit } from '../evaluate/scikit.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { assertLearnsAndResumes, trained } from '../method/training.js';
import { learned, settingsFor } from './setting.js';

const width = 5;
const [trainingCount, validationCount] = [80, 40];
const names = ['left', 'high', 'both', 'never'];
const outputs = names.length;
/** Every combination, by its bits. */
const sets: LabelSets = {
  names,
  sets: Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((label) => (bits >> label) & 1)),
};

/** Two labels are functions of one number each, with some noise, a third of both of these; the last has no example. */
function examples(): { labels: Labels; training: Source; validation: Source } {
  const random = stream(8, 'several');
  const count = trainingCount + validationCount;
  const rows = Float32Array.from({ length: count * width }, () => random.uniform());
  const of = Int32Array.from({ length: count }, (_, i) => {
    const [x, y] = [rows[i * width]! + 0.1 * random.normal(), rows[i * width + 1]! + 0.1 * random.normal()];
    return Number(x < 0.4) + 2 * Number(y > 0.5) + 4 * Number(x < 0.4 && y > 0.5);
  });
  const source = (from: number, count: number): Source => ({
    count,
    shape: [width],
    labels: of.slice(from, from + count),
    several: true,
    batch: (positions) => {
      const batch = new Float32Array(positions.length * width);
      positions.forEach((at, to) => batch.set(rows.subarray((from + at) * width, (from + at + 1) * width), to * width));
      return batch;
    },
  });
  const counts = sets.sets.map((_, set) => of.slice(0, trainingCount).filter((one) => one === set).length);
  return {
    labels: { classes: sets.sets.map(String), unlabelled: 0, counts, sets },
    training: source(0, trainingCount),
    validation: source(trainingCount, validationCount),
  };
}

const { labels, ...data } = examples();

const setting = settingsFor(labels, width);

function classifier(...of: Parameters<typeof setting>): MultiLabelClassifier {
  const learner = buildTask(setting(...of));
  assert.ok(learner.task === 'multiLabel');
  return learner;
}

for (const name of engineNames)
  describe(`several labels an example on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const batch = () => {
      const positions = Int32Array.of(3, 1, 4, 15, 9, 2);
      return {
        input: tf.tensor2d(data.training.batch(positions) as Float32Array, [6, width]),
        labels: tf.tensor1d(
          positions.map((at) => data.training.labels![at]!),
          'int32',
        ),
      };
    };

    it('have the loss of its formula, with smoothing and weights', () => {
      const logits = [
        [1, -0.5, 0.2, -3],
        [0.3, 0.1, 2, -1],
      ];
      const combinations = [1, 7]; // {left}; {left, high, both}
      const inputs = { input: tf.tensor2d(logits), labels: tf.tensor1d(combinations, 'int32') };
      const of = (options: Parameters<typeof multiLabelLoss>[5]) =>
        multiLabelLoss((_, input) => input as tf.Tensor2D, tableOf(sets), {}, inputs, passOf(engine), options);
      const weights = balancedLabelWeights({ counts: [3, 2, 1] }, { names, sets: [[], [0], [0, 1]] });
      assert.deepEqual([...weights.positive], [1, 3, 0, 0]);
      assert.deepEqual([...weights.negative], Array.from(Float32Array.of(1, 0.6, 0.5, 0.5)));
      const expected = (smoothing: number, weigh: boolean): number =>
        logits
          .flatMap((row, i) =>
            row.map((z, label) => {
              const has = (combinations[i]! >> label) & 1;
              const target = has * (1 - smoothing) + smoothing / 2;
              const weight = weigh ? (has ? weights.positive : weights.negative)[label]! : 1;
              return weight * (target * Math.log(1 + Math.exp(-z)) + (1 - target) * Math.log(1 + Math.exp(z)));
            }),
          )
          .reduce((sum, loss) => sum + loss / 8, 0);
      for (const [options, value] of [
        [{}, expected(0, false)],
        [{ labelSmoothing: 0.3 }, expected(0.3, false)],
        [{ labelSmoothing: 0.3, weights }, expected(0.3, true)],
      ] as const) {
        const found = of(options);
        assert.ok(Math.abs(found.loss.dataSync()[0]! - value) < 1e-5, `${found.loss.dataSync()[0]} is ${value}`);
        // Of the first example a label is said that it has not, of the second all are right.
        assert.equal(found['subsetAccuracy']!.dataSync()[0], 0.5);
      }
    });

    for (const change of [{}, { hidden: 7, labelSmoothing: 0.2, classWeights: 'balanced' as const }])
      it(`have the gradient of their loss${'hidden' in change ? ' with a hidden layer, smoothing and weights' : ''}`, () => {
        const learner = classifier('full', change);
        checkGradients(learner, learner.objectives[0]!, movedValues(learner), batch(), engine);
      });

    for (const mode of ['full', 'gradual', 'scratch'] as const)
      it(`${mode}: are learned, and go on after a stop as if there had been none`, async () => {
        const learner = classifier(mode, {}, { start: learned(setting) });
        const { steps, epochs } = await assertLearnsAndResumes(engine, learner, { epochs: 8, data });
        assert.deepEqual(Object.keys(steps[0]!), ['loss', 'subsetAccuracy']);
        assert.ok(epochs.at(-1)!.validation!['subsetAccuracy']! > epochs[0]!.validation!['subsetAccuracy']!);
      });

    for (const classWeights of ['none', 'balanced'] as const)
      it(`probe, weights ${classWeights}: is scikit-learn's logistic regression of each label on the same codes`, async function () {
        const learner = classifier('probe', { classWeights }, { start: learned(setting) });
        assert.deepEqual(Object.keys(trainedShapes(learner)), []);
        const { checkpoints, steps } = await trained(engine, learner, {}, { data });
        const { weights } = checkpoints.at(-1)!;
        const losses = steps.map(({ loss }) => loss!);
        assert.ok(losses.at(-1)! < losses[0]!, 'the loss of all labels falls');
        const values = tensorsOf(weights);
        const of = { engine, learner, options: { seed: 1, batchSize: 16 } as never };
        const all = (count: number) => Int32Array.from({ length: count }, (_, i) => i);
        const codes = await codesOf(of, data.training, all(trainingCount), values, 0);
        const asked = await codesOf(of, data.validation, all(validationCount), values, 0);
        const known = targetsOf(data.training.labels!, sets);
        const program = `
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight
codes, targets, asked = (np.array(given[name]) for name in ["codes", "targets", "asked"])
def of(has):
    weights = compute_sample_weight("balanced", has) if given["weights"] == "balanced" else np.ones(len(has))
    scaler = StandardScaler().fit(codes, sample_weight=weights)
    model = LogisticRegression(max_iter=10000, tol=1e-8).fit(scaler.transform(codes), has, sample_weight=weights)
    return model.predict_proba(scaler.transform(asked))[:, 1].tolist()
print(json.dumps([of(targets[:, label]) for label in range(3)]))
`;
        const expected = await scikit<number[][]>(this, program, {
          codes: rowsOf(codes.data, codes.width),
          targets: rowsOf(known, outputs),
          asked: rowsOf(asked.data, asked.width),
          weights: classWeights,
        });
        const found = await predict({ engine, learner, options: { seed: 1 } }, data.validation, values, 0);
        for (let i = 0; i < validationCount; i++) {
          for (let label = 0; label < 3; label++) {
            const [own, theirs] = [found[i * outputs + label]!, expected[label]![i]!];
            assert.ok(Math.abs(own - theirs) < 2e-3, `${names[label]} of ${i}: ${own} instead of ${theirs}`);
          }
          assert.ok(found[i * outputs + 3]! < 1e-30, 'a label that no example has');
        }
      });

    it('probeThenFull: begins where the probe ends', async () => {
      const probe = await trained(engine, classifier('probe', {}, { start: learned(setting) }), {}, { data });
      const still = { epochs: 1, optimizer: { name: 'sgd', learningRate: 1e-9, momentum: 0 } as never };
      const after = await trained(engine, classifier('probeThenFull', {}, { start: learned(setting) }), still, {
        data,
      });
      const head = ({ checkpoints }: typeof probe) => checkpoints.at(-1)!.weights['head/dense/kernel']!.data;
      head(after).forEach((value, i) => assert.ok(Math.abs(value - head(probe)[i]!) < 1e-5));
    });

    it('neighbours: each of the nearest votes for all its labels', async () => {
      for (const neighbours of [1, 3, 20]) {
        const learner = classifier('neighbours', { options: { neighbours } }, { start: learned(setting) });
        const { weights } = (await trained(engine, learner, {}, { data })).checkpoints.at(-1)!;
        assert.deepEqual(weights['neighbours/targets']!.shape, [trainingCount, outputs]);
        const codes = weights['neighbours/codes']!.data;
        const known = targetsOf(data.training.labels!, sets);
        const cosine = (a: number, b: number): number =>
          codes.subarray(8 * a, 8 * a + 8).reduce((sum, value, i) => sum + value * codes[8 * b + i]!, 0);
        const found = await predict({ engine, learner, options: { seed: 1 } }, data.training, tensorsOf(weights), 0);
        for (let i = 0; i < trainingCount; i++) {
          const nearest = Array.from({ length: trainingCount }, (_, j) => ({ j, vote: Math.exp(cosine(i, j) / 0.07) }))
            .sort((a, b) => b.vote - a.vote)
            .slice(0, neighbours);
          const total = nearest.reduce((sum, { vote }) => sum + vote, 0);
          for (let label = 0; label < outputs; label++) {
            const share = nearest.reduce((sum, { j, vote }) => sum + (vote / total) * known[j * outputs + label]!, 0);
            assert.ok(
              Math.abs(found[i * outputs + label]! - share) < 1e-3,
              `${found[i * outputs + label]} is ${share}`,
            );
          }
        }
      }
    });

    it('are better told by a network that learned them than by chance, and shown', async () => {
      const learner = classifier('scratch');
      const { checkpoints, previews } = await trained(engine, learner, { epochs: 40 }, { data });
      const values = tensorsOf(checkpoints.at(-1)!.weights);
      const probabilities = await predict({ engine, learner, options: { seed: 1 } }, data.validation, values, 0);
      const targets = targetsOf(data.validation.labels!, sets);
      const { meanAveragePrecision, scores } = multiLabel({ targets, probabilities, labels: outputs }, 1);
      const chance = scores.reduce((sum, { support }) => sum + support / validationCount / outputs, 0);
      assert.ok(meanAveragePrecision > chance + 0.25, `${meanAveragePrecision}, by chance ${chance}`);
      const { views, tensors } = previews.at(-1)!;
      const [view] = views;
      assert.ok(view?.kind === 'labels');
      assert.deepEqual([view.names, tensors[view.has]!.shape], [names, [3, outputs]]);
      assert.deepEqual(tensors[view.has]!.data, targets.slice(0, 3 * outputs));
      tensors[view.probabilities]!.data.forEach((value, i) => assert.ok(Math.abs(value - probabilities[i]!) < 1e-5));
    });
  });

describe('the task of several labels', () => {
  const codes = (of: TaskSetting) =>
    checkTask(of).map(({ severity, code, path }) => [severity, code, path.join('.')].join(' '));
  const one: Labels = { classes: ['cat', 'dog'], counts: [2, 2], unlabelled: 0 };

  it('is taken where examples have several; the recipe may take combinations as classes instead', () => {
    assert.deepEqual(codes(setting()), []);
    assert.match(buildTask(setting()).summary, /Full: 5 → 16 → 8 → 4 labels, several an example/);
    const combined = buildTask(setting('full', { task: 'classification' }));
    assert.ok(combined.task === 'classification');
    assert.equal(combined.classes.length, 16);
    assert.equal(buildTask(setting('full', {}, { labels: one })).task, 'classification');
  });

  it('refuses examples of one label each, and those that all have the same', () => {
    assert.deepEqual(codes(setting('full', { task: 'multiLabel' }, { labels: one })), [
      'error one-label-each finetune.task',
    ]);
    const counts = sets.sets.map((_, set) => (set === 3 ? 9 : 0));
    const [same] = checkTask(setting('full', {}, { labels: { ...labels, counts } }));
    assert.equal(same!.code, 'same-labels');
    assert.match(same!.message, /the same labels, left, high:/);
  });

  it('warns where a label has fewer examples than are asked for', () => {
    const found = checkTask(setting('full', { labelsPerClass: 5 }));
    assert.deepEqual(
      found.map(({ code }) => code),
      ['too-few-labels'],
    );
    assert.match(found[0]!.message, /: "never" \(0\)\./);
  });
});
