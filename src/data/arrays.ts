/** From stored arrays to a reader: what IDX and NumPy files have in common. */
import { counted, formatCount, t } from '../protocol/l10n.js';
import { classLabels, type StoredLabels } from './labels.js';
import { MemoryReader } from './memory.js';
import { extent, findNotFinite, indexAt, type StoredArray } from './numbers.js';
import {
  DataError,
  type DatasetInfo,
  type ExampleData,
  type Reader,
  type Split,
  type UnreadableFile,
} from './reader.js';
import { SPLIT_ORDER, type SplitName } from './splitNames.js';

export interface ArrayPart {
  split: SplitName;
  /** For messages: the file's name, with the array's if it holds several. */
  name: string;
  file: string;
  /** [examples, ...]. */
  array: StoredArray;
  labels: StoredLabels | null;
}

export interface ArraySource {
  format: string;
  path: string;
  files: string[];
  problems: UnreadableFile[];
}

/**
 * Bytes of shape [n, h, w], and anything of shape [n, h, w, c] or [n, c, h, w] with 1 to 4 channels, are images; so are
 * other numbers of shape [n, h, w] that lie in 0..1 or 0..255 with both sides at least 8. The rest are arrays.
 * A single part is the training split, whatever its name.
 * @throws DataError for no examples, values that are not finite, parts that do not fit together, too few or many labels
 */
export function arrayReader(source: ArraySource, given: ArrayPart[]): Reader {
  const parts = [...given].sort((a, b) => SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split));
  for (const part of parts) check(part);
  const [first] = parts;
  if (!first) throw new DataError(t('{0} holds no examples.', source.path), source.path, t('Choose other data.'));
  for (const part of parts) checkFits(part, first);

  const { shape, kind, channelsFirst } = exampleShape(parts);
  const counts = parts.map(({ array }) => array.shape[0] ?? 0);
  const data = sameType(parts.map(({ array }) => array.data)).map((values) =>
    channelsFirst ? toChannelsLast(values, shape) : values,
  );
  const found = classLabels(parts.map((part, i) => ({ count: counts[i] ?? 0, name: part.name, labels: part.labels })));
  const problems = [...source.problems];
  if (typeof found === 'string')
    problems.push({
      file: parts.find(({ labels }) => labels)?.labels?.file ?? source.path,
      reason: t('Used without labels: {0}.', found),
    });
  const classes = found === null || typeof found === 'string' ? null : found;

  let start = 0;
  const splits = parts.map(({ split }, i): Split => {
    const count = counts[i] ?? 0;
    start += count;
    return { name: parts.length === 1 ? 'train' : split, start: start - count, count };
  });
  const info: DatasetInfo = {
    kind,
    format: source.format,
    path: source.path,
    count: start,
    shape,
    range: storedRange(parts, kind),
    classes: classes?.classes ?? null,
    groups: null,
    splits,
    problems,
    files: source.files,
  };
  return new MemoryReader(
    info,
    classes?.labels ?? null,
    data.map((values, i) => ({ data: values, count: counts[i] ?? 0 })),
  );
}

function check({ name, file, array: { shape, data } }: ArrayPart): void {
  if (shape.length < 2)
    throw new DataError(
      t('{0} has the shape [{1}]: one number an example, or labels only.', name, shape.join(', ')),
      file,
      t('Examples need at least two dimensions: [examples, values] or [examples, height, width].'),
    );
  if (data.length === 0)
    throw new DataError(
      t('{0} has the shape [{1}]: it holds no examples.', name, shape.join(', ')),
      file,
      t('Choose a file with examples in it.'),
    );
  const bad = findNotFinite(data);
  if (bad)
    throw new DataError(
      counted(
        bad.count,
        '{1}: {0} value of {2} is not finite (NaN, infinite, or beyond 32-bit floats); the first is at [{3}].',
        '{1}: {0} values of {2} are not finite (NaN, infinite, or beyond 32-bit floats); the first is at [{3}].',
        name,
        formatCount(data.length),
        indexAt(shape, bad.first).join(', '),
      ),
      file,
      t('Replace these values, or leave out their examples.'),
    );
}

function checkFits(part: ArrayPart, first: ArrayPart): void {
  const shapeOf = ({ array }: ArrayPart): string => array.shape.slice(1).join(' × ');
  if (shapeOf(part) !== shapeOf(first))
    throw new DataError(
      t('{0} has examples of {1}, {2} of {3}.', first.name, shapeOf(first), part.name, shapeOf(part)),
      part.file,
      t('All parts of a dataset need examples of the same shape.'),
    );
  const bytes = ({ array }: ArrayPart): boolean => array.data instanceof Uint8Array;
  if (bytes(part) !== bytes(first))
    throw new DataError(
      t('{0} holds {1} values, {2} {3} values.', first.name, first.array.type, part.name, part.array.type),
      part.file,
      t('Save all parts of a dataset as the same type.'),
    );
}

function exampleShape(parts: ArrayPart[]): { kind: 'image' | 'array'; shape: number[]; channelsFirst: boolean } {
  const stored = parts[0]?.array.shape.slice(1) ?? [];
  const [a = 0, b = 0, c = 0] = stored;
  const isChannels = (dimension: number): boolean => dimension >= 1 && dimension <= 4;
  if (stored.length === 3 && isChannels(c)) return { kind: 'image', shape: stored, channelsFirst: false };
  if (stored.length === 3 && isChannels(a) && c > 4) return { kind: 'image', shape: [b, c, a], channelsFirst: true };
  if (stored.length === 2 && (parts.every(isBytes) || looksLikePixels(parts, a, b)))
    return { kind: 'image', shape: [a, b, 1], channelsFirst: false };
  return { kind: 'array', shape: stored, channelsFirst: false };
}

function isBytes({ array }: ArrayPart): boolean {
  return array.data instanceof Uint8Array;
}

function looksLikePixels(parts: ArrayPart[], height: number, width: number): boolean {
  if (height < 8 || width < 8) return false;
  const [low, high] = valueRange(parts);
  return low === 0 && high > 0.5 && high <= 255;
}

function valueRange(parts: ArrayPart[]): [number, number] {
  const extents = parts.map(({ array }) => extent(array.data));
  return [Math.min(...extents.map(([low]) => low)), Math.max(...extents.map(([, high]) => high))];
}

/** The range that is usual for such values, null when only the values themselves can tell. */
function storedRange(parts: ArrayPart[], kind: 'image' | 'array'): [number, number] | null {
  if (parts.every(({ array }) => array.type === 'bool')) return [0, 1];
  if (parts.every(isBytes)) return [0, 255];
  if (kind === 'array') return null;
  const [low, high] = valueRange(parts);
  const integers = parts.every(({ array }) => array.data instanceof Int32Array);
  if (low >= 0 && high <= 1) return [0, 1];
  if (low >= -1 && high <= 1 && !integers) return [-1, 1];
  return low >= 0 && high > 127 && high <= 255 ? [0, 255] : null;
}

function sameType(arrays: ExampleData[]): ExampleData[] {
  const mixed =
    arrays.some((data) => data instanceof Float32Array) && !arrays.every((data) => data instanceof Float32Array);
  return mixed ? arrays.map((data) => Float32Array.from(data)) : arrays;
}

/** [n, c, h, w] to [n, h, w, c]. @param shape [h, w, c] */
function toChannelsLast(data: ExampleData, shape: number[]): ExampleData {
  const [height = 1, width = 1, channels = 1] = shape;
  const pixels = height * width;
  const out = data.slice();
  for (let base = 0; base < data.length; base += pixels * channels)
    for (let channel = 0; channel < channels; channel++)
      for (let pixel = 0; pixel < pixels; pixel++)
        out[base + pixel * channels + channel] = data[base + channel * pixels + pixel] as number;
  return out;
}
