import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeNpy } from '../../src/data/npyArray.js';
import { stream } from '../../src/protocol/random.js';
import type { RegressionEvaluation } from '../../src/protocol/run.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import type { NumberAnswer, SimilarLine } from '../../src/protocol/use.js';
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

  const tensorsOf = (run: string) => decodeSafetensors(readFileSync(path.join(run, 'predictions.safetensors'))).tensors;
  /** Of the test rows, in their order. */
  const predictionsOf = (run: string): number[] => Array.from(tensorsOf(run)['test/predictions']!.data, Number);

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

  for (const mode of ['probe', 'full', 'neighbours'])
    it(`${mode}: predicts for rows what its own evaluation said of them, in the labels’ unit`, async () => {
      const run = runOf(await finetune('--from', parent, '--mode', mode).ended);
      const asked = ['predict', run, path.join('table', 'test.csv')];
      const { code, lines } = await workspace.start([...asked, '--json', '--csv', 'all.csv']).ended;
      assert.equal(code, 0, JSON.stringify(lines.at(-1)));
      const told = lines.filter((line) => 'prediction' in line) as unknown as (SimilarLine & NumberAnswer)[];
      const expected = predictionsOf(run);
      const found = told.map(({ prediction }) => prediction);
      assert.equal(found.length, 200);
      assert.deepEqual(found, expected);
      assert.deepEqual([told[6]!.file, told[6]!.part], [path.join('table', 'test.csv'), 'row 7']);
      const [head, ...table] = readFileSync(path.join(workspace.folder, 'all.csv'), 'utf8').trim().split('\r\n');
      assert.equal(head, 'file,part,prediction');
      assert.deepEqual(
        table.map((row) => Number(row.split(',').at(-1))),
        found,
      );
      const prices = rows(600, 'train').split('\n').slice(1).map((line) => Number(line.split(',').at(-1))); // prettier-ignore
      for (const { similar } of told) {
        assert.equal(similar!.length, 3);
        for (const { name, label } of similar!)
          assert.equal(Number(label), prices[Number(/row (\d+)/.exec(name)![1]) - 1]);
      }
    });

  it('for people predicted numbers are a table, with the numbers of the most similar training examples', async () => {
    const run = runOf(await finetune('--from', parent, '--mode', 'probe').ended);
    writeFileSync(path.join(workspace.folder, 'one.csv'), 'd,c,b,a\n0,0,0,0\n');
    const { code, stdout } = await workspace.start(['predict', run, 'one.csv']).ended;
    assert.equal(code, 0);
    const [head, row] = stdout.split('\n');
    assert.match(head!, /^File +Prediction +Most similar$/);
    const [, number] = /^one\.csv, row 1 +(\d+\.\d+) +row \d+ \(\d+\.\d+\), row /.exec(row!) ?? [];
    assert.ok(Math.abs(Number(number) - 50) < 1, row);
  });

  it('has codes, and finds what is similar, as other runs do', async () => {
    const run = runOf(await finetune('--from', parent, '--mode', 'probe').ended);
    const embedded = async (of: string) => {
      const { code, lines } = await workspace.start(['embed', of, 'table', '--to', 'codes.npy', '--json']).ended;
      assert.equal(code, 0, JSON.stringify(lines.at(-1)));
      const file = path.join(workspace.folder, 'codes.npy');
      return decodeNpy(readFileSync(file), 'codes.npy', file);
    };
    const codes = await embedded(run);
    assert.deepEqual(codes.shape, [800, 8]);
    assert.deepEqual(codes, await embedded(parent), 'a probe leaves the encoder as it is');
    for (const of of [run, parent]) {
      const { code, lines } = await workspace.start(['similar', of, path.join('table', 'test.csv'), '--json']).ended;
      assert.equal(code, 0, JSON.stringify(lines.at(-1)));
      const [first] = lines.filter((line) => 'similar' in line) as unknown as SimilarLine[];
      assert.equal(first!.similar!.length, 10);
      assert.ok(first!.similar!.every(({ label }) => Number(label) > 20 && Number(label) < 80));
    }
  });

  it('a damaged record is refused in words', async () => {
    const run = runOf(await finetune('--from', parent, '--mode', 'probe').ended);
    const file = path.join(run, 'run.json');
    const record = readRun(run);
    writeFileSync(file, JSON.stringify({ ...record, dataset: { ...record.dataset, trainingCount: 1 } }));
    const { code, lines } = await workspace.start(['predict', run, path.join('table', 'test.csv'), '--json']).ended;
    assert.equal(code, 1);
    assert.match(String(lines.at(-1)!['error']), /recipe\.json describes no network .*at least 2 training examples/);
  });

  it('of penguins: the body mass of a row alone is what the evaluation said of it', async function () {
    const penguins = path.resolve('../shared/data/penguins/penguins.csv');
    if (!existsSync(penguins)) {
      console.log('      skipped: there is no ../shared/data with the real data sets');
      return this.skip();
    }
    const other = new Workspace({
      data: { path: penguins, labelColumn: 'body_mass_g', test: 0.2 },
      encoder: { units: [16] },
      finetune: { mode: 'scratch', epochs: 60, batchSize: 32, optimizer: { name: 'adam', learningRate: 0.01 } },
    });
    after(() => other.remove());
    const run = runOf(await other.start(['finetune', other.recipe, '--json']).ended);
    const [head, ...lines] = readFileSync(penguins, 'utf8').trim().split('\n');
    const mass = (line: string) => line.split(',')[5]!;
    const { data: truths } = tensorsOf(run)['test/targets']!;
    const expected = predictionsOf(run);
    const asked = await other.start(['predict', run, penguins, '--similar', '1', '--json']).ended;
    assert.equal(asked.code, 0, JSON.stringify(asked.lines.at(-1)));
    const told = asked.lines.filter((line) => 'prediction' in line) as unknown as (SimilarLine & NumberAnswer)[];
    assert.equal(told.length, lines.length);
    // The test rows stand in the order of the file.
    let at = 0;
    truths.forEach((truth, i) => {
      while (Number(mass(lines[at]!)) !== truth || Math.abs(told[at]!.prediction - expected[i]!) > 0.01) at++;
      at++;
    });
    const labelled = lines.filter((line) => mass(line) !== 'NA');
    assert.ok(truths.length > 60, String(truths.length));
    const bare = [head, lines[7]].map((line) => line!.split(',').filter((_, column) => column !== 5).join(',')); // prettier-ignore
    writeFileSync(path.join(other.folder, 'one.csv'), bare.join('\n'));
    const one = await other.start(['predict', run, 'one.csv', '--json']).ended;
    const { prediction } = one.lines.find((line) => 'prediction' in line) as unknown as NumberAnswer;
    assert.ok(Math.abs(prediction - told[7]!.prediction) < 0.01, `${prediction}, not ${told[7]!.prediction}`);
    const error = labelled.reduce(
      (sum, line) => sum + Math.abs(told[lines.indexOf(line)]!.prediction - Number(mass(line))),
      0,
    );
    assert.ok(error / labelled.length < 400, `grams: ${error / labelled.length}`);
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
