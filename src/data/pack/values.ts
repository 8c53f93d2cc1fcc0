/** Rows of numbers of one type and width, in memory or in a file, read by their positions. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { ExampleData } from '../reader.js';

export type ValueType = 'uint8' | 'int32' | 'float32';

export const bytesOf: Record<ValueType, number> = { uint8: 1, int32: 4, float32: 4 };

export function newValues(type: ValueType, length: number): ExampleData {
  if (type === 'uint8') return new Uint8Array(length);
  return type === 'int32' ? new Int32Array(length) : new Float32Array(length);
}

export interface Values {
  /** Copies the rows at these positions, one after the other, into a new array. */
  read(positions: ArrayLike<number>): ExampleData;
  close(): void;
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
  private readonly handle: number;
  private readonly rowBytes: number;

  /** @param stored null for values of `type`, little-endian @throws the file system's error */
  constructor(
    private readonly file: string,
    private readonly type: ValueType,
    private readonly width: number,
    private readonly start = 0,
    private readonly stored: StoredAs | null = null,
  ) {
    this.handle = openSync(file, 'r');
    this.rowBytes = width * (stored?.bytes ?? bytesOf[type]);
  }

  /** @throws Error when the file ends before a row does */
  read(positions: ArrayLike<number>): ExampleData {
    if (this.stored) {
      const bytes = new Uint8Array(positions.length * this.rowBytes);
      this.fill(positions, bytes);
      return this.stored.decode(bytes);
    }
    const out = newValues(this.type, positions.length * this.width);
    this.fill(positions, new Uint8Array(out.buffer));
    return out;
  }

  close(): void {
    closeSync(this.handle);
  }

  private fill(positions: ArrayLike<number>, bytes: Uint8Array): void {
    const { handle, rowBytes, start } = this;
    for (let i = 0; i < positions.length;) {
      // Rows that follow each other in the file are read at once: validation, and data that is not shuffled.
      const first = positions[i] as number;
      let count = 1;
      while (i + count < positions.length && positions[i + count] === first + count) count++;
      const length = count * rowBytes;
      for (let done = 0; done < length;) {
        const read = readSync(handle, bytes, i * rowBytes + done, length - done, start + first * rowBytes + done);
        if (read === 0) throw new Error(`${this.file} ends within example ${first}`);
        done += read;
      }
      i += count;
    }
  }
}
