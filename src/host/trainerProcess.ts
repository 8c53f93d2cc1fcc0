import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { t } from '../protocol/l10n.js';
import type { CommandError, RunSummary, TrainerLine } from '../protocol/trainer.js';

/** How to start a trainer: Node (or Electron as Node), the bundle, and where an installed native engine lies. */
export interface TrainerProgram {
  execPath: string;
  script: string;
  nativeDir: string;
  /** What it is told beside this process's own environment: to be Node, where that engine lies, which language to speak. */
  env: Record<string, string>;
}

/** How a trainer ended. All null and empty for one that ended well without a word. */
export interface TrainerEnd {
  code: number | null;
  signal: string | null;
  /** The last lines that it wrote to its error output. */
  tail: string;
  error: CommandError | null;
  summary: RunSummary | null;
}

export interface StartedRun {
  /** The run folder. */
  folder: string;
  address: string;
  pid: number;
  /** Resolves when the process has ended, as long as this process lives. */
  ended: Promise<TrainerEnd>;
}

/** A trainer that could not do what it was asked for. `detail` is its own word, when it said one. */
export class TrainerFailure extends Error {
  constructor(
    message: string,
    readonly detail: CommandError | null = null,
  ) {
    super(message);
    this.name = 'TrainerFailure';
  }
}

export class Cancelled extends Error {
  constructor() {
    super('Cancelled');
    this.name = 'Cancelled';
  }
}

type Progress = (message: string, fraction: number | null) => void;

/** Exit codes of a command that did less than was asked for, and of one that was stopped. */
const LESS = 1;
const STOPPED = 130;

/** Bytes of the error output that are kept. */
const TAIL_LENGTH = 4000;

/**
 * Starts a trainer that outlives this process, and resolves when it has created its run folder and listens.
 * @throws TrainerFailure when it ends before; Cancelled when `signal` was aborted before, which ends the process.
 */
export function startRun(
  program: TrainerProgram,
  args: readonly string[],
  {
    cwd,
    signal,
    onProgress,
    onText,
  }: { cwd: string; signal?: AbortSignal; onProgress?: Progress; onText?: (text: string) => void },
): Promise<StartedRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.execPath, [program.script, ...args, '--json'], {
      cwd,
      env: { ...process.env, ...program.env },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const abort = () => void child.kill();
    signal?.addEventListener('abort', abort);
    const ended = watch(
      child,
      (line) => {
        if ('type' in line && line.type === 'created') {
          // From here on it stands alone: neither its process nor its pipes keep this one alive.
          signal?.removeEventListener('abort', abort);
          child.unref();
          for (const stream of [child.stdout, child.stderr]) (stream as Readable & { unref?: () => void }).unref?.();
          resolve({ folder: line.run, address: line.address, pid: child.pid ?? 0, ended });
        } else if ('type' in line && line.type === 'progress') onProgress?.(line.message, line.fraction);
      },
      onText,
    );
    ended.then((end) => reject(wasAborted(signal) ? new Cancelled() : failure(end)), reject);
  });
}

/**
 * Runs a trainer command to its end and resolves to the last line it printed. Of a command that tells each file that
 * it cannot use, only an error that stands last is its failure.
 * @param onLine hears each line but progress
 * @throws TrainerFailure when it fails; Cancelled when `signal` was aborted, which ends the process.
 */
export async function runCommand(
  program: TrainerProgram,
  args: readonly string[],
  {
    input,
    signal,
    cwd,
    onProgress,
    onLine,
    onText,
  }: {
    input?: string;
    signal?: AbortSignal;
    cwd?: string;
    onProgress?: Progress;
    onLine?: (line: TrainerLine) => void;
    onText?: (text: string) => void;
  } = {},
): Promise<unknown> {
  if (wasAborted(signal)) throw new Cancelled();
  const child = spawn(program.execPath, [program.script, ...args, '--json'], {
    cwd,
    env: { ...process.env, ...program.env },
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const abort = () => void child.kill();
  signal?.addEventListener('abort', abort);
  child.stdin.on('error', (error) => onText?.(error.message));
  child.stdin.end(input ?? '');
  const last: { line: TrainerLine | null } = { line: null };
  try {
    const end = await watch(
      child,
      (line) => {
        last.line = line;
        if ('type' in line && line.type === 'progress') onProgress?.(line.message, line.fraction);
        else onLine?.(line);
      },
      onText,
    );
    if (wasAborted(signal)) throw new Cancelled();
    const { line } = last;
    if (line === null || 'error' in line || !hasSpoken(end)) throw failure(end);
    return line;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Whether the command itself came to its end, done or not: else it crashed, whatever it had printed. */
function hasSpoken({ code }: TrainerEnd): boolean {
  return code === 0 || code === LESS || code === STOPPED;
}

/** A function, because the compiler believes that the flag cannot change between two looks. */
function wasAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Hands each line of the output over as it comes; resolves when the process has ended and its output is read. */
function watch(
  child: ChildProcess,
  onLine: (line: TrainerLine) => void,
  onText?: (text: string) => void,
): Promise<TrainerEnd> {
  const end: TrainerEnd = { code: null, signal: null, tail: '', error: null, summary: null };
  if (child.stdout !== null) {
    lines(child.stdout, (text) => {
      const line = parseLine(text);
      if (line === null) return onText?.(text);
      if ('error' in line) end.error = line;
      else if (line.type === 'summary') end.summary = line;
      onLine(line);
    });
  }
  if (child.stderr !== null) {
    lines(child.stderr, (text) => {
      end.tail = `${end.tail}${text}\n`.slice(-TAIL_LENGTH);
      onText?.(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new TrainerFailure(t('The trainer cannot be started: {0}', error.message))));
    child.on('close', (code, signal) => resolve({ ...end, code, signal }));
  });
}

function lines(stream: Readable, onLine: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const all = (rest + text).split('\n');
    rest = all.pop() ?? '';
    for (const line of all) if (line.trim() !== '') onLine(line);
  });
  stream.on('end', () => {
    if (rest.trim() !== '') onLine(rest);
  });
}

/** Null for what is not one of ours: a library may print to the output too. */
function parseLine(text: string): TrainerLine | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as TrainerLine;
  } catch {
    return null;
  }
}

function failure(end: TrainerEnd): TrainerFailure {
  return new TrainerFailure(end.error === null ? describeEnd(end) : end.error.error, end.error);
}

/** Why a trainer is gone that did not say so itself. */
export function describeEnd({ code, signal, tail }: Pick<TrainerEnd, 'code' | 'signal' | 'tail'>): string {
  if (signal !== null) return t('The trainer was ended by {0}.', signal);
  const lastLine = tail.trim().slice(tail.trim().lastIndexOf('\n') + 1);
  if (lastLine === '') return t('The trainer ended with exit code {0}.', code ?? -1);
  return t('The trainer ended with exit code {0}: {1}', code ?? -1, lastLine);
}
