/** Files that are parts of one dataset by their names: train.csv and test.csv, or one file alone. */
import { t } from '../protocol/l10n.js';
import { joinList } from './files.js';
import { DataError, type Split } from './reader.js';
import { splitName, SPLIT_ORDER, wordsOf, type SplitName } from './splitNames.js';
import type { DataFile, Tree } from './tree/tree.js';

export interface NamedPart {
  split: SplitName;
  file: DataFile;
}

/** The split that a file's name has a word for; null without one. */
export function splitOfName(name: string): SplitName | null {
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  for (const word of wordsOf(base)) {
    const split = splitName(word);
    if (split !== null) return split;
  }
  return null;
}

/**
 * In the order train, validation, test. Files without such a name stand alone or not at all.
 * @throws DataError for several files whose names do not tell splits, or two of one split
 */
export function namedParts(tree: Tree, isPart: (name: string) => boolean): NamedPart[] {
  const files = tree.files.filter(({ name }) => isPart(name));
  const [only] = files;
  if (only && files.length === 1) return [{ split: 'train', file: only }];
  const parts = files.flatMap((file): NamedPart[] => {
    const split = splitOfName(file.name);
    return split === null ? [] : [{ split, file }];
  });
  const several = (names: string[]): DataError =>
    new DataError(
      t('{0} holds several files that could be meant: {1}.', tree.path, joinList(names.slice(0, 5))),
      tree.path,
      t('Name one of them, or call those that belong together train, validation and test.'),
    );
  if (parts.length === 0 && files.length > 1) throw several(files.map(({ name }) => name));
  for (const split of SPLIT_ORDER) {
    const same = parts.filter((part) => part.split === split);
    if (same.length > 1) throw several(same.map(({ file }) => file.name));
  }
  return parts.sort((a, b) => SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split));
}

/** @param counts of the parts, in their order */
export function splitsOfParts(parts: readonly { split: SplitName }[], counts: readonly number[]): Split[] {
  let start = 0;
  return parts.map(({ split }, i) => {
    const count = counts[i] ?? 0;
    start += count;
    return { name: parts.length === 1 ? 'train' : split, start: start - count, count };
  });
}
