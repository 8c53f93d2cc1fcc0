/** Names of files in archives: which are used, and in what order. */
import { t } from '../../protocol/l10n.js';
import { compareNames } from '../files.js';
import type { UnreadableFile } from '../reader.js';
import type { DataFile } from './tree.js';

/** Longer names are not data's. */
const MAX_NAME = 4096;

/** What an entry's name says: a path within the tree, null for a hidden file, or why it is left out. */
export type EntryName = { name: string } | { reason: string } | null;

/** Nothing is ever written under these names; but one that climbs out was made to deceive, and is not read. */
export function entryName(stored: string): EntryName {
  if (stored.includes('\0')) return { reason: t('Left out: there is a NUL in its name.') };
  if (stored.length > MAX_NAME) return { reason: t('Left out: its name is longer than {0} characters.', MAX_NAME) };
  if (/^([/\\]|[a-z]:)/i.test(stored) || stored.split(/[/\\]/).includes('..'))
    return { reason: t('Left out: its name leads out of the archive.') };
  const parts = stored.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0) return null;
  if (parts.some((part) => part.startsWith('.') || part === '__MACOSX')) return null;
  return { name: parts.join('/') };
}

/** By name. Of files with the same name the last is kept, as unpacking would; a packed one gives way to one that is not. */
export function inOrder<T extends DataFile>(files: T[], problems: UnreadableFile[]): T[] {
  const byName = new Map<string, T>();
  for (const file of files) {
    const other = byName.get(file.name);
    const kept = other && isPacked(file) && !isPacked(other) ? other : file;
    byName.set(file.name, kept);
    if (other)
      problems.push({
        file: (kept === other ? file : other).path,
        reason: t('Left out: another file has the same name, {0}.', file.name),
      });
  }
  return [...byName.values()].sort((a, b) => compareNames(a.name, b.name));
}

function isPacked({ name, path }: DataFile): boolean {
  return !path.endsWith(name);
}
