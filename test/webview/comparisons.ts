import type { ToComparison } from '../../src/protocol/comparisonPage.js';
import type { MetricRecord, RunRecord, RunState } from '../../src/protocol/run.js';
import { lines, record } from './recording.js';

/** Runs to compare, made of formulas: a search for the learning rate, as it is usually done. */

export interface FakeRun {
  folder: string;
  run: RunRecord;
  state: RunState;
  recipe: unknown;
  metrics: MetricRecord[];
}

const RATES = [0.001, 0.003, 0.01, 0.0003, 0.0001, 0.002, 0.005, 0.02, 0.05];
const EPOCHS = 4;

/** @param index the higher, the later it began; its loss is that of the recording, times 1 + index / 10 */
export function fakeRun(index: number, changes: Partial<RunRecord> = {}): FakeRun {
  const factor = 1 + index / 10;
  const recorded = record(EPOCHS, EPOCHS);
  const metrics = recorded.metrics.map((line) => ({
    ...line,
    values: Object.fromEntries(Object.entries(line.values).map(([name, value]) => [name, value * factor])),
  }));
  const last = metrics.at(-1)?.values ?? {};
  const id = `20261124-20${String(10 + index)}30-digits-${(0x3f9a + 977 * index).toString(16)}`;
  const run: RunRecord = {
    ...recorded.run,
    id,
    name: 'digits',
    state: 'completed',
    seconds: 40 + 7 * index,
    metrics: { loss: last['trainingLoss'] ?? NaN, validationLoss: last['validationLoss'] ?? NaN },
    ...changes,
  };
  return {
    folder: `/work/.pretrain/runs/${id}`,
    run,
    state: run.state,
    recipe: {
      name: 'digits',
      data: { path: 'digits', validation: 0.1, image: { size: null } },
      encoder: { type: 'dense', units: index % 3 === 2 ? [512, 64] : [256, 32] },
      pretrain: {
        method: 'autoencoder',
        epochs: EPOCHS,
        seed: 1,
        optimizer: { name: 'adam', learningRate: RATES[index] ?? 0.001 },
      },
      finetune: { mode: index % 2 === 0 ? 'full' : 'probe' },
    },
    metrics,
  };
}

/** What the extension sends of some runs: what they are, then their histories. */
export function messagesOf(runs: readonly FakeRun[]): ToComparison[] {
  return [
    { type: 'compare', runs: runs.map(({ folder, run, state, recipe }) => ({ folder, run, state, recipe })) },
    ...runs.flatMap(({ folder, run, state, metrics }): ToComparison[] => [
      { type: 'feed', folder, message: { type: 'show', run, state } },
      { type: 'feed', folder, message: { type: 'metrics', text: lines(metrics) } },
      { type: 'feed', folder, message: { type: 'live' } },
    ]),
  ];
}
