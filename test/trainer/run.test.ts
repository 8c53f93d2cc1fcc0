import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import type { Recipe } from '../../src/recipe/recipe.js';
import type { SampleView } from '../../src/protocol/sample.js';
import { lastCheckpoint, readEvents, readMetrics, readRun, Workspace } from './trainer.js';

describe('pretrain run', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  it('pretrains, ends with code 0 and a summary, and leaves a complete run folder', async () => {
    workspace = new Workspace();
    const { code, lines, stderr } = await workspace.run().ended;
    assert.equal(code, 0, stderr);
    const summary = lines.at(-1)!;
    const folder = summary['run'] as string;
    assert.equal(workspace.runFolders()[0], folder);
    for (const [field, value] of Object.entries({
      stage: 'pretrain',
      method: 'autoencoder',
      seed: 1,
      epochs: 3,
      steps: 24,
    }))
      assert.equal(summary[field], value, field);

    const run = readRun(folder);
    assert.equal(run.state, 'completed');
    assert.equal(run.parameters, 784 * 32 + 32 + 32 * 784 + 784);
    assert.equal(run.summary, 'Autoencoder 784 → 32 → 784 · binary cross-entropy');
    assert.deepEqual([run.step, run.epoch, run.stepsPerEpoch, run.pid, run.address], [24, 3, 8, null, null]);
    assert.deepEqual(
      [run.dataset!.trainingCount, run.dataset!.validationCount, run.dataset!.shape],
      [1024, 1000, [28, 28, 1]],
    );
    assert.match(run.dataset!.fingerprint, /^sha256:[0-9a-f]{64}$/);

    const metrics = readMetrics(folder);
    const steps = metrics.filter(({ values }) => values['loss'] !== undefined);
    assert.deepEqual(
      steps.map(({ step }) => step),
      Array.from({ length: 24 }, (_, i) => i + 1),
    );
    const epochs = metrics.filter(({ values }) => values['validationLoss'] !== undefined);
    assert.deepEqual(
      epochs.map(({ step, epoch }) => [step, epoch]),
      [
        [8, 1],
        [16, 2],
        [24, 3],
      ],
    );
    assert.ok(epochs[2]!.values['validationLoss']! < epochs[0]!.values['validationLoss']!, 'it learned');
    assert.deepEqual(summary['metrics'], run.metrics);

    const events = readEvents(folder);
    assert.deepEqual(
      events.filter(({ type }) => type === 'checkpoint').map(({ step }) => step),
      [8, 16, 24],
    );
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'state' ? [event.state] : [])),
      ['running', 'completed'],
    );
    assert.deepEqual(
      readdirSync(path.join(folder, 'checkpoints'))
        .map(Number)
        .sort((a, b) => a - b),
      [8, 16, 24],
    );
    assert.ok(existsSync(path.join(folder, 'recipe.json')));
    assert.equal(
      (JSON.parse(readFileSync(path.join(folder, 'recipe.json'), 'utf8')) as Recipe).pretrain.optimizer.epsilon,
      1e-7,
      'defaults are filled in',
    );
    assert.ok(existsSync(path.join(folder, 'reconstructions.png')));
    assert.equal(readFileSync(path.join(workspace.folder, '.pretrain/.gitignore'), 'utf8'), '*\n');
  });

  it("writes weights in Keras' layouts under their names, and reconstructions that come closer to the input", async () => {
    workspace = new Workspace({}, { epochs: 12 });
    await workspace.run().ended;
    const [folder] = workspace.runFolders() as [string];
    const { tensors } = decodeSafetensors(lastCheckpoint(folder).weights);
    assert.deepEqual(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])), {
      'encoder/dense_1/kernel': [784, 32],
      'encoder/dense_1/bias': [32],
      'decoder/dense_1/kernel': [32, 784],
      'decoder/dense_1/bias': [784],
    });
    const samples = readdirSync(path.join(folder, 'samples')).sort();
    assert.deepEqual(
      samples.map((name) => parseInt(name)),
      [0, 1, 2, 4, ...Array.from({ length: 12 }, (_, epoch) => 8 * (epoch + 1))],
    );
    const errors = samples.map((name) => {
      const { tensors, metadata } = decodeSafetensors(readFileSync(path.join(folder, 'samples', name)));
      const view = (JSON.parse(metadata['views']!) as SampleView[]).find(({ kind }) => kind === 'reconstruction');
      assert.ok(view?.kind === 'reconstruction');
      const [input, output] = [tensors[view.input]!, tensors[view.output]!];
      assert.deepEqual(input.shape, [10, 28, 28, 1]);
      const differences = Array.from(input.data, (pixel, i) => Math.abs(pixel - output.data[i]!));
      return differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    });
    assert.ok(
      errors.at(-1)! < errors[0]! / 2,
      `mean absolute errors ${errors.map((error) => error.toFixed(1)).join(', ')}`,
    );
  });

  it('prints a line an epoch for people who look at no terminal, and where the run is', async () => {
    workspace = new Workspace();
    const { stdout, code } = await workspace.start(['run', workspace.recipe, '--epochs', '1']).ended;
    assert.equal(code, 0);
    assert.match(stdout, /epoch 1\/1 · loss 0\.\d{4} · validation 0\.\d{4}/);
    assert.match(
      stdout,
      /Done: loss .* after 1 epoch in .*\nReconstructions: .*reconstructions\.png\nRun: \.pretrain\/runs\//,
    );
  });

  it('takes data, epochs and engine from the command line', async () => {
    workspace = new Workspace();
    const made = await workspace.start(['sample', 'digits', 'made', '--json']).ended;
    assert.equal(made.code, 0, made.stderr);
    const { lines } = await workspace.run(
      '--data',
      path.join(workspace.folder, 'made'),
      '--epochs',
      '1',
      '--engine',
      'wasm',
    ).ended;
    const summary = lines.at(-1)!;
    assert.deepEqual([summary['epochs'], summary['engine']], [1, 'wasm']);
    assert.equal(readRun(summary['run'] as string).dataset!.format, 'idx');
  });

  it('lists the runs of a workspace, and of a folder that was given with --out', async () => {
    workspace = new Workspace();
    await workspace.run('--epochs', '1', '--out', 'mine').ended;
    for (const [args, count] of [
      [['mine'], 1],
      [['.'], 0],
    ] as [string[], number][]) {
      const { lines } = await workspace.start(['runs', ...args, '--json']).ended;
      assert.equal((lines[0]!['runs'] as unknown[]).length, count, args.join());
    }
    const [run = ''] = readdirSync(path.join(workspace.folder, 'mine'));
    const other = path.join(workspace.folder, 'mine', 'other');
    cpSync(path.join(workspace.folder, 'mine', run), other, { recursive: true });
    const record = { ...readRun(other), name: 'a-much-longer-name-than-that-of-digits', epochs: 10_000, metrics: {} };
    writeFileSync(path.join(other, 'run.json'), JSON.stringify(record));
    const { stdout } = await workspace.start(['runs', 'mine']).ended;
    const places = stdout
      .trim()
      .split('\n')
      .map((line) => [line.indexOf('epoch '), line.indexOf('mine')]);
    assert.equal(places.length, 2);
    assert.deepEqual(places[0], places[1], stdout);
  });

  it('is a program of its own, which tells its version', function () {
    if (process.platform === 'win32') this.skip();
    workspace = new Workspace();
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.equal(execFileSync('dist/trainer.js', ['--version'], { encoding: 'utf8' }), `${version}\n`);
  });
});
