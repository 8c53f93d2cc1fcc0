import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { output } from './program.js';

const PACKAGES = ['keras==3.12.0', 'tensorflow-cpu==2.20.0', 'numpy'];

/** Python with Keras in a folder of its own, set up by pip when it is not there: some 1.5 GB, a few minutes. */
export async function peerPython(): Promise<string> {
  const folder = path.join(
    process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
    'pretrain-studio',
    'peers',
  );
  const python = path.join(folder, 'bin', 'python3');
  const stamp = path.join(folder, 'complete');
  if (existsSync(stamp)) return python;
  process.stdout.write('Setting up Keras by pip in a folder of its own: some 1.5 GB, a few minutes.\n');
  await mkdir(folder, { recursive: true });
  await output('python3', ['-m', 'venv', folder]);
  await output(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  await writeFile(stamp, PACKAGES.join('\n'));
  return python;
}
