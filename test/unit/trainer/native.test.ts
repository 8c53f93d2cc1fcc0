import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkBinding,
  installNative,
  NATIVE_VERSION,
  nativeCandidates,
  NativeError,
  nativeFolder,
} from '../../../src/trainer/native.js';
import { runProgram } from '../../../src/trainer/native/program.js';

const PACKAGE = path.join('node_modules', '@tensorflow', 'tfjs-node');
const BINDING = path.join(PACKAGE, 'lib', 'napi-v8', 'tfjs_binding.node');

/** A native library that the set-up has made, if it could. */
const present = nativeCandidates().find((file) => fs.existsSync(file));
const isBesideUs = present !== undefined && !present.startsWith(nativeFolder());

/** A process that has ended but that nobody has asked about yet (a zombie) runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !(fs.existsSync(status) && fs.readFileSync(status, 'utf8').includes('State:\tZ'));
}

describe("TensorFlow's native library", () => {
  let folder: string;
  const before = { ...process.env };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'native-'));
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** From here on nothing is present, and npm is this program. */
  function withNpm(program: string): void {
    process.env['XDG_CACHE_HOME'] = process.env['LOCALAPPDATA'] = process.env['HOME'] = path.join(folder, 'cache');
    process.env['PRETRAIN_NATIVE_DIR'] = '';
    process.env['npm_execpath'] = path.join(folder, 'npm-cli.js');
    fs.writeFileSync(process.env['npm_execpath'], program);
  }

  /** An npm that brings a package whose install script puts `library` into place. */
  function npmWithLibrary(library: string): string {
    const installScript = `
      const fs = require('node:fs');
      fs.mkdirSync('deps');
      fs.mkdirSync('lib/napi-v8', { recursive: true });
      fs.symlinkSync(${JSON.stringify(path.join(path.dirname(library), '../../deps/lib'))}, 'deps/lib');
      fs.copyFileSync(${JSON.stringify(library)}, 'lib/napi-v8/tfjs_binding.node');`;
    return `
      const fs = require('node:fs');
      const prefix = process.argv[process.argv.indexOf('--prefix') + 1];
      const folder = prefix + ${JSON.stringify(`/${PACKAGE}`)};
      fs.mkdirSync(folder + '/scripts', { recursive: true });
      fs.writeFileSync(folder + '/package.json', '{}');
      fs.writeFileSync(folder + '/scripts/install.js', ${JSON.stringify(installScript)});`;
  }

  it('is wanted in the version whose JavaScript is bundled', () => {
    const manifest = fs.readFileSync(path.join('node_modules', '@tensorflow', 'tfjs-node', 'package.json'), 'utf8');
    assert.equal(NATIVE_VERSION, (JSON.parse(manifest) as { version: string }).version);
  });

  it('is looked for in PRETRAIN_NATIVE_DIR, then beside the program, then in the cache', () => {
    process.env['PRETRAIN_NATIVE_DIR'] = folder;
    const candidates = nativeCandidates();
    assert.equal(candidates[0], path.join(folder, BINDING));
    assert.ok(candidates.slice(1, -1).includes(path.resolve(BINDING)), 'the node_modules of the checkout');
    assert.equal(candidates.at(-1), path.join(nativeFolder(), BINDING));
  });

  it('says why a binding does not load', async () => {
    const file = path.join(folder, 'broken.node');
    assert.match(JSON.stringify(await checkBinding(file)), /is not there/);
    fs.writeFileSync(file, 'no library');
    assert.match(
      JSON.stringify(await checkBinding(file)),
      /reason.*(file too short|invalid ELF|not a mach-o|not a valid Win32)/i,
    );
  });

  it('is not installed again when it is there and loads', async function () {
    if (present === undefined) return this.skip();
    process.env['npm_execpath'] = path.join(folder, 'no-npm-cli.js');
    const installed = await installNative({ folder });
    assert.deepEqual({ binding: installed.binding, how: installed.how }, { binding: present, how: 'present' });
    assert.match(installed.version, /^2\.\d+\.\d+$/);
  });

  it('tells in one sentence what fails and why, and leaves nothing behind, also not of a process that died', async function () {
    if (isBesideUs) return this.skip();
    withNpm(`console.error('npm error code ECONNREFUSED'); process.exit(1);`);
    const target = path.join(folder, 'native');
    fs.mkdirSync(path.join(target, '.installing-999999999-dead', 'prefix'), { recursive: true });
    await assert.rejects(installNative({ folder: target }), (error) => {
      assert.ok(error instanceof NativeError);
      assert.match(
        error.message,
        /could not be installed, because npm could not fetch .*\(ECONNREFUSED\); .* registry .*; the wasm engine goes on serving\.$/,
      );
      return true;
    });
    assert.deepEqual(fs.readdirSync(target), []);
  });

  it('names the folder that cannot be written', async function () {
    if (isBesideUs) return this.skip();
    withNpm('');
    const file = path.join(folder, 'a-file');
    fs.writeFileSync(file, '');
    await assert.rejects(installNative({ folder: path.join(file, 'native') }), {
      name: 'NativeError',
      message: /a-file.native cannot be written; .*choose another folder/,
    });
  });

  it('when cancelled ends all that it started and removes what was half built', async function () {
    if (isBesideUs || process.platform === 'win32') return this.skip();
    const pids = path.join(folder, 'pids');
    withNpm(`
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
      require('node:fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid);
      setTimeout(() => {}, 60000);`);
    const target = path.join(folder, 'native');
    const abort = new AbortController();
    const installing = installNative({ folder: target, signal: abort.signal });
    while (!fs.existsSync(pids) || fs.readFileSync(pids, 'utf8') === '') await sleep(20);
    assert.equal(fs.readdirSync(target).length, 1);
    abort.abort();
    await assert.rejects(installing, { name: 'AbortError' });
    for (const pid of fs.readFileSync(pids, 'utf8').split(' ')) while (isRunning(Number(pid))) await sleep(20);
    assert.deepEqual(fs.readdirSync(target), []);
  });

  it('is installed whole when two install at once, in place of one that does not load', async function () {
    if (present === undefined || isBesideUs || process.platform === 'win32') return this.skip();
    withNpm(npmWithLibrary(present));
    const target = path.join(folder, 'native');
    const binding = path.join(target, BINDING);
    fs.mkdirSync(path.dirname(binding), { recursive: true });
    fs.writeFileSync(binding, 'no library');
    const both = await Promise.all([installNative({ folder: target }), installNative({ folder: target })]);
    for (const installed of both) assert.equal(installed.binding, binding);
    assert.ok(both.some(({ how }) => how === 'install script'));
    assert.ok('version' in (await checkBinding(binding)));
    assert.deepEqual(fs.readdirSync(target), ['node_modules']);
    assert.deepEqual(fs.readdirSync(path.join(target, PACKAGE)).sort(), ['deps', 'lib', 'package.json']);
  });
});

describe('A program that the installation runs', () => {
  it('is ended over its limit, and when it no longer gets on', async () => {
    const sleeper = ['-e', 'setTimeout(() => {}, 60000)'];
    assert.equal((await runProgram(process.execPath, sleeper, { limit: 200 })).timedOut, true);
    assert.equal((await runProgram(process.execPath, sleeper, { isStuck: () => true })).timedOut, true);
    assert.equal((await runProgram(process.execPath, ['-e', ''], { limit: 60_000 })).timedOut, false);
  });

  it('gives its lines whole', async () => {
    const lines: string[] = [];
    const script = `process.stdout.write('a'); setTimeout(() => process.stdout.write('b\\r\\nc\\nrest'), 50)`;
    await runProgram(process.execPath, ['-e', script], { onLine: (line) => lines.push(line) });
    assert.deepEqual(lines, ['ab', 'c']);
  });
});
