import { constants } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../protocol/l10n.js';

/** Writing into folders that may come from elsewhere, and so that nothing is ever seen half done. */

const { O_APPEND, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } = constants;
/** A symbolic link would lead the writing to any file of this user: opening one fails with ELOOP. Windows has no such flag. */
const O_NOFOLLOW = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;

/** Opens for reading and appending; makes the file where there is none. */
export const APPEND = O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW;
const REPLACE = O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW;

/** At once, or piece by piece as it comes. */
type Content = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** Aside first, then renamed. @throws Error of the file system, or of the content; nothing is left behind. */
export async function writeFileAtomic(file: string, content: Content): Promise<void> {
  const aside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    await writeDurable(aside, content);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** On the disk when it returns, so that a rename after it cannot reveal an empty file when the power fails. */
export async function writeDurable(file: string, content: Content): Promise<void> {
  const handle = await open(file, REPLACE);
  try {
    await writeFile(handle, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The `code` of a file system's error, e.g. "ENOSPC". */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Why a file could not be written or read, in words, and what to do. */
export function fileTrouble(error: unknown): { reason: string; advice: string } {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { reason: t('the disk is full'), advice: t('Free some space') };
    case 'EACCES':
    case 'EPERM':
      return {
        reason: t('you have no permission to write there'),
        advice: t('Change the permissions of the folder, or choose another with --out'),
      };
    case 'EROFS':
      return { reason: t('the disk is read-only'), advice: t('Choose another folder with --out') };
    case 'ENOTDIR':
    case 'EEXIST':
      return {
        reason: t('a file stands where a folder is needed'),
        advice: t('Move that file away, or choose another folder with --out'),
      };
    case 'ELOOP':
      return { reason: t('a symbolic link stands in its place'), advice: t('Put the file itself there') };
    case 'EMFILE':
    case 'ENFILE':
      return { reason: t('too many files are open'), advice: t('Close other programs') };
    default:
      return { reason: error instanceof Error ? error.message : String(error), advice: t('Check the disk') };
  }
}
