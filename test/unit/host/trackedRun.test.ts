import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { drawSample } from '../../../src/host/drawSample.js';
import { TrackedRun } from '../../../src/host/trackedRun.js';
import { DEAD_PID, FakeTrainer, runRecord, temporaryFolder, until, writeRun } from './support.js';

describe('A run of a folder', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let run: TrackedRun;
  let trusted = true;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    trusted = true;
    run = new TrackedRun(folder, { mayConnect: () => trusted, lookAgain: 20, silence: 200 });
  });
  afterEach(async () => {
    run.dispose();
    await remove();
  });

  it('that says it is training while its process is dead was interrupted, and says how to go on', async () => {
    await writeRun(folder, runRecord({ pid: DEAD_PID, address: null }));
    await run.refresh();
    assert.equal(run.state, 'interrupted');
    assert.match(run.shown?.error?.message ?? '', new RegExp(`process ${DEAD_PID} no longer runs`));
    assert.match(run.shown?.error?.advice ?? '', /Resume/);
  });

  it('was interrupted when its socket refuses, though its process id lives again in another process', async () => {
    const trainer = await FakeTrainer.start(folder);
    await trainer.die();
    await run.refresh();
    assert.equal(run.record?.pid, process.pid);
    assert.equal(run.state, 'interrupted');
  });

  it('is followed by what its trainer pushes', async () => {
    const trainer = await FakeTrainer.start(folder, { state: 'preparing' });
    await run.refresh();
    assert.equal(run.state, 'preparing');
    trainer.push({ type: 'progress', message: 'Reading images', fraction: 0.5 });
    await until(() => run.progress !== null, 'progress');
    assert.deepEqual(run.progress, { message: 'Reading images', fraction: 0.5 });
    trainer.push({ type: 'run', run: { ...trainer.record, state: 'running', step: 9 } });
    await until(() => run.state === 'running', 'running');
    assert.equal(run.record?.step, 9);
    assert.equal(run.progress, null);
    await trainer.die();
  });

  it('draws a sample that is asked for, and tells after which step', async () => {
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    const drawn = drawSample(run);
    await until(() => trainer.requests.length > 0, 'asked');
    assert.deepEqual(trainer.requests, [{ type: 'sample' }]);
    const event = { epoch: 1, at: '' };
    const lines = [
      { type: 'checkpoint', step: 480 },
      { type: 'sample', step: 481 },
    ];
    await trainer.append('events', ['no "sample"', ...lines.map((line) => JSON.stringify({ ...event, ...line }))]);
    assert.equal(await drawn, 481);

    const never = drawSample(run);
    await until(() => trainer.requests.length > 1, 'asked again');
    await trainer.die();
    assert.equal(await never, null);
    await assert.rejects(drawSample(run), /No trainer is running/);
  });

  it('is interrupted when its trainer dies, with the reason once it is known', async () => {
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    assert.equal(run.state, 'running');
    await trainer.die();
    await until(() => run.state === 'interrupted', 'interrupted');
    run.explainEnd({ message: 'The trainer was ended by SIGKILL.' });
    assert.equal(run.shown?.error?.message, 'The trainer was ended by SIGKILL.');
  });

  it('is as its record says when its trainer ends well', async () => {
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    await writeRun(folder, { ...trainer.record, state: 'completed', pid: null, address: null });
    await trainer.die();
    await until(() => run.state === 'completed', 'completed');
    assert.equal(run.shown?.error, null);
  });

  it('is found again when another trainer resumes it', async () => {
    await writeRun(folder, runRecord({ state: 'stopped' }));
    await run.refresh();
    assert.equal(run.isAlive, false);
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    assert.equal(run.state, 'running');
    await run.request({ type: 'pause' });
    assert.deepEqual(trainer.requests, [{ type: 'pause' }]);
    await trainer.die();
  });

  it('written by a machine that cannot be reached is alive as long as it goes on being written', async () => {
    await writeRun(folder, runRecord({ pid: DEAD_PID, step: 1 }));
    await run.refresh();
    assert.equal(run.state, 'interrupted');
    await writeRun(folder, runRecord({ pid: DEAD_PID, step: 2 }));
    await run.refresh();
    assert.equal(run.state, 'running');
    await until(() => run.state === 'interrupted', 'silent for long enough');
  });

  it('is not connected to where the workspace is not trusted', async () => {
    trusted = false;
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    assert.equal(run.link, null);
    assert.equal(trainer.clientCount, 0);
    assert.equal(run.state, 'running');
    await trainer.die();
  });

  it('does not steer the trainer of the folder that it was copied from, nor believe its process id', async () => {
    const trainer = await FakeTrainer.start(path.join(folder, 'original'));
    await cp(path.join(folder, 'original'), path.join(folder, 'copy'), { recursive: true });
    const copy = new TrackedRun(path.join(folder, 'copy'), { mayConnect: () => true });
    await copy.refresh();
    assert.equal(copy.link, null);
    assert.equal(copy.state, 'interrupted');
    copy.dispose();
    await trainer.die();
  });

  it('does not take the trainer of another run at its address for its own', async () => {
    const trainer = await FakeTrainer.start(folder, { id: 'another' });
    await writeRun(folder, { ...trainer.record, id: 'this one' });
    await run.refresh();
    assert.equal(run.link, null);
    assert.equal(run.state, 'interrupted');
    await trainer.die();
  });

  it('connects to no address that is not its own, whoever listens there', async () => {
    const address = process.platform === 'win32' ? '\\\\.\\pipe\\pretrain-test' : path.join(folder, 'other.sock');
    let calls = 0;
    const server = net.createServer(() => calls++);
    await new Promise<void>((resolve) => server.listen(address, resolve));
    await writeRun(folder, runRecord({ address }));
    await run.refresh();
    assert.equal(run.state, 'interrupted');
    assert.equal(calls, 0);
    server.close();
  });

  it('that cannot be read says why', async () => {
    await writeRun(folder, { format: 99 });
    await run.refresh();
    assert.equal(run.record, null);
    assert.match(run.problem ?? '', /newer version/);
  });

  it('refuses what only a trainer can do', async () => {
    await writeRun(folder, runRecord({ state: 'completed' }));
    await run.refresh();
    await assert.rejects(run.request({ type: 'pause' }), /No trainer is running/);
  });
});
