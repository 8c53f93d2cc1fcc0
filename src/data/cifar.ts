/**
 * CIFAR-10 and CIFAR-100 in their binary versions (Krizhevsky 2009, "Learning multiple layers of features from tiny
 * images"; layout from the data sets' page): records of one label byte (CIFAR-100: the coarse and the fine one) and
 * 32 × 32 red, then green, then blue bytes.
 */
import { formatCount, t } from '../protocol/l10n.js';
import { cifarVariant, type CifarVariant } from './cifarNames.js';
import { MAX_BYTES } from './files.js';
import { LeftOut } from './leftOut.js';
import { MemoryReader, type MemoryPart } from './memory.js';
import { DataError, type DatasetOptions, type Reader, type Split } from './reader.js';
import { openTree, type DataFile } from './tree/tree.js';

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const IMAGE_BYTES = 3 * PIXELS;

/**
 * A folder or archive with the files as they are distributed. One of several batches that cannot be read may be left out.
 * @throws DataError
 */
export async function openCifar(target: string, options: DatasetOptions = {}): Promise<Reader> {
  const { signal, onProgress, onError = 'stop' } = options;
  const tree = await openTree(target, { onError, ...(signal && { signal }) });
  try {
    const variant = cifarVariant(tree.files.map(({ name }) => name));
    const files =
      variant &&
      (['train', 'test'] as const).flatMap((split) =>
        tree.files.filter(({ name }) => variant[split].test(name)).map((file) => ({ file, split })),
      );
    if (!variant || !files || files.length === 0)
      throw new DataError(
        t('{0} holds no CIFAR files.', target),
        target,
        t('Choose the folder or archive with data_batch_1.bin, or with train.bin and fine_label_names.txt.'),
      );
    const parts: MemoryPart[] = [];
    const labels: Int32Array[] = [];
    const splits: Split[] = [];
    const leftOut = new LeftOut(options);
    const readable: string[] = [];
    for (const [i, { file, split }] of files.entries()) {
      let records: Records;
      try {
        records = decode(await file.read(signal ? { signal } : {}), file, variant);
        readable.push(file.path);
      } catch (error) {
        if (files.filter((other) => other.split === split).length === 1) throw error; // it is a whole split
        leftOut.file(error);
        continue;
      }
      parts.push({ data: records.pixels, count: records.labels.length });
      labels.push(records.labels);
      const last = splits[splits.length - 1];
      if (last?.name === split) last.count += records.labels.length;
      else splits.push({ name: split, start: last ? last.start + last.count : 0, count: records.labels.length });
      onProgress?.((i + 1) / files.length);
    }
    const [first] = splits;
    if (files[0]?.split === 'train') leftOut.checkAny(first?.name === 'train' ? first.count : 0, target);
    if (first && splits.length === 1) first.name = 'train';
    const classes = await classNames(tree.files, variant);
    return new MemoryReader(
      {
        kind: 'image',
        format: 'cifar',
        path: target,
        count: labels.reduce((sum, { length }) => sum + length, 0),
        shape: [SIDE, SIDE, 3],
        range: [0, 255],
        classes,
        groups: null,
        splits,
        problems: [...tree.problems, ...leftOut.problems()],
        files: tree.kind === 'folder' ? readable : [target],
      },
      Int32Array.from(labels.flatMap((part) => Array.from(part))),
      parts,
    );
  } finally {
    await tree.close();
  }
}

interface Records {
  pixels: Uint8Array;
  labels: Int32Array;
}

function decode(content: Buffer, file: DataFile, { title, labelBytes, classes }: CifarVariant): Records {
  const record = labelBytes + IMAGE_BYTES;
  const count = content.length / record;
  if (count === 0 || !Number.isInteger(count))
    throw new DataError(
      t(
        '{0} has {1} bytes, which are not whole {2} images of {3} bytes.',
        file.name,
        formatCount(content.length),
        title,
        formatCount(record),
      ),
      file.path,
      t('Download it again; it was probably cut off.'),
    );
  if (count * IMAGE_BYTES > MAX_BYTES)
    throw new DataError(t('{0} is too large to be read into memory.', file.name), file.path);
  const pixels = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * record;
    const label = content[at + labelBytes - 1] as number;
    if (label >= classes)
      throw new DataError(
        t(
          '{0} is damaged: image {1} (byte {2}) has the label {3}; there are {4} classes.',
          file.name,
          i,
          at,
          label,
          classes,
        ),
        file.path,
        t('Download it again.'),
      );
    labels[i] = label;
    const from = at + labelBytes;
    const to = i * IMAGE_BYTES;
    for (let pixel = 0; pixel < PIXELS; pixel++)
      for (let channel = 0; channel < 3; channel++)
        pixels[to + 3 * pixel + channel] = content[from + channel * PIXELS + pixel] as number;
  }
  return { pixels, labels };
}

/** As the file beside the data has them, else numbers. */
async function classNames(files: readonly DataFile[], { names, classes }: CifarVariant): Promise<string[]> {
  const file = files.find(({ name }) => names.test(name));
  const lines = file
    ? (await file.read({ most: 65_536 }))
        .toString('utf8')
        .split(/\r?\n/)
        .map((line) => line.trim())
    : [];
  const found = lines.filter((line) => line !== '');
  return found.length === classes ? found : Array.from({ length: classes }, (_, i) => String(i));
}
