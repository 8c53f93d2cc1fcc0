/** Arrays [rows, columns] as tables: each column by its own range, as their units differ. */
import type { Batch, Reader } from '../reader.js';
import { SLICE } from './scale.js';

/** Of the training rows: smallest and largest value of each column. */
export interface ColumnRanges {
  low: number[];
  high: number[];
}

/** More are no columns of a table, and their ranges would make run.json large. */
const MOST_COLUMNS = 1024;
/** Values from 0 to this are pixels, or parts of them, which have one range. */
const PIXEL = 255;

/**
 * The ranges of the columns, where these are what should be scaled: examples of one dimension, numbers without a usual
 * range, which are not all from 0 to 255 as pixels are. Null for all other arrays.
 * @param positions of the training examples
 */
export async function columnRanges(
  reader: Reader,
  positions: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<ColumnRanges | null> {
  const { kind, shape, range } = reader.info;
  const [width = 0] = shape;
  if (kind !== 'array' || range !== null || shape.length !== 1 || width < 2 || width > MOST_COLUMNS) return null;
  const low = new Array<number>(width).fill(Infinity);
  const high = new Array<number>(width).fill(-Infinity);
  for (let start = 0; start < positions.length; start += SLICE) {
    signal?.throwIfAborted();
    const { data } = await reader.read(Array.prototype.slice.call(positions, start, start + SLICE));
    for (let i = 0; i < data.length; i++) {
      const column = i % width;
      const value = data[i] as number;
      if (value < (low[column] as number)) low[column] = value;
      if (value > (high[column] as number)) high[column] = value;
    }
  }
  if (low.every((value) => value >= 0) && high.every((value) => value <= PIXEL)) return null;
  return { low, high };
}

/** The reader with each column mapped to 0..1; what lies outside of its training rows' range is clamped, a constant is 0. */
export function scaledColumns(reader: Reader, { low, high }: ColumnRanges): Reader {
  const scale = ({ data, count }: Batch): Batch => {
    const out = new Float32Array(data.length);
    const width = low.length;
    for (let i = 0; i < data.length; i++) {
      const from = low[i % width] as number;
      const spread = (high[i % width] as number) - from;
      const value = spread > 0 ? ((data[i] as number) - from) / spread : 0;
      out[i] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
    return { data: out, count };
  };
  return {
    info: { ...reader.info, range: [0, 1] },
    labels: reader.labels,
    groups: reader.groups,
    name: (position) => reader.name(position),
    read(positions) {
      const batch = reader.read(positions);
      return batch instanceof Promise ? batch.then(scale) : scale(batch);
    },
    close: () => reader.close(),
  };
}
