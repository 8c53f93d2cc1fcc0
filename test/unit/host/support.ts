import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Channel } from '../../../src/protocol/channel.js';
import { RunFile, type RunRecord } from '../../../src/protocol/run.js';
import type { TrainerPush, TrainerRequest } from '../../../src/protocol/trainer.js';
import { addressOf } from '../../../src/trainer/control.js';

/** A folder for one test; `remove` takes it away. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pretrain-host-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export function runRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    format: 1,
    id: 'run-1',
    name: 'digits',
    stage: 'pretrain',
    method: 'autoencoder',
    parent: null,
    state: 'running',
    engine: null,
    versions: {},
    seed: 1,
    dataset: null,
    summary: 'Autoencoder 784 → 32 → 784',
    parameters: 50992,
    epochs: 100,
    stepsPerEpoch: 235,
    batchSize: 256,
    step: 470,
    epoch: 2,
    learningRate: 0.001,
    created: '2026-01-01T12:00:00.000Z',
    started: null,
    ended: null,
    seconds: 4,
    pid: null,
    address: null,
    recipePath: null,
    metrics: { loss: 0.1234 },
    error: null,
    ...changes,
  };
}

export async function writeRun(folder: string, record: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, RunFile.run), JSON.stringify(record));
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const start = Date.now(); !condition();) {
    if (Date.now() - start > 10_000) throw new Error(`Still not so after 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A process id that belonged to a process that has ended. */
export const DEAD_PID = 2 ** 22 + 1;

/** The other end of a trainer's socket, in this process: writes the run folder and speaks the real channel. */
export class FakeTrainer {
  readonly requests: TrainerRequest[] = [];
  readonly sizes = { metrics: 0, events: 0 };
  record: RunRecord;
  private readonly clients = new Set<Channel<never, TrainerRequest, TrainerPush, never>>();
  private readonly sockets = new Set<net.Socket>();
  private readonly server = net.createServer((socket) => this.accept(socket));

  private constructor(
    readonly folder: string,
    readonly address: string,
    changes: Partial<RunRecord>,
  ) {
    this.record = runRecord({ pid: process.pid, address, ...changes });
  }

  static async start(folder: string, changes: Partial<RunRecord> = {}): Promise<FakeTrainer> {
    await mkdir(folder, { recursive: true });
    const address = await addressOf(folder);
    const trainer = new FakeTrainer(folder, address, changes);
    await writeRun(folder, trainer.record);
    await new Promise<void>((resolve) => trainer.server.listen(address, resolve));
    trainer.server.unref(); // a test that fails must not keep the suite from ending
    return trainer;
  }

  async append(name: 'metrics' | 'events', lines: string[]): Promise<void> {
    const text = lines.map((line) => line + '\n').join('');
    await appendFile(path.join(this.folder, RunFile[name]), text);
    this.sizes[name] += Buffer.byteLength(text);
    this.push({ type: name, lines });
  }

  push(push: TrainerPush): void {
    for (const client of this.clients) client.push(push);
  }

  get clientCount(): number {
    return this.clients.size;
  }

  /** As when the process dies: connections end and nobody listens any more. */
  async die(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.unref();
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    const client: Channel<never, TrainerRequest, TrainerPush, never> = new Channel(
      {
        write: (text) => void socket.write(text),
        onData: (listener) => void socket.on('data', (data) => listener(String(data))),
        onClose: (listener) => void socket.on('close', listener),
        close: () => void socket.destroy(),
      },
      {
        onRequest: (request) => {
          if (request.type === 'setLearningRate' && request.learningRate > 1) throw new Error('Too high.');
          this.requests.push(request);
        },
        onClose: () => this.clients.delete(client),
      },
    );
    client.push({ type: 'hello', run: this.record, offsets: { ...this.sizes } });
    this.clients.add(client);
  }
}
