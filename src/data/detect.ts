/**
 * Which format a file or folder has, from names and a few first bytes. Light: the extension host imports this file and
 * find.ts; what decodes is behind index.ts.
 */
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import { compareNames, listFolder, look, readStart } from './files.js';
import { groupIdxFiles, parseIdxName } from './idxNames.js';
import { IMAGE_NAME } from './imageLayout.js';
import { parseArrayName } from './npyNames.js';
import type { Detection, DirectoryEntry, Format } from './reader.js';
import { splitName } from './splitNames.js';

export type Detector = Pick<Format, 'name' | 'title' | 'detect'>;

/** Path that stands for the generated digits of strokeDigits.ts; no file can be called so on every system. */
export const SAMPLE_DIGITS = 'sample:digits';

const MAX_SUBFOLDERS = 200;
const MAX_ENTRIES = 500;

export const detectors: readonly Detector[] = [
  { name: 'idx', title: 'IDX images, as MNIST has them', detect: detectIdx },
  { name: 'npz', title: 'NumPy archive (.npz)', detect: detectNpz },
  { name: 'npy', title: 'NumPy arrays (.npy)', detect: detectNpy },
  { name: 'imageFolder', title: 'Folder of PNG and JPEG images', detect: detectImageFolder },
];

/** What the path may be, the likeliest first; empty when nothing that is read here. @throws DataError when it is missing */
export async function detectDataset(target: string): Promise<Detection[]> {
  if (target === SAMPLE_DIGITS)
    return [{ format: 'strokeDigits', kind: 'image', path: target, reason: 'Digits drawn by a seeded generator.' }];
  const { isDirectory } = await look(target);
  const entries = isDirectory ? (await listFolder(target)).entries : null;
  return detectIn(target, entries);
}

export async function detectIn(target: string, entries: DirectoryEntry[] | null): Promise<Detection[]> {
  const found = await Promise.all(detectors.map(({ detect }) => detect(target, entries)));
  return found.filter((detection) => detection !== null);
}

async function detectIdx(target: string, entries: DirectoryEntry[] | null): Promise<Detection | null> {
  const detection = (reason: string): Detection => ({ format: 'idx', kind: 'image', path: target, reason });
  if (entries === null) {
    const name = path.basename(target);
    if (parseIdxName(name)?.certain) return detection(`${name} is named as IDX files are.`);
    return isIdx(await readStart(target, 4)) ? detection(`${name} begins as IDX files do.`) : null;
  }
  const groups = groupIdxFiles(entries);
  const names = groups.flatMap(({ parts, labelsOnly }) => [...parts.map(({ images }) => images), ...labelsOnly]);
  const named = names.find((name) => parseIdxName(name)?.certain);
  if (named !== undefined) return detection(`${named} is named as IDX files are.`);
  for (const name of names.slice(0, 2)) {
    const start = await readStart(path.join(target, name), 4);
    // Compressed content does not tell; the name (train-images.gz) does.
    if (isIdx(start) || (start[0] === 0x1f && start[1] === 0x8b)) return detection(`${name} looks like an IDX file.`);
  }
  return null;
}

function isIdx(start: Buffer): boolean {
  const [zero, alsoZero, type = 0, dimensions = 0] = start;
  return zero === 0 && alsoZero === 0 && [8, 9, 11, 12, 13, 14].includes(type) && dimensions >= 1 && dimensions <= 8;
}

function detectNpz(target: string, entries: DirectoryEntry[] | null): Promise<Detection | null> {
  const detection = (file: string): Detection => ({
    format: 'npz',
    kind: 'array',
    path: file,
    reason: `${path.basename(file)} is named as NumPy archives are.`,
  });
  if (entries === null) return Promise.resolve(/\.npz$/i.test(target) ? detection(target) : null);
  const archives = entries.filter(({ name, isDirectory }) => !isDirectory && /\.npz$/i.test(name));
  const [only] = archives;
  return Promise.resolve(only && archives.length === 1 ? detection(path.join(target, only.name)) : null);
}

function detectNpy(target: string, entries: DirectoryEntry[] | null): Promise<Detection | null> {
  const detection = (name: string): Detection => ({
    format: 'npy',
    kind: 'array',
    path: target,
    reason: `${name} is named as NumPy arrays are.`,
  });
  if (entries === null) return Promise.resolve(/\.npy$/i.test(target) ? detection(path.basename(target)) : null);
  const arrays = entries.filter(({ name, isDirectory }) => !isDirectory && /\.npy$/i.test(name));
  const named = arrays.find(({ name }) => parseArrayName(name.slice(0, -4)) !== null);
  const chosen = named ?? (arrays.length === 1 ? arrays[0] : undefined);
  return Promise.resolve(chosen ? detection(chosen.name) : null);
}

async function detectImageFolder(target: string, entries: DirectoryEntry[] | null): Promise<Detection | null> {
  if (entries === null) return null;
  const { layout, example, count, otherFolders } = await lookAtImages(target, entries);
  // Pictures somewhere among other folders do not make those folders classes.
  if (layout === null || (layout === 'classes' && count <= otherFolders)) return null;
  const what = { flat: 'images', classes: 'a folder of images for each class', splits: 'folders for train and test' };
  return {
    format: 'imageFolder',
    kind: 'image',
    path: target,
    reason: `It holds ${what[layout]}, for example ${example}.`,
  };
}

/** How a folder holds images, by a bounded look. */
export interface ImagesLook {
  layout: 'flat' | 'classes' | 'splits' | null;
  /** Path of one image, relative to the folder. */
  example: string;
  /** Images directly in the folder (flat), or folders with images. */
  count: number;
  /** Folders without images, which then are no classes. */
  otherFolders: number;
}

export async function lookAtImages(folder: string, entries: DirectoryEntry[]): Promise<ImagesLook> {
  const images = entries.filter(isImage);
  const folders = entries.filter(({ isDirectory }) => isDirectory).slice(0, MAX_SUBFOLDERS);
  let example: string | undefined;
  let withImages = 0;
  let splits = 0;
  for (const { name } of folders) {
    const inner = await firstEntries(path.join(folder, name));
    let found = inner.find(isImage)?.name;
    if (found !== undefined) withImages++;
    if (splitName(name) !== null) {
      for (const deeper of inner.filter(({ isDirectory }) => isDirectory).slice(0, 3)) {
        const image = (await firstEntries(path.join(folder, name, deeper.name))).find(isImage);
        if (image) found ??= path.join(deeper.name, image.name);
      }
      if (found !== undefined) splits++;
    }
    if (found !== undefined) example ??= path.join(name, found);
  }
  const otherFolders = folders.length - Math.max(withImages, splits);
  if (example !== undefined)
    return splits > 0
      ? { layout: 'splits', example, count: splits, otherFolders }
      : { layout: 'classes', example, count: withImages, otherFolders };
  const [first] = images;
  return { layout: first ? 'flat' : null, example: first?.name ?? '', count: images.length, otherFolders };
}

function isImage({ name, isDirectory }: DirectoryEntry): boolean {
  return !isDirectory && IMAGE_NAME.test(name);
}

/** A look into a folder that may be huge or closed to us: then what could be seen. Links are not followed. */
export async function firstEntries(folder: string, most = MAX_ENTRIES): Promise<DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  try {
    for await (const entry of await fs.opendir(folder)) {
      if (!entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()))
        entries.push({ name: entry.name, isDirectory: entry.isDirectory() });
      if (entries.length >= most) break;
    }
  } catch {
    return entries; // looking around must not fail: opening the folder tells the reason
  }
  return entries.sort((a, b) => compareNames(a.name, b.name));
}
