/** What can be told of a found dataset without opening it. Runs in the extension host: names and headers only. */
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { cifarVariant } from './cifarNames.js';
import {
  CSV_NAME,
  IMAGE_NAME,
  JSONL_NAME,
  NPY_NAME,
  PARQUET_NAME,
  SOUND_NAME,
  TEXT_NAME,
  unpackedName,
} from './fileNames.js';
import { compilePattern, guessPattern } from './filePattern.js';
import { readStart } from './files.js';
import { countFiles, type Counted } from './fileCount.js';
import { firstEntries } from './glimpse.js';
import { isGzip } from './gzip.js';
import { groupIdxFiles } from './idxNames.js';
import { readImageHeader } from './image/header.js';
import { parseNpyHeader } from './npyArray.js';
import { parseArrayName } from './npyNames.js';
import { statedRows } from './parquet/statedRows.js';
import { shardsOfSplits } from './parquet/shards.js';
import type { Detection, DirectoryEntry } from './reader.js';
import { inSlices } from './slice.js';
import { SPLIT_ORDER, type SplitName } from './splitNames.js';
import { ZipFile } from './zip.js';

export interface Summary {
  /** Examples of each split that comes with the data, in the order train, validation, test. */
  counts: number[];
  /** The counts are bounds: there are more examples than were counted. */
  atLeast: boolean;
  /** Shape of one example as it is stored, e.g. [28, 28]; empty when it is not known, or not the same for all. */
  shape: number[];
  /** Known from folders or file names. */
  classes: number | null;
  /** Of files whose examples would have to be counted by reading them. */
  bytes: number | null;
}

/** Of a compressed file: more than enough for a header. */
const START_BYTES = 4096;
/** Images whose size is looked at. */
const SAMPLED = 5;
/** Parquet files whose rows are asked for. */
const MOST_SHARDS = 100;
/** Pixels of an image of CIFAR: 3 colours of 32 x 32. */
const CIFAR_BYTES = 3072;

const SIZED: Record<string, RegExp> = { csv: CSV_NAME, jsonl: JSONL_NAME, text: TEXT_NAME };

/** Null where nothing can be known so cheaply, or the files are not what their names promise. */
export async function summarize({ format, path: target, files }: Detection): Promise<Summary | null> {
  try {
    if (format === 'text' && files !== undefined) return await summarizeFiles(target, TEXT_NAME);
    const sized = SIZED[format];
    if (sized) return await summarizeSize(target, sized);
    if (format === 'parquet') return await summarizeParquet(target);
    if (format === 'idx') return await summarizeIdx(target);
    if (format === 'imageFolder') return await summarizeFiles(target, IMAGE_NAME);
    if (format === 'soundFolder') return await summarizeFiles(target, SOUND_NAME);
    if (format === 'cifar') return await summarizeCifar(target);
    if (format === 'npy' || format === 'npz') return await summarizeArrays(target);
    return null;
  } catch {
    return null; // opening it tells the reason
  }
}

async function summarizeIdx(target: string): Promise<Summary> {
  const { entries } = await firstEntries(target);
  const [group] = groupIdxFiles([...entries]);
  const files =
    entries.length === 0 ? [target] : inOrder(group?.parts ?? []).map(({ images }) => path.join(target, images));
  const sizes = await Promise.all(files.map(idxSizes));
  return {
    counts: sizes.map(([count = 0]) => count),
    atLeast: false,
    shape: sizes[0]?.slice(1) ?? [],
    classes: null,
    bytes: null,
  };
}

/** Sizes in the header of an IDX file (LeCun, Cortes & Burges 1998): its number of examples first. */
async function idxSizes(file: string): Promise<number[]> {
  const start = await unpackedStart(file);
  const dimensions = start[3] ?? 0;
  if (start.readUInt16BE(0) !== 0 || dimensions === 0) throw new Error('not an IDX file');
  return Array.from({ length: dimensions }, (_, i) => start.readUInt32BE(4 + 4 * i));
}

async function summarizeFiles(target: string, named: RegExp): Promise<Summary | null> {
  const counted = await countFiles(target, named);
  const { counts, atLeast } = counted;
  if (counts.length === 0) return null;
  return {
    counts,
    atLeast,
    shape: await commonShape(counted),
    classes: counted.classes ?? (await classesInNames(counted)),
    bytes: null,
  };
}

/** Height and width of some images; empty when they differ. Those in archives are not looked at. */
async function commonShape({ files }: Counted): Promise<number[]> {
  const step = Math.max(1, Math.floor(files.length / SAMPLED));
  const images = files.filter((file, i) => i % step === 0 && IMAGE_NAME.test(file)).slice(0, SAMPLED);
  const shapes = await Promise.all(images.map(readImageHeader)).catch(() => []); // opening tells what is wrong with one
  const [first] = shapes;
  if (!first || shapes.some(({ width, height }) => width !== first.width || height !== first.height)) return [];
  return [first.height, first.width];
}

async function classesInNames({ names, atLeast }: Counted): Promise<number | null> {
  const guess = atLeast ? null : await guessPattern(names);
  if (guess === null) return null;
  const pattern = compilePattern(guess, '');
  const classes = new Set<string>();
  await inSlices(names, (name) => {
    const label = pattern.parse(name)?.['label'];
    if (label !== undefined) classes.add(label);
  });
  return classes.size;
}

async function summarizeSize(target: string, named: RegExp): Promise<Summary> {
  const { entries } = await firstEntries(target);
  const files = entries.flatMap(({ name }) => (named.test(unpackedName(name)) ? [path.join(target, name)] : []));
  return sizeOf(files.length === 0 ? [target] : files);
}

async function sizeOf(files: readonly string[]): Promise<Summary> {
  const stats = await Promise.all(files.map((file) => fs.stat(file)));
  const bytes = stats.reduce((sum, { size }) => sum + size, 0);
  return { counts: [], atLeast: false, shape: [], classes: null, bytes };
}

/** Rows as the files state them; their size where there are many files, or one does not say it at once. */
async function summarizeParquet(target: string): Promise<Summary> {
  const named = await parquetNames(target);
  const files = named.map((name) => ({ name, path: path.join(target, name) }));
  if (files.length === 0) files.push({ name: path.basename(target), path: target });
  const size = (): Promise<Summary> => sizeOf(files.map((file) => file.path));
  if (files.length > MOST_SHARDS) return size();
  const rows = new Map(await Promise.all(files.map(async (file) => [file, await statedRows(file.path)] as const)));
  const counts = shardsOfSplits(files).map((part) =>
    part.files.reduce((sum, file) => sum + (rows.get(file) ?? NaN), 0),
  );
  return counts.every(Number.isFinite) ? { counts, atLeast: false, shape: [], classes: null, bytes: null } : size();
}

/** In a folder, or one below it. */
async function parquetNames(folder: string): Promise<string[]> {
  const { entries } = await firstEntries(folder);
  const files = (inside: readonly DirectoryEntry[]): string[] =>
    inside.flatMap(({ name, isDirectory }) => (!isDirectory && PARQUET_NAME.test(unpackedName(name)) ? [name] : []));
  const here = files(entries);
  if (here.length > 0) return here;
  const below = entries.filter(({ isDirectory }) => isDirectory).slice(0, MOST_SHARDS);
  const lists = below.map(async ({ name }) =>
    files((await firstEntries(path.join(folder, name))).entries).map((file) => `${name}/${file}`),
  );
  return (await Promise.all(lists)).flat();
}

async function summarizeCifar(target: string): Promise<Summary | null> {
  const names = (await firstEntries(target)).entries.map(({ name }) => name);
  const variant = cifarVariant(names);
  if (!variant) return null; // an archive: its files would have to be unpacked
  const count = async (files: RegExp): Promise<number> => {
    const stats = await Promise.all(
      names.filter((name) => files.test(name)).map((name) => fs.stat(path.join(target, name))),
    );
    return stats.reduce((sum, { size }) => sum + Math.floor(size / (CIFAR_BYTES + variant.labelBytes)), 0);
  };
  const counts = [await count(variant.train), await count(variant.test)].filter((one) => one > 0);
  return { counts, atLeast: false, shape: [32, 32, 3], classes: variant.classes, bytes: null };
}

async function summarizeArrays(target: string): Promise<Summary | null> {
  const starts = await arrayStarts(target);
  const named = starts.flatMap(({ name, start }) => {
    const { role, split } = parseArrayName(name) ?? {};
    return role === 'examples' ? [{ split: split ?? ('train' as const), start }] : [];
  });
  const [only] = starts;
  const parts =
    named.length === 0 && only && starts.length === 1 ? [{ split: 'train' as const, start: only.start }] : named;
  const shapes = inOrder(parts).map(({ start }) => parseNpyHeader(start, '', '').shape);
  const [first] = shapes;
  if (!first) return null;
  return {
    counts: shapes.map(([count = 0]) => count),
    atLeast: false,
    shape: first.slice(1),
    classes: null,
    bytes: null,
  };
}

/** First bytes of each array of an .npz archive, a folder or a file. */
async function arrayStarts(target: string): Promise<{ name: string; start: Buffer }[]> {
  const { entries } = await firstEntries(target);
  if (entries.length > 0) {
    const names = entries.filter(({ name }) => NPY_NAME.test(unpackedName(name))).map(({ name }) => name);
    return Promise.all(
      names.map(async (name) => ({
        name: unpackedName(name).slice(0, -4),
        start: await unpackedStart(path.join(target, name)),
      })),
    );
  }
  if (!/\.npz$/i.test(target)) return [{ name: path.basename(target), start: await unpackedStart(target) }];
  const zip = await ZipFile.open(target);
  try {
    const arrays = zip.entries.filter(({ name }) => NPY_NAME.test(name)).slice(0, 20);
    return await Promise.all(
      arrays.map(async (entry) => ({ name: entry.name.slice(0, -4), start: await zip.start(entry, START_BYTES) })),
    );
  } finally {
    await zip.close();
  }
}

async function unpackedStart(file: string): Promise<Buffer> {
  const start = await readStart(file, START_BYTES);
  return isGzip(start) ? gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start;
}

function inOrder<Part extends { split: SplitName }>(parts: readonly Part[]): Part[] {
  return parts.toSorted((a, b) => SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split));
}
