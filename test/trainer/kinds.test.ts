import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import { clusterCsv } from '../../src/data/table/clusters.js';
import { writeSpeech } from '../../src/data/sound/synthesize.js';
import { readEvents, readRun, Workspace } from './trainer.js';

describe('Data of every kind', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  const train = async (data: object, pretrain: object = {}) => {
    const recipe = path.join(workspace.folder, 'data.pretrain.json');
    writeFileSync(recipe, JSON.stringify({ data, pretrain: { epochs: 3, batchSize: 32, ...pretrain } }));
    return workspace.start(['run', recipe, '--json']).ended;
  };
  const trained = async (data: object) => {
    const { code, lines, stderr } = await train(data);
    assert.equal(code, 0, stderr);
    const run = readRun(lines.at(-1)!['run'] as string);
    assert.equal(run.state, 'completed');
    assert.ok(Number.isFinite(run.metrics['loss']));
    return { run, events: readEvents(lines.at(-1)!['run'] as string) };
  };

  /** Squares of random colours and sizes, one class a colour. */
  function images(folder: string, sizes: number[]): void {
    for (const [label, colour] of [
      [200, 30, 30],
      [30, 200, 30],
    ].entries())
      for (const [i, size] of sizes.entries()) {
        const png = new PNG({ width: size, height: size });
        for (let at = 0; at < png.data.length; at += 4) png.data.set([...colour, 255], at);
        mkdirSync(path.join(folder, String(label)), { recursive: true });
        writeFileSync(path.join(folder, String(label), `${i}.png`), PNG.sync.write(png));
      }
  }

  it('images of unequal size in an archive are trained on, decoded once, and the scaling is told', async () => {
    workspace = new Workspace();
    images(path.join(workspace.folder, 'set'), [20, 24, 30, 40, 20, 20, 22, 26]);
    execFileSync('tar', ['-czf', path.join(workspace.folder, 'set.tar.gz'), '-C', workspace.folder, 'set']);
    const { run, events } = await trained({ path: 'set.tar.gz', image: { size: 16 } });
    assert.deepEqual([run.dataset?.kind, run.dataset?.shape, run.dataset?.classes], ['image', [16, 16, 3], ['0', '1']]);
    assert.match(JSON.stringify(events), /16 of 16 images have another size than 16 × 16/);
    const cache = path.join(workspace.folder, '.pretrain', 'cache');
    const entries = () => readdirSync(cache).filter((name) => !name.startsWith('.'));
    const before = entries();
    assert.equal(before.length, 1);
    await trained({ path: 'set.tar.gz', image: { size: 16 } });
    assert.deepEqual(entries(), before);
  });

  it('sounds become spectrograms; no speaker is on both sides', async () => {
    workspace = new Workspace();
    await writeSpeech(path.join(workspace.folder, 'speech'), { takes: 2 });
    const { run } = await trained({
      path: 'speech',
      filePattern: '{label}_{speaker}_{index}.wav',
      groups: 'speaker',
      sound: { seconds: 0.5, mels: 20 },
    });
    assert.deepEqual([run.dataset?.kind, run.dataset?.shape[1], run.dataset?.classes?.length], ['sound', 20, 10]);
    // Six speakers: one of them validates.
    assert.equal(run.dataset!.validationCount * 5, run.dataset!.trainingCount);
  });

  it('a table becomes numbers', async () => {
    workspace = new Workspace();
    writeFileSync(path.join(workspace.folder, 'clusters.csv'), clusterCsv(200, 1));
    const { run } = await trained({ path: 'clusters.csv' });
    assert.deepEqual([run.dataset?.kind, run.dataset?.format], ['table', 'csv']);
    assert.equal(run.dataset!.trainingCount + run.dataset!.validationCount, 200);
  });

  it('text is refused in words, before there is a run', async () => {
    workspace = new Workspace();
    writeFileSync(path.join(workspace.folder, 'poem.txt'), 'one line\nand another\n');
    const { code, lines } = await train({ path: 'poem.txt' });
    assert.notEqual(code, 0);
    assert.match(String(lines.at(-1)!['error']), /no method of this version learns from texts/);
    assert.deepEqual(workspace.runFolders(), []);
  });

  it('an image that is cut off stops the run before it trains, or is left out and told', async () => {
    workspace = new Workspace();
    images(path.join(workspace.folder, 'set'), [20, 20, 20, 20, 20, 20]);
    truncateSync(path.join(workspace.folder, 'set', '1', '3.png'), 60);
    const stopped = await train({ path: 'set' });
    assert.notEqual(stopped.code, 0);
    assert.match(String(stopped.lines.at(-1)!['error']), /3\.png cannot be used: .*cut off/);
    assert.deepEqual(workspace.runFolders(), []);
    const { run, events } = await trained({ path: 'set', onError: 'skip' });
    assert.equal(run.dataset!.trainingCount + run.dataset!.validationCount, 11);
    assert.match(JSON.stringify(events), /1 examples? .*cannot be read .*left out \(.*3\.png/);
  });

  it('files that changed since a run began are named when it is resumed', async () => {
    workspace = new Workspace();
    images(path.join(workspace.folder, 'set'), [20, 20, 20, 20, 20, 20]);
    const recipe = path.join(workspace.folder, 'data.pretrain.json');
    writeFileSync(recipe, JSON.stringify({ data: { path: 'set' }, pretrain: { epochs: 100_000, batchSize: 32 } }));
    const trainer = workspace.start(['run', recipe, '--json']);
    const { run } = await trainer.created();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    trainer.child.kill('SIGINT');
    await trainer.ended;
    const file = path.join(workspace.folder, 'set', '0', '2.png');
    writeFileSync(file, readFileSync(path.join(workspace.folder, 'set', '1', '2.png')));
    appendFileSync(path.join(workspace.folder, 'set', '1', '1.png'), Buffer.alloc(1));
    const resumed = workspace.start(['resume', run, '--json']);
    await resumed.created();
    await new Promise((resolve) => setTimeout(resolve, 500));
    resumed.child.kill('SIGINT');
    await resumed.ended;
    const told = readEvents(run)
      .map((event) => JSON.stringify(event))
      .find((text) => /have changed/.test(text));
    assert.match(told ?? '', /0\/2\.png/);
    assert.match(told ?? '', /1\/1\.png/);
  });
});
