/** How a folder of images is laid out: which files are images, of which class and split. Reads no image. */
import * as path from 'node:path';
import { listFolder, type Listing } from './files.js';
import type { UnreadableFile } from './reader.js';
import { splitName, SPLIT_ORDER, type SplitName } from './splitNames.js';

export interface ImageFile {
  file: string;
  split: SplitName;
  /** Null for images beside the class folders: they have no label. */
  className: string | null;
}

export interface ImageLayout {
  /** By split, then class, then name. */
  images: ImageFile[];
  problems: UnreadableFile[];
  /** Folders too deep for this layout: not read. */
  deeper: string[];
}

export const IMAGE_NAME = /\.(png|jpe?g)$/i;
const OTHER_IMAGE = /\.(gif|bmp|webp|tiff?|avif|heic|jp2|svg)$/i;

interface Folder {
  name: string;
  path: string;
  images: string[];
  folders: Folder[];
}

/**
 * `class/image`, `split/class/image`, or images alone, then without labels. Folders named train, validation and test
 * (also val, valid, dev, training, testing) are splits when all folders are named so, or when "train" holds folders.
 */
export async function findImages(root: string, signal?: AbortSignal): Promise<ImageLayout> {
  const layout: ImageLayout = { images: [], problems: [], deeper: [] };
  const top = await readTree(root, root, 2, layout, signal);
  const splits = splitFolders(top);
  if (!splits) addClasses(layout, top, 'train');
  else {
    for (const split of SPLIT_ORDER) for (const folder of splits.get(split) ?? []) addClasses(layout, folder, split);
    addClasses(layout, { ...top, folders: [] }, 'train');
    for (const folder of top.folders)
      if (splitName(folder.name) === null && holdsImages(folder))
        layout.problems.push({
          file: folder.path,
          reason: 'Left out: it is neither train, validation nor test, as the folders beside it.',
        });
  }
  if (layout.images.length > 0)
    for (const file of layout.deeper)
      layout.problems.push({ file, reason: 'Left out: a folder within a class folder.' });
  layout.images.sort((a, b) => SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split));
  return layout;
}

async function readTree(
  folder: string,
  root: string,
  depth: number,
  layout: ImageLayout,
  signal: AbortSignal | undefined,
): Promise<Folder> {
  signal?.throwIfAborted();
  const listing: Listing = await listFolder(folder, root);
  const found: Folder = { name: path.basename(folder), path: folder, images: [], folders: [] };
  for (const { name, isDirectory } of listing.entries) {
    const entry = path.join(folder, name);
    if (isDirectory && depth > 0) found.folders.push(await readTree(entry, root, depth - 1, layout, signal));
    else if (isDirectory) layout.deeper.push(entry);
    else if (IMAGE_NAME.test(name)) found.images.push(entry);
    else if (OTHER_IMAGE.test(name))
      layout.problems.push({ file: entry, reason: 'Not read: only PNG and JPEG images are. Convert it.' });
  }
  for (const link of listing.links)
    layout.problems.push({
      file: path.join(folder, link),
      reason: 'Not followed: a link that leads out of the dataset’s folder. Copy there what it leads to.',
    });
  return found;
}

function holdsImages(folder: Folder): boolean {
  return folder.images.length > 0 || folder.folders.some(holdsImages);
}

function splitFolders({ folders }: Folder): Map<SplitName, Folder[]> | null {
  const used = folders.filter(holdsImages);
  const named = used.filter(({ name }) => splitName(name) !== null);
  const train = named.find(({ name }) => splitName(name) === 'train');
  const areSplits = named.length > 0 && (named.length === used.length || train?.folders.some(holdsImages) === true);
  if (!areSplits) return null;
  const splits = new Map<SplitName, Folder[]>();
  for (const folder of named) {
    const split = splitName(folder.name) ?? 'train';
    splits.set(split, [...(splits.get(split) ?? []), folder]);
  }
  return splits;
}

function addClasses(layout: ImageLayout, folder: Folder, split: SplitName): void {
  for (const { name, images, folders } of folder.folders) {
    for (const file of images) layout.images.push({ file, split, className: name });
    for (const inner of folders) if (holdsImages(inner)) layout.deeper.push(inner.path);
  }
  for (const file of folder.images) layout.images.push({ file, split, className: null });
}
