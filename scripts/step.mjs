// What all set-up programs share: steps that say what they do, run once, and fail with one sentence.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Its message is the one sentence for the user; `log` is the end of what a failed program printed. */
export class StepError extends Error {
  constructor(message, log = '') {
    super(message);
    this.log = log;
  }
}

export function say(text) {
  console.log(`[setup] ${text}`);
}

/** Runs `main` and ends the process: 0, what `main` returns, or 1 with the sentence of what failed. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.log) console.error(error.log.trimEnd());
    console.error(`[setup] ${error.message}`);
    process.exitCode = 1;
  }
}

/** Says what is done and about how long it takes, does it, and says how long it took. */
export async function timed(what, about, work) {
  say(`${what} (${about}) ...`);
  const started = performance.now();
  const result = await work();
  say(`... done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/**
 * Runs a program without a shell and waits for its end. `show` lets it print; else the end of its output is returned.
 * Ctrl-C reaches the program by the terminal; we wait for it to end in its own way. SIGTERM ends it, and nothing follows.
 */
export function run(command, args, { cwd = root, env = process.env, show = false, log } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (text) => {
      output = (output + text).slice(-20_000);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    let terminated = false;
    const forward = () => {
      terminated = true;
      child.kill('SIGTERM');
    };
    const wait = () => {};
    process.on('SIGTERM', forward);
    process.on('SIGINT', wait);
    const release = () => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', wait);
    };
    child.once('error', (error) => {
      release();
      reject(new StepError(`${command} cannot be started (${error.code ?? error.message}): is it installed?`));
    });
    child.once('close', (code, signal) => {
      release();
      if (log) writeFileSync(log, output);
      if (terminated) reject(new StepError('Ended by SIGTERM.'));
      resolve({ code: code ?? 128 + (os.constants.signals[signal] ?? 0), output });
    });
  });
}

/** npm's own JavaScript file, to be run by a Node of our choice and without a shell. */
export function npmScript() {
  const found = [
    process.env.npm_execpath,
    path.join(path.dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
    path.join(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    ...(process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'npm')),
  ]
    .filter((file) => file && existsSync(file))
    .map((file) => realpathSync(file))
    .find((file) => file.endsWith('npm-cli.js'));
  if (!found)
    throw new StepError('npm was not found beside Node or on PATH: install Node.js 20 or newer, which brings it.');
  return found;
}

/** The environment without what an npm that started us says about its own project. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(local_prefix|prefix|ignore_scripts|user_agent)|package_|lifecycle_)/i.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

/** The user's cache folder of this product, as in src/trainer/native.ts. */
export function cacheFolder() {
  const home = os.homedir();
  const base =
    process.platform === 'darwin'
      ? path.join(home, 'Library', 'Caches')
      : process.platform === 'win32'
        ? (process.env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'))
        : path.isAbsolute(process.env.XDG_CACHE_HOME ?? '')
          ? process.env.XDG_CACHE_HOME
          : path.join(home, '.cache');
  return path.join(base, 'pretrain-studio');
}

/** Digest of files and of all files in folders, by name and content. Paths are relative to the checkout. */
export function digest(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of paths.flatMap(filesIn).sort())
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

function filesIn(relative) {
  const full = path.join(root, relative);
  const found = statSync(full, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found ? [relative] : [];
  const names = readdirSync(full, { recursive: true }).map((name) => path.join(relative, name));
  return names.filter((name) => statSync(path.join(root, name)).isFile());
}

/** A step's stamp: the state of the world in which it was last completed. */
export function stamp(name) {
  const file = path.join(root, '.setup', name);
  return {
    read: () => (existsSync(file) ? readFileSync(file, 'utf8') : null),
    write: (text) => {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    remove: () => rmSync(file, { force: true }),
  };
}
