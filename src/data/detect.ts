/**
 * Which format a file, folder or archive has, from names and a few first bytes. Light: the extension host imports this
 * file and find.ts; what decodes is behind index.ts.
 */
import * as path from 'node:path';
import { t } from '../protocol/l10n.js';
import { cifarVariant } from './cifarNames.js';
import { CSV_NAME, IMAGE_NAME, JSONL_NAME, SOUND_NAME, TEXT_NAME } from './fileNames.js';
import { glimpse, type Glimpse } from './glimpse.js';
import { groupIdxFiles, parseIdxName } from './idxNames.js';
import { splitOfName } from './namedParts.js';
import { parseArrayName } from './npyNames.js';
import type { DataKind, Detection, Format } from './reader.js';
import { splitName } from './splitNames.js';

export type Detector = Pick<Format, 'name' | 'title' | 'detect'>;

/** Path that stands for the generated digits of strokeDigits.ts; no file can be called so on every system. */
export const SAMPLE_DIGITS = 'sample:digits';

const MAX_SUBFOLDERS = 200;

/** In the order in which they are tried. */
export const detectors: readonly Detector[] = [
  { name: 'idx', title: 'IDX images, as MNIST has them', detect: detectIdx },
  { name: 'cifar', title: 'CIFAR-10 and CIFAR-100 (binary)', detect: detectCifar },
  { name: 'npz', title: 'NumPy archive (.npz)', detect: detectNpz },
  { name: 'npy', title: 'NumPy arrays (.npy)', detect: detectNpy },
  { name: 'imageFolder', title: 'Images in folders or an archive', detect: filesDetector('image', IMAGE_NAME) },
  { name: 'soundFolder', title: 'Sounds in folders or an archive', detect: filesDetector('sound', SOUND_NAME) },
  { name: 'csv', title: 'CSV files: tables, or texts with labels', detect: namedDetector('csv', 'table', CSV_NAME) },
  { name: 'jsonl', title: 'JSON Lines: texts with labels', detect: namedDetector('jsonl', 'text', JSONL_NAME) },
  { name: 'text', title: 'Text files', detect: namedDetector('text', 'text', TEXT_NAME) },
];

/** What the path may be, the likeliest first; empty when nothing that is read here. @throws DataError when it is missing */
export async function detectDataset(target: string): Promise<Detection[]> {
  if (target === SAMPLE_DIGITS)
    return [{ format: 'strokeDigits', kind: 'image', path: target, reason: t('Digits drawn by a seeded generator.') }];
  return detectIn(await glimpse(target));
}

export async function detectIn(seen: Glimpse): Promise<Detection[]> {
  const found = await Promise.all(detectors.map(({ detect }) => detect(seen)));
  return found.filter((detection) => detection !== null);
}

async function detectIdx(seen: Glimpse): Promise<Detection | null> {
  const detection = (reason: string): Detection => ({ format: 'idx', kind: 'image', path: seen.path, reason });
  if (seen.kind === 'file') {
    const name = path.basename(seen.path);
    if (parseIdxName(name)?.certain) return detection(t('{0} is named as IDX files are.', name));
    return isIdx(await seen.start(name, 4)) ? detection(t('{0} begins as IDX files do.', name)) : null;
  }
  const groups = groupIdxFiles([...(await onlyFolder(seen))]);
  const names = groups.flatMap(({ parts, labelsOnly }) => [...parts.map(({ images }) => images), ...labelsOnly]);
  const named = names.find((name) => parseIdxName(name)?.certain);
  if (named !== undefined) return detection(t('{0} is named as IDX files are.', named));
  for (const name of names.slice(0, 2))
    if (isIdx(await seen.start(name, 4))) return detection(t('{0} looks like an IDX file.', name));
  return null;
}

function isIdx(start: Buffer): boolean {
  const [zero, alsoZero, type = 0, dimensions = 0] = start;
  return zero === 0 && alsoZero === 0 && [8, 9, 11, 12, 13, 14].includes(type) && dimensions >= 1 && dimensions <= 8;
}

async function detectCifar(seen: Glimpse): Promise<Detection | null> {
  if (seen.kind === 'file') return null;
  const names = (await onlyFolder(seen)).filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
  const variant = cifarVariant(names);
  return (
    variant && {
      format: 'cifar',
      kind: 'image',
      path: seen.path,
      reason: t('Its files are named as those of {0} are.', variant.title),
    }
  );
}

function detectNpz(seen: Glimpse): Promise<Detection | null> {
  const archives = seen.kind === 'archive' ? [] : filesOf(seen).filter((name) => /\.npz$/i.test(name));
  const [only] = archives;
  if (only === undefined || archives.length > 1) return Promise.resolve(null);
  return Promise.resolve({
    format: 'npz',
    kind: 'array',
    path: seen.kind === 'file' ? seen.path : path.join(seen.path, only),
    reason: t('{0} is named as NumPy archives are.', only),
  });
}

async function detectNpy(seen: Glimpse): Promise<Detection | null> {
  const entries = seen.kind === 'file' ? seen.entries : await onlyFolder(seen);
  const arrays = entries.flatMap(({ name, isDirectory }) => (!isDirectory && /\.npy$/i.test(name) ? [name] : []));
  const named = arrays.find((name) => parseArrayName(name.slice(0, -4)) !== null);
  const chosen = named ?? (arrays.length === 1 ? arrays[0] : undefined);
  if (chosen === undefined) return null;
  return { format: 'npy', kind: 'array', path: seen.path, reason: t('{0} is named as NumPy arrays are.', chosen) };
}

/** Files that are an example each, in a folder or archive. */
function filesDetector(kind: 'image' | 'sound', named: RegExp): Detector['detect'] {
  return async (seen) => {
    if (seen.kind === 'file') return null;
    const { layout, example, count, otherFolders } = await lookAtFiles(seen, named);
    // Pictures somewhere among other folders do not make those folders classes.
    if (layout === null || (layout === 'classes' && seen.kind === 'folder' && count <= otherFolders)) return null;
    const many = kind === 'image' ? t('images') : t('sounds');
    const what = {
      flat: many,
      classes: t('a folder of {0} for each class', many),
      splits: t('folders for train and test with {0}', many),
    };
    return {
      format: `${kind}Folder`,
      kind,
      path: seen.path,
      reason: t('It holds {0}, for example {1}.', what[layout], example),
    } satisfies { kind: DataKind } & Detection;
  };
}

/** Files that hold many examples each: one, or some that are named as splits. */
function namedDetector(format: string, kind: 'text' | 'table', named: RegExp): Detector['detect'] {
  return async (seen) => {
    const entries = seen.kind === 'file' ? seen.entries : await onlyFolder(seen);
    const names = entries.flatMap(({ name, isDirectory }) => (!isDirectory && named.test(name) ? [name] : []));
    const [first] = names;
    if (first === undefined || (names.length > 1 && names.every((name) => splitOfName(name) === null))) return null;
    // A file alone, beside whatever else, is named by itself.
    const alone = seen.kind === 'folder' && names.length === 1;
    return {
      format,
      kind,
      path: alone ? path.join(seen.path, first) : seen.path,
      reason: t('{0} is named as such files are.', first),
    };
  };
}

/** How a folder holds the files of a kind, by a bounded look. */
export interface FilesLook {
  layout: 'flat' | 'classes' | 'splits' | null;
  /** Path of one such file, relative to the folder. */
  example: string;
  /** Such files directly in the folder (flat), or folders with some. */
  count: number;
  /** Folders without any, which then are no classes. */
  otherFolders: number;
}

export async function lookAtFiles(seen: Glimpse, named: RegExp): Promise<FilesLook> {
  const isExample = ({ name, isDirectory }: { name: string; isDirectory: boolean }): boolean =>
    !isDirectory && named.test(name);
  const root = await passedThrough(seen);
  const entries = root === '' ? seen.entries : await seen.list(root);
  const folders = entries.filter(({ isDirectory }) => isDirectory).slice(0, MAX_SUBFOLDERS);
  let example: string | undefined;
  let withFiles = 0;
  let splits = 0;
  for (const { name } of folders) {
    const folder = path.join(root, name);
    const inner = await seen.list(folder);
    let found = inner.find(isExample)?.name;
    if (found !== undefined) withFiles++;
    if (splitName(name) !== null) {
      for (const deeper of inner.filter(({ isDirectory }) => isDirectory).slice(0, 3)) {
        const file = (await seen.list(path.join(folder, deeper.name))).find(isExample);
        if (file) found ??= path.join(deeper.name, file.name);
      }
      if (found !== undefined) splits++;
    }
    if (found !== undefined) example ??= path.join(folder, found);
  }
  const otherFolders = folders.length - Math.max(withFiles, splits);
  if (example !== undefined)
    return splits > 0
      ? { layout: 'splits', example, count: splits, otherFolders }
      : { layout: 'classes', example, count: withFiles, otherFolders };
  const files = entries.filter(isExample);
  const [first] = files;
  return {
    layout: first ? 'flat' : null,
    example: first ? path.join(root, first.name) : '',
    count: files.length,
    otherFolders,
  };
}

/** An archive often holds one folder that holds everything; a workspace folder with one folder in it is none itself. */
async function passedThrough(seen: Glimpse): Promise<string> {
  let root = '';
  for (let depth = 0; seen.kind === 'archive' && depth < 8; depth++) {
    const entries = root === '' ? seen.entries : await seen.list(root);
    const [only] = entries;
    if (!only?.isDirectory || entries.length > 1 || splitName(only.name) !== null) break;
    root = path.join(root, only.name);
  }
  return root;
}

async function onlyFolder(seen: Glimpse): Promise<Glimpse['entries']> {
  const root = await passedThrough(seen);
  return root === '' ? seen.entries : seen.list(root);
}

function filesOf({ entries }: Glimpse): string[] {
  return entries.flatMap(({ name, isDirectory }) => (isDirectory ? [] : [name]));
}
