/** Which files of an archive or folder are used, by their names, and why others are not. */
import { formatCount, t } from '../../protocol/l10n.js';
import { compareNames } from '../files.js';
import { DataError, type UnreadableFile } from '../reader.js';
import type { StoredFile } from './storedFile.js';

/** Longer names are not data's. */
const MAX_NAME = 4096;

/** What an entry's name says: its path within the tree, and why it is left out, if it is. */
export interface EntryName {
  name: string;
  reason: string | null;
}

/**
 * Nothing is ever written under these names; but one that climbs out was made to deceive, and is not read.
 * @returns null for a hidden file or a folder
 */
export function entryName(stored: string): EntryName | null {
  const refused = (why: string): EntryName => ({ name: stored, reason: leftOut(why) });
  if (stored.includes('\0')) return refused(t('there is a NUL in its name.'));
  if (stored.length > MAX_NAME) return refused(t('its name is longer than {0} characters.', MAX_NAME));
  if (/^([/\\]|[a-z]:)/i.test(stored) || stored.split(/[/\\]/).includes('..'))
    return refused(t('its name leads out of the archive.'));
  const parts = stored.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.some((part) => part.startsWith('.') || part === '__MACOSX')) return null;
  return { name: parts.join('/'), reason: null };
}

/** By name. Of files with the same name the last is kept, as unpacking would; a packed one gives way to one that is not. */
export function inOrder(files: StoredFile[], problems: UnreadableFile[]): StoredFile[] {
  const byName = new Map<string, StoredFile>();
  for (const file of files) {
    const other = byName.get(file.name);
    const kept = other && file.isPacked && !other.isPacked ? other : file;
    byName.set(file.name, kept);
    if (other)
      problems.push({
        file: (kept === other ? file : other).path,
        reason: leftOut(t('another file has the same name, {0}.', file.name)),
      });
  }
  return [...byName.values()].sort((a, b) => compareNames(a.name, b.name));
}

export function leftOut(why: string): string {
  return t('Left out: {0}', why);
}

export function linkReason(): string {
  return leftOut(t('a link. Pack it again with the files that links lead to (tar --dereference, zip without -y).'));
}

export function tooManyFiles(file: string, maxFiles: number): DataError {
  return new DataError(
    t('{0} holds more than {1} files and folders.', file, formatCount(maxFiles)),
    file,
    t('Name a folder or an archive that holds the data alone.'),
  );
}
