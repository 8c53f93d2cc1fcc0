/** Parquet files that are one dataset: a file, splits by name, each in any number of shards. */
import { t } from '../../protocol/l10n.js';
import { joinList } from '../files.js';
import { PARQUET_NAME } from '../fileNames.js';
import { splitOfName } from '../namedParts.js';
import { DataError, type UnreadableFile } from '../reader.js';
import { splitName, SPLIT_ORDER, type SplitName } from '../splitNames.js';
import type { DataFile, Tree } from '../tree/tree.js';

export interface ShardedPart {
  split: SplitName;
  /** In the order of their names. */
  files: DataFile[];
}

/**
 * `train-00000-of-00002.parquet`, `data/train-*.parquet`, `train/0000.parquet`, `part-00000-….parquet`, or one file of any
 * name. Files without a split's name stand alone or not at all.
 * @param problems gets what is missing or left out
 * @throws DataError for files whose names do not tell that they belong together
 */
export function shardedParts(tree: Tree, problems: UnreadableFile[]): ShardedPart[] {
  const files = tree.kind === 'file' ? tree.files : tree.files.filter(({ name }) => PARQUET_NAME.test(name));
  const parts = shardsOfSplits(files);
  const used = new Set(parts.flatMap((part) => part.files));
  for (const file of files.filter((one) => !used.has(one)))
    problems.push({
      file: file.path,
      reason: t('Left out: its name has no word for a split, as those of others have.'),
    });
  for (const { files: same } of parts) {
    const kinds = new Set(same.map(({ name }) => name.replace(/[0-9a-f-]{8,}|\d+/gi, '#')));
    if (kinds.size > 1)
      throw new DataError(
        t(
          '{0} holds several files that could be meant: {1}.',
          tree.path,
          joinList(same.slice(0, 5).map(({ name }) => name)),
        ),
        tree.path,
        t('Name one of them, or call those that belong together train, validation and test.'),
      );
    problems.push(...missingShards(same));
  }
  return parts;
}

/** By their names; files without a split's name are left out where others have one. */
export function shardsOfSplits<File extends { name: string }>(
  files: readonly File[],
): { split: SplitName; files: File[] }[] {
  const named = files.map((file) => ({ file, split: files.length === 1 ? null : splitOfPath(file.name) }));
  const known = named.filter(({ split }) => split !== null);
  const used = known.length > 0 ? known : named;
  return SPLIT_ORDER.flatMap((split) => {
    const same = used.filter((one) => (one.split ?? 'train') === split).map(({ file }) => file);
    return same.length > 0 ? [{ split, files: same }] : [];
  });
}

function splitOfPath(name: string): SplitName | null {
  const folders = name.split('/').slice(0, -1).reverse();
  return [splitOfName(name), ...folders.map(splitName)].find((split) => split !== null) ?? null;
}

/** "train-00000-of-00002" without the other one. */
function missingShards(files: readonly DataFile[]): UnreadableFile[] {
  const numbers = files.map(({ name }) => /(\d+)-of-(\d+)[^/]*$/.exec(name));
  const total = Number(numbers[0]?.[2] ?? 0);
  const first = files[0];
  if (!first || total === files.length || numbers.some((found) => Number(found?.[2]) !== total)) return [];
  return [
    {
      file: first.path,
      reason: t('There are {0} such files, but by their names there should be {1}.', files.length, total),
    },
  ];
}
