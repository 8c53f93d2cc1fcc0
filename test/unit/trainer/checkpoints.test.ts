import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Checkpoint, Progress } from '../../../src/learn/checkpoint.js';
import { calm } from '../../../src/learn/evaluate/stability.js';
import { stepName } from '../../../src/protocol/run.js';
import { checkFit, pruneCheckpoints, readLastCheckpoint, writeCheckpoint } from '../../../src/trainer/checkpoints.js';

const adam = { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum: 0 } as const;

describe('Checkpoints of a run', () => {
  let run: string;
  beforeEach(() => (run = mkdtempSync(path.join(os.tmpdir(), 'pretrain-checkpoints-'))));
  afterEach(() => rmSync(run, { recursive: true, force: true }));

  /** One parameter, whose values are the step. */
  function checkpoint(step: number, progress: Partial<Progress> = {}): Checkpoint {
    const array = (value: number) => ({ shape: [2, 3], data: new Float32Array(6).fill(value) });
    return {
      weights: { kernel: array(step) },
      optimizer: {
        'optimizer/step': { shape: [1], data: Float32Array.of(step) },
        'adam/m/kernel': array(0),
        'adam/v/kernel': array(0),
      },
      progress: {
        step,
        epoch: step / 8,
        lossSum: 0,
        lossCount: 0,
        bestLoss: 0.5,
        bestStep: step,
        restoredStep: null,
        learningRate: 0.001,
        goodStep: step,
        stability: calm,
        ...progress,
      },
      bestWeights: null,
      good: null,
    };
  }

  const write = async (...checkpoints: Checkpoint[]) => {
    for (const one of checkpoints) await writeCheckpoint(run, one, 1);
  };
  const fileOf = (step: number, name: string) => path.join(run, 'checkpoints', stepName(step), name);
  const steps = () => readdirSync(path.join(run, 'checkpoints')).map(Number);

  describe('with early stopping', () => {
    it('bring the best weights along', async () => {
      await write(checkpoint(8), checkpoint(16, { bestStep: 8 }));
      const { checkpoint: read, warnings } = await readLastCheckpoint(run, true);
      assert.deepEqual([read.progress.step, read.bestWeights?.['kernel']?.data[0], warnings], [16, 8, []]);
    });

    for (const [what, spoil] of [
      ['is damaged', () => writeFileSync(fileOf(8, 'weights.safetensors'), 'x')],
      ['is gone', () => rmSync(path.dirname(fileOf(8, 'x')), { recursive: true })],
    ] as [string, () => void][])
      it(`go on from the newest though the best one ${what}, tell so, and look for the best anew`, async () => {
        await write(checkpoint(8), checkpoint(16, { bestStep: 8 }));
        spoil();
        const { checkpoint: read, warnings } = await readLastCheckpoint(run, true);
        assert.equal(read.progress.step, 16);
        assert.deepEqual([read.bestWeights, read.progress.bestStep, read.progress.bestLoss], [null, 0, Infinity]);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0]!, /best weights so far, those of step 8: .*00000008.weights\.safetensors/);
      });

    it('do not need the best weights elsewhere when they are the newest', async () => {
      await write(checkpoint(8));
      const { checkpoint: read, warnings } = await readLastCheckpoint(run, true);
      assert.ok(read.bestWeights === read.weights, 'the same arrays');
      assert.deepEqual(warnings, []);
    });
  });

  it('are never removed while they hold the best weights', async () => {
    await write(checkpoint(8), checkpoint(16, { bestStep: 8 }), checkpoint(24, { bestStep: 8 }));
    await pruneCheckpoints(run, 0, { step: 24, bestStep: 8, goodStep: 24 });
    assert.deepEqual(steps(), [8, 24]);
  });

  it('are never removed while training would go back to them, and are read with those that would', async () => {
    await write(checkpoint(8), checkpoint(16, { goodStep: 8 }), checkpoint(24, { goodStep: 8 }));
    await pruneCheckpoints(run, 0, { step: 24, bestStep: 0, goodStep: 8 });
    assert.deepEqual(steps(), [8, 24]);
    const { checkpoint: read, warnings } = await readLastCheckpoint(run, false);
    assert.deepEqual([read.good?.progress.step, read.good?.weights['kernel']?.data[0], warnings], [8, 8, []]);
  });

  it('take the place of the one to go back to when that cannot be read, and tell so', async () => {
    await write(checkpoint(24, { goodStep: 8 }));
    const { checkpoint: read, warnings } = await readLastCheckpoint(run, false);
    assert.deepEqual([read.good, read.progress.goodStep, warnings.length], [null, 24, 1]);
    assert.match(warnings[0]!, /step 8, to which training would go back .* back to step 24 instead/);
  });

  it('that were just written stay, though damaged ones of a later step stand there', async () => {
    await write(checkpoint(8), checkpoint(16), checkpoint(40));
    await pruneCheckpoints(run, 0, { step: 16, bestStep: 0, goodStep: 16 });
    assert.deepEqual(steps(), [16, 40]);
  });

  const damages: [string, unknown, RegExp][] = [
    ['step', -1, /"step" must be a whole number from 0, but is -1\./],
    ['step', 24, /"step": 24, but stands in the folder of step 16\./],
    ['epoch', null, /"epoch" must be a number from 0, but is null\./],
    ['lossSum', 'many', /"lossSum" must be a number, but is "many"\./],
    ['lossCount', 1.5, /"lossCount" must be a whole number from 0, but is 1\.5\./],
    ['bestLoss', [], /"bestLoss" must be a number, or null, but is \[\]\./],
    ['bestStep', undefined, /"bestStep" must be a whole number from 0, but is not there\./],
    ['bestStep', 99, /"bestStep" is 99, after "step", which is 16\./],
    ['restoredStep', '../8', /"restoredStep" must be a whole number from 0, or null, but is "\.\.\/8"\./],
    ['goodStep', 17, /"goodStep" is 17, after "step", which is 16\./],
    ['stability', { low: 1 }, /"stability" must be losses and counts, but is \{"low":1\}\./],
    ['learningRate', 0, /"learningRate" must be a number above 0, but is 0\./],
  ];
  for (const [field, value, message] of damages)
    it(`whose state says ${field}: ${JSON.stringify(value)} are passed over with the file and the field named`, async () => {
      await write(checkpoint(8), checkpoint(16));
      const file = fileOf(16, 'state.json');
      const state = JSON.parse(readFileSync(file, 'utf8')) as { progress: object };
      writeFileSync(file, JSON.stringify({ ...state, progress: { ...state.progress, [field]: value } }));
      const { checkpoint: read, warnings } = await readLastCheckpoint(run, false);
      assert.equal(read.progress.step, 8);
      assert.ok(warnings[0]!.includes(file));
      assert.match(warnings[0]!, message);
    });

  const progress = JSON.stringify(checkpoint(16).progress);
  for (const content of [
    '',
    'null',
    '{"format":1}',
    `{"format":"1","progress":${progress}}`,
    '{"format":1,"progress":7}',
  ])
    it(`whose state is ${content || 'empty'} are passed over with the file named`, async () => {
      await write(checkpoint(8), checkpoint(16));
      writeFileSync(fileOf(16, 'state.json'), content);
      const { checkpoint: read, warnings } = await readLastCheckpoint(run, false);
      assert.equal(read.progress.step, 8);
      assert.ok(warnings[0]!.includes(fileOf(16, 'state.json')), warnings[0]);
    });

  describe('that are gone on from', () => {
    it('fit their own network and optimizer', () => {
      checkFit(
        run,
        { ...checkpoint(8), bestWeights: checkpoint(8).weights },
        { shapes: { kernel: [2, 3] }, untrained: [] },
        adam,
      );
    });

    for (const [what, shapes, message] of [
      ['another shape', { kernel: [3, 2] }, /weights\.safetensors .*kernel has shape \[2, 3\] instead of \[3, 2\]\./],
      ['a parameter more', { kernel: [2, 3], bias: [3] }, /weights\.safetensors .*it has no bias\./],
      ['a parameter less', {}, /weights\.safetensors .*it has kernel, which is none of theirs\./],
    ] as [string, Record<string, number[]>, RegExp][])
      it(`are refused, naming file and parameter, by a network with ${what}`, () => {
        assert.throws(() => checkFit(run, checkpoint(8), { shapes, untrained: [] }, adam), message);
      });

    it('are refused by another optimizer, naming the file', () => {
      const sgd = { ...adam, name: 'sgd' } as const;
      assert.throws(
        () => checkFit(run, checkpoint(8), { shapes: { kernel: [2, 3] }, untrained: [] }, sgd),
        /optimizer\.safetensors .*it has no sgd\/momentum\/kernel\./,
      );
    });

    it('are refused when their best weights are those of another network', () => {
      const bestWeights = { kernel: { shape: [1], data: new Float32Array(1) } };
      const wrong = { ...checkpoint(16, { bestStep: 8 }), bestWeights };
      assert.throws(
        () => checkFit(run, wrong, { shapes: { kernel: [2, 3] }, untrained: [] }, adam),
        /00000008.weights\.safetensors .*shape \[1\]/,
      );
    });
  });
});
