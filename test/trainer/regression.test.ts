import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stream } from '../../src/protocol/random.js';
import type { RegressionEvaluation } from '../../src/protocol/run.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import { readRun, Workspace, type Ended } from './trainer.js';

/** Numbers learned from a table whose label is a linear function of its columns, with a little noise. */
describe('pretrain finetune on a table with numbers for labels', function () {
  this.timeout(180_000);
  let workspace: Workspace;
  let parent: string;

  const columns = 4;
  const rows = (count: number, purpose: string): string => {
    const random = stream(3, purpose);
    const lines = Array.from({ length: count }, () => {
      const row = Array.from({ length: columns }, () => random.normal());
      const target = 50 + row.reduce((sum, value, i) => sum + (i - 1.3) * 3 * value, 0.3 * random.normal());
      return [...row, target].map((value) => value.toFixed(4)).join(',');
    });
    return ['a,b,c,d,price', ...lines].join('\n');
  };
  const data = { path: 'table', labelColumn: 'price', table: { scaling: 'standard' } };
  const recipe = {
    data,
    encoder: { type: 'dense', units: [8], activation: 'linear' },
    pretrain: { method: 'autoencoder', loss: 'meanSquaredError', epochs: 3, batchSize: 64 },
    finetune: { epochs: 40, batchSize: 32, optimizer: { name: 'adam', learningRate: 0.01 } },
  };

  before(async () => {
    workspace = new Workspace(recipe, recipe.pretrain);
    const folder = path.join(workspace.folder, 'table');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'train.csv'), rows(600, 'train'));
    writeFileSync(path.join(folder, 'test.csv'), rows(200, 'test'));
    const { code, lines } = await workspace.run().ended;
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    parent = String(lines.at(-1)!['run']);
  });
  after(() => workspace.remove());

  function finetune(...args: string[]) {
    return workspace.start(['finetune', workspace.recipe, '--json', ...args]);
  }

  function runOf({ code, lines }: Ended): string {
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    return String(lines.at(-1)!['run']);
  }

  function evaluationOf(run: string): RegressionEvaluation {
    return JSON.parse(readFileSync(path.join(run, 'evaluation.json'), 'utf8')) as RegressionEvaluation;
  }

  it('a pretraining does not take numbers for classes', () => {
    const { dataset, metrics } = readRun(parent);
    assert.equal(dataset!.classes, null);
    assert.equal(metrics['probeAccuracy'], undefined);
  });

  for (const mode of ['probe', 'scratch', 'full'])
    it(`${mode}: finds the relation, and measures it on rows that no choice depends on`, async () => {
      const run = runOf(await finetune('--from', parent, '--mode', mode).ended);
      const { task, trainedOn, splits } = evaluationOf(run);
      assert.deepEqual([task, trainedOn, Object.keys(splits)], ['regression', 540, ['test', 'validation']]);
      const { count, r2, meanAbsoluteError } = splits['test']!;
      assert.equal(count, 200);
      assert.ok(r2!.value > 0.95 && r2!.low < r2!.value && r2!.value < r2!.high, `R² ${r2!.value}`);
      assert.ok(meanAbsoluteError.value < 1, `MAE ${meanAbsoluteError.value}`);
      const record = readRun(run);
      assert.equal(record.metrics['testR2'], r2!.value);
      assert.equal(record.metrics['testMeanAbsoluteError'], meanAbsoluteError.value);
      assert.match(record.summary, / → a number$/);

      const { tensors, metadata } = decodeSafetensors(readFileSync(path.join(run, 'predictions.safetensors')));
      assert.equal(metadata['task'], 'regression');
      const [targets, predictions] = [tensors['test/targets']!.data, tensors['test/predictions']!.data];
      const truths = rows(200, 'test')
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',').at(-1)));
      truths.forEach((truth, i) => assert.equal(targets[i], Math.fround(truth)));
      const error = truths.reduce((sum, truth, i) => sum + Math.abs(predictions[i]! - truth) / 200, 0);
      assert.ok(Math.abs(error - meanAbsoluteError.value) < 1e-9);

      const samples = readdirSync(path.join(run, 'samples')).sort();
      const sample = decodeSafetensors(readFileSync(path.join(run, 'samples', samples.at(-1)!)));
      const views = JSON.parse(sample.metadata['views']!) as { kind: string; from: string; points: string }[];
      const scattered = views.filter(({ kind }) => kind === 'scatter');
      assert.deepEqual(
        scattered.map(({ from }) => from),
        ['validation', 'test'],
      );
      assert.deepEqual(sample.tensors[scattered[1]!.points]!.shape, [200, 2]);
      assert.ok(views.some(({ kind }) => kind === 'map'));
    });

  it('takes a part of the labels, and says of both splits in words how near it comes', async () => {
    const { code, stdout, stderr } = await workspace.start([
      'finetune',
      workspace.recipe,
      ...['--from', parent, '--mode', 'neighbours', '--label-fraction', '0.1'],
    ]).ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /test MAE \d[\d.]*, R² -?\d\.\d\d/);
    const runs = workspace.runFolders().map((run) => readRun(run));
    assert.equal(runs.find(({ method }) => method === 'neighbours')!.dataset!.trainingCount, 54);
  });

  it('is not used yet to predict, which is said with what there is instead', async () => {
    const run = runOf(await finetune('--from', parent, '--mode', 'probe').ended);
    const { code, lines } = await workspace.start(['predict', run, path.join('table', 'test.csv'), '--json']).ended;
    assert.equal(code, 1);
    assert.match(String(lines.at(-1)!['error']), /has learned numbers/);
    assert.match(String(lines.at(-1)!['advice']), /predictions\.safetensors/);
  });

  it('says before it trains that numbers have no classes, and which label is no number', async () => {
    const { code, lines } = await finetune('--from', parent, '--labels-per-class', '5').ended;
    assert.equal(code, 1);
    assert.match(String(lines.at(-1)!['error']), /"labelsPerClass" speaks of classes.*"labelFraction"/);
    const names = ['a,b,kind', ...Array.from({ length: 60 }, (_, i) => `${i % 7}.5,${i % 11},${['cat', '2'][i % 2]}`)];
    const other = new Workspace({
      data: { path: 'names.csv', labelColumn: 'kind' },
      finetune: { task: 'regression', mode: 'scratch' },
    });
    writeFileSync(path.join(other.folder, 'names.csv'), names.join('\n'));
    const refused = await other.start(['finetune', other.recipe, '--json']).ended;
    await other.remove();
    assert.equal(refused.code, 1);
    assert.match(String(refused.lines.at(-1)!['error']), /The label "cat" is no number/);
  });
});
