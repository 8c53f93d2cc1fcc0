import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Channel } from '../../src/protocol/channel.js';
import type { MetricRecord, RunEvent, RunRecord } from '../../src/protocol/run.js';
import type { TrainerPush, TrainerRequest } from '../../src/protocol/trainer.js';

/** Real trainer processes, as the extension and the command line start them. */

const program = path.join(__dirname, '../../dist/trainer.js');

export interface Ended {
  code: number | null;
  signal: string | null;
  /** Objects printed with --json. */
  lines: Record<string, unknown>[];
  stdout: string;
  stderr: string;
}

export class Trainer {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  private stdout = '';
  private stderr = '';

  constructor(cwd: string, args: string[], { input, env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {}) {
    if (!existsSync(program)) throw new Error('dist/trainer.js is not built: run "npm run build".');
    this.child = spawn(process.execPath, [program, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin!.end(input);
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) =>
        resolve({ code, signal, lines: this.lines, stdout: this.stdout, stderr: this.stderr }),
      ),
    );
  }

  /** What it printed so far. */
  get text(): string {
    return this.stdout;
  }

  get lines(): Record<string, unknown>[] {
    return this.stdout
      .split('\n')
      .flatMap((line) =>
        line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as Record<string, unknown>] : [],
      );
  }

  /** The run folder and socket of `run --json`, as soon as they are printed. */
  async created(): Promise<{ run: string; address: string }> {
    const line = await until(() => this.lines.find(({ type }) => type === 'created'), this.ended);
    return line as unknown as { run: string; address: string };
  }
}

/** Waits for something to become true. @throws what the process said when it ends before. */
export async function until<T>(
  look: () => T | undefined | null | false,
  ended?: Promise<Ended>,
  milliseconds = 30_000,
): Promise<T> {
  const end: { value?: Ended } = {};
  void ended?.then((value) => (end.value = value));
  for (const start = Date.now(); ;) {
    const found = look();
    if (found) return found;
    if (end.value) throw new Error(`the trainer ended before: ${JSON.stringify(end.value)}`);
    if (Date.now() - start > milliseconds) throw new Error(`waited for ${milliseconds} ms for ${look.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A folder of its own with a recipe on generated digits; removed after each test. */
export class Workspace {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'pretrain-'));
  readonly recipe = path.join(this.folder, 'digits.pretrain.json');
  private readonly trainers: Trainer[] = [];

  constructor(recipe: object = {}, pretrain: object = {}) {
    this.write({
      data: { path: 'sample:digits', limit: 1024, validation: 'test' },
      pretrain: { epochs: 3, batchSize: 128, ...pretrain },
      ...recipe,
    });
  }

  /** With all that another one's folder holds; the runs in it are this one's. */
  static copyOf({ folder, recipe }: Workspace): Workspace {
    const copy = new Workspace();
    cpSync(folder, copy.folder, { recursive: true });
    for (const run of copy.runFolders()) {
      const record = readRun(run);
      if (record.recipePath === recipe)
        writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...record, recipePath: copy.recipe }, null, 2));
    }
    return copy;
  }

  write(recipe: unknown): void {
    writeFileSync(this.recipe, typeof recipe === 'string' ? recipe : JSON.stringify(recipe, null, 2));
  }

  start(args: string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Trainer {
    const trainer = new Trainer(this.folder, args, options);
    this.trainers.push(trainer);
    return trainer;
  }

  /** Starts the recipe with --json. */
  run(...args: string[]): Trainer {
    return this.start(['run', this.recipe, '--json', ...args]);
  }

  runFolders(): string[] {
    const runs = path.join(this.folder, '.pretrain/runs');
    return existsSync(runs) ? readdirSync(runs).map((name) => path.join(runs, name)) : [];
  }

  /** Ends what still runs, and removes the folder. */
  async remove(): Promise<void> {
    for (const { child, ended } of this.trainers) {
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const readRun = (folder: string) => JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as RunRecord;
const readLines = <T>(file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
export const readMetrics = (folder: string) => readLines<MetricRecord>(path.join(folder, 'metrics.jsonl'));
export const readEvents = (folder: string) => readLines<RunEvent>(path.join(folder, 'events.jsonl'));

/** The last checkpoint's files, byte by byte. */
export function lastCheckpoint(folder: string): { step: string; weights: Buffer; optimizer: Buffer } {
  const checkpoints = path.join(folder, 'checkpoints');
  const step = readdirSync(checkpoints).sort().at(-1)!;
  const read = (name: string) => readFileSync(path.join(checkpoints, step, name));
  return { step, weights: read('weights.safetensors'), optimizer: read('optimizer.safetensors') };
}

/** A client of a trainer's socket, as the extension is one. */
export class Client {
  readonly pushes: TrainerPush[] = [];
  private readonly channel: Channel<TrainerRequest, never, never, TrainerPush>;

  constructor(address: string) {
    const socket = net.connect(address).setEncoding('utf8');
    this.channel = new Channel(
      {
        write: (text) => void socket.write(text),
        onData: (listener) => void socket.on('data', listener),
        onClose: (listener) => void socket.on('close', listener).on('error', () => undefined),
        close: () => socket.destroy(),
      },
      { onPush: (push) => this.pushes.push(push) },
    );
  }

  request(request: TrainerRequest): Promise<unknown> {
    return this.channel.request(request);
  }

  of<T extends TrainerPush['type']>(type: T): Extract<TrainerPush, { type: T }>[] {
    return this.pushes.filter((push): push is Extract<TrainerPush, { type: T }> => push.type === type);
  }

  /** The record as it was last pushed. */
  get run(): RunRecord | undefined {
    return [...this.of('hello'), ...this.of('run')].at(-1)?.run;
  }

  /** Events that were pushed. */
  get events(): RunEvent[] {
    return this.of('events').flatMap(({ lines }) => lines.map((line) => JSON.parse(line) as RunEvent));
  }

  close(): void {
    this.channel.close();
  }
}

/**
 * What many tests begin with, made when the first one of this process asks for it; each takes a {@link Workspace.copyOf}
 * it.
 */
function shared(make: (workspace: Workspace) => Promise<unknown>): () => Promise<Workspace> {
  let made: Promise<Workspace> | null = null;
  return () =>
    (made ??= (async () => {
      const workspace = new Workspace();
      process.once('exit', () => rmSync(workspace.folder, { recursive: true, force: true }));
      await make(workspace);
      return workspace;
    })());
}

/** One completed run: an autoencoder of digits, with layers of 64 and 32 units. */
export const pretrained = shared(async (workspace) => {
  workspace.write({
    data: { path: 'sample:digits', limit: 1024 },
    encoder: { units: [64, 32] },
    pretrain: { epochs: 3, batchSize: 128 },
  });
  const { code, lines } = await workspace.run().ended;
  assert.equal(code, 0, JSON.stringify(lines.at(-1)));
});

/** One run of a recipe without an end, stopped after its first steps. */
export const stopped = shared(async (workspace) => {
  workspace.write({
    data: { path: 'sample:digits', limit: 1024, validation: 'test' },
    pretrain: { epochs: 100_000, batchSize: 128 },
  });
  await stopAfter(1, workspace);
});

/** Starts the recipe, stops it as soon as that step is told, and gives its run folder. */
export async function stopAfter(step: number, workspace: Workspace, ...args: string[]): Promise<string> {
  const trainer = workspace.run(...args);
  const { run, address } = await trainer.created();
  const client = new Client(address);
  const steps = () =>
    client.of('metrics').flatMap(({ lines }) => lines.map((line) => JSON.parse(line) as MetricRecord));
  await until(() => (client.run?.step ?? 0) >= step || steps().some((one) => one.step >= step), trainer.ended);
  await client.request({ type: 'stop' });
  await trainer.ended;
  client.close();
  return run;
}

/** The digits as files, as `pretrain sample digits made` writes them into the folder "made". */
export const written = shared(async (workspace) => {
  const { code, stderr } = await workspace.start(['sample', 'digits', 'made']).ended;
  assert.equal(code, 0, stderr);
});
