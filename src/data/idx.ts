/**
 * IDX, the format of MNIST (LeCun, Cortes & Burges, "The MNIST database of handwritten digits", FILE FORMATS): two zero
 * bytes, a type, the number of dimensions, each dimension as a 32-bit big-endian number, then the values, big-endian.
 */
import * as path from 'node:path';
import { formatCount, t } from '../protocol/l10n.js';
import { archivedArrays } from './archivedArrays.js';
import { arrayReader, type ArrayPart } from './arrays.js';
import { describeEntries, listFolder, look } from './files.js';
import { readSized, wrongSize, type Promised } from './gzip.js';
import { chooseIdxFiles, groupIdxFiles, parseIdxName, type IdxPart } from './idxNames.js';
import { decodeNumbers, numberBytes, sizeOf, type NumberType, type StoredArray } from './numbers.js';
import { DataError, type OpenOptions, type Reader, type UnreadableFile } from './reader.js';

const types: Partial<Record<number, NumberType>> = {
  0x08: 'uint8',
  0x09: 'int8',
  0x0b: 'int16',
  0x0c: 'int32',
  0x0d: 'float32',
  0x0e: 'float64',
};

const MAX_DIMENSIONS = 8;
/** Magic number and the most dimensions. */
const HEADER_BYTES = 4 + 4 * MAX_DIMENSIONS;

/**
 * A folder of images and, if there are some, labels, found by their names (train-images-idx3-ubyte.gz, ...); or one
 * images file, whose labels are used when they lie beside it.
 * @throws DataError
 */
export async function openIdx(target: string, options: OpenOptions = {}): Promise<Reader> {
  const { isDirectory } = await look(target);
  const archive = await archivedArrays(target, (name) => parseIdxName(name) !== null, options);
  const folder = isDirectory || archive ? target : path.dirname(target);
  const listing = archive
    ? { entries: [...archive.files.keys()].map((name) => ({ name, isDirectory: false })), links: [], others: [] }
    : await listFolder(folder);
  const problems: UnreadableFile[] = [];
  let parts: IdxPart[];
  if (isDirectory || archive) {
    const groups = groupIdxFiles(listing.entries);
    if (groups.length === 0)
      throw new DataError(
        t('{0} holds no IDX files, but {1}.', target, describeEntries(listing)),
        target,
        t('Choose the folder with train-images-idx3-ubyte.gz and the like.'),
      );
    parts = chooseIdxFiles(target, groups);
    problems.push(
      ...listing.links.map((link) => ({
        file: path.join(target, link),
        reason: t('A link that leads out of the folder: not followed.'),
      })),
    );
  } else {
    const name = path.basename(target);
    const beside = groupIdxFiles(listing.entries)
      .flatMap((group) => group.parts)
      .find(({ images }) => images === name);
    parts = [beside ?? { split: 'train', images: name, labels: null }];
  }

  const files = parts.flatMap(({ images, labels }) => (labels === null ? [images] : [images, labels]));
  const fractions = new Map<string, number>();
  const read = async (name: string): Promise<StoredArray> => {
    const onProgress = (fraction: number): void => {
      fractions.set(name, fraction);
      const sum = [...fractions.values()].reduce((total, one) => total + one, 0);
      options.onProgress?.(sum / files.length);
    };
    const packed = archive?.files.get(name);
    if (!packed) return readIdx(path.join(folder, name), { ...options, onProgress });
    const content = await packed.read(options.signal ? { signal: options.signal } : {});
    onProgress(1);
    return decodeIdx(content, packed.path);
  };
  const loaded = await Promise.all(
    parts.map(async ({ split, images, labels }): Promise<ArrayPart> => {
      const [array, classes] = await Promise.all([read(images), labels === null ? null : read(labels)]);
      const file = path.join(folder, images);
      if (array.shape.length === 1)
        throw new DataError(
          t('{0} holds labels, not images: it has one dimension.', images),
          file,
          t('Name the images file, or the folder that holds both.'),
        );
      return {
        split,
        name: images,
        file,
        array,
        labels:
          classes === null || labels === null
            ? null
            : { name: labels, file: path.join(folder, labels), shape: classes.shape, values: classes.data },
      };
    }),
  );
  await archive?.tree.close();
  const used = archive ? [target] : files.map((name) => path.join(folder, name));
  return arrayReader({ format: 'idx', path: target, files: used, problems }, loaded);
}

/** One IDX file, plain or compressed. @throws DataError when it is not one, or not whole. */
export async function readIdx(file: string, options: OpenOptions = {}): Promise<StoredArray> {
  const bytes = await readSized(file, HEADER_BYTES, (start) => promisedBy(parseHeader(start, file)), options);
  return decodeIdx(bytes, file);
}

function promisedBy({ offset, size, shape, type }: IdxHeader): Promised {
  return { bytes: offset + size * numberBytes[type], what: t('[{0}] values of {1}', shape.join(', '), type) };
}

function decodeIdx(bytes: Buffer, file: string): StoredArray {
  const header = parseHeader(bytes, file);
  const promised = promisedBy(header);
  if (bytes.length !== promised.bytes) throw wrongSize(file, promised, formatCount(bytes.length));
  return {
    shape: header.shape,
    type: header.type,
    data: decodeNumbers(bytes.subarray(header.offset), header.type, false),
  };
}

interface IdxHeader {
  type: NumberType;
  shape: number[];
  size: number;
  /** Where the values begin. */
  offset: number;
}

function parseHeader(start: Buffer, file: string): IdxHeader {
  const name = path.basename(file);
  const dimensions = start[3] ?? 0;
  const type = types[start[2] ?? 0];
  if (start.length < 4 || start[0] !== 0 || start[1] !== 0 || !type || dimensions < 1 || dimensions > MAX_DIMENSIONS)
    throw new DataError(
      t(
        '{0} is not an IDX file: it begins with {1}, not with 0000, a type (08 to 0e) and 01 to 08.',
        name,
        start.subarray(0, 4).toString('hex') || t('nothing'),
      ),
      file,
      t('Check that this is the right file and that it was downloaded as it is.'),
    );
  const offset = 4 + 4 * dimensions;
  if (start.length < offset)
    throw new DataError(
      t('{0} is cut off within its header, after {1} of {2} bytes.', name, start.length, offset),
      file,
      t('Download or copy it again.'),
    );
  const shape = Array.from({ length: dimensions }, (_, i) => start.readUInt32BE(4 + 4 * i));
  const size = sizeOf(shape);
  if (size === null || !Number.isSafeInteger(size * 8))
    throw new DataError(
      t('{0} is damaged: its header promises [{1}] values.', name, shape.join(', ')),
      file,
      t('Download or copy it again.'),
    );
  return { type, shape, size, offset };
}
