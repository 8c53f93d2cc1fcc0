import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { EncoderFamily } from '../../../../src/learn/encoder/encoder.js';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { predict } from '../../../../src/learn/evaluate/predict.js';
import { trainedShapes, type Labels } from '../../../../src/learn/method/method.js';
import {
  buildTask,
  checkTask,
  encoderMisfit,
  modes,
  type TaskLearner,
  type TaskSetting,
} from '../../../../src/learn/task/index.js';
import { balancedWeights, classificationLoss } from '../../../../src/learn/task/classification.js';
import type { Job } from '../../../../src/learn/loop.js';
import { stream } from '../../../../src/protocol/random.js';
import type { FinetuneOptions } from '../../../../src/recipe/recipe.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { assertLearnsAndResumes, digits, digitShape, trained } from '../method/training.js';

const finetune: FinetuneOptions = {
  task: 'auto',
  mode: 'full',
  options: { layerDecay: 1, freeze: [] },
  hidden: null,
  labelsPerClass: null,
  labelFraction: null,
  labelSmoothing: 0,
  classWeights: 'none',
  augmentation: null,
  optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum: 0 },
  schedule: { name: 'constant' },
  epochs: 5,
  batchSize: 16,
  shuffle: true,
  seed: 1,
  earlyStopping: null,
  globalClipNorm: null,
  checkpointEpochs: 1,
  keepCheckpoints: 1,
};

const ten: Labels = { classes: Array.from('0123456789'), unlabelled: 0, counts: Array<number>(10).fill(4) };

const dense = { family: encoders.dense, encoder: { type: 'dense', units: [24, 12], activation: 'relu' } };
const convolutional = {
  family: encoders.convolutional as EncoderFamily,
  encoder: {
    type: 'convolutional',
    size: 'small',
    filters: [4, 6],
    blocks: 1,
    code: 8,
    kernelSize: 3,
    activation: 'relu',
    normalisation: 'batch',
    residual: true,
    pooling: 'flatten',
  },
};

function setting(change: Partial<FinetuneOptions> = {}, more: Partial<TaskSetting> = {}): TaskSetting {
  return { ...dense, shape: digitShape, labels: ten, start: null, options: { ...finetune, ...change }, ...more };
}

/** As another run might have left them. */
function learned({ family, encoder, shape }: Pick<TaskSetting, 'family' | 'encoder' | 'shape'>): Arrays {
  return movedValues(family.encoder(encoder, shape), 17);
}

function bytes(arrays: Arrays, names: (name: string) => boolean): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => names(name))
      .map(([name, { data }]) => [name, data]),
  );
}

const isEncoder = (name: string): boolean => name.startsWith('encoder/');

for (const name of engineNames)
  describe(`fine-tuning on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const batch = (count = 6) => {
      const source = digits(count, 5);
      const input = source.batch(Int32Array.from({ length: count }, (_, i) => i)) as Float32Array;
      return {
        input: tf.tensor(input, [count, ...digitShape]),
        labels: tf.tensor1d(source.labels!, 'int32'),
      };
    };

    it('begins with what the other run has learned, but from scratch', () => {
      const start = learned(setting());
      const weights = (mode: string) => bytes(buildTask(setting({ mode, options: {} }, { start })).init(3), isEncoder);
      assert.deepEqual(
        weights('full'),
        bytes(start, () => true),
      );
      assert.notDeepEqual(
        weights('scratch'),
        bytes(start, () => true),
      );
      assert.deepEqual(
        weights('scratch'),
        bytes(buildTask(setting({ mode: 'full' })).init(3), isEncoder),
        'chance begins as it does without another run',
      );
    });

    it('says of codes what it says of the examples that they are of', () => {
      const start = learned(setting());
      for (const task of [{}, { mode: 'neighbours', options: { neighbours: 3 } }]) {
        const learner = buildTask(setting(task, { start }));
        assert.ok(learner.task === 'classification');
        const values = tensorsOf(movedValues(learner));
        const { input } = batch();
        const pass = passOf(engine, { training: false });
        const of = (scores: tf.Tensor) => Array.from(scores.dataSync());
        const said = of(learner.classify(values, input, pass));
        assert.deepEqual(of(learner.classifyCodes(values, learner.encode(values, input, pass), pass)), said);
        assert.ok(new Set(said).size > 1);
      }
    });

    it('smooths labels and weighs classes by the formulas', () => {
      const logits = [
        [1, -0.5, 0.2],
        [0.3, 0.1, 2],
        [-1, 0.4, 0],
      ];
      const labels = [0, 2, 0];
      const z = logits.map((row) => {
        const sum = Math.log(row.reduce((total, value) => total + Math.exp(value), 0));
        return row.map((value) => sum - value); // -log softmax
      });
      const share = 0.3;
      const each = z.map((row, i) =>
        row.reduce((sum, value, c) => sum + (share / 3 + (c === labels[i] ? 1 - share : 0)) * value, 0),
      );
      const weights = balancedWeights([2, 0, 1]);
      assert.deepEqual(Array.from(weights), [0.75, 0, 1.5]);
      const by = labels.map((label) => weights[label]!);
      const expected = each.reduce((sum, loss, i) => sum + loss * by[i]!, 0) / by.reduce((sum, one) => sum + one, 0);
      const inputs = { input: tf.tensor2d(logits), labels: tf.tensor1d(labels, 'int32') };
      const found = classificationLoss((_, input) => input as tf.Tensor2D, {}, inputs, passOf(engine), {
        labelSmoothing: share,
        weights,
      });
      assert.ok(Math.abs(found.loss.dataSync()[0]! - expected) < 1e-5);
      assert.ok(Math.abs(found['accuracy']!.dataSync()[0]! - 2 / 3) < 1e-6);
    });

    for (const options of [{}, { hidden: 7, labelSmoothing: 0.2, classWeights: 'balanced' as const }])
      it(`has the gradient of its loss${'hidden' in options ? ' with a hidden layer, smoothing and weights' : ''}`, () => {
        const labels = { ...ten, counts: ten.counts.map((_, i) => 1 + (i % 3)) };
        const learner = buildTask(setting(options, { labels }));
        checkGradients(learner, learner.objectives[0]!, movedValues(learner), batch(), engine);
      });

    it('leaves frozen layers as they are, their normalisation too, and trains the others', async () => {
      const learner = buildTask(
        setting({ options: { layerDecay: 1, freeze: ['encoder/stage_1'] } }, { ...convolutional }),
      );
      const isFrozen = (name: string) => name.startsWith('encoder/stage_1');
      assert.ok(Object.keys(trainedShapes(learner)).every((name) => !isFrozen(name)));
      const before = learner.init(5);
      const { checkpoints } = await trained(engine, learner, { epochs: 2 });
      const after = checkpoints.at(-1)!.weights;
      assert.deepEqual(bytes(after, isFrozen), bytes(before, isFrozen));
      for (const part of ['encoder/stage_2/kernel', 'encoder/stage_2/moving_mean', 'head/dense/kernel'])
        assert.notDeepEqual(after[part]!.data, before[part]!.data, part);
      const pass = passOf(engine);
      tf.dispose(learner.objectives[0]!.loss(tensorsOf(before), batch(), pass).loss);
      assert.deepEqual([...pass.updates!.keys()].filter(isFrozen), [], 'no running mean of a frozen layer changes');
      assert.ok(pass.updates!.size > 0);
    });

    it('unfreezes gradually, from the head to the input', async () => {
      const learner = buildTask(
        setting({ mode: 'gradual', options: { unfreezeEpochs: 1, layerDecay: 1 } }, { start: learned(setting()) }),
      );
      const before = learner.init(5);
      const { checkpoints } = await trained(engine, learner, { epochs: 3 });
      const changed = checkpoints.map(({ weights }) =>
        Object.keys(weights).filter((name) => weights[name]!.data.some((value, i) => value !== before[name]!.data[i])),
      );
      const ofEpoch = (epoch: number) => new Set(changed[epoch]!.map((name) => name.split('/').slice(0, 2).join('/')));
      assert.deepEqual([...ofEpoch(0)], ['head/dense']);
      assert.deepEqual([...ofEpoch(1)].sort(), ['encoder/dense_2', 'head/dense']);
      assert.deepEqual([...ofEpoch(2)].sort(), ['encoder/dense_1', 'encoder/dense_2', 'head/dense']);
    });

    it('changes layers near the input less', async () => {
      const move = async (layerDecay: number) => {
        const learner = buildTask(setting({ options: { layerDecay, freeze: [] } }));
        const before = learner.init(5);
        const { checkpoints } = await trained(engine, learner, { epochs: 1, batchSize: 40 });
        const { data } = checkpoints[0]!.weights['encoder/dense_1/kernel']!;
        return Math.max(...data.map((value, i) => Math.abs(value - before['encoder/dense_1/kernel']!.data[i]!)));
      };
      // Adam's first step is as large as its learning rate, 0.005.
      assert.ok(Math.abs((await move(1)) - 0.005) < 1e-4);
      assert.ok(Math.abs((await move(0.1)) - 0.00005) < 1e-6);
    });

    for (const mode of ['full', 'gradual', 'scratch'] as const)
      it(`${mode}: learns digits, and goes on after a stop as if there had been none`, async () => {
        const options = Object.fromEntries(
          Object.entries(modes[mode].description.options).map(([key, { default: value }]) => [key, value]),
        );
        const learner = buildTask(setting({ mode, options }, { start: learned(setting()) }));
        await assertLearnsAndResumes(engine, learner, { epochs: 6 });
      });

    it('probe: solves the head on codes that stay as they are; what follows in probeThenFull begins there', async () => {
      const start = learned(setting());
      const probe = buildTask(setting({ mode: 'probe', options: { penalty: 1 } }, { start }));
      assert.deepEqual(Object.keys(trainedShapes(probe)), []);
      const solved = await trained(engine, probe);
      const { weights, progress } = solved.checkpoints.at(-1)!;
      assert.deepEqual(
        bytes(weights, isEncoder),
        bytes(start, () => true),
      );
      assert.ok(progress.step > 3 && progress.epoch === progress.step, String(progress.step));
      const losses = solved.steps.map(({ loss }) => loss!);
      assert.ok(losses.at(-1)! < losses[0]!);
      assert.equal(solved.epochs.length, 1);
      assert.ok(solved.epochs[0]!.validation!['accuracy']! > 0.2, 'chance is 0.1');

      const full = { mode: 'probeThenFull', options: { penalty: 1, layerDecay: 1, freeze: [] } };
      const { steps, checkpoints } = await trained(engine, buildTask(setting(full, { start })), { epochs: 2 });
      assert.equal(checkpoints.at(-1)!.progress.step, 6);
      const chance = await trained(engine, buildTask(setting({}, { start })), { epochs: 2 });
      assert.ok(steps[0]!['loss']! < 0.7 * chance.steps[0]!['loss']!, 'the head is no longer one of chance');
    });

    it('neighbours: keeps the codes, and gives labelled examples their own class', async () => {
      const learner = buildTask(
        setting({ mode: 'neighbours', options: { neighbours: 1 } }, { start: learned(setting()) }),
      );
      const { checkpoints, epochs } = await trained(engine, learner);
      const { weights } = checkpoints.at(-1)!;
      assert.deepEqual(weights['neighbours/codes']!.shape, [40, 12]);
      assert.deepEqual(
        Array.from(weights['neighbours/labels']!.data.subarray(0, 12)),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1],
      );
      assert.equal(epochs.length, 1);
      assert.equal(epochs[0]!.trainingLoss, null, 'no step has a loss');
      const values = tensorsOf(weights);
      const source = digits(40);
      const probabilities = await predict({ engine, learner, options: { seed: 1 } }, source, values, 0);
      for (let i = 0; i < 40; i++) {
        const row = probabilities.subarray(i * 10, (i + 1) * 10);
        assert.equal(row.indexOf(Math.max(...row)), i % 10);
        assert.ok(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
      }
    });

    it('a stop while it is solved begins anew when it goes on', async () => {
      const learner = buildTask(setting({ mode: 'probe', options: { penalty: 1 } }, { start: learned(setting()) }));
      const whole = await trained(engine, learner);
      const stopped = await trained(engine, learner, {}, { stopAt: 2 });
      assert.equal(stopped.checkpoints.at(-1)!.progress.step, 0);
      assert.equal(stopped.epochs.length, 0);
      const after = await trained(engine, learner, {}, { start: stopped.checkpoints.at(-1)! });
      assert.deepEqual(after.checkpoints.at(-1), whole.checkpoints.at(-1));
    });

    for (const mode of ['probe', 'full'])
      it(`${mode}: that was killed after its last checkpoint shows and measures its end, and does nothing twice`, async () => {
        const options = mode === 'probe' ? { penalty: 1 } : { layerDecay: 1, freeze: [] };
        const learner = buildTask(setting({ mode, options }, { start: learned(setting()) }));
        const ends: [step: number, bias: number[]][] = [];
        const complete: Job['complete'] = async (values, { step }) =>
          void ends.push([step, Array.from(values['head/dense/bias']!.dataSync())]);
        const whole = await trained(engine, learner, {}, { complete });
        const after = await trained(engine, learner, {}, { complete, start: whole.checkpoints.at(-1)! });
        assert.deepEqual([after.steps, after.epochs, after.checkpoints], [[], [], []]);
        assert.deepEqual(after.previews, [whole.previews.at(-1)]);
        assert.equal(ends.length, 2);
        assert.deepEqual(ends[1], ends[0]);
      });

    it('predicts in the order of the examples, more than fit into one batch', async () => {
      const learner = buildTask(setting());
      const source = digits(1100);
      const values = tensorsOf(movedValues(learner));
      const all = await predict({ engine, learner, options: { seed: 1 } }, source, values, 0);
      const position = 1077;
      const one = { ...source, count: 1, batch: () => source.batch(Int32Array.of(position)) };
      const alone = await predict({ engine, learner, options: { seed: 1 } }, one, values, 0);
      alone.forEach((value, c) => assert.ok(Math.abs(value - all[position * 10 + c]!) < 1e-6));
    });
  });

describe('a task', () => {
  const codes = (change: Partial<FinetuneOptions>, more: Partial<TaskSetting> = {}) =>
    checkTask(setting(change, more)).map(({ severity, code, path }) => [severity, code, path.join('.')].join(' '));

  it('finds nothing wrong where all is well', () => assert.deepEqual(codes({}), []));

  it('refuses examples without labels, and of one class', () => {
    assert.deepEqual(codes({}, { labels: null }), ['error labels-needed finetune']);
    assert.deepEqual(codes({}, { labels: { classes: ['a'], unlabelled: 0, counts: [3] } }), [
      'error one-class finetune',
    ]);
  });

  it('refuses two budgets, a hidden layer that is to be solved, and layers that there are not', () => {
    assert.deepEqual(codes({ labelsPerClass: 3, labelFraction: 0.5 }), ['error two-budgets finetune.labelFraction']);
    assert.deepEqual(codes({ mode: 'probe', options: { penalty: 1 }, hidden: 8 }), [
      'error head-not-linear finetune.hidden',
    ]);
    const [found] = checkTask(setting({ options: { layerDecay: 1, freeze: ['encoder/dense_1', 'encoder/dense_9'] } }));
    assert.deepEqual([found!.code, found!.path], ['no-such-layer', ['finetune', 'freeze', 1]]);
    assert.match(found!.message, /There are: encoder\/dense_1, encoder\/dense_2\./);
  });

  it('warns where a class has fewer labels than are asked for', () => {
    const labels = { ...ten, counts: ten.counts.map((count, i) => (i === 3 ? 2 : count)) };
    const [found] = checkTask(setting({ labelsPerClass: 4 }, { labels }));
    assert.deepEqual([found!.severity, found!.code], ['warning', 'too-few-labels']);
    assert.match(found!.message, /"3" \(2\)/);
  });

  it('knows which values do not fit its encoder', () => {
    const { family, encoder, shape } = setting();
    const network = family.encoder(encoder, shape);
    const start = learned(setting());
    assert.equal(encoderMisfit({ ...start, 'decoder/x': { shape: [1], data: new Float32Array(1) } }, network), null);
    const fewer = { ...start };
    delete fewer['encoder/dense_2/bias'];
    assert.match(encoderMisfit(fewer, network)!, /no encoder\/dense_2\/bias/);
    const random = stream(1, 'other');
    const other = { shape: [3], data: Float32Array.from({ length: 3 }, () => random.normal()) };
    assert.match(encoderMisfit({ ...start, 'encoder/dense_2/bias': other }, network)!, /\[3\] instead of \[12\]/);
  });

  it('is of the learner that it builds: classes, and what a step needs', () => {
    const learner: TaskLearner = buildTask(setting());
    assert.ok(learner.task === 'classification');
    assert.deepEqual(learner.classes, ten.classes);
    assert.deepEqual(learner.needs, { labels: true, augmented: false });
    assert.match(learner.summary, /Full: 784 → 24 → 12 → 10 classes/);
  });
});
