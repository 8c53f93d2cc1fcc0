import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { distillation } from '../../../../src/learn/method/distillation.js';
import type { TeacherFacts } from '../../../../src/learn/method/method.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { difference, layer, linear, mean, relu, rows, type Row } from './byHand.js';
import { assertLearnsAndResumes, digits, digitShape, type Data } from './training.js';

const shape = [3, 2, 1];
const COUNT = 6;
const temperature = 2.5;
const three: TeacherFacts = { shape, classes: ['cat', 'dog', 'fox'], code: 4 };

function setting(target: string, teacher: TeacherFacts | null = three, units = [5], of = shape) {
  return {
    family: encoders.dense,
    encoder: { type: 'dense', units, activation: 'relu' },
    shape: of,
    options: { teacher: 'somewhere', target, temperature, softLabels: 'probabilities' },
    teacher,
  };
}

function batch(width: number) {
  const random = stream(4, 'distillation');
  const pixels = Float32Array.from({ length: COUNT * 6 }, () => random.uniform());
  const told = Float32Array.from({ length: COUNT * width }, () => 2 * random.normal());
  return {
    inputs: { input: tf.tensor(pixels, [COUNT, ...shape]), targets: tf.tensor2d(told, [COUNT, width]) },
    examples: rows(pixels, 6),
    told: rows(told, width),
  };
}

function softmax(logits: Row): Row {
  const exps = logits.map((z) => Math.exp(z - Math.max(...logits)));
  const sum = exps.reduce((total, value) => total + value, 0);
  return exps.map((value) => value / sum);
}

function divergence(p: Row, q: Row): number {
  return p.reduce((sum, one, c) => sum + (one === 0 ? 0 : one * Math.log(one / q[c]!)), 0);
}

function cosine(a: Row, b: Row): number {
  return a.reduce((sum, one, i) => sum + one * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
}

const best = (row: Row) => row.indexOf(Math.max(...row));

for (const name of engineNames)
  describe(`distillation on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('of labels: T² times the divergence at that temperature and the agreement equal the formulas to 1e-5, and gradients finite differences', () => {
      const learner = distillation.build(setting('labels'));
      const arrays = movedValues(learner);
      const { inputs, examples, told } = batch(3);
      const guesses = examples.map((x) =>
        layer(arrays, 'head/dense', layer(arrays, 'encoder/dense_1', x, relu), linear),
      );
      const softened = (logits: Row) => softmax(logits.map((z) => z / temperature));
      const loss =
        temperature ** 2 * mean(told.map((logits, i) => divergence(softened(logits), softened(guesses[i]!))));
      const agreement = mean(told.map((logits, i) => (best(logits) === best(guesses[i]!) ? 1 : 0)));
      const [objective] = learner.objectives;
      const losses = objective!.loss(tensorsOf(arrays), inputs, passOf(engine));
      assert.deepEqual(Object.keys(losses), ['loss', 'agreement']);
      assert.ok(Math.abs(losses.loss.dataSync()[0]! - loss) < 1e-5, `${losses.loss.dataSync()[0]} for ${loss}`);
      assert.ok(Math.abs(losses['agreement']!.dataSync()[0]! - agreement) < 1e-6);
      assert.ok(agreement > 0 && agreement < 1, 'both are seen');
      checkGradients(learner, objective!, arrays, inputs, engine);
    });

    it('of labels: a class that the teacher rules out costs what the student still gives it, at any temperature', () => {
      const learner = distillation.build(setting('labels'));
      const arrays = movedValues(learner);
      const { inputs, examples } = batch(3);
      const logits = [Math.log(0.75), -1e9, Math.log(0.25)];
      const targets = tf.tensor2d(Array.from({ length: COUNT }, () => logits));
      const p = softmax([logits[0]! / temperature, -Infinity, logits[2]! / temperature]);
      const loss =
        temperature ** 2 *
        mean(
          examples.map((x) => {
            const z = layer(arrays, 'head/dense', layer(arrays, 'encoder/dense_1', x, relu), linear);
            return divergence(p, softmax(z.map((value) => value / temperature)));
          }),
        );
      const [objective] = learner.objectives;
      const measured = objective!.loss(tensorsOf(arrays), { ...inputs, targets }, passOf(engine)).loss.dataSync()[0]!;
      assert.ok(Math.abs(measured - loss) < 1e-5, `${measured} for ${loss}`);
      checkGradients(learner, objective!, arrays, { ...inputs, targets }, engine);
    });

    it('of features: the squared error through a linear layer and the cosine equal the formulas to 1e-5, and gradients finite differences', () => {
      const learner = distillation.build(setting('features'));
      const arrays = movedValues(learner);
      const { inputs, examples, told } = batch(4);
      const outputs = examples.map((x) =>
        layer(arrays, 'head/dense', layer(arrays, 'encoder/dense_1', x, relu), linear),
      );
      const [objective] = learner.objectives;
      const losses = objective!.loss(tensorsOf(arrays), inputs, passOf(engine));
      assert.deepEqual(Object.keys(losses), ['loss', 'cosine']);
      const loss = difference('meanSquaredError', outputs, told);
      assert.ok(Math.abs(losses.loss.dataSync()[0]! - loss) < 1e-5);
      const cosines = mean(outputs.map((output, i) => cosine(output, told[i]!)));
      assert.ok(Math.abs(losses['cosine']!.dataSync()[0]! - cosines) < 1e-5);
      checkGradients(learner, objective!, arrays, inputs, engine);
    });

    it('shows student and teacher side by side', async () => {
      const pass = passOf(engine, { training: false });
      const byLabels = distillation.build(setting('labels'));
      const arrays = movedValues(byLabels);
      const labels = batch(3);
      const { views, tensors } = await byLabels.preview(tensorsOf(arrays), labels.inputs, 'validation', pass);
      const common = { kind: 'agreement', from: 'validation', input: 'input' };
      assert.deepEqual(views, [{ ...common, classes: three.classes, student: 'student', teacher: 'teacher' }]);
      const x = labels.examples[1]!;
      const guess = softmax(layer(arrays, 'head/dense', layer(arrays, 'encoder/dense_1', x, relu), linear));
      for (const [tensor, expected] of [
        ['student', guess],
        ['teacher', softmax(labels.told[1]!)],
      ] as const) {
        assert.deepEqual(tensors[tensor]!.shape, [COUNT, 3]);
        expected.forEach((value, c) => assert.ok(Math.abs(tensors[tensor]!.data[3 + c]! - value) < 1e-6));
      }

      const byFeatures = distillation.build(setting('features'));
      const features = batch(4);
      const shown = await byFeatures.preview(tensorsOf(movedValues(byFeatures)), features.inputs, 'training', pass);
      assert.deepEqual(shown.views, [{ ...common, from: 'training', cosine: 'cosine' }]);
      assert.deepEqual(shown.tensors['cosine']!.shape, [COUNT]);
    });

    /** A teacher that is nearly sure of a digit's class, and a code that is linear in its pixels. */
    function taught(target: 'labels' | 'features'): Data {
      const [training, validation] = [digits(40), digits(20, 2)].map((source) => ({
        ...source,
        targets: async (positions: Int32Array) => {
          const pixels = (await source.batch(positions)) as Float32Array;
          const size = pixels.length / positions.length;
          return Float32Array.from({ length: positions.length * 10 }, (_, i) => {
            const [row, c] = [Math.floor(i / 10), i % 10];
            if (target === 'labels') return source.labels![positions[row]!] === c ? 4 : 0;
            return pixels.subarray(row * size, (row + 1) * size).reduce((sum, x, p) => sum + (p % 10 === c ? x : 0), 0);
          });
        },
      }));
      return { training: training!, validation: validation! };
    }
    const ten: TeacherFacts = { shape: digitShape, classes: Array.from('0123456789'), code: 10 };

    it('learns digits from labels, and goes on after a stop as if there had been none', async () => {
      const learner = distillation.build(setting('labels', ten, [16], digitShape));
      const { epochs } = await assertLearnsAndResumes(engine, learner, { epochs: 12, data: taught('labels') });
      const agreement = epochs.map(({ validation }) => validation!['agreement']!);
      assert.ok(agreement.at(-1)! > 0.3, `better than chance: ${agreement.join(', ')}`);
    });

    it('learns digits from features, and goes on after a stop as if there had been none', async () => {
      const learner = distillation.build(setting('features', ten, [16], digitShape));
      const { epochs } = await assertLearnsAndResumes(engine, learner, { epochs: 6, data: taught('features') });
      const cosines = epochs.map(({ validation }) => validation!['cosine']!);
      assert.ok(cosines.at(-1)! > 0.8, `nearly the teacher's direction: ${cosines.join(', ')}`);
    });
  });

describe('distillation', () => {
  const told = (target: string, teacher: TeacherFacts | null) =>
    distillation.check!(setting(target, teacher)).map(({ severity, code, path, fixes }) => [
      severity,
      code,
      path.at(-1),
      fixes,
    ]);
  const file: TeacherFacts = { shape: null, classes: ['a', 'b'], code: null };
  const unnamed: TeacherFacts = { shape, classes: null, code: 4 };

  it('learns labels where the teacher names classes, else features', () => {
    const head = (target: string, teacher: TeacherFacts) =>
      distillation.build(setting(target, teacher)).shapes['head/dense/bias'];
    assert.deepEqual(head('auto', three), [3]);
    assert.deepEqual(head('auto', file), [2]);
    assert.deepEqual(head('auto', unnamed), [4]);
    assert.deepEqual(head('features', three), [4]);
  });

  it('refuses no teacher, one of another shape, and what the teacher cannot say, with a fix where there is one', () => {
    for (const teacher of [three, file, unnamed]) assert.deepEqual(told('auto', teacher), []);
    assert.deepEqual(told('auto', null), [['error', 'teacher-needed', 'teacher', undefined]]);
    assert.deepEqual(told('auto', { ...three, shape: [4, 4, 1] }), [['error', 'teacher-shape', 'teacher', undefined]]);
    assert.deepEqual(told('labels', unnamed), [['error', 'teacher-names-nothing', 'target', ['features', 'auto']]]);
    assert.deepEqual(told('features', file), [['error', 'teacher-has-no-code', 'target', ['labels', 'auto']]]);
    assert.deepEqual(told('auto', { ...file, classes: ['a'] }), [['error', 'one-class', 'teacher', undefined]]);
  });
});
