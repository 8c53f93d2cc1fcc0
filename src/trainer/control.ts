import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Channel } from '../protocol/channel.js';
import type { TrainerPush, TrainerRequest } from '../protocol/trainer.js';
import { UserError } from './errors.js';
import { errorCode } from './files.js';
import type { RunFolder } from './runFolder.js';

/** The socket (a named pipe on Windows) through which a run is watched and steered, by this user only. */

type Client = Channel<never, TrainerRequest, TrainerPush, never>;

export class ControlServer {
  private readonly clients = new Set<Client>();

  private constructor(
    private readonly server: net.Server,
    private readonly run: RunFolder,
    onRequest: (request: TrainerRequest) => unknown,
  ) {
    run.metrics.onWritten = (lines) => this.push({ type: 'metrics', lines });
    run.events.onWritten = (lines) => this.push({ type: 'events', lines });
    server.on('connection', (socket) => void this.welcome(socket, onRequest));
  }

  /** @throws UserError when the run has a living trainer already. */
  static async listen(
    run: RunFolder,
    address: string,
    onRequest: (request: TrainerRequest) => unknown,
  ): Promise<ControlServer> {
    const server = net.createServer();
    await listen(server, address, run.path);
    return new ControlServer(server, run, onRequest);
  }

  push(push: TrainerPush): void {
    for (const client of this.clients) client.push(push);
  }

  private async welcome(socket: net.Socket, onRequest: (request: TrainerRequest) => unknown): Promise<void> {
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy()); // a client that went away; 'close' follows
    const client: Client = new Channel(
      {
        write: (text) => void socket.write(text),
        onData: (listener) => void socket.on('data', listener),
        onClose: (listener) => void socket.on('close', listener),
        close: () => socket.destroy(),
      },
      { onRequest, onClose: () => this.clients.delete(client) },
    );
    await this.run.flush();
    if (socket.destroyed) return;
    // Nothing may come between reading the sizes and joining: the client reads the files up to here, pushes bring the rest.
    client.push({
      type: 'hello',
      run: this.run.record,
      offsets: { metrics: this.run.metrics.size, events: this.run.events.size },
    });
    this.clients.add(client);
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

async function listen(server: net.Server, address: string, run: string, isRetry = false): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    if (isRetry || (await answers(address)))
      throw new UserError(`This run is being trained already: ${run}.`, {
        file: run,
        advice: 'Open its monitor, or stop it before it is resumed.',
      });
    await rm(address, { force: true }); // left behind by a trainer that was killed
    return listen(server, address, run, true);
  }
}

/** Whether somebody listens there. */
export function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const done = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

/** A Unix socket's path holds 107 characters, the end mark not counted (103 on macOS). */
const MAX_SOCKET_PATH = 103;

/** The address of a run: always the same for one folder, so that two trainers of one run cannot miss each other. */
export async function addressOf(run: string): Promise<string> {
  const name = createHash('sha256').update(path.resolve(run)).digest('hex').slice(0, 20);
  if (process.platform === 'win32') return `\\\\.\\pipe\\pretrain-studio-${name}`;
  const user = process.getuid?.() ?? 0;
  const folderIn = (temporary: string) => path.join(temporary, `pretrain-studio-${user}`);
  const isShort = path.join(folderIn(os.tmpdir()), `${name}.sock`).length <= MAX_SOCKET_PATH;
  const folder = folderIn(isShort ? os.tmpdir() : '/tmp');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder);
  if (uid !== user)
    throw new UserError(`${folder} belongs to another user, so the run could be steered by others.`, {
      file: folder,
      advice: 'Remove it, or set TMPDIR to a folder of yours.',
    });
  await chmod(folder, 0o700);
  return path.join(folder, `${name}.sock`);
}
