import { createHash } from 'node:crypto';
import path from 'node:path';

/** Where a run's trainer listens: a Unix socket, on Windows a named pipe, that follows from the run's folder. */

/** The folder of this user's sockets within a folder for temporary files. */
export function socketFolder(temporary: string): string {
  return path.join(temporary, `pretrain-studio-${process.getuid?.() ?? 0}`);
}

/** @param folder the run folder, links resolved: always the same name for one folder */
export function socketName(folder: string): string {
  return `${digest(folder)}.sock`;
}

/** @param folder as for {@link socketName} */
export function pipeAddress(folder: string): string {
  return `\\\\.\\pipe\\pretrain-studio-${digest(folder)}`;
}

/**
 * Whether the address that a run.json names is that of its own folder. A file from elsewhere may name anything that
 * listens on this machine, and a copied folder names the trainer of the one it was copied from.
 * @param folder as for {@link socketName}
 */
export function isAddressOf(address: string, folder: string): boolean {
  if (process.platform === 'win32') return address === pipeAddress(folder);
  const temporary = path.dirname(path.dirname(address)); // the trainer's, whose TMPDIR may be another than ours
  return path.isAbsolute(address) && address === path.join(socketFolder(temporary), socketName(folder));
}

function digest(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 20);
}
