import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/protocol/run.js';
import { encodeSafetensors, type NamedTensor } from '../../../src/protocol/safetensors.js';
import { compareMetrics, compareTensors, metricTable } from '../../../src/trainer/reproduce/compare.js';
import { changesOf } from '../../../src/trainer/reproduce/replay.js';

const line = (step: number, values: Record<string, number | null>) =>
  JSON.stringify({ step, epoch: 0, time: 9, values });
const table = (...lines: string[]) => metricTable(lines.join('\n'));
const file = (tensors: Record<string, NamedTensor>) => encodeSafetensors({ tensors, metadata: {} });
const floats = (...data: number[]): NamedTensor => ({ shape: [data.length], data: Float32Array.from(data) });

describe('Comparing two runs', () => {
  it('finds the first value that differs, by step and then by name as they were written', () => {
    const recorded = table(line(1, { loss: 0.5 }), line(2, { loss: 0.4, rate: 2 }), line(2, { validationLoss: 0.3 }));
    const now = table(line(1, { loss: 0.5 }), line(2, { loss: 0.4, rate: 3 }), line(2, { validationLoss: 0.31 }));
    assert.deepEqual(compareMetrics(recorded, now), {
      values: 4,
      steps: 2,
      differing: 2,
      first: { step: 2, name: 'rate', recorded: 2, reproduced: 3 },
    });
    assert.equal(compareMetrics(recorded, now, 1).differing, 0, 'beyond the end nothing counts');
  });

  it('leaves times out, and what only one has: the probe is measured when there is time for it', () => {
    const recorded = table(line(1, { loss: 0.5, examplesPerSecond: 100, probeAccuracy: 0.7 }), line(2, { loss: 0.4 }));
    const now = table(line(1, { loss: 0.5, examplesPerSecond: 300 }), line(2, { loss: 0.4, probeAccuracy: 0.8 }));
    assert.deepEqual(compareMetrics(recorded, now), { values: 2, steps: 2, differing: 0, first: null });
  });

  it('counts the later lines where steps came again, and what was lost with a crash not at all', () => {
    const recorded = table(
      ...[line(1, { loss: 5 }), line(2, { loss: 4 }), line(3, { loss: 3 }), line(4, { loss: 9 })],
      ...[line(2, { loss: 2 }), '{"step": 3, "val', line(3, { loss: 1 })],
    );
    assert.deepEqual([...recorded.keys()], [1, 2, 3]);
    const now = table(line(1, { loss: 5 }), line(2, { loss: 2 }), line(3, { loss: 1 }));
    assert.equal(compareMetrics(recorded, now).differing, 0);
  });

  it('tells no number from a number, and minus zero from zero', () => {
    const both = (a: number | null, b: number | null) =>
      compareMetrics(table(line(1, { loss: a })), table(line(1, { loss: b }))).differing;
    assert.equal(both(null, null), 0);
    assert.equal(both(null, 1), 1);
    assert.equal(compareMetrics(table('{"step":1,"values":{"loss":-0.0}}'), table(line(1, { loss: 0 }))).differing, 1);
  });

  it('finds the first tensor by name that differs in a bit, how many of its values, and by how much', () => {
    const recorded = file({ b: floats(1, 2, 3, 4), a: floats(1), c: floats(1) });
    assert.equal(compareTensors('w', recorded, file({ a: floats(1), b: floats(1, 2, 3, 4), c: floats(1) })), null);
    const now = file({ a: floats(1), b: floats(1, 2.5, 3, 3.25), c: floats(7) });
    assert.deepEqual(compareTensors('w', recorded, now), {
      ...{ file: 'w', tensor: 'b', differing: 2, count: 4, largest: 0.75 },
    });
    assert.equal(compareTensors('w', file({ a: floats(0) }), file({ a: floats(-0) }))?.differing, 1, 'a bit is a bit');
    assert.equal(compareTensors('w', file({ a: floats(NaN) }), file({ a: floats(1) }))?.largest, null);
  });

  it('takes a tensor of another shape, or one that is missing, as wholly different', () => {
    const square: NamedTensor = { shape: [2, 2], data: Float32Array.from([1, 2, 3, 4]) };
    const found = compareTensors('w', file({ a: floats(1, 2, 3, 4) }), file({ a: square }));
    assert.deepEqual([found?.differing, found?.largest], [4, null]);
    assert.equal(compareTensors('w', file({ a: floats(1), b: floats(2) }), file({ a: floats(1) }))?.tensor, 'b');
  });
});

describe('What a person changed of the learning rate', () => {
  const at = { epoch: 0, at: '2026-01-01T00:00:00Z' };
  const change = (step: number, to: number): RunEvent => ({
    ...at,
    step,
    type: 'change',
    name: 'learningRate',
    from: 1,
    to,
  });
  const running = (step: number): RunEvent => ({ ...at, step, type: 'state', state: 'running' });
  const checkpoint = (step: number): RunEvent => ({ ...at, step, type: 'checkpoint' });

  it('is done again in order, but not what training changes by itself', () => {
    const own: RunEvent = { ...at, step: 4, type: 'change', name: 'learningRate', from: 1, to: 0.5, automatic: true };
    assert.deepEqual(changesOf([running(0), change(3, 0.1), own, change(7, 0.2)]), [
      { step: 3, to: 0.1 },
      { step: 7, to: 0.2 },
    ]);
  });

  it('was lost with the steps after the checkpoint that a crashed run was resumed from', () => {
    const events = [running(0), change(3, 0.1), checkpoint(10), change(14, 0.2), running(10), change(12, 0.3)];
    assert.deepEqual(changesOf(events), [
      { step: 3, to: 0.1 },
      { step: 12, to: 0.3 },
    ]);
  });

  it('stays where it was made in a pause, or before the checkpoint of a stop', () => {
    assert.deepEqual(changesOf([running(0), change(5, 0.1), running(5)]), [{ step: 5, to: 0.1 }]);
    assert.deepEqual(changesOf([running(0), change(5, 0.1), checkpoint(5), running(5)]), [{ step: 5, to: 0.1 }]);
  });

  it('stays where an exploding loss took training back behind it before a later checkpoint', () => {
    assert.deepEqual(changesOf([running(0), change(50, 0.1), checkpoint(42), running(42)]), [{ step: 50, to: 0.1 }]);
  });
});
