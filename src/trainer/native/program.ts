import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

export interface ProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Ends the program after so many milliseconds. */
  limit?: number;
  /** Asked every second; true ends the program as one that no longer gets on. */
  isStuck?: () => boolean;
  /** Each whole line of standard output. */
  onLine?: (line: string) => void;
}

export interface ProgramResult {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last 16 thousand characters of both streams. */
  output: string;
  /** We ended it: over its limit, or stuck. */
  timedOut: boolean;
}

const OUTPUT_KEPT = 16_000;
const GRACE_MILLISECONDS = 2_000;

/**
 * Runs a program without a shell and waits for its end. When `signal` aborts, the program and all that it started are
 * ended first, then the promise rejects with the signal's reason.
 * @throws Error (code ENOENT and the like) when the program cannot be started.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { cwd, env = process.env, signal, limit, isStuck, onLine } = options;
  signal?.throwIfAborted();
  const result = await new Promise<ProgramResult>((resolve, reject) => {
    // A group of its own, so that compilers and downloads that it starts end with it.
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, { cwd, env, detached, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let rest = '';
    let timedOut = false;
    let killTimer: NodeJS.Timeout | undefined;
    const keep = (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      keep(text);
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      if (onLine) lines.forEach(onLine);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    const end = () => {
      endGroup(child.pid, 'SIGTERM');
      killTimer ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), GRACE_MILLISECONDS);
    };
    const giveUp = () => {
      timedOut = true;
      end();
    };
    const limitTimer = limit === undefined ? undefined : setTimeout(giveUp, limit);
    const stuckTimer = isStuck && setInterval(() => isStuck() && giveUp(), 1_000);
    signal?.addEventListener('abort', end, { once: true });
    const release = () => {
      clearTimeout(limitTimer);
      clearInterval(stuckTimer);
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', end);
    };
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, endedBy) => {
      release();
      resolve({ code, signal: endedBy, output, timedOut });
    });
  });
  signal?.throwIfAborted();
  return result;
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).once('error', () => {
      process.kill(pid, signal);
    });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: it ended by itself
  }
}

/** The environment in which this process' own executable is plain Node, also inside Electron. */
export function nodeEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...extra };
}

/** Full path of a program on PATH, or null. */
export function findOnPath(name: string): string | null {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    for (const extension of extensions) {
      const file = path.join(folder, name + extension);
      if (existsSync(file)) return file;
    }
  }
  return null;
}

export interface Npm {
  /** Node executable that runs it. */
  node: string;
  /** npm's own program, a JavaScript file: run by Node directly, so that no shell or .cmd file is needed. */
  script: string;
}

/** npm of the program that started us, of the Node that runs us, or on PATH; null when there is none. */
export function findNpm(): Npm | null {
  const script = 'node_modules/npm/bin/npm-cli.js';
  const onPath = findOnPath('npm');
  const homes = [process.execPath, ...(onPath === null ? [] : [onPath, realpathSync(onPath)])].map((file) =>
    path.dirname(file),
  );
  const startedBy = process.env['npm_execpath'];
  const candidates = [
    ...(startedBy?.endsWith('npm-cli.js') === true ? [startedBy] : []),
    ...homes.flatMap((home) => [path.join(home, script), path.join(home, '../lib', script)]),
    ...(onPath === null ? [] : [realpathSync(onPath)]),
  ];
  const found = candidates.find((file) => file.endsWith('npm-cli.js') && existsSync(file));
  if (found === undefined) return null;
  const isNode = /^node(\.exe)?$/i.test(path.basename(process.execPath));
  return { node: isNode ? process.execPath : (findOnPath('node') ?? process.execPath), script: found };
}
