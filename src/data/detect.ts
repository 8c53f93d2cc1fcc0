/**
 * Which format a file, folder or archive has, from names and a few first bytes. Light: the extension host imports this
 * file and find.ts; what decodes is behind index.ts.
 */
import * as path from 'node:path';
import { t } from '../protocol/l10n.js';
import { cifarVariant } from './cifarNames.js';
import {
  CSV_NAME,
  IMAGE_NAME,
  JSONL_NAME,
  NPY_NAME,
  NPZ_NAME,
  PARQUET_NAME,
  SOUND_NAME,
  TEXT_NAME,
} from './fileNames.js';
import { lookAtFiles, MAX_SUBFOLDERS, onlyFolder, passedThrough } from './filesLook.js';
import { glimpse, type Glimpse } from './glimpse.js';
import { groupIdxFiles, parseIdxName } from './idxNames.js';
import { tableNaming } from './labelTables.js';
import { splitOfName } from './namedParts.js';
import { parseArrayName } from './npyNames.js';
import {
  NO_READINGS,
  readingsBesideFolders,
  readingsBesideTable,
  readingsOfNames,
  readingsOfText,
  withOtherFormats,
  type NameReadings,
} from './otherReadings.js';
import type { DataKind, Detection, Format } from './reader.js';
import { nextSlice, sliceIsOver } from './slice.js';
import { splitName } from './splitNames.js';

export type Detector = Pick<Format, 'name' | 'title' | 'detect'>;

/** Path that stands for the generated digits of strokeDigits.ts; no file can be called so on every system. */
export const SAMPLE_DIGITS = 'sample:digits';

/** In the order in which they are tried. */
export const detectors: readonly Detector[] = [
  { name: 'idx', title: 'IDX images, as MNIST has them', detect: detectIdx },
  { name: 'cifar', title: 'CIFAR-10 and CIFAR-100 (binary)', detect: detectCifar },
  { name: 'npz', title: 'NumPy archive (.npz)', detect: detectNpz },
  { name: 'npy', title: 'NumPy arrays (.npy)', detect: detectNpy },
  { name: 'imageFolder', title: 'Images in folders or an archive', detect: filesDetector('image', IMAGE_NAME) },
  { name: 'soundFolder', title: 'Sounds in folders or an archive', detect: filesDetector('sound', SOUND_NAME) },
  { name: 'parquet', title: 'Parquet files: tables, texts, images or sounds', detect: detectParquet },
  { name: 'csv', title: 'CSV files: tables, or texts with labels', detect: namedDetector('csv', 'table', CSV_NAME) },
  { name: 'jsonl', title: 'JSON Lines: texts with labels', detect: namedDetector('jsonl', 'text', JSONL_NAME) },
  { name: 'text', title: 'Text files', detect: detectText },
];

/** What the path may be, the likeliest first; empty when nothing that is read here. @throws DataError when it is missing */
export async function detectDataset(target: string): Promise<Detection[]> {
  if (target === SAMPLE_DIGITS)
    return [{ format: 'strokeDigits', kind: 'image', path: target, reason: t('Digits drawn by a seeded generator.') }];
  return detectIn(await glimpse(target));
}

export async function detectIn(seen: Glimpse): Promise<Detection[]> {
  const detections: Detection[] = [];
  for (const { detect } of detectors) {
    const detection = await detect(seen);
    if (detection) detections.push(detection);
    if (sliceIsOver()) await nextSlice();
  }
  // Of files that are an example each, what there is most of.
  const [most] = detections.toSorted((a, b) => (b.files ?? 0) - (a.files ?? 0));
  const [first] = detections;
  const likeliest = first?.files === undefined ? first : most;
  return withOtherFormats(
    likeliest ? [likeliest, ...detections.filter((detection) => detection !== likeliest)] : [],
    (format) => detectors.find(({ name }) => name === format)?.title ?? format,
  );
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

async function detectNpz(seen: Glimpse): Promise<Detection | null> {
  const entries = seen.kind === 'file' ? seen.entries : await onlyFolder(seen);
  const archives = entries.flatMap(({ name, isDirectory }) => (!isDirectory && NPZ_NAME.test(name) ? [name] : []));
  const [only] = archives;
  if (only === undefined || archives.length > 1) return null;
  return {
    format: 'npz',
    kind: 'array',
    path: seen.file(only),
    reason: t('{0} is named as NumPy archives are.', only),
  };
}

async function detectNpy(seen: Glimpse): Promise<Detection | null> {
  const entries = seen.kind === 'file' ? seen.entries : await onlyFolder(seen);
  const arrays = entries.flatMap(({ name, isDirectory }) => (!isDirectory && NPY_NAME.test(name) ? [name] : []));
  const named = arrays.find((name) => parseArrayName(name.slice(0, -4)) !== null);
  const chosen = named ?? (arrays.length === 1 ? arrays[0] : undefined);
  if (chosen === undefined) return null;
  return { format: 'npy', kind: 'array', path: seen.path, reason: t('{0} is named as NumPy arrays are.', chosen) };
}

/** What its columns hold is known when it is opened: looking into them takes more than a look at first bytes. */
async function detectParquet(seen: Glimpse): Promise<Detection | null> {
  const detection = (reason: string, target = seen.path): Detection => ({
    format: 'parquet',
    kind: 'table',
    path: target,
    reason,
  });
  const named = (entries: Glimpse['entries']): string[] =>
    entries.flatMap(({ name, isDirectory }) => (!isDirectory && PARQUET_NAME.test(name) ? [name] : []));
  const isNamed = (name: string): string => t('{0} is named as Parquet files are.', name);
  if (seen.kind === 'file') {
    const [name = ''] = filesOf(seen);
    if (PARQUET_NAME.test(name)) return detection(isNamed(name));
    return isParquet(await seen.start(name, 4)) ? detection(t('{0} begins as Parquet files do.', name)) : null;
  }
  const root = await passedThrough(seen);
  const entries = root === '' ? seen.entries : await seen.list(root);
  const [first, ...more] = named(entries);
  if (first !== undefined) {
    const alone = seen.kind === 'folder' && more.length === 0;
    return detection(isNamed(first), alone ? seen.file(first) : seen.path);
  }
  // "data/train-00000-of-00001.parquet", "train/0000.parquet": the only kind of data there.
  for (const { name, isDirectory } of entries.slice(0, MAX_SUBFOLDERS)) {
    if (!isDirectory || (splitName(name) === null && name !== 'data')) continue;
    const [inside] = named(await seen.list(path.join(root, name)));
    if (inside !== undefined) return detection(isNamed(`${name}/${inside}`));
  }
  return null;
}

function isParquet(start: Buffer): boolean {
  return ['PAR1', 'PARE'].includes(start.toString('latin1', 0, 4));
}

async function detectText(seen: Glimpse): Promise<Detection | null> {
  const parts = await namedDetector('text', 'text', TEXT_NAME)(seen);
  const documents = await filesDetector('text', TEXT_NAME)(seen);
  const { layout, folders } = await lookAtFiles(seen, TEXT_NAME);
  // Texts without a label each are one text, in a file. One beside folders of documents, such as a README, is none of them.
  const areDocuments = layout === 'splits' || (layout === 'classes' && (folders > 1 || !parts));
  return documents && areDocuments ? documents : parts && { ...parts, ...told(parts.reason, readingsOfText()) };
}

/** Files that are an example each, in a folder or archive. */
function filesDetector(kind: 'image' | 'sound' | 'text', named: RegExp): Detector['detect'] {
  const words = { image: () => t('images'), sound: () => t('sounds'), text: () => t('texts') };
  const formats = { image: 'imageFolder', sound: 'soundFolder', text: 'text' };
  return async (seen) => {
    if (seen.kind === 'file') return null;
    const found = await lookAtFiles(seen, named);
    const { layout, example, paths, folders, otherFolders } = found;
    // Pictures somewhere among other folders do not make those folders classes.
    if (layout === null || (layout !== 'splits' && seen.kind === 'folder' && folders > 0 && folders <= otherFolders))
      return null;
    const many = words[kind]();
    const what = {
      flat: many,
      classes: t('a folder of {0} for each class', many),
      splits: t('folders for train and test with {0}', many),
    };
    const reason = t('It holds {0}, for example {1}.', what[layout], example);
    const table = await tableNaming(seen, found.places, paths);
    const names =
      layout === 'flat'
        ? await readingsOfNames(seen.complete ? paths.map((file) => path.basename(file)) : [])
        : layout === 'classes'
          ? await readingsBesideFolders(paths)
          : NO_READINGS;
    const readings = table === null ? names : await besideTable(seen, table, layout, paths);
    return {
      format: formats[kind],
      kind,
      path: seen.path,
      files: paths.length,
      ...told(reason, readings),
    } satisfies { kind: DataKind } & Detection;
  };
}

async function besideTable(
  seen: Glimpse,
  table: string,
  layout: 'flat' | 'classes' | 'splits',
  paths: readonly string[],
): Promise<NameReadings> {
  const { severalLabels } = await import('./labelReadings.js');
  const several = await severalLabels((bytes) => seen.start(table, bytes));
  const { taken, others } = await readingsBesideTable(table, layout, paths);
  return { taken, others: [...several, ...others] };
}

/** Files that hold many examples each: one, or some that are named as splits. */
function namedDetector(format: string, kind: 'text' | 'table', named: RegExp): Detector['detect'] {
  const known: Record<string, string> = { csv: 'CSV', jsonl: 'JSON Lines' };
  return async (seen) => {
    const entries = seen.kind === 'file' ? seen.entries : await onlyFolder(seen);
    const names = entries.flatMap(({ name, isDirectory }) => (!isDirectory && named.test(name) ? [name] : []));
    const [first] = names;
    if (first === undefined || (names.length > 1 && names.every((name) => splitOfName(name) === null))) return null;
    // A file alone, beside whatever else, is named by itself.
    const alone = seen.kind === 'folder' && names.length === 1;
    const reason = t('{0} is named as {1} files are.', first, known[format] ?? format);
    const looked = names.find((name) => splitOfName(name) === 'train') ?? first;
    return {
      format,
      kind,
      path: alone ? seen.file(first) : seen.path,
      ...told(reason, await readingsWithinFile(format, (bytes) => seen.start(looked, bytes))),
    };
  };
}

async function readingsWithinFile(format: string, startOf: (bytes: number) => Promise<Buffer>): Promise<NameReadings> {
  if (format !== 'csv' && format !== 'jsonl') return NO_READINGS;
  // Its code is loaded where there is such a file: the extension starts without it.
  const { readingsOfColumns, readingsOfLines } = await import('./labelReadings.js');
  return format === 'csv' ? readingsOfColumns(startOf) : readingsOfLines(startOf);
}

/** Why it is read so, and how else; without another reading there is no doubt. */
function told(reason: string, { taken, others }: NameReadings): Pick<Detection, 'reason' | 'taken' | 'others'> {
  const whole = [reason, taken?.reason ?? ''].filter((sentence) => sentence !== '').join(' ');
  return { reason: whole, ...(others.length > 0 && { ...(taken !== null && { taken }), others }) };
}

function filesOf({ entries }: Glimpse): string[] {
  return entries.flatMap(({ name, isDirectory }) => (isDirectory ? [] : [name]));
}
