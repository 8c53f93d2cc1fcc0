/** Looking at and reading files, with failures told as DataErrors. Light: it also runs in the extension host. */
import { constants, promises as fs } from 'node:fs';
import * as path from 'node:path';
import { listed } from '../recipe/expectation.js';
import { counted, formatCount, t } from '../protocol/l10n.js';
import { DataError, type DirectoryEntry } from './reader.js';

/** What is read into memory as a whole may have at most this many bytes. */
export const MAX_BYTES = 4 * 1024 ** 3 - 1;

/** What is read of a large file at a time. */
const PIECE_BYTES = 1024 * 1024;

/** An error of the file system as a person should read it. What is no such error is returned as it is. */
export function fileError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof DataError) return error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new DataError(
        t('{0} is not there.', file),
        file,
        t('Check the path; a relative path is relative to the recipe’s folder.'),
      );
    case 'EACCES':
    case 'EPERM':
      return new DataError(
        t('{0} cannot be read: this user has no permission.', file),
        file,
        t('Give yourself the right to read it, or choose other data.'),
      );
    case 'ELOOP':
      return new DataError(
        t('{0} cannot be read: its links lead in a circle.', file),
        file,
        t('Replace the link by what it should lead to.'),
      );
    case 'EMFILE':
    case 'ENFILE':
      return new DataError(
        t('{0} cannot be read: too many files are open on this machine.', file),
        file,
        t('Close other programs and try again.'),
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new DataError(
        t('{0} cannot be written: the disk is full.', file),
        file,
        t('Free some space, or choose another folder.'),
      );
    case 'EROFS':
      return new DataError(t('{0} cannot be written: the disk is read-only.', file), file, t('Choose another folder.'));
    default:
      return typeof error.code === 'string' && 'syscall' in error
        ? new DataError(
            t('{0} cannot be read ({1}).', file, error.code),
            file,
            t('Check that the disk or network drive works, then try again.'),
          )
        : error;
  }
}

/** Runs `action`, turning errors of the file system into DataErrors about `file`. */
export async function telling<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Whether the path is a file or a folder, and its size. @throws DataError when it is missing or neither. */
export async function look(file: string): Promise<{ isDirectory: boolean; size: number }> {
  const stats = await telling(file, () => fs.stat(file));
  if (!stats.isFile() && !stats.isDirectory())
    throw new DataError(t('{0} is neither a file nor a folder.', file), file, t('Choose a file or a folder of data.'));
  return { isDirectory: stats.isDirectory(), size: stats.size };
}

export interface Listing {
  /** Files and folders in a stable order (by UTF-16 units), hidden ones left out; `target` is where a link really leads. */
  entries: (DirectoryEntry & { target?: string })[];
  /** Names of links that lead out of `root`, or nowhere. */
  links: string[];
  /** Names of what is neither file nor folder, e.g. a pipe. */
  others: string[];
}

/**
 * Entries of a folder. Hidden entries (".name") and what is neither file nor folder are left out. A symbolic link is
 * followed only when it leads to a place inside `root`, the folder that was named as the dataset: opening a folder that
 * somebody else made must not read files elsewhere. (`root` itself may be reached through a link.)
 */
export async function listFolder(folder: string, root = folder): Promise<Listing> {
  const found = await telling(folder, () => fs.readdir(folder, { withFileTypes: true }));
  const entries: Listing['entries'] = [];
  const links: string[] = [];
  const others: string[] = [];
  let realRoot: string | null = null;
  for (const entry of found) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isSymbolicLink()) {
      realRoot ??= await telling(root, () => fs.realpath(root));
      const target = await followWithin(path.join(folder, entry.name), realRoot);
      if (target) entries.push({ name: entry.name, ...target });
      else links.push(entry.name);
    } else if (entry.isFile() || entry.isDirectory()) {
      entries.push({ name: entry.name, isDirectory: entry.isDirectory() });
    } else others.push(entry.name);
  }
  entries.sort((a, b) => compareNames(a.name, b.name));
  return { entries, links: links.sort(compareNames), others: others.sort(compareNames) };
}

async function followWithin(link: string, realRoot: string): Promise<{ isDirectory: boolean; target: string } | null> {
  try {
    const target = await fs.realpath(link);
    const relative = path.relative(realRoot, target);
    if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return null;
    const stats = await fs.stat(target);
    return stats.isFile() || stats.isDirectory() ? { isDirectory: stats.isDirectory(), target } : null;
  } catch {
    return null; // leads nowhere: reported with the links that were not followed
  }
}

/** The same order everywhere, whatever the language of the machine. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Not blocking: a pipe put in a file's place must not make us wait for ever. The caller closes it. @throws DataError for what is no file */
export function openToRead(file: string): Promise<fs.FileHandle> {
  return telling(file, async () => {
    const handle = await fs.open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if ((await handle.stat()).isFile()) return handle;
      throw new DataError(t('{0} is no file.', file), file, t('Name a file or a folder of data.'));
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

/** The first bytes of a file, fewer if it is shorter. */
export async function readStart(file: string, bytes: number): Promise<Buffer> {
  return telling(file, async () => {
    const handle = await openToRead(file);
    try {
      const buffer = Buffer.alloc(bytes);
      const { bytesRead } = await handle.read(buffer, 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  });
}

/** A file from its first to its last byte, in pieces of up to 1 MiB. @throws DataError, or the signal's reason */
export async function* readPieces(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await openToRead(file);
  try {
    const { size } = await telling(file, () => handle.stat());
    for (let at = 0; ;) {
      signal?.throwIfAborted();
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, Math.max(1024, size - at)));
      const { bytesRead } = await telling(file, () => handle.read(piece, 0, piece.length, null));
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** A whole file. @throws DataError when it cannot be read, is empty, or is larger than fits into memory. */
export async function readWhole(file: string, signal?: AbortSignal): Promise<Buffer> {
  const { size, isDirectory } = await look(file);
  if (isDirectory) throw new DataError(t('{0} is a folder, not a file.', file), file, t('Name a file.'));
  checkNotEmpty(file, size);
  if (size > MAX_BYTES)
    throw new DataError(
      t(
        '{0} has {1} bytes; data that is read into memory may have {2}.',
        path.basename(file),
        formatCount(size),
        formatCount(MAX_BYTES),
      ),
      file,
      t('Use a part of it.'),
    );
  return telling(file, async () => {
    try {
      return await fs.readFile(file, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  });
}

export function checkNotEmpty(file: string, size: number): void {
  if (size === 0)
    throw new DataError(
      t('{0} is empty (0 bytes).', path.basename(file)),
      file,
      t('Download or copy it again; the file was probably cut off.'),
    );
}

/** What a folder holds, for people: "12 .txt files, 3 .csv files and 2 folders". */
export function describeEntries({ entries, links }: Listing): string {
  const counts = new Map<string, number>();
  let folders = 0;
  for (const entry of entries) {
    if (entry.isDirectory) folders++;
    else {
      const extension = path.extname(entry.name).toLowerCase();
      counts.set(extension, (counts.get(extension) ?? 0) + 1);
    }
  }
  const kinds = [...counts].sort((a, b) => b[1] - a[1] || compareNames(a[0], b[0]));
  const parts = kinds
    .slice(0, 4)
    .map(([extension, count]) =>
      extension === ''
        ? counted(count, '{0} file without an extension', '{0} files without an extension')
        : counted(count, '{0} {1} file', '{0} {1} files', extension),
    );
  if (kinds.length > 4) parts.push(t('other files'));
  if (folders > 0) parts.push(counted(folders, '{0} folder', '{0} folders'));
  if (links.length > 0)
    parts.push(
      counted(links.length, '{0} link out of the folder, not followed', '{0} links out of the folder, not followed'),
    );
  return joinList(parts);
}

/** "a, b and c"; "nothing" for an empty list. */
export function joinList(parts: string[]): string {
  return parts.length === 0 ? t('nothing') : listed(parts, t('and'));
}
