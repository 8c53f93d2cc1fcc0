import assert from 'node:assert/strict';
import type { RunRecord } from '../../../src/protocol/run.js';
import type { Output } from '../../../src/trainer/output.js';
import { ProgressBar } from '../../../src/trainer/progressBar.js';

describe('The progress of a run on the terminal', () => {
  let now = 0;
  before(() => (performance.now = () => now));
  after(() => Reflect.deleteProperty(performance, 'now'));

  it('tells the speed since the first step: neither what came before it nor what a resumed run had done counts', () => {
    const drawn: string[] = [];
    now = 0;
    const bar = new ProgressBar({
      isTerminal: true,
      transient: (text: string) => drawn.push(text),
    } as unknown as Output);
    const record = { epoch: 1, epochs: 100, stepsPerEpoch: 100, batchSize: 32 } as RunRecord;
    const at = (milliseconds: number, step: number) => {
      now = milliseconds;
      bar.step({ ...record, step }, 0.5);
    };
    at(9000, 1001);
    assert.match(drawn.at(-1)!, /time left unknown/);
    assert.doesNotMatch(drawn.at(-1)!, /NaN|examples/);
    at(10_000, 1011);
    assert.match(drawn.at(-1)!, / 320 examples\/s · 15 min left/);
  });

  it('knows at the end of a run too short to measure that nothing is left', () => {
    const lines: string[] = [];
    const bar = new ProgressBar({ line: (text: string) => lines.push(text) } as unknown as Output);
    bar.epoch({
      epoch: 1,
      epochs: 1,
      stepsPerEpoch: 1,
      step: 1,
      batchSize: 32,
      metrics: { loss: 0.5 },
    } as unknown as RunRecord);
    assert.match(lines.join(), /epoch 1\/1 · loss 0\.5000 · 0 s left$/);
  });

  it('tells what looks wrong, with what to do, and nothing else of what happens', () => {
    const lines: string[] = [];
    const bar = new ProgressBar({ line: (text: string) => lines.push(text) } as unknown as Output);
    const at = { step: 3, epoch: 0.1, at: '2026-11-24T20:15:30.000Z' };
    bar.event({
      ...at,
      type: 'diagnosis',
      level: 'warning',
      message: 'Texts are cut off.',
      advice: 'Raise the length.',
    });
    bar.event({ ...at, type: 'diagnosis', level: 'good', message: 'It learns.' });
    bar.event({ ...at, type: 'sample' });
    assert.deepEqual(lines, ['! Texts are cut off. Raise the length.']);
  });
});
