/** Arrays in an archive: files that lie in one folder of it, as they would lie on the disk. */
import * as path from 'node:path';
import { look, readStart } from './files.js';
import { isGzip } from './gzip.js';
import type { OpenOptions } from './reader.js';
import { isTar, isZip, TAR_BLOCK } from './tree/magic.js';
import { openTree, type DataFile, type Tree } from './tree/tree.js';

export interface ArchivedArrays {
  tree: Tree;
  /** By their names in the folder. */
  files: ReadonlyMap<string, DataFile>;
}

/**
 * @param isArray by a file's name without folders: the first such file tells the folder
 * @returns null for what is no archive @throws DataError
 */
export async function archivedArrays(
  target: string,
  isArray: (name: string) => boolean,
  { signal }: OpenOptions,
): Promise<ArchivedArrays | null> {
  const { isDirectory } = await look(target);
  if (isDirectory) return null;
  const start = await readStart(target, TAR_BLOCK);
  // What tells a packed tar archive lies within its packing.
  if (!isZip(start) && !isTar(start) && !(isGzip(start) && /\.(tgz|tar\.gz)$/i.test(target))) return null;
  const tree = await openTree(target, signal ? { signal } : {});
  const first = tree.files.find(({ name }) => isArray(path.posix.basename(name)));
  const folder = first ? path.posix.dirname(first.name) : '.';
  const inside = tree.files.filter(({ name }) => path.posix.dirname(name) === folder);
  return { tree, files: new Map(inside.map((file) => [path.posix.basename(file.name), file])) };
}
