import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { findOnPath, runProgram } from './program.js';
import { NativeError } from './error.js';

/** The C interface of this release was proven with the binding of NATIVE_VERSION. */
export const TENSORFLOW_VERSION = '2.20.0';

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
/** What the binding's sources include, directly or not. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/'];
const WHEEL_BYTES = 259_000_000;
/** A release of Python for which there are wheels; nothing of Python is run, so the local one may be another. */
const PYTHON_VERSION = '3.11';

/** Writes the members whose names (below `tensorflow/`) follow, and says how far it is. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, target, names = sys.argv[1], sys.argv[2], tuple('tensorflow/' + name for name in sys.argv[3:])
with zipfile.ZipFile(wheel) as archive:
    members = [m for m in archive.infolist() if m.filename.startswith(names) and not m.is_dir()]
    total, done, told = sum(m.file_size for m in members) or 1, 0, 0
    for member in members:
        parts = member.filename.split('/')[1:]
        if '..' in parts:
            raise SystemExit('unexpected name in the wheel: ' + member.filename)
        path = os.path.join(target, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(member) as source, open(path, 'wb') as file:
            while chunk := source.read(1 << 22):
                file.write(chunk)
                done += len(chunk)
                if done - told > 1 << 25:
                    told = done
                    print('%.3f' % (done / total), flush=True)
`;

export interface WheelOptions {
  /** Folder of the package @tensorflow/tfjs-node: its `binding` is compiled, `deps/lib` and `lib` are filled. */
  packageFolder: string;
  /** Folder with Node-API's headers. */
  nodeHeaders: string;
  /** Empty folder for what is needed on the way. */
  scratch: string;
  /** Where the binding has to be, e.g. `lib/napi-v8/tfjs_binding.node` in the package's folder. */
  binding: string;
  signal: AbortSignal | undefined;
  onProgress: (message: string, fraction: number | null) => void;
}

/**
 * Makes the native binding from TensorFlow's release for Python: pip fetches the wheel, its C library is taken out and
 * the package's own sources are compiled against it.
 * @throws NativeError with what is missing on this machine.
 */
export async function buildFromWheel(options: WheelOptions): Promise<void> {
  const { packageFolder, scratch, signal, onProgress } = options;
  const platform = wheelPlatform();
  const pip = await findPip(signal);
  const python = findOnPath('python3') ?? findOnPath('python');
  if (pip === null || python === null)
    throw new NativeError(t('Python’s pip is not on this machine'), t('install python3 and python3-pip'));
  const compiler = process.env['CXX'] ?? ['g++', 'c++', 'clang++'].find((name) => findOnPath(name) !== null);
  if (compiler === undefined) throw new NativeError(t('there is no C++ compiler'), t('install g++'));

  const wheel = await downloadWheel(pip, platform, options);
  onProgress(t('Unpacking TensorFlow’s library'), 0);
  const unpacked = path.join(scratch, 'unpacked');
  const members = [...LIBRARIES, ...HEADERS.map((folder) => `include/${folder}`)];
  const unpack = await runProgram(python, ['-c', UNPACK, wheel, unpacked, ...members], {
    signal,
    onLine: (line) => onProgress(t('Unpacking TensorFlow’s library'), Number(line)),
  });
  if (unpack.code !== 0)
    throw new NativeError(t('TensorFlow’s wheel could not be unpacked'), t('try again'), unpack.output);
  await rm(path.dirname(wheel), { recursive: true });

  const libraries = path.join(packageFolder, 'deps', 'lib');
  await rm(libraries, { recursive: true, force: true });
  await mkdir(libraries, { recursive: true });
  for (const name of LIBRARIES) await rename(path.join(unpacked, name), path.join(libraries, name));
  await compile(compiler, libraries, path.join(unpacked, 'include'), options);
}

function wheelPlatform(): { tag: string; distribution: string } {
  const { platform, arch } = process;
  // The wheels of the other systems have no library that the binding's sources can be linked with.
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64'))
    throw new NativeError(
      t('TensorFlow has no library for {0} on {1} that can be used from Node', platform, arch),
      null,
    );
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  if (header?.glibcVersionRuntime === undefined)
    throw new NativeError(t('TensorFlow’s library needs a Linux with glibc, which this one is not'), null);
  return arch === 'x64'
    ? { tag: 'manylinux2014_x86_64', distribution: 'tensorflow-cpu' }
    : { tag: 'manylinux2014_aarch64', distribution: 'tensorflow' };
}

async function findPip(signal: AbortSignal | undefined): Promise<string[] | null> {
  const candidates = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
  for (const [name = '', ...args] of candidates) {
    const file = findOnPath(name);
    if (file === null) continue;
    const { code } = await runProgram(file, [...args, '--version'], { signal, limit: 30_000 });
    if (code === 0) return [file, ...args];
  }
  return null;
}

async function downloadWheel(
  [pip = '', ...pipArgs]: string[],
  { tag, distribution }: { tag: string; distribution: string },
  { scratch, signal, onProgress }: WheelOptions,
): Promise<string> {
  const message = t('Downloading TensorFlow {0} with pip ({1} MB)', TENSORFLOW_VERSION, Math.round(WHEEL_BYTES / 1e6));
  onProgress(message, 0);
  const target = path.join(scratch, 'wheel');
  const temporary = path.join(scratch, 'pip');
  await mkdir(temporary, { recursive: true });
  await mkdir(target, { recursive: true });
  // pip shows its progress only in a terminal, so what it has written is looked at instead.
  let downloading = true;
  const timer = setInterval(() => {
    void sizeOf(temporary).then((bytes) => {
      if (downloading) onProgress(message, Math.min(0.99, bytes / WHEEL_BYTES));
    });
  }, 500);
  const args = [...pipArgs, 'download', '--no-deps', '--only-binary=:all:', '--progress-bar', 'off', '--dest', target];
  const selection = ['--python-version', PYTHON_VERSION, '--implementation', 'cp', '--platform', tag];
  const { code, output } = await runProgram(pip, [...args, ...selection, `${distribution}==${TENSORFLOW_VERSION}`], {
    signal,
    env: { ...process.env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' },
  }).finally(() => {
    downloading = false;
    clearInterval(timer);
  });
  const wheel = (await readdir(target)).find((name) => name.endsWith('.whl'));
  if (code !== 0 || wheel === undefined) {
    const reason = /^ERROR: (.+)$/m.exec(output)?.[1] ?? t('no reason given');
    throw new NativeError(
      t('pip could not download {0} {1} ({2})', distribution, TENSORFLOW_VERSION, reason),
      t('check the connection to pip’s package index'),
      output,
    );
  }
  return path.join(target, wheel);
}

/** Bytes of all files in a folder; what vanishes while it is counted counts as nothing. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const file = await stat(path.join(folder, name)).catch(() => null);
    if (file?.isFile() === true) bytes += file.size;
  }
  return bytes;
}

/** The package's own build file (binding.gyp) in one call of the compiler: two sources, two libraries. */
async function compile(
  compiler: string,
  libraries: string,
  include: string,
  { packageFolder, nodeHeaders, binding, signal, onProgress }: WheelOptions,
): Promise<void> {
  onProgress(t('Compiling the binding (about 10 s)'), null);
  await mkdir(path.dirname(binding), { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(packageFolder, 'binding', name));
  const { code, output } = await runProgram(
    compiler,
    [
      ...['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8'],
      ...[`-I${nodeHeaders}`, `-I${include}`, ...sources],
      ...LIBRARIES.map((name) => path.join(libraries, name)),
      ...['-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', binding],
    ],
    { signal, env: { ...process.env, TMPDIR: path.dirname(binding) } },
  );
  if (code !== 0)
    throw new NativeError(
      t('the binding could not be compiled with {0}', compiler),
      t('install g++ 9 or newer'),
      output,
    );
}
