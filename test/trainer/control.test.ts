import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Client, lastCheckpoint, readEvents, readMetrics, readRun, until, Workspace } from './trainer.js';

/** Long enough to steer in the middle; each test stops it. */
const long = { epochs: 100_000 };

describe('a run that is steered', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  let client: Client | undefined;
  beforeEach(() => (workspace = new Workspace({}, long)));
  afterEach(async () => {
    client?.close();
    await workspace.remove();
  });

  async function running() {
    const trainer = workspace.run();
    const { run, address } = await trainer.created();
    client = new Client(address);
    const steered = client;
    await until(() => steered.of('metrics').length > 0, trainer.ended);
    return { trainer, run, address, client: steered };
  }

  it('pushes exactly the lines that stand in the files, from the place that its greeting tells', async () => {
    const { trainer, run, address, client } = await running();
    await until(() => client.of('metrics').length > 5);
    const late = new Client(address);
    await until(() => late.of('metrics').length > 3);
    await late.request({ type: 'stop' });
    await trainer.ended;
    for (const watcher of [client, late]) {
      const { offsets } = watcher.of('hello')[0]!;
      for (const type of ['metrics', 'events'] as const) {
        const pushed = watcher.of(type).flatMap(({ lines }) => lines.map((line) => line + '\n'));
        assert.equal(
          pushed.join(''),
          readFileSync(path.join(run, `${type}.jsonl`))
            .subarray(offsets[type])
            .toString(),
        );
      }
    }
    assert.ok(late.of('hello')[0]!.offsets.metrics > 100, 'the late one did not get what was there before');
    late.close();
  });

  it('pauses between two steps, draws a sample meanwhile, and goes on', async () => {
    const { run, client } = await running();
    await client.request({ type: 'pause' });
    const { step } = await until(() =>
      client.events.find((event) => event.type === 'state' && event.state === 'paused'),
    );
    assert.equal(client.run!.state, 'paused');
    await until(() => readMetrics(run).at(-1)!.step === step); // the two files are written independently
    const lines = readMetrics(run).length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(readMetrics(run).length, lines, 'no step was made');

    await client.request({ type: 'sample' });
    await until(() => client.events.some((event) => event.type === 'sample' && event.step === step));
    assert.ok(existsSync(path.join(run, 'samples', `${String(step).padStart(8, '0')}.safetensors`)));

    await client.request({ type: 'resume' });
    await until(() => client.events.filter((event) => event.type === 'state').at(-1)?.state === 'running');
    await until(() => readMetrics(run).length > lines);
    assert.ok(
      readMetrics(run).at(-1)!.time < readMetrics(run)[lines - 1]!.time + 0.45,
      'the pause is not counted as training',
    );
  });

  it('changes the learning rate between two steps and writes it down', async () => {
    const { run, client } = await running();
    await client.request({ type: 'setLearningRate', learningRate: 0.0005 });
    const change = await until(() => client.events.find(({ type }) => type === 'change'));
    assert.deepEqual(
      { ...change, at: '', step: 0, epoch: 0 },
      { type: 'change', name: 'learningRate', from: 0.001, to: 0.0005, at: '', step: 0, epoch: 0 },
    );
    await until(() => readRun(run).learningRate === 0.0005);
  });

  for (const learningRate of [0, -1, null as unknown as number, 'fast' as unknown as number])
    it(`refuses the learning rate ${learningRate} with a reason`, async () => {
      const { client } = await running();
      await assert.rejects(client.request({ type: 'setLearningRate', learningRate }), /must be a number above 0/);
    });

  it('stops with a checkpoint of the last step, and says how it ended', async () => {
    const { trainer, run, client } = await running();
    await client.request({ type: 'stop' });
    const { code, lines } = await trainer.ended;
    assert.equal(code, 130);
    const record = readRun(run);
    assert.equal(record.state, 'stopped');
    assert.equal(Number(lastCheckpoint(run).step), record.step);
    assert.equal(lines.at(-1)!['steps'], record.step);
    assert.equal(readMetrics(run).at(-1)!.step, record.step);
  });

  it('stops while it is paused', async () => {
    const { trainer, run, client } = await running();
    await client.request({ type: 'pause' });
    await until(() => client.run!.state === 'paused');
    await client.request({ type: 'stop' });
    await trainer.ended;
    assert.equal(readRun(run).state, 'stopped');
    const states = readEvents(run).flatMap((event) => (event.type === 'state' ? [event.state] : []));
    assert.deepEqual(states, ['running', 'paused', 'stopped'], 'it did not go on in between');
  });

  it('stops with a checkpoint on Ctrl-C', async () => {
    const { trainer, run } = await running();
    trainer.child.kill('SIGINT');
    const { code, signal, stderr } = await trainer.ended;
    assert.equal(code, 130, `${signal} ${stderr}`);
    assert.equal(readRun(run).state, 'stopped');
    assert.equal(Number(lastCheckpoint(run).step), readRun(run).step);
  });

  it('tells a command that goes on, which works as it is', async () => {
    const trainer = workspace.start(['run', workspace.recipe, '--out', 'my runs'], {
      env: { npm_command: undefined, PRETRAIN_LANGUAGE: undefined },
    });
    const runs = path.join(workspace.folder, 'my runs');
    await until(() => existsSync(runs) && readdirSync(runs).length > 0 && /epoch/.test(trainer.text), trainer.ended);
    trainer.child.kill('SIGINT');
    const { stdout } = await trainer.ended;
    const [, command] = /Go on with: (.*)\n/.exec(stdout) ?? [];
    assert.match(command ?? '', /^node \S*trainer\.js resume "my runs.*"$/);
    const again = spawn(command!, {
      shell: true,
      cwd: workspace.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const text = String((await once(again.stdout, 'data'))[0]);
      assert.match(text, /^Run .*my runs/);
    } finally {
      process.kill(-again.pid!, 'SIGKILL');
      await once(again, 'close');
    }
  });

  it('takes a Ctrl-C that comes twice, as npm passes it on, for one', async () => {
    const { trainer, run } = await running();
    trainer.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 30));
    trainer.child.kill('SIGINT');
    const { code, signal } = await trainer.ended;
    assert.equal(code, 130, String(signal));
    assert.equal(readRun(run).state, 'stopped');
  });

  it('outlives whoever started it: a closed pipe and a hang-up end nothing', async () => {
    const { trainer, run, client } = await running();
    trainer.child.stdout!.destroy();
    trainer.child.stderr!.destroy();
    trainer.child.kill('SIGHUP');
    const { length } = readMetrics(run);
    await until(() => readMetrics(run).length > length + 20, trainer.ended);
    await client.request({ type: 'stop' });
    assert.equal((await trainer.ended).code, 130, 'its last words went nowhere, which is no failure');
    assert.equal(readRun(run).state, 'stopped');
  });

  for (const [name, recipe] of Object.entries({
    dense: {},
    transformer: { encoder: { type: 'patchTransformer' }, pretrain: { method: 'masked', batchSize: 32 } },
  }))
    it(`goes on when signals come at any moment: ${name}`, async () => {
      if (process.platform === 'win32') return;
      workspace.write({
        data: { path: 'sample:digits', limit: 1024, validation: 'test' },
        ...recipe,
        pretrain: { batchSize: 128, ...('pretrain' in recipe ? recipe.pretrain : {}), ...long },
      });
      const { trainer, run } = await running();
      const { length } = readMetrics(run);
      const end = Date.now() + 3000;
      while (Date.now() < end) {
        trainer.child.kill('SIGHUP');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await until(() => readMetrics(run).length > length + 20, trainer.ended);
    });

  it('is reached by this user only', async () => {
    const { address } = await running();
    if (process.platform === 'win32') return;
    assert.equal(statSync(path.dirname(address)).mode & 0o077, 0);
  });

  it('goes on when a client sends what is no message, and cuts that client off', async () => {
    const { address, run } = await running();
    for (const junk of [
      'GET / HTTP/1.1\r\n\r\n',
      '{"id":1,"request":{"type":"format disk"}}\n',
      'null\n',
      '{"id":1,"request":null}\n',
      '[]\n',
      '{"id":{},"reply":1}\n',
    ]) {
      const socket = net.connect(address);
      socket.write(junk);
      await new Promise<void>((resolve) => {
        socket.on('data', (data) => data.includes('failure') && resolve()).on('close', () => resolve());
        setTimeout(resolve, 300);
      });
      socket.destroy();
    }
    const { length } = readMetrics(run);
    await until(() => readMetrics(run).length > length + 20);
    assert.deepEqual(
      readEvents(run)
        .filter((event) => event.type === 'state')
        .map((event) => event.state),
      ['running'],
    );
  });
});
