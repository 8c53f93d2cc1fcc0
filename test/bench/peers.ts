import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { output } from './program.js';

/** What people use instead, by pip: each set in a folder of its own. */
const sets = {
  keras: { folder: 'peers', packages: ['keras==3.12.0', 'tensorflow-cpu==2.20.0', 'numpy'], size: '1.5 GB' },
  sound: { folder: 'peers-sound', packages: ['librosa==0.11.0', 'soundfile==0.14.0', 'scipy==1.17.1'], size: '0.5 GB' },
};

/** Python with a set of packages, installed by pip when it is not there, which takes a few minutes. */
export async function peerPython(set: keyof typeof sets = 'keras'): Promise<string> {
  const { folder: name, packages, size } = sets[set];
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'pretrain-studio', name);
  const python = path.join(folder, 'bin', 'python3');
  const stamp = path.join(folder, 'complete');
  if (existsSync(stamp)) return python;
  process.stdout.write(`Setting up ${packages[0]} by pip in a folder of its own: some ${size}, a few minutes.\n`);
  await mkdir(folder, { recursive: true });
  await output('python3', ['-m', 'venv', folder]);
  await output(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  await writeFile(stamp, packages.join('\n'));
  return python;
}
