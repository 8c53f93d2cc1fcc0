import { existsSync } from 'node:fs';
import path from 'node:path';
import { detectDataset } from '../../data/detect.js';
import { fingerprint } from '../../data/fingerprint.js';
import { IMAGE_NAME, SOUND_NAME, TEXT_NAME } from '../../data/fileNames.js';
import { openDataset, SAMPLE_DIGITS } from '../../data/index.js';
import { JoinedCollection } from '../../data/joined.js';
import { PackCache } from '../../data/pack/cache.js';
import { heldBytes, planPreparation, prepareDataset } from '../../data/prepare/index.js';
import { likeOf } from '../../data/prepare/kept.js';
import {
  DataError,
  isReader,
  type Collection,
  type DatasetOptions,
  type Like,
  type OpenOptions,
  type Reader,
  type UnreadableFile,
} from '../../data/reader.js';
import type { ChosenSplits } from '../../data/split.js';
import type { Source } from '../../learn/loop.js';
import { t } from '../../protocol/l10n.js';
import { batchesOf } from '../dataset.js';
import { cacheBeside } from '../prepare.js';
import type { UsedRun } from './run.js';

/** Examples from anywhere, prepared as a run's own were. */
export interface Examples {
  source: Source;
  /** As they are stored, and where an example of the source is in there. */
  dataset: Reader | Collection;
  inDataset: (position: number) => number;
  /** @param position in the source */
  nameOf: (position: number) => ExampleName;
  /** Null for one without a label. */
  labelOf: (position: number) => string | null;
  /** Whether there are labels at all. */
  hasLabels: boolean;
  /** Files, or parts of files, that could not be read. */
  unreadable: UnreadableFile[];
  close(): Promise<void>;
}

export interface ExampleName {
  file: string;
  /** Which of the file's; null where the file is one example. */
  part: string | null;
}

/** For people, e.g. "digits/7.png" or "rows.csv, row 3". */
export function nameText({ file, part }: ExampleName): string {
  return part === null ? file : t('{0}, {1}', file, part);
}

/**
 * Examples of files, folders, archives, or the data of the run. A file is one example where it can be (an image, a sound,
 * a .txt file), else all that it holds; files of one example each are prepared together, many at a time.
 * @param words paths from the current folder
 * @returns those of each, in order, or why nothing in one can be read: it is of another kind than the run's data, say
 */
export async function* examplesOf(
  words: readonly string[],
  run: UsedRun,
  open: OpenOptions = {},
): AsyncGenerator<Examples | DataError, void, undefined> {
  let together: SingleFile[] = [];
  const all = async function* (): AsyncGenerator<Examples | DataError> {
    const files = together;
    together = [];
    const [first, ...others] = files;
    if (!first) return;
    const joined = await orDataError(prepared(joinedFiles([first, ...others]), run, open));
    if (!(joined instanceof DataError) || others.length === 0) yield joined;
    // Each by itself tells which cannot be read.
    else for (const file of files) yield await orDataError(prepared(joinedFiles([file]), run, open));
  };
  for (const word of words) {
    const opened = await orDataError(openWord(word, run, open));
    const single = opened instanceof DataError ? null : singleFile(opened);
    if (!single || together.length === MOST_TOGETHER || together[0]?.dataset.kind !== single.dataset.kind) yield* all();
    if (single) together.push(single);
    else yield opened instanceof DataError ? opened : await orDataError(prepared(opened, run, open));
  }
  yield* all();
}

/** As {@link examplesOf}, of one. @throws DataError */
export async function openExamples(word: string, run: UsedRun, open: OpenOptions = {}): Promise<Examples> {
  return prepared(await openWord(word, run, open), run, open);
}

const MOST_TOGETHER = 512;

/** What is opened, and how its examples and files are named. */
interface Opened {
  dataset: Reader | Collection;
  nameOf: (position: number) => ExampleName;
  fileOf: (file: string) => string;
}

interface SingleFile extends Opened {
  dataset: Collection;
  word: string;
}

async function openWord(word: string, run: UsedRun, open: OpenOptions): Promise<Opened & { word: string }> {
  const target = targetOf(word);
  const dataset = await openDataset(target, { ...(await readingOf(target, run)), ...open });
  return {
    word,
    dataset,
    nameOf: (position) => nameIn(word, dataset.name(position)),
    fileOf: (file) => path.join(word, path.relative(target, file)),
  };
}

function singleFile(opened: Opened & { word: string }): SingleFile | null {
  const { dataset } = opened;
  if (isReader(dataset) || dataset.kind === 'table' || dataset.info.count !== 1) return null;
  return { ...opened, dataset };
}

function joinedFiles(files: readonly [SingleFile, ...SingleFile[]]): Opened {
  const [{ dataset: first }, ...others] = files;
  const dataset = new JoinedCollection([first, ...others.map((file) => file.dataset)]);
  return {
    dataset,
    nameOf(position) {
      const { part, inside } = dataset.placeOf(position);
      return (files[part] as SingleFile).nameOf(inside);
    },
    fileOf: (file) => file,
  };
}

/** @throws what is no DataError */
async function orDataError<T>(made: Promise<T>): Promise<T | DataError> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** Closes the dataset when it fails. */
async function prepared({ dataset, nameOf, fileOf }: Opened, run: UsedRun, open: OpenOptions): Promise<Examples> {
  const { recipe, kept, folder } = run;
  try {
    const all: ChosenSplits = {
      training: Int32Array.from({ length: dataset.info.count }, (_, i) => i),
      validation: new Int32Array(),
      validationFrom: 'fraction',
    };
    const data = { ...recipe.data, onError: 'skip' as const };
    const { preparation } = await planPreparation(dataset, data, all, { ...open, kept });
    // What fits into memory leaves nothing behind.
    const isLarge = !isReader(dataset) && heldBytes(dataset, preparation, all) === 0;
    const cache = isLarge ? new PackCache(cacheBeside(path.dirname(folder))) : null;
    const { reader, splits, unreadable } = await prepareDataset(dataset, data, all, {
      ...open,
      kept,
      cache,
      fingerprint: cache ? (await fingerprint(dataset, open)).value : '',
    });
    const positions = splits.training;
    const read = batchesOf(reader, preparation);
    const at = (position: number): number => positions[position] as number;
    const { labels, info } = dataset;
    return {
      source: {
        count: positions.length,
        shape: preparation.shape,
        labels: null,
        batch: (of) => read(of.map(at)),
      },
      dataset,
      inDataset: at,
      nameOf: (position) => nameOf(at(position)),
      labelOf: (position) => info.classes?.[labels?.[at(position)] ?? -1] ?? null,
      hasLabels: labels !== null,
      unreadable: [
        ...info.problems.map(({ file, reason }) => ({ file: fileOf(file), reason })),
        ...unreadable.map(({ position, reason }) => ({ file: nameText(nameOf(position)), reason })),
      ],
      close: () => reader.close(),
    };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

/** Formats that a run's kind of data may have, by the kind of its preparation. */
const formatsOf: Record<string, readonly string[]> = {
  image: ['imageFolder', 'parquet', 'idx', 'npz', 'npy', 'cifar'],
  numbers: ['idx', 'npz', 'npy', 'cifar', 'imageFolder', 'parquet'],
  sound: ['soundFolder', 'parquet'],
  text: ['text', 'jsonl', 'csv', 'parquet'],
  table: ['csv', 'parquet'],
};

/** How it is read: the run's own data by its recipe, others as far as the recipe speaks of all data of the kind. */
async function readingOf(
  target: string,
  { recipe: { data }, dataset, kept }: UsedRun,
): Promise<DatasetOptions & { onError: 'stop' | 'skip' }> {
  if (target === dataset.path || target === SAMPLE_DIGITS) return data;
  const like = likeOf(kept);
  const { kind } = dataset.preparation;
  const name = path.basename(target);
  return {
    // Of a table with a row left out, the others would be called by wrong numbers.
    onError: like?.kind === 'table' ? 'stop' : 'skip',
    format: await formatOf(target, formatsOf[kind] ?? []),
    textColumn: like?.kind === 'text' ? data.textColumn : null,
    text: { ...data.text, unit: data.text.unit ?? (TEXT_NAME.test(name) ? 'document' : null) },
    table: { ...data.table, columns: null, header: data.table.header ?? hasHeader(like) },
    ...(like && { like }),
  };
}

async function formatOf(target: string, wanted: readonly string[]): Promise<string> {
  const found = (await detectDataset(target)).find(({ format }) => wanted.includes(format));
  if (found) return found.format;
  // Alone they are no dataset, but an example.
  for (const [format, ending] of [
    ['imageFolder', IMAGE_NAME],
    ['soundFolder', SOUND_NAME],
  ] as const)
    if (ending.test(target)) return format;
  return 'auto';
}

/** One row does not tell; the names of the run's columns do. Null where that is not needed. */
function hasHeader(like: Like | null): boolean | null {
  if (like?.kind !== 'table') return null;
  return ![...like.columns.keys()].every((name) => name === t('column {0}', Number(/\d+$/.exec(name)?.[0])));
}

/** @param word as the file was given @param name as the dataset calls the example */
function nameIn(word: string, name: string): ExampleName {
  const file = path.join(word, name);
  if (existsSync(file)) return { file, part: null };
  return { file: word, part: path.basename(word) === name ? null : name };
}

/** An absolute path, but for the generated digits. @throws DataError when nothing is there */
function targetOf(word: string): string {
  if (word === SAMPLE_DIGITS) return word;
  const target = path.resolve(word);
  if (!existsSync(target))
    throw new DataError(
      t('There is no file or folder {0}.', target),
      target,
      t('A relative path starts at the current folder.'),
    );
  return target;
}
