/** Which files of a tree are examples, of which class, split and group: from their names alone. */
import { t } from '../protocol/l10n.js';
import { compilePattern, guessPattern } from './filePattern.js';
import { DataError, type DatasetOptions, type UnreadableFile } from './reader.js';
import { splitName, SPLIT_ORDER, type SplitName } from './splitNames.js';
import type { DataFile, Tree } from './tree/tree.js';

export interface LaidOutFile {
  file: DataFile;
  split: SplitName;
  /** Null for a file without a label. */
  label: string | null;
  group: string | null;
}

export interface FileLayout {
  /** By split, then in the order of the tree. */
  files: LaidOutFile[];
  problems: UnreadableFile[];
  /** By which labels were taken, when not from folders. */
  pattern: string | null;
  /** Tables that labels were taken from. */
  tables: readonly DataFile[];
}

/**
 * `class/file`, `split/class/file`, or files alone; with a pattern, whatever it tells. Folders named train, validation
 * and test (also val, valid, dev, training, testing) are splits when all folders are named so, or when "train" holds
 * folders. Folders that hold nothing but one other folder are passed through.
 * @param isExample by a file's name in the tree
 * @throws DataError for a pattern that cannot be used, or that no file fits
 */
export async function layoutFiles(
  tree: Tree,
  isExample: (name: string) => boolean,
  { filePattern = null, groups = null }: Pick<DatasetOptions, 'filePattern' | 'groups'> = {},
): Promise<FileLayout> {
  const files = tree.files.filter(({ name }) => isExample(name));
  const problems: UnreadableFile[] = [...tree.problems];
  const root = passedThrough(files);
  const isFlat = files.every(({ name }) => !name.slice(root.length).includes('/'));
  const pattern = filePattern ?? (isFlat ? await guessPattern(files.map(({ name }) => name.slice(root.length))) : null);
  const found =
    pattern === null ? byFolders(files, root, problems) : byPattern(tree.path, files, pattern, groups, problems);
  if (groups !== null && pattern === null)
    throw new DataError(
      t('The groups "{0}" cannot be found: labels come from folders.', groups),
      tree.path,
      t('Give a "filePattern" that has the part "{0}".', groups),
    );
  found.sort((a, b) => SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split));
  return { files: found, problems, pattern, tables: [] };
}

/** "a/b/" when all files are below a/b and only there folders or files stand beside each other. */
function passedThrough(files: readonly DataFile[]): string {
  let root = '';
  for (;;) {
    const tops = new Set<string>();
    for (const { name } of files) {
      tops.add(name.slice(root.length).split('/', 1)[0] ?? '');
      if (tops.size > 1) return root;
    }
    const [top] = tops;
    if (top === undefined) return root;
    const inside = files.map(({ name }) => name.slice(root.length + top.length + 1));
    // A single folder of files might be a class, but one class teaches nothing: the files stand alone then.
    if (splitName(top) !== null || inside.some((name) => name === '')) return root;
    root += `${top}/`;
  }
}

function byFolders(files: readonly DataFile[], root: string, problems: UnreadableFile[]): LaidOutFile[] {
  const steps = files.map(({ name }) => name.slice(root.length).split('/'));
  const tops = new Set(steps.filter(({ length }) => length > 1).map(([top = '']) => top));
  const named = [...tops].filter((top) => splitName(top) !== null);
  const holdsClasses = steps.some(({ length, 0: top = '' }) => length > 2 && splitName(top) === 'train');
  const areSplits = named.length > 0 && (named.length === tops.size || holdsClasses);
  const found: LaidOutFile[] = [];
  const leftOut = new Map<string, string>();
  files.forEach((file, i) => {
    const [top = '', ...below] = steps[i] as string[];
    const split = areSplits && below.length > 0 ? splitName(top) : 'train';
    if (split === null)
      leftOut.set(top, t('Left out: it is neither train, validation nor test, as the folders beside it.'));
    else {
      const classSteps = areSplits ? below.slice(0, -1) : [top, ...below].slice(0, -1);
      if (classSteps.length > 1)
        leftOut.set((steps[i] as string[]).slice(0, -1).join('/'), t('Left out: a folder within a class folder.'));
      else found.push({ file, split, label: classSteps[0] ?? null, group: null });
    }
  });
  for (const [folder, reason] of leftOut) problems.push({ file: root + folder, reason });
  return found;
}

function byPattern(
  dataset: string,
  files: readonly DataFile[],
  text: string,
  groups: string | null,
  problems: UnreadableFile[],
): LaidOutFile[] {
  const pattern = compilePattern(text, dataset);
  const found: LaidOutFile[] = [];
  for (const file of files) {
    const parts = pattern.parse(file.name);
    if (!parts) {
      problems.push({ file: file.path, reason: t('Left out: its name does not fit the pattern "{0}".', text) });
      continue;
    }
    const group = groups === null ? null : parts[groups];
    if (group === undefined)
      throw new DataError(
        t('The file pattern "{0}" has no part "{1}" for the groups.', text, groups ?? ''),
        dataset,
        t('It has: {0}.', Object.keys(parts).join(', ')),
      );
    const split = splitName(parts['split'] ?? '') ?? 'train';
    found.push({ file, split, label: parts['label'] ?? null, group });
  }
  const [first] = files;
  if (found.length === 0 && first)
    throw new DataError(
      t('No file fits the pattern "{0}"; one is called {1}.', text, first.name),
      dataset,
      t('Write the pattern as the names are built, or leave it out.'),
    );
  return found;
}
