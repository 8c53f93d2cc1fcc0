import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Recipe } from '../../../src/recipe/recipe.js';
import { addressOf, answers, ControlServer, TrainerSeat } from '../../../src/trainer/control.js';
import { RunFolder } from '../../../src/trainer/runFolder.js';
import { DEAD_PID, runRecord, until } from '../host/support.js';

describe('The control socket of a run', () => {
  let folder: string;
  let run: RunFolder;
  let seat: TrainerSeat;
  let control: ControlServer;
  const sockets: net.Socket[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'pretrain-control-'));
    run = await RunFolder.create(folder, runRecord(), {} as Recipe);
    seat = await TrainerSeat.take(run.path);
    control = new ControlServer(seat, run, () => undefined);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await seat.leave();
    await run.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function connect(): { closed: () => boolean; socket: net.Socket } {
    const socket = net.connect(seat.address);
    let closed = false;
    socket.on('error', () => socket.destroy()).on('close', () => (closed = true));
    sockets.push(socket);
    return { closed: () => closed, socket };
  }

  it('closes though a client is just being greeted', async () => {
    let goOn: (() => void) | null = null;
    run.flush = () => new Promise<void>((resolve) => (goOn = resolve));
    const client = connect();
    await until(() => goOn !== null, 'being greeted');
    const closing = seat.leave();
    goOn!();
    await until(() => client.closed(), 'hung up');
    await closing;
  });

  it('hangs up on a client that takes nothing, instead of keeping all for it', async () => {
    const { socket } = connect();
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const other = connect();
    let taken = 0;
    other.socket.on('data', (data) => (taken += data.length));
    await until(() => taken > 0, 'greeted');
    const line = 'x'.repeat(1024 * 1024);
    for (let sent = 1; sent <= 32; sent++) {
      control.push({ type: 'metrics', lines: [line] });
      await until(() => taken > sent * line.length, 'read');
    }
    assert.equal(control.clientCount, 1, 'only the one that reads is left');
  });

  it('has one address, whatever the way to its folder', async () => {
    if (process.platform === 'win32') return;
    mkdirSync(path.join(folder, 'elsewhere'));
    symlinkSync(folder, path.join(folder, 'elsewhere/link'));
    const other = path.join(folder, 'elsewhere/link', path.basename(run.path));
    assert.ok(existsSync(other));
    assert.equal(await addressOf(other), seat.address);
  });

  describe('of a trainer that was killed', () => {
    beforeEach(async function () {
      if (process.platform === 'win32') return this.skip();
      await seat.leave();
      killedAt(seat.address);
    });

    it('is taken over by one alone, however many come at the same time', async () => {
      for (let round = 0; round < 10; round++) {
        const seats = await Promise.allSettled(Array.from({ length: 6 }, () => TrainerSeat.take(run.path)));
        const taken = seats.flatMap((seat) => (seat.status === 'fulfilled' ? [seat.value] : []));
        const refusals = seats.flatMap((seat) => (seat.status === 'rejected' ? [String(seat.reason)] : []));
        try {
          assert.equal(taken.length, 1, `round ${round}`);
          for (const refusal of refusals) assert.match(refusal, /is being trained already/);
          assert.ok(await answers(taken[0]!.address), 'the one that has it can be reached');
        } finally {
          await Promise.all(taken.map((seat) => seat.leave()));
        }
        killedAt(seat.address);
      }
    });

    it('is taken over though another died while it did so, and nothing of that is left', async () => {
      const flag = `${seat.address}.${DEAD_PID}.00112233.flag`;
      writeFileSync(flag, '');
      const taken = await TrainerSeat.take(run.path);
      assert.ok(await answers(taken.address));
      assert.ok(!existsSync(flag));
      await taken.leave();
    });

    it('is left alone while another one takes it over', async () => {
      const flag = `${seat.address}.${process.ppid}.00112233.flag`;
      writeFileSync(flag, '');
      await assert.rejects(TrainerSeat.take(run.path), /is being trained already/);
      rmSync(flag);
    });
  });

  it('is not taken over from a trainer that is suspended, whose queue is full', async function () {
    if (process.platform !== 'linux') return this.skip();
    await seat.leave();
    const program = `require('net').createServer().listen({ path: process.argv[1], backlog: 1 }, () => {
      process.stdout.write('listening');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    })`;
    const child = spawn(process.execPath, ['-e', program, seat.address], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      for (let i = 0; i < 3; i++) connect();
      await assert.rejects(TrainerSeat.take(run.path), /is being trained already/);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
});

/** Leaves a socket's file as a process does that had no time to remove it. */
function killedAt(address: string): void {
  const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program, address]);
  assert.ok(existsSync(address));
}
