import { chmod, lstat, mkdir, realpath, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { t } from '../protocol/l10n.js';
import { isAddressOf, pipeAddress, socketFolder, socketName } from '../protocol/address.js';
import { Channel } from '../protocol/channel.js';
import type { RunRecord } from '../protocol/run.js';
import type { TrainerPush, TrainerRequest } from '../protocol/trainer.js';
import { alone } from './alone.js';
import { UserError } from './errors.js';
import { errorCode } from './files.js';
import type { RunFolder } from './runFolder.js';

/** The socket (a named pipe on Windows) through which a run is watched and steered, by this user only. */

type Client = Channel<never, TrainerRequest, TrainerPush, never>;

/** A client that has not taken this many bytes, e.g. in a suspended process, is cut off: it reads the files when it is back. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** The place of a run's only trainer: whoever listens at the run's address has it. */
export class TrainerSeat {
  private readonly sockets = new Set<net.Socket>();
  private greet: ((socket: net.Socket) => void) | null = null;

  private constructor(
    private readonly server: net.Server,
    readonly address: string,
  ) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.destroy()); // somebody who went away; 'close' follows
      this.greet?.(socket);
    });
  }

  /** @param run path of the run folder @throws UserError when the run has a living trainer already. */
  static async take(run: string): Promise<TrainerSeat> {
    const address = await addressOf(run);
    const server = net.createServer();
    await listen(server, address, run);
    return new TrainerSeat(server, address);
  }

  /** From now on all who come are greeted, and those who are waiting. */
  receive(greet: (socket: net.Socket) => void): void {
    this.greet = greet;
    for (const socket of this.sockets) greet(socket);
  }

  /** Hangs up on all. The socket's file goes away with it. */
  async leave(): Promise<void> {
    const left = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await left;
  }
}

export class ControlServer {
  private readonly clients = new Map<Client, net.Socket>();

  constructor(
    seat: TrainerSeat,
    private readonly run: RunFolder,
    onRequest: (request: TrainerRequest) => unknown,
  ) {
    run.metrics.onWritten = (lines) => this.push({ type: 'metrics', lines });
    run.events.onWritten = (lines) => this.push({ type: 'events', lines });
    seat.receive((socket) => void this.welcome(socket, onRequest));
  }

  /** Clients that have been greeted. */
  get clientCount(): number {
    return this.clients.size;
  }

  push(push: TrainerPush): void {
    for (const [client, socket] of this.clients) {
      if (socket.writableLength > MAX_UNSENT_BYTES) client.close();
      else client.push(push);
    }
  }

  private async welcome(socket: net.Socket, onRequest: (request: TrainerRequest) => unknown): Promise<void> {
    socket.setEncoding('utf8');
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
    this.clients.set(client, socket);
  }
}

/** @throws UserError when another trainer listens there, or is about to. */
async function listen(server: net.Server, address: string, run: string): Promise<void> {
  // A named pipe goes with its process. A socket's file stays when its trainer is killed, and two who find it so must not
  // both put it away: the second would put away the first one's.
  const isPipe = process.platform === 'win32';
  const listens = isPipe ? await bind(server, address) : await alone(address, () => takeOver(server, address));
  if (listens === true) return;
  throw new UserError(t('This run is being trained already: {0}.', run), {
    file: run,
    advice: t('Open its monitor, or stop it before it is resumed.'),
  });
}

async function takeOver(server: net.Server, address: string): Promise<boolean> {
  if (await answers(address)) return false;
  await rm(address, { force: true });
  return bind(server, address);
}

/** @returns false when the address is in use. */
async function bind(server: net.Server, address: string): Promise<boolean> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    return false;
  }
}

/**
 * Whether a trainer of the run lives. A record from elsewhere may name any address, of this machine or another: none but
 * the folder's own is connected to.
 */
export async function isTrained(folder: string, { address }: Pick<RunRecord, 'address'>): Promise<boolean> {
  return typeof address === 'string' && isAddressOf(address, await realpath(folder)) && (await answers(address));
}

/** Whether somebody listens there. One whose queue is full, as of a suspended process, does. */
export function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path: address });
    const done = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', () => done(true));
    socket.once('error', (error) => done(errorCode(error) === 'EAGAIN'));
  });
}

/** A Unix socket's path holds 107 characters, the end mark not counted (103 on macOS). */
const MAX_SOCKET_PATH = 103;

/** The address of a run: always the same for one folder, links resolved, so that two trainers of one run cannot miss each other. */
export async function addressOf(run: string): Promise<string> {
  const real = await realpath(run);
  if (process.platform === 'win32') return pipeAddress(real);
  const addressIn = (temporary: string) => path.join(socketFolder(temporary), socketName(real));
  const isShort = addressIn(os.tmpdir()).length <= MAX_SOCKET_PATH;
  const address = addressIn(isShort ? os.tmpdir() : '/tmp');
  const folder = path.dirname(address);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder);
  if (uid !== process.getuid?.())
    throw new UserError(t('{0} belongs to another user, so the run could be steered by others.', folder), {
      file: folder,
      advice: t('Remove it, or set TMPDIR to a folder of yours.'),
    });
  await chmod(folder, 0o700);
  return address;
}
