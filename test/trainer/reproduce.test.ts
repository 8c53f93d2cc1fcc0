import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ReproductionRecord } from '../../src/protocol/reproduction.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/protocol/safetensors.js';
import { Client, lastCheckpoint, readEvents, readMetrics, readRun, until, Workspace } from './trainer.js';

describe('pretrain reproduce', function () {
  this.timeout(240_000);
  let workspace: Workspace;

  beforeEach(() => {
    workspace = new Workspace(
      { encoder: { units: [32, 16] }, finetune: { labelsPerClass: 5, epochs: 6, batchSize: 10 } },
      { epochs: 4, batchSize: 64 },
    );
  });
  afterEach(() => workspace.remove());

  async function pretrained(...args: string[]): Promise<string> {
    const { code, lines } = await workspace.run(...args).ended;
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    return String(lines.at(-1)!['run']);
  }

  async function reproduced(run: string, code: number, ...args: string[]): Promise<ReproductionRecord> {
    const ended = await workspace.start(['reproduce', run, '--json', ...args]).ended;
    const last = ended.lines.at(-1) as unknown as ReproductionRecord & { type: string };
    assert.equal(ended.code, code, JSON.stringify(last));
    assert.equal(last.type, 'reproduction');
    const written = JSON.parse(readFileSync(path.join(last.run, 'reproduction.json'), 'utf8')) as ReproductionRecord;
    assert.deepEqual({ type: last.type, ...written }, last);
    return written;
  }

  async function refused(run: string, ...args: string[]): Promise<string> {
    const before = workspace.runFolders().length;
    const { code, lines } = await workspace.start(['reproduce', run, '--json', ...args]).ended;
    assert.equal(code, 1);
    assert.equal(workspace.runFolders().length, before, 'no run folder is made');
    const { error, advice } = lines.at(-1)!;
    return [error, advice].filter(Boolean).join(' ');
  }

  it('gives the same bits, and the new run says of which run it is the reproduction', async () => {
    const run = await pretrained();
    const found = await reproduced(run, 0);
    assert.equal(found.same, true);
    assert.match(found.verdict, /was reproduced, bit by bit/);
    assert.deepEqual(found.lastSteps, { recorded: 64, reproduced: 64 });
    assert.equal(found.metrics.differing, 0);
    assert.ok(found.metrics.values >= 64 + 2 * 4, `${found.metrics.values} values`);
    assert.deepEqual(found.checkpoints.at(-1), { step: 64, first: null });
    assert.deepEqual(readRun(found.run).reproduces, { id: path.basename(run), path: run });
    assert.ok(lastCheckpoint(found.run).weights.equals(lastCheckpoint(run).weights));
    assert.match(readFileSync(path.join(found.run, 'reproduction.md'), 'utf8'), /^# Reproduction of /);
  });

  it('names the first tensor that differs where the recorded weights are other ones, as of another seed', async () => {
    const run = await pretrained();
    const { step, weights } = lastCheckpoint(run);
    const { tensors, metadata } = decodeSafetensors(weights);
    const { data } = tensors['encoder/dense_2/bias']!;
    data[3] = (data[3] ?? 0) + 0.25;
    writeFileSync(path.join(run, 'checkpoints', step, 'weights.safetensors'), encodeSafetensors({ tensors, metadata }));
    const found = await reproduced(run, 1);
    assert.equal(found.same, false);
    assert.match(found.verdict, /was not reproduced: the weights of step 64 differ/);
    const { first } = found.checkpoints.at(-1)!;
    assert.deepEqual(
      { ...first, largest: Math.round(100 * first!.largest!) / 100 },
      { file: 'weights.safetensors', tensor: 'encoder/dense_2/bias', differing: 1, count: 16, largest: 0.25 },
    );
    assert.match(found.compared.join(' '), /1 of 16 values differ, by at most 0\.25/);
  });

  it('names the first step whose values differ where the recipe was changed after the run', async () => {
    const run = await pretrained();
    const file = path.join(run, 'recipe.json');
    const recipe = JSON.parse(readFileSync(file, 'utf8')) as { pretrain: { seed: number } };
    recipe.pretrain.seed++;
    writeFileSync(file, JSON.stringify(recipe));
    const found = await reproduced(run, 1);
    assert.deepEqual([found.metrics.first?.step, found.metrics.first?.name], [1, 'loss']);
    const [recorded] = readMetrics(run);
    assert.equal(found.metrics.first?.recorded, recorded?.values['loss']);
    assert.match(found.verdict, /from step 1 on its values differ/);
    assert.match(found.compared[0]!, /^The first value that differs is loss of step 1: 0\.\d+ then, 0\.\d+ now/);
  });

  it('names the files of the data that changed, and goes on only when told so', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, i) => `${Math.sin(i)},${Math.cos(2 * i)},${Math.sin(i) * Math.cos(i)}`,
    );
    const file = path.join(workspace.folder, 'rows.csv');
    writeFileSync(file, ['a,b,c', ...rows].join('\n'));
    workspace.write({ data: { path: 'rows.csv' }, encoder: { units: [4] }, pretrain: { epochs: 2, batchSize: 32 } });
    const run = await pretrained();
    rows[7] = '0.5,0.5,0.5';
    writeFileSync(file, ['a,b,c', ...rows].join('\n'));
    const told = await refused(run);
    assert.match(told, /The data in .*rows\.csv are not what they were \(changed: rows\.csv\)\. .*--anyway/);
    const found = await reproduced(run, 1, '--anyway');
    assert.equal(found.same, false);
    assert.match(found.circumstances.join(' '), /changed: rows\.csv/);
    // The old data, elsewhere: their path plays no part.
    rows[7] = `${Math.sin(7)},${Math.cos(14)},${Math.sin(7) * Math.cos(7)}`;
    writeFileSync(path.join(workspace.folder, 'moved.csv'), ['a,b,c', ...rows].join('\n'));
    copyFileSync(path.join(workspace.folder, 'moved.csv'), file);
    assert.equal((await reproduced(run, 0)).same, true);
  });

  it('does without a missing engine only when told so', async () => {
    const run = await pretrained('--engine', 'cpu', '--epochs', '1');
    const file = path.join(run, 'run.json');
    const record = readRun(run);
    writeFileSync(file, JSON.stringify({ ...record, engine: { ...record.engine, name: 'abacus' } }));
    assert.match(await refused(run), /computed by the engine abacus\..*does not load here.*--anyway/);
    const found = await reproduced(run, 1, '--anyway');
    assert.match(found.circumstances.join(' '), /computed by the engine abacus, and would be by \w+ now/);
  });

  it('does a fine-tuning again from the same checkpoint of its parent, and compares its evaluation', async () => {
    const parent = await pretrained();
    const finetune = (...args: string[]) =>
      workspace.start(['finetune', workspace.recipe, '--from', parent, '--json', ...args]).ended;
    for (const mode of ['full', 'probe', 'neighbours']) {
      const { code, lines } = await finetune('--mode', mode);
      assert.equal(code, 0, JSON.stringify(lines.at(-1)));
      const run = String(lines.at(-1)!['run']);
      assert.equal(readRun(run).start?.step, 64);
      const found = await reproduced(run, 0);
      assert.match(found.compared.join(' '), /Evaluation and predictions of the task are the same/, mode);
      assert.equal(readRun(found.run).parent, path.basename(parent));
    }
    const run = String((await finetune('--mode', 'full')).lines.at(-1)!['run']);
    const { step, weights } = lastCheckpoint(parent);
    const { tensors, metadata } = decodeSafetensors(weights);
    tensors['encoder/dense_1/bias']!.data[0]! += 0.1;
    writeFileSync(
      path.join(parent, 'checkpoints', step, 'weights.safetensors'),
      encodeSafetensors({ tensors, metadata }),
    );
    assert.match(await refused(run), /The checkpoint 64 of .*, which it starts from, is not what it was/);
    assert.equal((await reproduced(run, 1, '--anyway')).same, false);
  });

  it('follows a run that a person steered, stopped in the middle of an epoch, and resumed', async () => {
    workspace.write({
      data: { path: 'sample:digits', limit: 1024, validation: 'test' },
      encoder: { units: [32, 16] },
      pretrain: { epochs: 40, batchSize: 64 },
    });
    const trainer = workspace.run();
    const { run, address } = await trainer.created();
    const client = new Client(address);
    await until(() => (client.run?.step ?? 0) > 20, trainer.ended);
    await client.request({ type: 'pause' });
    await client.request({ type: 'setLearningRate', learningRate: 0.0005 });
    await until(() => client.run?.state === 'paused' || null, trainer.ended);
    await client.request({ type: 'stop' });
    await trainer.ended;
    client.close();
    const stoppedAt = Number(lastCheckpoint(run).step);
    const copy = `${run}-stopped`;
    cpSync(run, copy, { recursive: true });

    const early = await reproduced(copy, 0);
    assert.deepEqual(early.lastSteps, { recorded: stoppedAt, reproduced: stoppedAt });
    assert.equal(early.complete, true);
    assert.deepEqual(early.checkpoints.at(-1), { step: stoppedAt, first: null });
    const changes = readEvents(early.run).filter(({ type }) => type === 'change');
    assert.deepEqual(
      changes.map((event) => event.type === 'change' && [event.step, event.to]),
      [[readEvents(run).find(({ type }) => type === 'change')!.step, 0.0005]],
    );

    const resumed = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(resumed.code, 0, JSON.stringify(resumed.lines.at(-1)));
    const whole = await reproduced(run, 0);
    assert.deepEqual(whole.lastSteps, { recorded: 640, reproduced: 640 });
  });

  it('says how far it came when it is stopped itself, and compares the rest when it is resumed', async () => {
    workspace.write({
      data: { path: 'sample:digits', limit: 1024, validation: 'test' },
      encoder: { units: [128, 32] },
      pretrain: { epochs: 25, batchSize: 64 },
    });
    const run = await pretrained();
    const trainer = workspace.start(['reproduce', run, '--json']);
    const { run: again, address } = await trainer.created();
    const client = new Client(address);
    await until(() => (client.run?.step ?? 0) > 20, trainer.ended);
    await client.request({ type: 'stop' });
    const { code, lines } = await trainer.ended;
    client.close();
    const part = lines.at(-1) as unknown as ReproductionRecord;
    assert.equal(code, 130, JSON.stringify(part));
    assert.deepEqual([part.same, part.complete], [true, false]);
    assert.match(part.verdict, /^Stopped at step \d+, before .* the same, bit by bit/);
    const resumed = await workspace.start(['resume', again, '--json']).ended;
    assert.equal(resumed.code, 0, JSON.stringify(resumed.lines.at(-1)));
    const whole = JSON.parse(readFileSync(path.join(again, 'reproduction.json'), 'utf8')) as ReproductionRecord;
    assert.deepEqual([whole.same, whole.complete], [true, true]);
    assert.equal(whole.lastSteps.reproduced, 400);
  });

  it('tells people the outcome, and refuses what is no run or has learned nothing', async () => {
    const run = await pretrained('--epochs', '1');
    const { code, stdout } = await workspace.start(['reproduce', path.basename(run)]).ended;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /The run \S+ was reproduced, bit by bit: \d+ measured values and the weights of 1 checkpoint/);
    assert.match(stdout, /Report: .*reproduction\.md/);
    assert.match(await refused('nowhere'), /nowhere is not a run folder/);
    for (const name of ['metrics.jsonl', 'events.jsonl']) writeFileSync(path.join(run, name), '');
    rmSync(path.join(run, 'checkpoints'), { recursive: true });
    assert.match(await refused(run), /has measured and learned nothing that could be compared/);
  });
});
