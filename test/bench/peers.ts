import { existsSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { output } from './program.js';

/** What people use instead, by pip: each set in a folder of its own. */
const sets = {
  keras: { folder: 'peers', packages: ['keras==3.12.0', 'tensorflow-cpu==2.20.0', 'numpy'], size: '1.5 GB' },
  images: { folder: 'peers-images', packages: ['pillow==13.0.0', 'numpy'], size: '0.1 GB' },
  sound: { folder: 'peers-sound', packages: ['librosa==0.11.0', 'soundfile==0.14.0', 'scipy==1.17.1'], size: '0.5 GB' },
  tables: {
    folder: 'peers-tables',
    packages: ['pandas==3.1.1', 'scikit-learn==1.9.1', 'tokenizers==0.23.3'],
    size: '0.5 GB',
  },
  parquet: { folder: 'peers-parquet', packages: ['pyarrow==26.0.1', 'pandas==3.1.1'], size: '0.3 GB' },
};

export type PeerSet = keyof typeof sets;

/** The Python of a set that is installed already; null when it is not. */
export function installedPython(set: PeerSet): string | null {
  return existsSync(stampOf(set)) ? pythonOf(set) : null;
}

/** Python with a set of packages, installed by pip when it is not there, which takes a few minutes. */
export async function peerPython(set: PeerSet = 'keras'): Promise<string> {
  const installed = installedPython(set);
  if (installed !== null) return installed;
  const { packages, size } = sets[set];
  const folder = folderOf(set);
  await mkdir(path.dirname(folder), { recursive: true });
  return alone(`${folder}.lock`, async () => {
    if (installedPython(set) !== null) return pythonOf(set);
    process.stdout.write(`Setting up ${packages[0]} by pip in a folder of its own: some ${size}, a few minutes.\n`);
    await output('python3', ['-m', 'venv', '--clear', folder]);
    await output(pythonOf(set), ['-m', 'pip', 'install', '--quiet', ...packages]);
    await writeFile(stampOf(set), packages.join('\n'));
    return pythonOf(set);
  });
}

/** An installation takes less; a lock that is older was left by a process that was killed. */
const LONGEST_MILLISECONDS = 15 * 60_000;

/** Test files run at the same time, and two of them may want the same packages first. */
async function alone<T>(lock: string, action: () => Promise<T>): Promise<T> {
  while (!(await taken(lock))) await setTimeout(500);
  try {
    return await action();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const left = await stat(lock).catch(() => null);
  if (left && Date.now() - left.mtimeMs > LONGEST_MILLISECONDS) await rm(lock, { recursive: true, force: true });
  return false;
}

function folderOf(set: PeerSet): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  return path.join(cache, 'pretrain-studio', sets[set].folder);
}

function pythonOf(set: PeerSet): string {
  return path.join(folderOf(set), 'bin', 'python3');
}

function stampOf(set: PeerSet): string {
  return path.join(folderOf(set), 'complete');
}
