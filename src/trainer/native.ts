import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { t } from '../protocol/l10n.js';
import { NativeError } from './native/error.js';
import { findNpm, nodeEnvironment, runProgram, type Npm } from './native/program.js';
import { buildFromWheel } from './native/wheel.js';

export { NativeError };

/** Release of @tensorflow/tfjs-node whose JavaScript is in the trainer; the native binding must be of the same. */
export const NATIVE_VERSION = '4.22.0';

/** Node-API's headers, so that the binding compiles without those of an installed Node. */
const NODE_HEADERS = 'node-api-headers@1.9.0';

const PACKAGE = path.join('node_modules', '@tensorflow', 'tfjs-node');
const BINDING = path.join('lib', 'napi-v8', 'tfjs_binding.node');
/** What stays of the package: everything else was needed for building only. */
const KEPT = ['package.json', 'lib', path.join('deps', 'lib')];
/** The unpacked library, the wheel and the package, at the moment when all are there. */
const BYTES_NEEDED = 1_500_000_000;

export interface InstallOptions {
  /** The native folder: an npm prefix, DIR/node_modules/@tensorflow/tfjs-node. Default {@link nativeFolder}. */
  folder?: string | undefined;
  signal?: AbortSignal | undefined;
  /** What is being done, and how much of it is done, 0..1 or null when that cannot be known. */
  onProgress?: ((message: string, fraction: number | null) => void) | undefined;
}

export interface InstalledNative {
  /** The binding's file. */
  binding: string;
  how: 'present' | 'install script' | 'wheel';
  /** TensorFlow's version. */
  version: string;
}

/** The native folder in the user's cache, shared by all checkouts and editors. */
export function nativeFolder(): string {
  return path.join(cacheFolder(), 'pretrain-studio', `native-${NATIVE_VERSION}-${process.platform}-${process.arch}`);
}

function cacheFolder(): string {
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local');
  const configured = process.env['XDG_CACHE_HOME'];
  return configured !== undefined && path.isAbsolute(configured) ? configured : path.join(os.homedir(), '.cache');
}

function bindingIn(folder: string): string {
  return path.join(folder, PACKAGE, BINDING);
}

/**
 * Where the native binding may be, in the order to try: PRETRAIN_NATIVE_DIR, the node_modules beside this program (when
 * the package's own install script was run), the user's cache. Not all of these files need exist.
 */
export function nativeCandidates(): string[] {
  const configured = process.env['PRETRAIN_NATIVE_DIR'];
  const beside = [path.join(__dirname, '..'), path.join(__dirname, '..', '..')]; // dist/, src/trainer/
  return [...(configured ? [path.resolve(configured)] : []), ...beside, nativeFolder()].map(bindingIn);
}

/**
 * Loads a binding in a process of its own, so that one that crashes or hangs does no harm.
 * @returns TensorFlow's version, or why the binding does not load.
 */
export async function checkBinding(
  binding: string,
  signal?: AbortSignal,
): Promise<{ version: string } | { reason: string }> {
  if (!existsSync(binding)) return { reason: t('{0} is not there', binding) };
  const script =
    'const b = require(process.argv[1]); b.createTensor([1], b.TF_FLOAT, new Float32Array(1)); console.log("TensorFlow", b.TF_Version);';
  const {
    code,
    signal: endedBy,
    output,
    timedOut,
  } = await runProgram(process.execPath, ['-e', script, binding], {
    env: nodeEnvironment({ TF_CPP_MIN_LOG_LEVEL: '3', NODE_OPTIONS: '' }),
    limit: 60_000,
    signal,
  });
  const version = /^TensorFlow (\S+)$/m.exec(output)?.[1];
  if (code === 0 && version !== undefined) return { version };
  if (timedOut) return { reason: t('it did not load within a minute') };
  if (endedBy === 'SIGILL')
    return { reason: t('this processor lacks instructions (AVX) that TensorFlow was built for') };
  return {
    reason:
      /^Error: (.+)$/m.exec(output)?.[1] ?? t('loading it ended with {0}', endedBy ?? t('code {0}', String(code))),
  };
}

/**
 * Sees to it that TensorFlow's native library is there: what is present and loads; else npm's package with its own
 * install script, which downloads the library; else the library out of TensorFlow's wheel, by pip. Everything is built
 * aside, in the folder itself, and moved into place when it loads; several may install into one folder at once.
 * @throws NativeError when there is no way on this machine; the signal's reason when cancelled.
 */
export async function installNative(options: InstallOptions = {}): Promise<InstalledNative> {
  const { signal, onProgress = () => undefined } = options;
  const folder = path.resolve(options.folder ?? nativeFolder());
  onProgress(t('Looking for TensorFlow’s native library'), null);
  for (const binding of new Set([bindingIn(folder), ...nativeCandidates()])) {
    if (!existsSync(binding)) continue;
    const check = await checkBinding(binding, signal);
    if ('version' in check) return { binding, how: 'present', version: check.version };
  }
  const scratch = await openScratch(folder);
  try {
    const { how, version } = await build(scratch, signal, onProgress);
    return await moveIntoPlace(path.join(scratch, 'prefix'), folder, how, version, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainDiskError(error, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A folder of this process inside the native folder; those that processes before us left behind are removed. */
async function openScratch(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      const pid = /^\.installing-(\d+)-/.exec(name)?.[1];
      if (pid !== undefined && !isAlive(Number(pid)))
        await rm(path.join(folder, name), { recursive: true, force: true });
    }
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < BYTES_NEEDED)
      throw new NativeError(
        t(
          '{0} has {1} MB of free space and {2} are needed',
          folder,
          Math.round((bavail * bsize) / 1e6),
          BYTES_NEEDED / 1e6,
        ),
        t('make room there'),
      );
    const scratch = await mkdtemp(path.join(folder, `.installing-${process.pid}-`));
    await mkdir(path.join(scratch, 'prefix'));
    return scratch;
  } catch (error) {
    throw explainDiskError(error, folder);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function explainDiskError(error: unknown, folder: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOSPC')
    return new NativeError(t('the disk of {0} is full', folder), t('make room there'), String(error));
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code ?? ''))
    return new NativeError(t('{0} cannot be written', folder), t('choose another folder'), String(error));
  return error;
}

async function build(
  scratch: string,
  signal: AbortSignal | undefined,
  onProgress: (message: string, fraction: number | null) => void,
): Promise<Pick<InstalledNative, 'how' | 'version'>> {
  const npm = findNpm();
  if (npm === null) throw new NativeError(t('npm is not on this machine'), t('install Node.js 20 or newer'));
  const prefix = path.join(scratch, 'prefix');
  onProgress(t('Fetching the package @tensorflow/tfjs-node with npm'), null);
  const { code, output } = await runNpm(npm, prefix, signal);
  if (code !== 0) {
    const reason = /^npm (?:error|ERR!) code (\S+)$/m.exec(output)?.[1] ?? t('no reason given');
    throw new NativeError(
      t('npm could not fetch @tensorflow/tfjs-node {0} ({1})', NATIVE_VERSION, reason),
      t('check the connection to npm’s registry'),
      output,
    );
  }
  const packageFolder = path.join(prefix, PACKAGE);
  const binding = bindingIn(prefix);
  onProgress(t('Trying the package’s own download'), null);
  await runInstallScript(npm, packageFolder, signal);
  const script = await checkBinding(binding, signal);
  if ('version' in script) return { how: 'install script', version: script.version };

  const nodeHeaders = path.join(prefix, 'node_modules', 'node-api-headers', 'include');
  await buildFromWheel({ packageFolder, nodeHeaders, scratch, binding, signal, onProgress });
  onProgress(t('Checking that it loads'), null);
  const wheel = await checkBinding(binding, signal);
  if ('reason' in wheel) throw new NativeError(t('TensorFlow does not load here ({0})', wheel.reason), null);
  return { how: 'wheel', version: wheel.version };
}

function runNpm({ node, script }: Npm, prefix: string, signal: AbortSignal | undefined) {
  const packages = [`@tensorflow/tfjs-node@${NATIVE_VERSION}`, NODE_HEADERS];
  const quiet = ['--no-audit', '--no-fund', '--no-save', '--no-package-lock', '--loglevel=error'];
  return runProgram(node, [script, 'install', '--prefix', prefix, '--ignore-scripts', ...quiet, ...packages], {
    cwd: prefix,
    env: npmEnvironment(),
    signal,
  });
}

/** Without the settings of an npm that started us: they name its project, not our prefix. */
function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(nodeEnvironment()).filter(
      ([name]) => !/^npm_(config_local_prefix|config_prefix|package_|lifecycle_)/i.test(name),
    ),
  );
}

/**
 * Runs the package's install script: it downloads the C library and a binding, or compiles one. It knows no time limit
 * of its own: where packets are dropped silently it would wait for ever.
 */
async function runInstallScript(npm: Npm, packageFolder: string, signal: AbortSignal | undefined): Promise<void> {
  const bin = path.join(packageFolder, '..', '..', '.bin');
  const env = nodeEnvironment({ PATH: [bin, path.dirname(npm.node), process.env['PATH'] ?? ''].join(path.delimiter) });
  const started = Date.now();
  const arrived = () =>
    existsSync(path.join(packageFolder, 'deps', 'lib')) || existsSync(path.join(packageFolder, 'deps', 'include'));
  await runProgram(npm.node, [path.join('scripts', 'install.js')], {
    cwd: packageFolder,
    env,
    signal,
    limit: 15 * 60_000,
    isStuck: () => Date.now() - started > 20_000 && !arrived(),
  });
}

async function moveIntoPlace(
  prefix: string,
  folder: string,
  how: InstalledNative['how'],
  version: string,
  signal: AbortSignal | undefined,
): Promise<InstalledNative> {
  const built = path.join(prefix, PACKAGE);
  const slim = path.join(prefix, 'slim');
  for (const name of KEPT) {
    await mkdir(path.dirname(path.join(slim, name)), { recursive: true });
    await rename(path.join(built, name), path.join(slim, name));
  }
  const target = path.join(folder, PACKAGE);
  const binding = bindingIn(folder);
  await mkdir(path.dirname(target), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      await rename(slim, target);
      return { binding, how, version };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (attempt > 3 || !['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(code)) throw error;
      // Another installation was faster, or one that does not load stands there.
      const other = await checkBinding(binding, signal);
      if ('version' in other) return { binding, how: 'present', version: other.version };
      await rename(target, path.join(prefix, `replaced-${attempt}`));
    }
  }
}
