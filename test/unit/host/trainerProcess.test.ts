import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Cancelled, TrainerFailure, describeEnd, runCommand, startRun } from '../../../src/host/trainerProcess.js';
import { temporaryFolder, until } from './support.js';

const program = {
  execPath: process.execPath,
  script: path.join(import.meta.dirname, 'standIn.mjs'),
  nativeDir: '/native',
  env: { ELECTRON_RUN_AS_NODE: '1', PRETRAIN_NATIVE_DIR: '/native' },
};
const cwd = import.meta.dirname;

describe('A run in a process of its own', () => {
  it('is known as soon as it has its folder, with what came before', async () => {
    const progress: [string, number | null][] = [];
    const texts: string[] = [];
    const run = await startRun(program, ['run'], {
      cwd,
      onProgress: (...step) => progress.push(step),
      onText: (text) => texts.push(text),
    });
    assert.equal(run.folder, '/runs/1');
    assert.equal(run.address, '/tmp/1.sock');
    assert.deepEqual(progress, [['Reading', 0.5]]);
    assert.deepEqual(texts, ['a library prints what it likes', '42']);
    const end = await run.ended;
    assert.equal(end.code, 0);
    assert.equal(end.summary?.run, '/runs/1');
  });

  it('that refuses says why in its own words', async () => {
    await assert.rejects(startRun(program, ['refuse'], { cwd }), (error) => {
      assert.ok(error instanceof TrainerFailure);
      assert.equal(error.message, 'digits is an empty folder.');
      assert.equal(error.detail?.line, 3);
      return true;
    });
  });

  it('that dies before it said a word is described by how it ended', async () => {
    await assert.rejects(startRun(program, ['crash'], { cwd }), /ended with exit code 132: Illegal instruction$/);
    await assert.rejects(startRun(program, ['killed'], { cwd }), /was ended by SIGKILL/);
  });

  it('is ended when it is cancelled before it has its folder', async () => {
    const abort = new AbortController();
    const starting = startRun(program, ['wait'], { cwd, signal: abort.signal });
    abort.abort();
    await assert.rejects(starting, Cancelled);
  });

  it('is not ended by who cancels later', async () => {
    const abort = new AbortController();
    const run = await startRun(program, ['run'], { cwd, signal: abort.signal });
    abort.abort();
    assert.equal((await run.ended).code, 0);
  });

  it('tells how it ended when it is killed later', async () => {
    const { ended } = await startRun(program, ['late'], { cwd });
    const end = await ended;
    assert.equal(end.signal, 'SIGKILL');
    assert.equal(describeEnd(end), 'The trainer was ended by SIGKILL.');
  });

  it('that cannot be started says so', async () => {
    await assert.rejects(startRun({ ...program, execPath: '/no/such/program' }, ['run'], { cwd }), /cannot be started/);
  });

  it('outlives the process that started it', async () => {
    const { folder, remove } = await temporaryFolder();
    const ticks = path.join(folder, 'ticks');
    const source = path.join(import.meta.dirname, '..', '..', '..', 'src', 'host', 'trainerProcess.ts');
    const starter = `
      import { startRun } from ${JSON.stringify(source)};
      const run = await startRun(${JSON.stringify(program)}, ['live', ${JSON.stringify(ticks)}], { cwd: ${JSON.stringify(cwd)} });
      console.log(run.pid);
    `;
    await writeFile(path.join(folder, 'starter.mts'), starter);
    const parent = spawn(process.execPath, ['--import', 'tsx', path.join(folder, 'starter.mts')], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let pid = '';
    parent.stdout.on('data', (data) => (pid += String(data)));
    // It also must end by itself: nothing of the trainer holds it.
    await new Promise((resolve) => parent.on('close', resolve));
    const count = () => (existsSync(ticks) ? readFileSync(ticks, 'utf8').split('tick').length - 1 : 0);
    const then = count();
    await until(() => count() >= then + 5, 'the run goes on');
    // Throws when it is gone, or not the leader of a process group of its own, which a closing terminal would end.
    process.kill(process.platform === 'win32' ? Number(pid) : -Number(pid), 0);
    process.kill(Number(pid));
    await remove();
  });
});

describe('A trainer command', () => {
  it('gets its input and where the native engine lies, and gives its last line', async () => {
    const result = (await runCommand(program, ['check', 'a.pretrain.json', '--stdin'], {
      input: '{ "data": "Größe" }',
    })) as Record<string, unknown>;
    assert.equal(result['text'], '{ "data": "Größe" }');
    assert.deepEqual(result['env'], ['1', '/native']);
    assert.deepEqual(result['args'], ['a.pretrain.json', '--stdin', '--json']);
  });

  it('that fails rejects with its own words', async () => {
    await assert.rejects(runCommand(program, ['refuse']), /digits is an empty folder\./);
    await assert.rejects(runCommand(program, ['crash']), /Illegal instruction/);
  });

  it('that does a part, and tells what it left out, has not failed; each line but progress is heard', async () => {
    const heard: object[] = [];
    const last = await runCommand(program, ['partly'], { onLine: (line) => heard.push(line) });
    assert.deepEqual(last, { run: '/runs/1', count: 1, leftOut: 1 });
    assert.deepEqual(
      heard.map((line) => Object.keys(line)[0]),
      ['file', 'error', 'run'],
    );
  });

  it('that crashes midway has failed, whatever it said before', async () => {
    await assert.rejects(runCommand(program, ['midway']), /exit code 132: Illegal instruction/);
  });

  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    const running = runCommand(program, ['wait'], { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(running, Cancelled);
    await assert.rejects(runCommand(program, ['wait'], { signal: abort.signal }), Cancelled);
  });
});
