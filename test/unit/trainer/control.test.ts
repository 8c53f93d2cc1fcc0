import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Recipe } from '../../../src/recipe/recipe.js';
import { addressOf, ControlServer, TrainerSeat } from '../../../src/trainer/control.js';
import { RunFolder } from '../../../src/trainer/runFolder.js';
import { runRecord, until } from '../host/support.js';

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
});
