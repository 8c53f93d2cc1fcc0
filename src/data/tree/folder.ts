/** A folder as a tree. */
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { compareNames, listFolder, telling } from '../files.js';
import { LeftOut } from '../leftOut.js';
import type { UnreadableFile } from '../reader.js';
import { diskFile } from './storedFile.js';
import { inOrder, leftOut, tooManyFiles } from './names.js';
import { visitEach } from './visit.js';
import type { Tree, TreeOptions } from './tree.js';

/** Folders deeper than this are left out. */
const MAX_DEPTH = 32;
/** Folders listed at the same time. */
const CONCURRENCY = 8;

interface Folder {
  path: string;
  /** Relative to the root, with a '/' at its end; empty for the root. */
  name: string;
  depth: number;
  /** Where it really lies, and in what: links back up are loops. */
  real: string;
  parent: Folder | null;
}

/**
 * All files in and below `root`. Links are followed within it, as by listFolder; one that leads back to a folder it is
 * in is left out.
 * @throws DataError when a folder cannot be listed, unless such are skipped (the root is not), or there are too many files
 */
export async function openFolderTree(root: string, options: TreeOptions & { maxFiles: number }): Promise<Tree> {
  const { signal, maxFiles } = options;
  const names: string[] = [];
  const problems: UnreadableFile[] = [];
  const unreadable = new LeftOut(options);
  let level: Folder[] = [
    { path: root, name: '', depth: 0, real: await telling(root, () => fs.realpath(root)), parent: null },
  ];
  let seen = 0;

  const list = async (folder: Folder): Promise<Folder[]> => {
    signal?.throwIfAborted();
    const listing = await listFolder(folder.path, root).catch((error: unknown) => {
      if (folder.parent === null) throw error;
      unreadable.file(error);
      return null;
    });
    if (!listing) return [];
    const { entries, links, others } = listing;
    seen += entries.length;
    if (seen > maxFiles) throw tooManyFiles(root, maxFiles);
    for (const other of others)
      problems.push({
        file: path.join(folder.path, other),
        reason: leftOut(t('it is neither a file nor a folder.')),
      });
    // As a file is named: something went wrong where it was to be written.
    if (entries.length + links.length + others.length === 0 && /\.\w+$/.test(folder.path))
      problems.push({ file: folder.path, reason: leftOut(t('it is a folder, and empty.')) });
    for (const link of links)
      problems.push({
        file: path.join(folder.path, link),
        reason: t('Not followed: a link that leads out of the dataset’s folder. Copy there what it leads to.'),
      });
    const inner: Folder[] = [];
    for (const { name, isDirectory, target } of entries) {
      const entry = path.join(folder.path, name);
      if (!isDirectory) names.push(folder.name + name);
      else if (folder.depth >= MAX_DEPTH)
        problems.push({ file: entry, reason: leftOut(t('more than {0} folders deep.', MAX_DEPTH)) });
      else if (target !== undefined && leadsUp(target, folder))
        problems.push({ file: entry, reason: t('Not followed: a link that leads back to a folder it is in.') });
      else
        inner.push({
          path: entry,
          name: `${folder.name}${name}/`,
          depth: folder.depth + 1,
          real: target ?? path.join(folder.real, name),
          parent: folder,
        });
    }
    return inner;
  };

  while (level.length > 0) {
    const next: Folder[] = [];
    for (let i = 0; i < level.length; i += CONCURRENCY)
      for (const inner of await Promise.all(level.slice(i, i + CONCURRENCY).map(list))) next.push(...inner);
    level = next;
  }
  const files = inOrder(
    names.map((name) => diskFile(path.join(root, name), name)),
    problems,
  );
  problems.push(...unreadable.problems());
  problems.sort((a, b) => compareNames(a.file, b.file));
  return { path: root, kind: 'folder', files, problems, contents: visitEach, close: () => Promise.resolve() };
}

function leadsUp(target: string, from: Folder): boolean {
  for (let folder: Folder | null = from; folder; folder = folder.parent) if (folder.real === target) return true;
  return false;
}
