/** Rows of numbers of one type and width, in memory or in a file, read by their positions. */
import { closeSync, openSync } from 'node:fs';
import type { ExampleData } from '../reader.js';
import { openPool } from '../work/pool.js';
import { readRows, type RowFile } from './rows.js';

export type ValueType = 'uint8' | 'int32' | 'float32';

export const bytesOf: Record<ValueType, number> = { uint8: 1, int32: 4, float32: 4 };

export function newValues(type: ValueType, length: number): ExampleData {
  if (type === 'uint8') return new Uint8Array(length);
  return type === 'int32' ? new Int32Array(length) : new Float32Array(length);
}

export interface Values {
  /** Copies the rows at these positions, one after the other, into a new array. */
  read(positions: ArrayLike<number>): ExampleData | Promise<ExampleData>;
  close(): void | Promise<void>;
}

export class MemoryValues implements Values {
  constructor(
    private readonly data: ExampleData,
    private readonly type: ValueType,
    private readonly width: number,
  ) {}

  read(positions: ArrayLike<number>): ExampleData {
    const { data, width } = this;
    const out = newValues(this.type, positions.length * width);
    for (let i = 0; i < positions.length; i++) {
      const from = (positions[i] as number) * width;
      out.set(data.subarray(from, from + width), i * width);
    }
    return out;
  }

  close(): void {
    // The garbage collector has it.
  }
}

/** How values lie in a file where it is not as this machine's memory has them. */
export interface StoredAs {
  /** Bytes of one value. */
  bytes: number;
  decode(bytes: Uint8Array): ExampleData;
}

/** Rows in a file, from a byte offset on. The system keeps in memory what it has room for. */
export class FileValues implements Values {
  private readonly rows: RowFile;

  /** @param stored null for values of `type`, little-endian @throws the file system's error */
  constructor(
    file: string,
    private readonly type: ValueType,
    width: number,
    start = 0,
    private readonly stored: StoredAs | null = null,
  ) {
    this.rows = { file, handle: openSync(file, 'r'), start, rowBytes: width * (stored?.bytes ?? bytesOf[type]) };
  }

  /** @throws Error when the file ends before a row does */
  read(positions: ArrayLike<number>): ExampleData {
    return this.decode(readRows({ ...this.rows, positions: Int32Array.from(positions) }));
  }

  close(): void {
    closeSync(this.rows.handle);
  }

  /** These values, read by a thread of its own while this one does other work. Closing them closes these. */
  aside(): Values {
    const pool = openPool(1);
    return {
      read: async (positions) =>
        this.decode(await pool.run('readRows', () => ({ ...this.rows, positions: Int32Array.from(positions) }))),
      close: async () => {
        await pool.close(); // before the handle may become another file's
        this.close();
      },
    };
  }

  private decode(bytes: Uint8Array): ExampleData {
    if (this.stored) return this.stored.decode(bytes);
    if (this.type === 'uint8') return bytes;
    return this.type === 'int32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
  }
}
