/** IDX files by their names: which hold images, which labels, and what belongs together. Reads no file. */
import * as path from 'node:path';
import { t } from '../protocol/l10n.js';
import { joinList } from './files.js';
import { DataError, type DirectoryEntry } from './reader.js';
import { splitName, wordsOf, type SplitName } from './splitNames.js';

export interface IdxName {
  role: 'images' | 'labels';
  split: SplitName | null;
  /** What is left of the name: equal for files of one dataset. */
  dataset: string;
  /** The name says IDX; otherwise it only says images or labels, and its first bytes must tell. */
  certain: boolean;
}

/** One split of a dataset: names of its files. */
export interface IdxPart {
  split: SplitName;
  images: string;
  labels: string | null;
}

export interface IdxGroup {
  dataset: string;
  parts: IdxPart[];
  /** Labels files whose images are missing. */
  labelsOnly: string[];
  /** Two files that could be the same thing. */
  ambiguous: [string, string] | null;
}

/** e.g. "train-images-idx3-ubyte.gz", "t10k-labels.idx1-ubyte", "train-images"; null for other names. */
export function parseIdxName(name: string): IdxName | null {
  const plain = name.replace(/\.gz$/i, '');
  if (!/^(\.idx\d?(-\w+)?|\.ubyte|)$/i.test(path.extname(plain))) return null;
  const words = wordsOf(plain);
  const idx = words.map((word) => /^idx(\d?)$/.exec(word)).find((match) => match !== null);
  const role =
    words.includes('images') || words.includes('image')
      ? 'images'
      : words.includes('labels') || words.includes('label')
        ? 'labels'
        : idx
          ? idx[1] === '1'
            ? 'labels'
            : 'images'
          : null;
  if (role === null) return null;
  const split = words.map(splitName).find((found) => found !== null) ?? null;
  const dataset = words.filter((word) => !/^(images?|labels?|idx\d?|ubyte)$/.test(word) && splitName(word) === null);
  return { role, split, dataset: dataset.join('-'), certain: idx !== undefined };
}

/** Groups by dataset, each with its splits; of a file that is there plain and compressed, the plain one is used. */
export function groupIdxFiles(entries: DirectoryEntry[]): IdxGroup[] {
  const names = new Set(entries.map(({ name }) => name));
  const groups = new Map<string, { name: string; parsed: IdxName }[]>();
  for (const { name, isDirectory } of entries) {
    const parsed = isDirectory ? null : parseIdxName(name);
    if (!parsed || (name.endsWith('.gz') && names.has(name.slice(0, -3)))) continue;
    const group = groups.get(parsed.dataset) ?? [];
    groups.set(parsed.dataset, group);
    group.push({ name, parsed });
  }
  return [...groups].map(([dataset, files]) => groupOf(dataset, files));
}

function groupOf(dataset: string, files: { name: string; parsed: IdxName }[]): IdxGroup {
  const splits = new Map<SplitName, { images?: string; labels?: string }>();
  const group: IdxGroup = { dataset, parts: [], labelsOnly: [], ambiguous: null };
  for (const { name, parsed } of files) {
    const part = splits.get(parsed.split ?? 'train') ?? {};
    splits.set(parsed.split ?? 'train', part);
    const other = part[parsed.role];
    if (other !== undefined) group.ambiguous ??= [other, name];
    part[parsed.role] = name;
  }
  for (const [split, { images, labels }] of splits) {
    if (images !== undefined) group.parts.push({ split, images, labels: labels ?? null });
    else if (labels !== undefined) group.labelsOnly.push(labels);
  }
  return group;
}

/** The one dataset of a folder. @throws DataError when there are several, or labels without images. */
export function chooseIdxFiles(folder: string, groups: IdxGroup[]): IdxPart[] {
  const [orphan] = groups.flatMap((group) => group.labelsOnly);
  if (orphan !== undefined)
    throw new DataError(
      t('{0} holds labels, but its images are missing from {1}.', orphan, folder),
      path.join(folder, orphan),
      t(
        'Put the images beside it, named like it ({0}), or remove it.',
        orphan.replace(/label/i, 'image').replace(/idx1/i, 'idx3'),
      ),
    );
  const twice = groups.find((group) => group.ambiguous)?.ambiguous;
  if (twice)
    throw new DataError(
      t('{0} holds two files for the same part: {1}.', folder, joinList(twice)),
      folder,
      t('Move one of them elsewhere, or name the images file that you mean.'),
    );
  if (groups.length > 1)
    throw new DataError(
      t('{0} holds several datasets: {1}.', folder, joinList(groups.map(({ parts }) => parts[0]?.images ?? ''))),
      folder,
      t('Put each into a folder of its own, or name one images file.'),
    );
  return groups[0]?.parts ?? [];
}
