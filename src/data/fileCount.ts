/** How many files of a kind a folder or archive holds, by a bounded look that follows fileLayout.ts. */
import * as path from 'node:path';
import { lookAtFiles } from './filesLook.js';
import { unpackedName } from './fileNames.js';
import { firstEntries, glimpse } from './glimpse.js';
import { SPLIT_ORDER, splitName, type SplitName } from './splitNames.js';

/** Entries that are looked at in all. */
const MOST = 20_000;

export interface Counted {
  /** By split, in the order train, validation, test; one when there are no splits. Empty when nothing is known. */
  counts: number[];
  /** There are more. */
  atLeast: boolean;
  /** Folders that name a class; null when there are none. */
  classes: number | null;
  /** Names of files that stand in one folder without classes. */
  names: string[];
  /** Paths of files on disk; none of an archive. */
  files: string[];
}

export async function countFiles(target: string, named: RegExp): Promise<Counted> {
  const seen = await glimpse(target);
  const { layout, paths, folders } = await lookAtFiles(seen, named);
  const isFlat = layout === 'flat';
  if (seen.kind !== 'folder') {
    const known = seen.complete && layout !== 'splits';
    return {
      counts: known ? [paths.length] : [],
      atLeast: false,
      classes: known && layout === 'classes' ? folders : null,
      names: isFlat ? paths.map((file) => path.basename(file)) : [],
      files: [],
    };
  }
  const walk = new Walk(target, named);
  await walk.folder('', layout === 'splits' ? 2 : 1);
  const files = [...walk.found].flatMap(([folder, names]) => names.map((name) => path.join(target, folder, name)));
  const splitOf = (folder: string): SplitName | null =>
    layout === 'splits' ? splitName(folder.split(path.sep)[0] ?? '') : 'train';
  const counts = SPLIT_ORDER.map((split) =>
    [...walk.found].reduce((sum, [folder, names]) => sum + (splitOf(folder) === split ? names.length : 0), 0),
  );
  const below = [...walk.found.keys()].filter((folder) => folder.includes(path.sep) && splitOf(folder) !== null);
  const inSplits = walk.isCut || below.length === 0 ? null : new Set(below.map((folder) => path.basename(folder))).size;
  return {
    counts: counts.filter((count) => count > 0),
    atLeast: walk.isCut,
    classes: layout === 'classes' ? folders : layout === 'splits' ? inSplits : null,
    names: isFlat ? [...walk.found.values()].flat().map(unpackedName) : [],
    files,
  };
}

/** Names by folder, both relative. */
class Walk {
  readonly found = new Map<string, string[]>();
  isCut = false;
  private left = MOST;

  constructor(
    private readonly target: string,
    private readonly named: RegExp,
  ) {}

  async folder(folder: string, depth: number): Promise<void> {
    if (this.left === 0) {
      this.isCut = true;
      return;
    }
    const { entries, complete } = await firstEntries(path.join(this.target, folder), this.left);
    this.left -= entries.length;
    this.isCut ||= !complete;
    const names = entries.flatMap(({ name, isDirectory }) =>
      !isDirectory && this.named.test(unpackedName(name)) ? [name] : [],
    );
    if (names.length > 0) this.found.set(folder, names);
    if (depth === 0) return;
    for (const { name, isDirectory } of entries) if (isDirectory) await this.folder(path.join(folder, name), depth - 1);
  }
}
