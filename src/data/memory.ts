/** A reader over data in memory, which the readers of this folder share. */
import { t } from '../protocol/l10n.js';
import type { Batch, DatasetInfo, ExampleData, Reader } from './reader.js';

/** Examples of one split, packed one after the other. All parts of a reader have the same type and shape. */
export interface MemoryPart {
  data: ExampleData;
  count: number;
}

/** Answers at once: {@link read} copies the rows into a new array, which the caller owns. */
export class MemoryReader implements Reader {
  readonly groups = null;
  /** Bytes that the examples take. */
  readonly bytes: number;
  private readonly rowSize: number;
  private parts: { data: ExampleData; start: number; end: number }[];

  /** @param parts in the order of positions; together they hold `info.count` examples of `info.shape`. */
  constructor(
    readonly info: DatasetInfo,
    readonly labels: Int32Array | null,
    parts: MemoryPart[],
  ) {
    this.rowSize = info.shape.reduce((product, dimension) => product * dimension, 1);
    this.bytes = parts.reduce((sum, { data }) => sum + data.byteLength, 0);
    let start = 0;
    this.parts = parts.map(({ data, count }) => {
      if (data.length !== count * this.rowSize)
        throw new RangeError(`${data.length} values are not ${count} examples of ${this.rowSize}`);
      return { data, start, end: (start += count) };
    });
    if (start !== info.count) throw new RangeError(`The parts hold ${start} examples, not ${info.count}`);
  }

  /** @throws RangeError for a position outside the dataset. */
  read(positions: ArrayLike<number>): Batch {
    const { rowSize, parts } = this;
    const data = emptyLike(parts[0]?.data, positions.length * rowSize);
    let part = parts[0];
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i] as number;
      if (!part || position < part.start || position >= part.end) {
        part = parts.find(({ start, end }) => position >= start && position < end);
        if (!part) throw new RangeError(`Position ${position} is outside of ${this.info.count} examples`);
      }
      const from = (position - part.start) * rowSize;
      data.set(part.data.subarray(from, from + rowSize), i * rowSize);
    }
    return { data, count: positions.length };
  }

  name(position: number): string {
    return t('example {0}', position);
  }

  close(): Promise<void> {
    this.parts = [];
    return Promise.resolve();
  }
}

function emptyLike(data: ExampleData | undefined, length: number): ExampleData {
  if (data instanceof Int32Array) return new Int32Array(length);
  return data instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length);
}
