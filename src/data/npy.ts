/** NumPy files: one .npy, several .npy in a folder (x_train.npy, y_train.npy, ...), or an .npz archive of such. */
import * as path from 'node:path';
import { formatCount, t } from '../protocol/l10n.js';
import { archivedArrays } from './archivedArrays.js';
import { NPY_NAME, NPZ_NAME, unpackedName } from './fileNames.js';
import { arrayReader, type ArrayPart } from './arrays.js';
import { checkNotEmpty, describeEntries, joinList, listFolder, look, readStart, readWhole } from './files.js';
import type { StoredLabels } from './labels.js';
import { isGzip } from './gzip.js';
import { LARGE_BYTES, openLargeNpy } from './largeNpy.js';
import { decodeNpy, type StoredText } from './npyArray.js';
import { parseArrayName } from './npyNames.js';
import type { StoredArray } from './numbers.js';
import { diskFile } from './tree/storedFile.js';
import type { DataFile } from './tree/tree.js';
import { DataError, type OpenOptions, type Reader, type UnreadableFile } from './reader.js';
import { SPLIT_ORDER, type SplitName } from './splitNames.js';
import { ZipFile } from './zip.js';

/** Zeros pack to a thousandth: a small archive may hold what fills the memory. */
const MAX_ARRAY_BYTES = 1024 ** 3;

/** An array that can be loaded: from a file of its own, or from an archive. */
interface NamedArray {
  /** The key or file name without its ending. */
  key: string;
  /** For messages. */
  name: string;
  file: string;
  load: () => Promise<StoredArray | StoredText>;
}

/**
 * Examples and labels are found by their names: x or X, images, data, features; y, labels, targets; with train,
 * validation or test before or after. One array alone needs no name, and arr_0, arr_1 (numpy.savez without names) are
 * examples and labels.
 * @param largeBytes an .npy file from this size on is read from the disk as its examples are needed
 * @throws DataError
 */
export async function openNpy(target: string, options: OpenOptions = {}, largeBytes = LARGE_BYTES): Promise<Reader> {
  const { isDirectory, size } = await look(target);
  if (isDirectory) return openFolder(target, options);
  checkNotEmpty(target, size);
  if (NPZ_NAME.test(unpackedName(target))) return openNpz(target, options);
  return openFile(target, options, largeBytes);
}

/** An .npz archive, which may itself lie in an archive, or be packed by gzip: then it is held in memory meanwhile. @throws DataError */
export async function openNpz(target: string, options: OpenOptions = {}): Promise<Reader> {
  const { isDirectory, size } = await look(target);
  if (isDirectory) return openFolder(target, options);
  checkNotEmpty(target, size);
  if (NPZ_NAME.test(unpackedName(target)))
    return openArchive(target, diskFile(target, path.basename(target), size), [], options);
  const archive = await archivedArrays(target, (name) => NPZ_NAME.test(name), options);
  if (!archive) return openFile(target, options, LARGE_BYTES);
  const { tree, files } = archive;
  try {
    const found = [...files.values()].filter(({ name }) => NPZ_NAME.test(name));
    const [only] = found;
    if (only === undefined) return await openFile(target, options, LARGE_BYTES);
    if (found.length > 1) throw severalNpz(target, [...files.keys()]);
    return await openArchive(target, only, [...tree.problems], options);
  } finally {
    await tree.close();
  }
}

/** @param names of which more than one is an .npz archive */
export function severalNpz(target: string, names: readonly string[]): DataError {
  const archives = names.filter((name) => NPZ_NAME.test(name));
  return new DataError(
    t('{0} holds {1} .npz archives: {2}.', path.basename(target), archives.length, joinList(archives.slice(0, 8))),
    target,
    t('Leave one of them in it, or save the arrays that belong together as one by numpy.savez.'),
  );
}

/** @param target to be told as the dataset; the archive may lie in it */
async function openArchive(
  target: string,
  file: DataFile,
  problems: UnreadableFile[],
  options: OpenOptions,
): Promise<Reader> {
  const zip = await ZipFile.open(file, options.signal ? { signal: options.signal } : {});
  try {
    const archive = path.basename(file.path);
    const arrays = zip.entries
      .filter(({ name }) => name.endsWith('.npy'))
      .map((entry): NamedArray => {
        const key = entry.name.slice(0, -'.npy'.length);
        const name = `${archive}: ${key}`;
        const load = async (): Promise<StoredArray | StoredText> => {
          if (entry.bytes > MAX_ARRAY_BYTES)
            throw new DataError(
              t(
                '{0} has {1} bytes; an array of an .npz archive is read into memory and may have {2}.',
                name,
                formatCount(entry.bytes),
                formatCount(MAX_ARRAY_BYTES),
              ),
              target,
              t(
                'Save it by numpy.save as an .npy file, which is read from the disk where it is large, or use a part of it.',
              ),
            );
          return decodeNpy(await zip.read(entry), name, target);
        };
        return { key, name, file: target, load };
      });
    if (arrays.length === 0)
      throw new DataError(
        t('{0} holds no arrays.', archive),
        target,
        t('Save it by numpy.savez with arrays such as x_train and y_train.'),
      );
    return await openArrays(target, 'npz', arrays, problems, options);
  } finally {
    await zip.close();
  }
}

/** One array, also packed by gzip, or an archive of arrays. */
async function openFile(target: string, options: OpenOptions, largeBytes: number): Promise<Reader> {
  const archive = await archivedArrays(target, (name) => NPY_NAME.test(name), options);
  if (!archive && (await look(target)).size >= largeBytes && !isGzip(await readStart(target, 4)))
    return openLargeNpy(target, path.basename(target), options);
  if (!archive) return openArrays(target, 'npy', [npyFile(target, options)], [], options);
  const { tree, files } = archive;
  try {
    const arrays = [...files.keys()].filter((name) => NPY_NAME.test(name));
    if (arrays.length === 0)
      throw new DataError(
        t('{0} holds no .npy files.', target),
        target,
        t('Choose an archive with x_train.npy and the like.'),
      );
    const named = arrays.map((name): NamedArray => {
      const file = files.get(name) as DataFile;
      const read = options.signal ? { signal: options.signal } : {};
      return {
        key: name.slice(0, -4),
        name,
        file: target,
        load: async () => decodeNpy(await file.read(read), name, file.path),
      };
    });
    return await openArrays(target, 'npy', named, [...tree.problems], options);
  } finally {
    await tree.close();
  }
}

async function openFolder(folder: string, options: OpenOptions): Promise<Reader> {
  const listing = await listFolder(folder);
  const names = new Set(listing.entries.map(({ name }) => name));
  const arrays = listing.entries
    .filter(
      ({ name, isDirectory }) =>
        !isDirectory && NPY_NAME.test(unpackedName(name)) && (NPY_NAME.test(name) || !names.has(unpackedName(name))),
    )
    .map(({ name }) => npyFile(path.join(folder, name), options));
  if (arrays.length === 0)
    throw new DataError(
      t('{0} holds no .npy files, but {1}.', folder, describeEntries(listing)),
      folder,
      t('Choose the folder with x_train.npy and the like, or an .npz file.'),
    );
  const problems = listing.links.map((link) => ({
    file: path.join(folder, link),
    reason: t('A link that leads out of the folder: not followed.'),
  }));
  return openArrays(folder, 'npy', arrays, problems, options);
}

function npyFile(file: string, { signal }: OpenOptions): NamedArray {
  const name = path.basename(file);
  const load = async (): Promise<StoredArray | StoredText> => {
    const isPacked = isGzip(await readStart(file, 4));
    const read = signal ? { signal } : {};
    return decodeNpy(isPacked ? await diskFile(file, name).read(read) : await readWhole(file, signal), name, file);
  };
  return { key: name.replace(/\.npy(\.gz)?$/i, ''), name, file, load };
}

interface Choice {
  split: SplitName;
  examples: NamedArray;
  labels: NamedArray | null;
}

async function openArrays(
  target: string,
  format: string,
  arrays: NamedArray[],
  problems: UnreadableFile[],
  { signal, onProgress }: OpenOptions,
): Promise<Reader> {
  const choices = choose(target, arrays);
  const used = choices.flatMap(({ examples, labels }) => (labels ? [examples, labels] : [examples]));
  const parts: ArrayPart[] = [];
  let loaded = 0;
  const load = async (array: NamedArray): Promise<StoredArray | StoredText> => {
    signal?.throwIfAborted();
    const stored = await array.load();
    onProgress?.(++loaded / used.length);
    return stored;
  };
  // One after the other: two large arrays at once would need the memory of both twice.
  for (const { split, examples, labels } of choices) {
    const array = await load(examples);
    if (array.type === 'text')
      throw new DataError(
        t('{0} holds text, not numbers.', examples.name),
        examples.file,
        t('Use an array of numbers.'),
      );
    const stored = labels ? await load(labels) : null;
    parts.push({
      split,
      name: examples.name,
      file: examples.file,
      array,
      labels: labels && stored ? storedLabels(labels, stored) : null,
    });
  }
  const unused = arrays.filter((array) => !used.includes(array));
  const leftOut = unused.map(({ name, file }) => ({
    file,
    reason: t('{0} was not used: its name tells neither examples nor labels.', name),
  }));
  const files = [...new Set(used.map(({ file }) => file))].sort();
  return arrayReader({ format, path: target, files, problems: [...problems, ...leftOut] }, parts);
}

function storedLabels({ name, file }: NamedArray, { shape, data }: StoredArray | StoredText): StoredLabels {
  return { name, file, shape, values: data };
}

function choose(target: string, arrays: NamedArray[]): Choice[] {
  const [only] = arrays;
  if (only && arrays.length === 1) return [{ split: 'train', examples: only, labels: null }];
  const found = new Map<SplitName, { examples?: NamedArray; labels?: NamedArray }>();
  for (const array of arrays) {
    const name = unnamed(array.key) ?? parseArrayName(array.key);
    if (!name) continue;
    const part = found.get(name.split ?? 'train') ?? {};
    found.set(name.split ?? 'train', part);
    const other = part[name.role];
    if (other)
      throw new DataError(
        t(
          '{0} and {1} both look like the {2} of the {3} split.',
          other.name,
          array.name,
          name.role === 'labels' ? t('labels') : t('examples'),
          name.split ?? 'train',
        ),
        target,
        t('Leave one of them out, or rename it.'),
      );
    part[name.role] = array;
  }
  const choices: Choice[] = [];
  for (const split of SPLIT_ORDER) {
    const { examples, labels = null } = found.get(split) ?? {};
    if (examples) choices.push({ split, examples, labels });
    else if (labels)
      throw new DataError(
        t('{0} holds labels, but there are no examples for them.', labels.name),
        labels.file,
        t('Add the examples, named like them: {0}.', labels.key.replace(/^y/, 'x').replace(/labels?/i, 'images')),
      );
  }
  if (choices.length === 0)
    throw new DataError(
      t(
        '{0} holds the arrays {1}; which are the examples, their names do not tell.',
        target,
        joinList(arrays.slice(0, 8).map(({ key }) => key)),
      ),
      target,
      t('Name them x_train and y_train, or images and labels, or keep one array only.'),
    );
  return choices;
}

/** Names that numpy.savez gives to arrays without one. */
function unnamed(key: string): { role: 'examples' | 'labels'; split: null } | null {
  if (key === 'arr_0') return { role: 'examples', split: null };
  return key === 'arr_1' ? { role: 'labels', split: null } : null;
}
