import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import { clusterCsv } from '../../src/data/table/clusters.js';
import { writeSpeech } from '../../src/data/sound/synthesize.js';
import { grammarSentences } from '../../src/data/text/grammar.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import type { TokensView } from '../../src/protocol/sample.js';
import type { Recipe } from '../../src/recipe/recipe.js';
import { lastCheckpoint, readEvents, readMetrics, readRun, until, Workspace } from './trainer.js';

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
    const folder = lines.at(-1)!['run'] as string;
    const run = readRun(folder);
    assert.equal(run.state, 'completed');
    assert.ok(Number.isFinite(run.metrics['loss']));
    return { run, folder, events: readEvents(folder) };
  };

  /** Prepared examples; the cache may also know the hashes of files, once these are a few seconds old. */
  function packs(): string[] {
    const cache = path.join(workspace.folder, '.pretrain', 'cache');
    return existsSync(cache)
      ? readdirSync(cache).filter((name) => !name.startsWith('.') && name !== 'hashes.json')
      : [];
  }

  function sentences(folder: string): void {
    const { texts } = grammarSentences(400, 1);
    writeFileSync(path.join(folder, 'sentences.jsonl'), texts.map((text) => `${JSON.stringify({ text })}\n`).join(''));
  }

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
    const before = packs();
    assert.equal(before.length, 1);
    await trained({ path: 'set.tar.gz', image: { size: 16 } });
    assert.deepEqual(packs(), before);
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

  it('texts become bags of words; their tokenizer is kept with the run', async () => {
    workspace = new Workspace();
    sentences(workspace.folder);
    const { run, folder } = await trained({ path: 'sentences.jsonl' });
    const { preparation, shape } = run.dataset!;
    const tokenizer = readFileSync(path.join(folder, 'tokenizer.json'), 'utf8');
    const { size } = new Set(Object.values((JSON.parse(tokenizer) as { model: { vocab: object } }).model.vocab));
    assert.deepEqual([run.dataset?.kind, shape, preparation['features']], ['text', [size], 'bag']);
    assert.equal(preparation['sha256'], createHash('sha256').update(tokenizer).digest('hex'));
    const losses = readMetrics(folder).flatMap(({ values }) => values['validationLoss'] ?? []);
    assert.equal(losses.length, 3);
    assert.ok(losses[2]! < losses[1]! && losses[1]! < losses[0]!, losses.join(', '));
    const { content, shown, texts } = shownTokens(folder);
    assert.equal(content, 'bag');
    assert.ok(shown.length > 10 && shown.every((id) => texts[id]!.trim().length > 0));
  });

  it('a tokenizer.json beside the recipe is taken, copied into the run, and found again when it is gone', async () => {
    workspace = new Workspace();
    sentences(workspace.folder);
    const own = path.join(workspace.folder, 'own.json');
    copyFileSync('test/fixtures/tokenizers/bytePair.json', own);
    const { run, folder } = await trained({ path: 'sentences.jsonl', text: { tokenizer: 'own.json' } });
    assert.deepEqual(run.dataset?.shape, [600]);
    const kept = JSON.parse(readFileSync(path.join(folder, 'tokenizer.json'), 'utf8')) as unknown;
    assert.deepEqual(kept, JSON.parse(readFileSync(own, 'utf8')));
    const recipe = JSON.parse(readFileSync(path.join(folder, 'recipe.json'), 'utf8')) as Recipe;
    assert.equal(recipe.data.text.tokenizer, own, 'absolute, as the path of the data');
  });

  it('ids are refused by a method that learns from quantities, before anything is made', async () => {
    workspace = new Workspace();
    sentences(workspace.folder);
    const { code, lines } = await train({ path: 'sentences.jsonl', text: { features: 'ids' } });
    assert.notEqual(code, 0);
    assert.match(String(lines.at(-1)!['error']), /"Autoencoder" learns from quantities.*"features": "bag"/);
    assert.deepEqual(workspace.runFolders(), []);
    assert.deepEqual(packs(), [], 'nothing was prepared');
    const checked = await workspace.start(['check', 'data.pretrain.json', '--json']).ended;
    const problems = checked.lines[0]!['problems'] as { line: number; column: number; message: string }[];
    const text = readFileSync(path.join(workspace.folder, 'data.pretrain.json'), 'utf8');
    assert.deepEqual(
      problems.map(({ column }) => text.slice(column - 1, column + 4)),
      ['"ids"'],
    );
  });

  it('language models learn from ids; samples hold the text of each token that they show', async () => {
    workspace = new Workspace();
    sentences(workspace.folder);
    for (const [method, causal] of [
      ['maskedLanguageModel', false],
      ['causalLanguageModel', true],
    ] as const) {
      const recipe = path.join(workspace.folder, 'data.pretrain.json');
      const encoder = { type: 'tokenTransformer', width: 16, blocks: 1, causal };
      const data = { path: 'sentences.jsonl', text: { features: 'ids' } };
      writeFileSync(recipe, JSON.stringify({ data, encoder, pretrain: { method, epochs: 2, batchSize: 32 } }));
      const { code, lines, stderr } = await workspace.start(['run', recipe, '--json']).ended;
      assert.equal(code, 0, stderr);
      const folder = lines.at(-1)!['run'] as string;
      const losses = readMetrics(folder).flatMap(({ values }) => values['validationLoss'] ?? []);
      assert.ok(losses[1]! < losses[0]!, losses.join(', '));
      const { shown, texts } = shownTokens(folder);
      assert.ok(shown.length > 0);
      for (const id of shown) assert.ok(texts[id]!.length > 0, `the text of ${id} is there`);
    }
  });

  it('a run on texts that was stopped ends with the same bytes, by the tokenizer that it kept', async () => {
    workspace = new Workspace();
    sentences(workspace.folder);
    const pretrain = { epochs: 40, batchSize: 16 };
    const whole = await train({ path: 'sentences.jsonl' }, pretrain);
    assert.equal(whole.code, 0, whole.stderr);
    const trainer = workspace.start(['run', 'data.pretrain.json', '--json']);
    const { run } = await trainer.created();
    await until(() => readdirSync(path.join(run, 'checkpoints')).some((name) => !name.startsWith('.')), trainer.ended);
    trainer.child.kill('SIGINT');
    await trainer.ended;
    assert.equal(readRun(run).state, 'stopped');
    const tokenizer = path.join(run, 'tokenizer.json');
    const content = readFileSync(tokenizer, 'utf8');
    for (const [wrong, says] of [
      [null, /tokenizer of this run, .*, is missing/],
      [content.replace('alarm', 'alert'), /SHA-256 differs/],
    ] as const) {
      if (wrong === null) rmSync(tokenizer);
      else writeFileSync(tokenizer, wrong);
      const { code, lines } = await workspace.start(['resume', run, '--json']).ended;
      assert.notEqual(code, 0);
      assert.match(String(lines.at(-1)!['error']), says);
    }
    writeFileSync(tokenizer, content);
    const { code, stderr } = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(code, 0, stderr);
    const [a, b] = [lastCheckpoint(whole.lines.at(-1)!['run'] as string), lastCheckpoint(run)];
    assert.equal(b.step, a.step);
    assert.ok(a.weights.equals(b.weights) && a.optimizer.equals(b.optimizer));
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
    const told = await until(
      () =>
        readEvents(run)
          .map((event) => JSON.stringify(event))
          .find((text) => text.includes('have changed')),
      resumed.ended,
    );
    resumed.child.kill('SIGINT');
    await resumed.ended;
    assert.match(told, /0\/2\.png/);
    assert.match(told, /1\/1\.png/);
  });
});

/** Ids of the tokens that a run's last sample shows, and the texts that it holds of them. */
function shownTokens(folder: string): { content: string; shown: number[]; texts: Record<string, string> } {
  const sample = readdirSync(path.join(folder, 'samples')).sort().at(-1)!;
  const { tensors, metadata } = decodeSafetensors(readFileSync(path.join(folder, 'samples', sample)));
  const [view] = JSON.parse(metadata['views']!) as TokensView[];
  const shown = [view!.input, view!.output].flatMap((name) => Array.from(tensors[name]!.data)).filter((id) => id >= 0);
  return { content: view!.content, shown, texts: JSON.parse(metadata['tokens']!) as Record<string, string> };
}
