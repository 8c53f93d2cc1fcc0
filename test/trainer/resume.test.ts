import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { engineNames } from '../../src/learn/engine/index.js';
import { addressOf } from '../../src/trainer/control.js';
import {
  Client,
  lastCheckpoint,
  readEvents,
  readRun,
  stopAfter,
  stopped,
  until,
  Workspace,
  written,
} from './trainer.js';

describe('pretrain resume', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  /** A run that was stopped after its first steps, long before its end. */
  async function stoppedRun(): Promise<string> {
    workspace = Workspace.copyOf(await stopped());
    return workspace.runFolders()[0]!;
  }

  for (const engine of engineNames)
    it(`on ${engine}: a run that was stopped in the middle ends with the same bytes as one that was not`, async function () {
      // Steps take long enough on each engine to be stopped in time: larger batches where the engine is fast.
      workspace = new Workspace(
        { data: { path: 'sample:digits', limit: engine === 'cpu' ? 256 : 2048, validation: 'test' } },
        { epochs: engine === 'cpu' ? 4 : 15, batchSize: engine === 'cpu' ? 32 : 128 },
      );
      const whole = await workspace.run('--engine', engine).ended;
      if (engine === 'tensorflow' && whole.code !== 0) {
        console.log(
          `      skipped: the tensorflow engine does not load here (${String(whole.lines.at(-1)?.['error'])})`,
        );
        return this.skip();
      }
      assert.equal(whole.code, 0, JSON.stringify(whole.lines.at(-1)!));
      const run = await stopAfter(5, workspace, '--engine', engine);
      const stopped = readRun(run);
      assert.equal(stopped.state, 'stopped');
      const resumed = await workspace.start(['resume', run, '--json']).ended;
      assert.equal(resumed.code, 0, JSON.stringify(resumed.lines.at(-1)!));
      const [a, b] = [lastCheckpoint(whole.lines.at(-1)!['run'] as string), lastCheckpoint(run)];
      assert.equal(b.step, a.step);
      assert.ok(a.weights.equals(b.weights), 'weights');
      assert.ok(a.optimizer.equals(b.optimizer), 'optimizer state');
      assert.equal(
        readRun(run).metrics['validationLoss'],
        readRun(whole.lines.at(-1)!['run'] as string).metrics['validationLoss'],
      );
      console.log(`      stopped at step ${stopped.step} of ${Number(a.step)}`);
    });

  it('goes on after the process was killed: at most the time since the last checkpoint is lost, the end is the same', async () => {
    workspace = new Workspace(
      { data: { path: 'sample:digits', limit: 2048, validation: 'test' } },
      { epochs: 12, batchSize: 64 },
    );
    const whole = await workspace.run().ended;
    assert.equal(whole.code, 0, JSON.stringify(whole.lines.at(-1)!));
    const trainer = workspace.run();
    const { run } = await trainer.created();
    await until(
      () => readdirSync(path.join(run, 'checkpoints')).filter((name) => !name.startsWith('.')).length >= 2,
      trainer.ended,
    );
    trainer.child.kill('SIGKILL');
    await trainer.ended;
    assert.equal(readRun(run).state, 'running', 'nobody could write down that it ended');
    const { lines: listed } = await workspace.start(['runs', '--json']).ended;
    const states = (listed[0]!['runs'] as { run: string; state: string }[]).map(({ state }) => state);
    assert.deepEqual(states.sort(), ['completed', 'interrupted']);
    appendFileSync(path.join(run, 'metrics.jsonl'), '{"step":77,"epo'); // as a power cut leaves it

    const resumed = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(resumed.code, 0, JSON.stringify(resumed.lines.at(-1)!));
    assert.ok(lastCheckpoint(run).weights.equals(lastCheckpoint(whole.lines.at(-1)!['run'] as string).weights));
    const broken = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith('}'));
    assert.deepEqual(broken, ['{"step":77,"epo'], 'the half line stands alone');
  });

  it('takes an older checkpoint when the newest cannot be read, and says so', async () => {
    workspace = new Workspace({}, { epochs: 40 });
    const run = await stopAfter(40, workspace);
    const { step } = lastCheckpoint(run);
    const file = path.join(run, 'checkpoints', step, 'weights.safetensors');
    writeFileSync(file, readFileSync(file).subarray(0, 1000));
    const { code } = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(code, 0);
    assert.ok(
      readEvents(run).some(
        (event) => event.type === 'diagnosis' && event.message.includes(step) && /cut off/.test(event.message),
      ),
    );
  });

  const refused: [string, (run: string) => void, RegExp][] = [
    [
      'there is no checkpoint',
      (run) => rmSync(path.join(run, 'checkpoints'), { recursive: true }),
      /has no checkpoint/,
    ],
    [
      'a newer version wrote the run',
      (run) => writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...readRun(run), format: 99 })),
      /newer version \(format 99/,
    ],
    ['its record is damaged', (run) => writeFileSync(path.join(run, 'run.json'), '{"format":1,'), /damaged/],
    [
      'it is complete',
      (run) => writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...readRun(run), state: 'completed' })),
      /completed: there is nothing to resume/,
    ],
    ['its recipe is damaged', (run) => writeFileSync(path.join(run, 'recipe.json'), 'x'), /recipe\.json/],
    [
      'its recipe has lost a part',
      (run) => writeFileSync(path.join(run, 'recipe.json'), '{"data":{"path":"x","image":{}}}'),
      /recipe\.json .*"encoder"/,
    ],
    ['the folder is none', (run) => rmSync(run, { recursive: true }), /is not a run folder/],
  ];
  for (const [what, spoil, message] of refused)
    it(`refuses, and says why, when ${what}`, async () => {
      const run = await stoppedRun();
      spoil(run);
      const { code, lines } = await workspace.start(['resume', run, '--json']).ended;
      assert.equal(code, 1);
      assert.match(lines.at(-1)!['error'] as string, message);
    });

  for (const name of ['metrics.jsonl', 'events.jsonl', 'trainer.log', 'checkpoints'])
    it(`refuses a run whose ${name} is a symbolic link, and writes nothing to where it leads`, async function () {
      if (process.platform === 'win32') return this.skip();
      const run = await stoppedRun();
      const file = path.join(run, name);
      const elsewhere = path.join(workspace.folder, 'elsewhere');
      if (existsSync(file)) renameSync(file, elsewhere);
      else writeFileSync(elsewhere, '');
      symlinkSync(elsewhere, file);
      const before = statSync(elsewhere).mtimeMs;
      const { code, lines } = await workspace.start(['resume', run, '--json']).ended;
      assert.equal(code, 1);
      assert.equal(lines.at(-1)!['file'], file);
      assert.match(lines.at(-1)!['error'] as string, /is a symbolic link: going on with this run would write/);
      assert.equal(statSync(elsewhere).mtimeMs, before);
    });

  it('refuses a network that the checkpoint is not of, naming file and parameter, and trains nothing', async () => {
    const run = await stoppedRun();
    const file = path.join(run, 'recipe.json');
    const recipe = JSON.parse(readFileSync(file, 'utf8')) as { encoder: { units: number[] } };
    recipe.encoder.units = [16];
    writeFileSync(file, JSON.stringify(recipe));
    const { code, lines } = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(code, 1);
    assert.match(
      lines.at(-1)!['error'] as string,
      /weights\.safetensors does not fit .*recipe\.json: encoder\/dense_1\/kernel has shape \[784, 32\] instead of \[784, 16\]/,
    );
    assert.ok(!existsSync(path.join(run, 'trainer.log')), 'it was foreseen');
  });

  it('asks nobody but the trainer of its own folder, whatever address the record names', async function () {
    if (process.platform === 'win32') return this.skip();
    const run = await stoppedRun();
    let asked = 0;
    const foreign = path.join(workspace.folder, 'foreign.sock');
    const other = net.createServer((socket) => socket.destroy() && asked++).listen(foreign);
    await once(other, 'listening');
    try {
      for (const address of [foreign, '/no/such.sock', '80', '\\\\host\\pipe\\x', 7 as unknown as string]) {
        writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...readRun(run), state: 'running', address }));
        const { lines } = await workspace.start(['runs', '--json']).ended;
        assert.equal((lines[0]!['runs'] as { state: string }[])[0]!.state, 'interrupted', address);
      }
      writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...readRun(run), address: foreign }));
      assert.equal((await workspace.run('--epochs', '1').ended).code, 0, 'no second run of the recipe');
      const recipe = path.join(run, 'recipe.json');
      writeFileSync(recipe, readFileSync(recipe, 'utf8').replace('"epochs": 100000', '"epochs": 2')); // it has an end
      const { code, lines } = await workspace.start(['resume', run, '--json']).ended;
      assert.equal(code, 0, JSON.stringify(lines.at(-1)));
      assert.equal(asked, 0);
    } finally {
      other.close();
    }
  });

  it('stops promptly while it waits for the data, and can be resumed again', async () => {
    const run = await stoppedRun();
    const { step } = readRun(run);
    const trainer = workspace.start(['resume', run, '--json']);
    const { address } = await trainer.created();
    const client = new Client(address);
    await until(() => client.of('progress').some(({ message }) => /Reading/.test(message)), trainer.ended);
    await client.request({ type: 'stop' });
    const { code, lines } = await trainer.ended;
    client.close();
    assert.equal(code, 130);
    assert.match(lines.at(-1)!['error'] as string, /^Stopped before training began/);
    assert.ok(!lines.some(({ fraction }) => fraction === 1), 'it did not read on to the end');
    const record = readRun(run);
    assert.deepEqual([record.state, record.step, record.error, record.address], ['stopped', step, null, null]);
    const again = workspace.start(['resume', run, '--json']);
    const second = new Client((await again.created()).address);
    await until(() => (second.run?.step ?? 0) > step, again.ended);
    second.close();
  });

  it('removes what killed trainers left half written', async () => {
    const run = await stoppedRun();
    const left = ['checkpoints/.00000099.123456.tmp', '.run.json.123456.tmp'].map((name) => path.join(run, name));
    for (const folder of left) mkdirSync(folder);
    const trainer = workspace.start(['resume', run, '--json']);
    await trainer.created();
    assert.deepEqual(left.filter(existsSync), []);
  });

  it('refuses a second trainer of one run', async () => {
    const run = await stoppedRun();
    const first = workspace.start(['resume', run, '--json']);
    await first.created();
    const second = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(second.code, 1);
    assert.match(second.lines.at(-1)!['error'] as string, /being trained already/);
    first.child.kill('SIGINT');
    assert.equal((await first.ended).code, 130, 'the first was not disturbed');
  });

  it('touches nothing of a run that another trainer has just taken up, before its record tells so', async () => {
    const run = await stoppedRun();
    const address = await addressOf(run);
    const other = net.createServer().listen(address);
    await once(other, 'listening');
    try {
      const files = ['run.json', 'events.jsonl', 'metrics.jsonl'].map((name) => path.join(run, name));
      const before = files.map((file) => readFileSync(file, 'utf8'));
      const { code, lines } = await workspace.start(['resume', run, '--json']).ended;
      assert.equal(code, 1);
      assert.match(lines.at(-1)!['error'] as string, /being trained already/);
      assert.deepEqual(
        files.map((file) => readFileSync(file, 'utf8')),
        before,
      );
      if (process.platform !== 'win32') assert.ok(existsSync(address), 'the other one can still be reached');
    } finally {
      other.close();
    }
  });

  it('tells when the data have changed since the run began', async () => {
    workspace = Workspace.copyOf(await written());
    workspace.write({ data: { path: 'made', limit: 1024 }, pretrain: { epochs: 1000, batchSize: 128 } });
    const run = await stopAfter(1, workspace);
    const labels = path.join(workspace.folder, 'made/train-labels-idx1-ubyte.gz');
    rmSync(labels);
    rmSync(path.join(workspace.folder, 'made/t10k-labels-idx1-ubyte.gz'));
    const trainer = workspace.start(['resume', run, '--json']);
    await trainer.created();
    await until(
      () =>
        readEvents(run).some(
          (event) => event.type === 'diagnosis' && /have changed since this run began/.test(event.message),
        ),
      trainer.ended,
    );
  });
});
