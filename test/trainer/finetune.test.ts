import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ClassificationEvaluation } from '../../src/protocol/run.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import { Client, lastCheckpoint, pretrained, readEvents, readRun, until, Workspace, type Ended } from './trainer.js';

describe('pretrain finetune', function () {
  this.timeout(180_000);
  let workspace: Workspace;
  let parent: string;

  before(async () => {
    workspace = Workspace.copyOf(await pretrained());
    workspace.write({
      data: { path: 'sample:digits', limit: 1024 },
      encoder: { units: [64, 32] },
      finetune: { labelsPerClass: 10, epochs: 20, batchSize: 20 },
    });
    parent = workspace.runFolders()[0]!;
  });
  after(() => workspace.remove());

  function finetune(...args: string[]) {
    return workspace.start(['finetune', workspace.recipe, '--json', ...args]);
  }

  async function refused(...args: string[]): Promise<string> {
    const before = readdirSync(path.dirname(parent)).length;
    const { code, lines } = await finetune(...args).ended;
    assert.equal(code, 1, JSON.stringify(lines.at(-1)));
    assert.equal(readdirSync(path.dirname(parent)).length, before, 'no run folder is made');
    const { error, advice } = lines.at(-1)!;
    return [error, advice].filter(Boolean).join(' ');
  }

  function runOf({ code, lines }: Ended): string {
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    return String(lines.at(-1)!['run']);
  }

  function evaluationOf(run: string): ClassificationEvaluation {
    return JSON.parse(readFileSync(path.join(run, 'evaluation.json'), 'utf8')) as ClassificationEvaluation;
  }

  for (const mode of ['probe', 'full', 'probeThenFull', 'gradual', 'neighbours', 'scratch'])
    it(`${mode}: learns from few labels, measures itself on what no choice depends on, and stands under its parent`, async () => {
      const ended = await finetune('--from', parent, '--mode', mode).ended;
      const run = runOf(ended);
      const record = readRun(run);
      assert.deepEqual(
        [record.stage, record.method, record.parent, record.state],
        ['finetune', mode, path.basename(parent), 'completed'],
      );
      const { classes, trainedOn, splits } = evaluationOf(run);
      assert.equal(classes.length, 10);
      assert.deepEqual(trainedOn, Array(10).fill(10));
      assert.deepEqual(Object.keys(splits), ['test', 'validation']);
      const { test } = splits;
      assert.equal(test!.count, 1000);
      const { value, low, high } = test!.accuracy;
      assert.ok(value > 0.25, `accuracy ${value}`);
      assert.ok(low < value && value < high);
      assert.equal(record.metrics['testAccuracy'], value);
      assert.equal((ended.lines.at(-1)!['metrics'] as Record<string, number>)['testAccuracy'], value);
      const { tensors } = decodeSafetensors(readFileSync(path.join(run, 'predictions.safetensors')));
      const { data } = tensors['test/probabilities']!;
      const labels = tensors['test/labels']!.data;
      const right = Array.from(labels).filter((label, i) => {
        const row = Array.from(data.subarray(10 * i, 10 * i + 10));
        return row.indexOf(Math.max(...row)) === label;
      });
      assert.equal(right.length / labels.length, value);
      const samples = readdirSync(path.join(run, 'samples')).sort();
      const { metadata } = decodeSafetensors(readFileSync(path.join(run, 'samples', samples.at(-1)!)));
      const kinds = (JSON.parse(metadata['views']!) as { kind: string }[]).map(({ kind }) => kind);
      assert.deepEqual(kinds.sort(), ['calibration', 'confusion', 'guesses', 'map']);
    });

  it('a probe leaves the encoder as it was, byte for byte', async () => {
    const run = runOf(await finetune('--from', path.basename(parent), '--mode', 'probe').ended);
    const weights = (of: string) => decodeSafetensors(lastCheckpoint(of).weights).tensors;
    const [before, after] = [weights(parent), weights(run)];
    for (const name of Object.keys(after).filter((name) => name.startsWith('encoder/')))
      assert.deepEqual(after[name], before[name], name);
    assert.ok(after['head/dense/kernel']);
  });

  it('more labels contain fewer: with the same seed the first are among them', async () => {
    const trainedOn = async (...args: string[]) =>
      evaluationOf(runOf(await finetune('--from', parent, '--mode', 'neighbours', ...args).ended)).trainedOn;
    assert.deepEqual(await trainedOn('--labels-per-class', '3'), Array(10).fill(3));
    const half = await trainedOn('--label-fraction', '0.5');
    assert.ok(
      half.every((count) => count > 30),
      String(half),
    );
  });

  it('that was stopped in the middle ends with the same bytes as one that was not', async () => {
    const args = ['--from', parent, '--mode', 'full', '--epochs', '60'];
    const whole = runOf(await finetune(...args).ended);
    const trainer = finetune(...args);
    const { run, address } = await trainer.created();
    const client = new Client(address);
    await until(() => (client.run?.step ?? 0) >= 5, trainer.ended);
    await client.request({ type: 'stop' });
    await trainer.ended;
    client.close();
    assert.equal(readRun(run).state, 'stopped');
    assert.ok(!existsSync(path.join(run, 'evaluation.json')));
    const resumed = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(resumed.code, 0, JSON.stringify(resumed.lines.at(-1)));
    for (const part of ['weights', 'optimizer'] as const)
      assert.ok(lastCheckpoint(run)[part].equals(lastCheckpoint(whole)[part]), part);
    assert.deepEqual(evaluationOf(run), evaluationOf(whole));
  });

  it('that was killed while it was measured in the end, ends with the same files as one that was not', async () => {
    const whole = runOf(await finetune('--from', parent, '--mode', 'probe').ended);
    const killed = `${whole}-killed`;
    cpSync(whole, killed, { recursive: true });
    const { step } = readRun(whole);
    const sample = path.join('samples', `${String(step).padStart(8, '0')}.safetensors`);
    for (const name of ['evaluation.json', 'predictions.safetensors', sample]) rmSync(path.join(killed, name));
    const metrics = Object.fromEntries(
      Object.entries(readRun(whole).metrics).filter(([name]) => !name.startsWith('test')),
    );
    const record = { ...readRun(whole), state: 'running', ended: null, metrics };
    writeFileSync(path.join(killed, 'run.json'), JSON.stringify(record));

    const resumed = await workspace.start(['resume', killed, '--json']).ended;
    assert.equal(resumed.code, 0, JSON.stringify(resumed.lines.at(-1)));
    const checkpoint = path.join('checkpoints', String(step).padStart(8, '0'), 'weights.safetensors');
    for (const name of ['evaluation.json', 'predictions.safetensors', sample, 'metrics.jsonl', checkpoint])
      assert.ok(readFileSync(path.join(killed, name)).equals(readFileSync(path.join(whole, name))), name);
    assert.deepEqual(readRun(killed).metrics, { ...readRun(whole).metrics, ...metrics });
    const neighbours = runOf(await finetune('--from', parent, '--mode', 'neighbours').ended);
    assert.equal(readRun(neighbours).metrics['loss'], undefined, 'nothing was trained');
  });

  it('says what is wrong before anything is trained', async () => {
    assert.match(await refused(), /starts from a run.*--mode scratch/);
    assert.match(await refused('--from', 'nothing-there'), /is not a run folder/);
    assert.match(await refused('--from', parent, '--checkpoint', '99999'), /no checkpoint of step 99999\. There are:/);
    assert.match(await refused('--from', parent, '--mode', 'partial'), /no mode "partial".*probeThenFull/);
    assert.match(await refused('--from', parent, '--labels-per-class', '0'), /must be a whole number from 1/);
    assert.match(await refused('--from', parent, '--label-fraction', '2'), /above 0 and at most 1/);
  });

  it('refuses data of another shape, without labels, and of one class, saying what to do', async () => {
    const rows = (label: (i: number) => string) =>
      `a,b,kind\n${Array.from({ length: 60 }, (_, i) => `${i % 7}.5,${i % 11},${label(i)}`).join('\n')}\n`;
    const file = path.join(workspace.folder, 'rows.csv');
    writeFileSync(
      file,
      rows((i) => ['cat', 'dog'][i % 2]!),
    );
    assert.match(await refused('--from', parent, '--data', file), /rows\.csv is of the kind "table".*"numbers"/);
    const plain = new Workspace({ data: { path: 'plain.csv' }, finetune: {} });
    const plainFile = path.join(plain.folder, 'plain.csv');
    writeFileSync(plainFile, `a,b\n${Array.from({ length: 60 }, (_, i) => `${i % 7}.5,${i}.25`).join('\n')}\n`);
    const without = await plain.start(['finetune', plain.recipe, '--mode', 'scratch', '--json']).ended;
    assert.match(String(without.lines.at(-1)!['error']), /these examples have none/);
    writeFileSync(
      plainFile,
      rows(() => 'cat'),
    );
    plain.write({ data: { path: 'plain.csv', labelColumn: 'kind' }, finetune: {} });
    const single = await plain.start(['finetune', plain.recipe, '--mode', 'scratch', '--json']).ended;
    assert.match(String(single.lines.at(-1)!['error']), /same label, cat/);
    await plain.remove();
  });

  it('refuses a run whose checkpoint, record or recipe is damaged, naming the file', async () => {
    const weights = path.join(parent, 'checkpoints', lastCheckpoint(parent).step, 'weights.safetensors');
    for (const [file, spoilt, words] of [
      [weights, 'no tensors', /weights\.safetensors cannot be read/],
      [path.join(parent, 'recipe.json'), '{', /recipe\.json cannot be read/],
    ] as const) {
      renameSync(file, `${file}.kept`);
      writeFileSync(file, spoilt);
      assert.match(await refused('--from', parent), words);
      renameSync(`${file}.kept`, file);
    }
    const record = path.join(parent, 'run.json');
    const kept = readFileSync(record, 'utf8');
    const damaged = JSON.parse(kept) as { dataset: { preparation: { shape: unknown } } };
    damaged.dataset.preparation.shape = [-1];
    writeFileSync(record, JSON.stringify(damaged));
    assert.match(await refused('--from', parent), /says nothing readable of how its data were prepared/);
    writeFileSync(record, kept);
  });

  it('tells in its events of labels that are fewer than were asked for', async () => {
    const run = runOf(await finetune('--from', parent, '--mode', 'neighbours', '--labels-per-class', '5000').ended);
    const told = readEvents(run).flatMap((event) => (event.type === 'diagnosis' ? [event.message] : []));
    assert.ok(
      told.some((message) => /Not every class has 5,?000 labelled examples/.test(message)),
      told.join('\n'),
    );
  });
});
