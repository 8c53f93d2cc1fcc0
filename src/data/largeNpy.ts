/** An .npy file that is too large for memory: its examples are read from the disk as they are needed. */
import { setImmediate } from 'node:timers/promises';
import { formatCount, t } from '../protocol/l10n.js';
import { look, readStart } from './files.js';
import { MAX_HEADER_BYTES, parseNpyHeader } from './npyArray.js';
import { decodeNumbers, extent, findNotFinite, indexAt, numberBytes, sizeOf } from './numbers.js';
import { FileValues, type StoredAs, type Values, type ValueType } from './pack/values.js';
import { DataError, type Batch, type DatasetInfo, type OpenOptions, type Reader } from './reader.js';

/** Smaller files are read whole. */
export const LARGE_BYTES = 512 * 1024 ** 2;
/** Values are looked through in pieces of about so many bytes. */
const PIECE_BYTES = 8 * 1024 ** 2;

/** Types that lie in the file as in memory, on little-endian machines, which all are that this runs on. */
const plain: Partial<Record<string, ValueType>> = { uint8: 'uint8', int32: 'int32', float32: 'float32' };

/**
 * One array of examples without labels. All values are looked through once, for such that are not finite and for their
 * range.
 * @throws DataError
 */
export async function openLargeNpy(file: string, name: string, { signal, onProgress }: OpenOptions): Promise<Reader> {
  const { size } = await look(file);
  const header = parseNpyHeader(await readStart(file, MAX_HEADER_BYTES + 12), name, file);
  const { shape, number, littleEndian, offset } = header;
  const length = sizeOf(shape);
  const promised = offset + (length ?? Infinity) * numberBytes[number];
  if (header.text) throw new DataError(t('{0} holds text, not numbers.', name), file, t('Use an array of numbers.'));
  if (promised !== size)
    throw new DataError(
      t(
        '{0} is cut off or has the wrong size: its header promises {1} bytes, but it holds {2}.',
        name,
        formatCount(promised),
        formatCount(size),
      ),
      file,
      t('Download, copy or save it again.'),
    );
  const [count = 0, ...example] = shape;
  if (example.length === 0 || count === 0)
    throw new DataError(
      t('{0} has the shape [{1}]: it holds no examples.', name, shape.join(', ')),
      file,
      t('Examples need at least two dimensions: [examples, values] or [examples, height, width].'),
    );
  if (header.fortran)
    throw new DataError(
      t('{0} has {1} bytes in Fortran order, whose examples lie scattered over the file.', name, formatCount(size)),
      file,
      t('Save it by numpy.save(name, numpy.ascontiguousarray(array)).'),
    );
  const width = example.reduce((product, dimension) => product * dimension, 1);
  const type = littleEndian || number === 'uint8' ? plain[number] : undefined;
  const stored: StoredAs | null = type
    ? null
    : { bytes: numberBytes[number], decode: (bytes) => sameType(decodeNumbers(bytes, number, littleEndian)) };
  const values = new FileValues(file, type ?? 'float32', width, offset, stored);
  try {
    const range = number === 'uint8' ? ([0, 255] as [number, number]) : await rangeOf();
    onProgress?.(1);
    return new FileReader(infoOf(range), values.aside());
  } catch (error) {
    values.close();
    throw error;
  }

  async function rangeOf(): Promise<[number, number]> {
    let low = Infinity;
    let high = -Infinity;
    const rows = Math.max(1, Math.floor(PIECE_BYTES / (width * numberBytes[number])));
    for (let start = 0; start < count; start += rows) {
      signal?.throwIfAborted();
      const data = values.read(Int32Array.from({ length: Math.min(rows, count - start) }, (_, i) => start + i));
      const bad = findNotFinite(data);
      if (bad)
        throw new DataError(
          t(
            '{0}: a value is not finite (NaN, infinite, or beyond 32-bit floats): the first is at [{1}].',
            name,
            indexAt(shape, start * width + bad.first).join(', '),
          ),
          file,
          t('Replace these values, or leave out their examples.'),
        );
      const [least, most] = extent(data);
      low = Math.min(low, least);
      high = Math.max(high, most);
      onProgress?.(start / count);
      await setImmediate(); // a stop is heard between two pieces
    }
    return [low, high];
  }

  function infoOf(range: [number, number]): DatasetInfo {
    const [, , channels] = example;
    const isImage = number === 'uint8' && (example.length === 2 || (example.length === 3 && (channels ?? 9) <= 4));
    return {
      kind: isImage ? 'image' : 'array',
      format: 'npy',
      path: file,
      count,
      shape: isImage && example.length === 2 ? [...example, 1] : example,
      // Columns have their own: prepare/columns.ts.
      range: number !== 'uint8' && example.length === 1 ? null : range,
      classes: null,
      groups: null,
      splits: [{ name: 'train', start: 0, count }],
      problems: [],
      files: [file],
    };
  }
}

/** 64-bit and unsigned numbers become integers or floats by their values: in a batch they must not change. */
function sameType(data: Uint8Array | Int32Array | Float32Array): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

class FileReader implements Reader {
  readonly labels = null;
  readonly groups = null;

  constructor(
    readonly info: DatasetInfo,
    private readonly values: Values,
  ) {}

  name(position: number): string {
    return t('example {0}', position);
  }

  async read(positions: ArrayLike<number>): Promise<Batch> {
    return { data: await this.values.read(positions), count: positions.length };
  }

  async close(): Promise<void> {
    await this.values.close();
  }
}
