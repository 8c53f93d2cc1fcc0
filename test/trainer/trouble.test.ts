import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { float32, npy } from '../unit/data/make.js';
import { Client, lastCheckpoint, readRun, until, Workspace, written } from './trainer.js';

/** Each thing that can be wrong: one clear message with its place, and no damaged run. */
describe('trouble', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  beforeEach(() => (workspace = new Workspace()));
  afterEach(() => workspace.remove());

  async function failing(
    ...args: string[]
  ): Promise<{ error: string; file?: string; line?: number; column?: number; advice?: string }> {
    const { code, lines, stderr } = await workspace.run(...args).ended;
    assert.equal(code, 1);
    assert.equal(stderr, '', 'the message is the JSON line alone');
    const last = lines.at(-1) as unknown as { error: string };
    assert.doesNotMatch(last.error, /\bat \S+:\d+:\d+|undefined|\[object/, 'no stack, no raw value');
    return last;
  }

  const recipes: [string, string, RegExp, number][] = [
    [
      'has a typo',
      '{\n  "data": { "path": "sample:digits" },\n  "pretrain": { "epoch": 3 }\n}',
      /"epoch" is not .*epochs/,
      3,
    ],
    [
      'has a bad value',
      '{\n  "data": { "path": "sample:digits" },\n  "pretrain": {\n    "epochs": -3\n  }\n}',
      /epochs.*-3/,
      4,
    ],
    ['is broken JSON', '{\n  "data": { "path": "sample:digits"\n}', /./, 3],
    ['is empty', '', /./, 1],
    ['is no object', '[1, 2]', /./, 1],
  ];
  for (const [what, text, message, line] of recipes)
    it(`a recipe that ${what} is named with file and line`, async () => {
      workspace.write(text);
      const { error, file, line: told } = await failing();
      assert.match(error, message);
      assert.equal(file, workspace.recipe);
      assert.equal(told, line);
      assert.deepEqual(workspace.runFolders(), [], 'no run was begun');
    });

  it('a recipe that is not there is named', async () => {
    rmSync(workspace.recipe);
    const { error, file } = await failing();
    assert.match(error, /There is no recipe .*digits\.pretrain\.json/);
    assert.equal(file, workspace.recipe);
  });

  const made = (name: string) => path.join(workspace.folder, 'made', name);
  const data: [string, (folder: string) => void, RegExp][] = [
    ['is missing', (folder) => rmSync(folder, { recursive: true }), /made/],
    [
      'is an empty folder',
      (folder) => readdirSync(folder).forEach((name) => rmSync(path.join(folder, name))),
      /empty folder/,
    ],
    [
      'is a folder of something else',
      (folder) => {
        for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
        writeFileSync(path.join(folder, 'notes.md'), 'x');
      },
      /no dataset/,
    ],
    [
      'has an empty file',
      () => writeFileSync(made('train-images-idx3-ubyte.gz'), ''),
      /train-images-idx3-ubyte\.gz.*empty/,
    ],
    [
      'is cut off',
      () =>
        writeFileSync(
          made('train-images-idx3-ubyte.gz'),
          readFileSync(made('train-images-idx3-ubyte.gz')).subarray(0, 5000),
        ),
      /train-images-idx3-ubyte\.gz/,
    ],
    [
      'has a wrong magic number',
      () => writeFileSync(made('train-images-idx3-ubyte.gz'), Buffer.from('1f8b0800000000000003', 'hex')),
      /train-images-idx3-ubyte\.gz/,
    ],
    [
      'has a value that is no number',
      (folder) => {
        for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
        writeFileSync(path.join(folder, 'x.npy'), npy('<f4', [2, 4], float32([1, 2, 3, 4, 5, NaN, 7, 8])));
      },
      /x\.npy.*NaN/,
    ],
    ['has labels without images', () => rmSync(made('train-images-idx3-ubyte.gz')), /made|train/],
    [
      'has fewer labels than images',
      () => writeFileSync(made('train-labels-idx1-ubyte.gz'), readFileSync(made('t10k-labels-idx1-ubyte.gz'))),
      /labels/,
    ],
  ];
  for (const [what, spoil, message] of data)
    it(`data that ${what} is named, and no run is begun`, async () => {
      await workspace.remove();
      workspace = Workspace.copyOf(await written());
      workspace.write({ data: { path: 'made' }, pretrain: { epochs: 1 } });
      spoil(path.join(workspace.folder, 'made'));
      const { error, file } = await failing();
      assert.match(error, message);
      assert.ok(file?.startsWith(path.join(workspace.folder, 'made')), `file is ${file}`);
      assert.deepEqual(workspace.runFolders(), [], 'no run was begun');
    });

  it('a run folder that cannot be made is named with the reason', async () => {
    const out = path.join(workspace.folder, 'a-file');
    writeFileSync(out, '');
    const { error, file } = await failing('--out', path.join(out, 'runs'));
    assert.match(error, /a-file.* a file stands where a folder is needed/);
    assert.ok(file?.startsWith(out));
  });

  it('a second run of a recipe at once is refused, and allowed with --parallel; neither harms the first', async () => {
    workspace.write({ data: { path: 'sample:digits' }, pretrain: { epochs: 100_000 } });
    const first = workspace.run();
    const { run, address } = await first.created();
    const { error, advice } = await failing();
    assert.match(error, /digits\.pretrain\.json is being trained already/);
    assert.match(advice!, /--parallel/);
    const both = await workspace.run('--parallel', '--epochs', '1').ended;
    assert.equal(both.code, 0);
    const client = new Client(address);
    await until(() => client.run?.state === 'running');
    await client.request({ type: 'stop' });
    await first.ended;
    assert.equal(readRun(run).state, 'stopped');
    client.close();
  });

  it('a full disk ends the run with a message, and what was computed before can be resumed', async function () {
    workspace.write({ data: { path: 'sample:digits' }, pretrain: { epochs: 100_000 } });
    const trainer = workspace.run();
    const { run, address } = await trainer.created();
    const client = new Client(address);
    await until(() => client.of('metrics').length > 2, trainer.ended);
    await client.request({ type: 'stop' });
    await trainer.ended;
    client.close();
    const { step } = lastCheckpoint(run);
    const metrics = path.join(run, 'metrics.jsonl');
    try {
      execFileSync('mount', ['--bind', '/dev/full', metrics], { stdio: 'ignore' }); // every write there fails as on a full disk
    } catch {
      console.log('      skipped: /dev/full can be put in the place of a file by root on Linux only');
      return this.skip();
    }
    const { code, lines } = await workspace
      .start(['resume', run, '--json'])
      .ended.finally(() => execFileSync('umount', [metrics]));
    assert.equal(code, 1);
    const { error, advice } = lines.at(-1) as { error: string; advice: string };
    assert.match(error, /metrics\.jsonl could not be written: the disk is full/);
    assert.match(advice, /Free some space, then resume/);
    assert.equal(readRun(run).state, 'failed');
    assert.ok(Number(lastCheckpoint(run).step) >= Number(step));
    const again = workspace.start(['resume', run, '--json']);
    const second = new Client((await again.created()).address);
    await until(() => second.run?.state === 'running' && second.of('metrics').length > 0, again.ended);
    await second.request({ type: 'stop' });
    assert.equal((await again.ended).code, 130);
    second.close();
  });

  it('a disk that fills up while a checkpoint is written leaves the checkpoint before whole', async function () {
    const disk = path.join(workspace.folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      console.log('      skipped: a small file system can be mounted by root on Linux only');
      return this.skip();
    }
    try {
      workspace.write({ data: { path: 'sample:digits' }, pretrain: { epochs: 100_000, keepCheckpoints: 10 } });
      const { error } = await failing('--out', path.join(disk, 'runs'));
      assert.match(error, /could not be written: the disk is full/);
      assert.ok(statfsSync(disk).bavail < 700, 'the disk is nearly full');
      const run = path.join(disk, 'runs', readdirSync(path.join(disk, 'runs'))[0]!);
      assert.ok(lastCheckpoint(run).weights.length > 200_000, 'the last complete checkpoint is there');
      assert.deepEqual(
        readdirSync(path.join(run, 'checkpoints')).filter((name) => name.startsWith('.')),
        [],
        'nothing half written',
      );
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('an engine that does not load is told, and "auto" goes on with the next, saying so', async () => {
    const env = { PRETRAIN_NATIVE_DIR: '/nowhere', XDG_CACHE_HOME: '/nowhere', HOME: '/nowhere' };
    const none = await workspace.start(['run', workspace.recipe, '--json', '--engine', 'tensorflow'], { env }).ended;
    assert.match(
      none.lines.at(-1)!['error'] as string,
      /"tensorflow" does not load here.*not installed.*Install Native Engine/,
    );
    const next = await workspace.start(['run', workspace.recipe, '--json', '--epochs', '1'], { env }).ended;
    assert.equal(next.code, 0);
    assert.equal(next.lines.at(-1)!['engine'], 'wasm');
    assert.match(
      readFileSync(path.join(next.lines.at(-1)!['run'] as string, 'events.jsonl'), 'utf8'),
      /runs on the slower engine wasm/,
    );
  });

  it('a run that is stopped while it prepares ends without a run folder', async () => {
    const trainer = workspace.run();
    await until(() =>
      trainer.lines.some(({ type, message }) => type === 'progress' && /Reading/.test(String(message))),
    );
    trainer.child.kill('SIGINT');
    const { code, lines } = await trainer.ended;
    assert.equal(code, 130);
    assert.match(lines.at(-1)!['error'] as string, /^Stopped before training began\.$/);
    assert.ok(!lines.some(({ fraction }) => fraction === 1), 'it did not read on to the end');
    assert.deepEqual(workspace.runFolders(), []);
  });

  it('words that are no command or option are answered with what there is', async () => {
    for (const [args, message] of [
      [['trian', 'x'], /no command "trian".*run, finetune, efficiency, resume/],
      [['run'], /^Usage: pretrain run RECIPE\. "(node .*trainer\.js|npx .*pretrain) run --help" says more/],
      [['run', workspace.recipe, 'extra'], /"pretrain run" has no use for "extra"\. Usage: pretrain run RECIPE\./],
      [['engines', 'all', 'of them'], /has no use for "all", "of them"\. Usage: pretrain engines\./],
      [['runs', '/nope'], /There is no folder .*nope\./],
      [['runs', workspace.recipe], /digits\.pretrain\.json is a file, not a folder\./],
      [['run', 'x', '--epoks', '3'], /Unknown option '--epoks'/],
      [['run', workspace.recipe, '--epochs', 'many'], /--epochs must be a whole number.*"many"/],
      [['run', workspace.recipe, '--engine', 'cuda'], /no engine "cuda".*tensorflow/],
      [['run', workspace.recipe, '--data', 'nowhere'], /no file or folder .*nowhere.*starts at the current folder/],
    ] as [string[], RegExp][]) {
      const { code, stderr } = await workspace.start(args).ended;
      assert.notEqual(code, 0);
      assert.match(stderr, message);
    }
  });

  it('names that would steer the terminal are printed without doing so', async () => {
    const run = path.join(workspace.folder, '.pretrain/runs/hostile');
    mkdirSync(run, { recursive: true });
    const record = { format: 1, id: 'x', step: 0, state: 'completed', address: null, metrics: {}, epoch: 0, epochs: 1 };
    writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...record, name: 'a\u001b]0;title\u0007b\u009b31m' }));
    const { stdout } = await workspace.start(['runs']).ended;
    assert.ok(stdout.includes('a\ufffd]0;title\ufffdb\ufffd31m'), JSON.stringify(stdout));
    const { stderr } = await workspace.start(['run', 'no\u001b[2Jne.pretrain.json']).ended;
    assert.match(stderr, /no\ufffd\[2Jne\.pretrain\.json/);
  });
});
