import { readSync } from 'node:fs';

/** Rows of one length in an open file, from a byte offset on. */
export interface RowFile {
  /** For messages. */
  file: string;
  /** All threads of a process share it. */
  handle: number;
  start: number;
  rowBytes: number;
}

export interface RowTask extends RowFile {
  positions: Int32Array;
}

/** The rows' bytes, one after the other. @throws Error when the file ends before a row does */
export function readRows({ file, handle, start, rowBytes, positions }: RowTask): Uint8Array {
  const bytes = new Uint8Array(positions.length * rowBytes);
  for (let i = 0; i < positions.length;) {
    // Rows that follow each other in the file are read at once: validation, and data that is not shuffled.
    const first = positions[i] as number;
    let count = 1;
    while (i + count < positions.length && positions[i + count] === first + count) count++;
    const length = count * rowBytes;
    for (let done = 0; done < length;) {
      const read = readSync(handle, bytes, i * rowBytes + done, length - done, start + first * rowBytes + done);
      if (read === 0) throw new Error(`${file} ends within example ${first}`);
      done += read;
    }
    i += count;
  }
  return bytes;
}
