/** How many rows a Parquet file says that it has. Runs in the extension host: two short reads, no library. */
import { promises as fs } from 'node:fs';
import { Damage } from './damage.js';
import { wholeNumberIn } from './thrift.js';

/** Of its description: the columns stand before the number of rows, and what is long, row groups, after it. */
const LOOKED_BYTES = 256 * 1024;
/** Length of the description and the magic number. */
const TAIL_BYTES = 8;
/** FileMetaData.num_rows of parquet.thrift. */
const NUM_ROWS = 3;

/** @returns null when it does not say so there @throws the file system's error */
export async function statedRows(file: string): Promise<number | null> {
  const handle = await fs.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (bytes: number, at: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, (await handle.read(buffer, 0, bytes, at)).bytesRead);
    };
    if (size < TAIL_BYTES) return null;
    const tail = await read(TAIL_BYTES, size - TAIL_BYTES);
    if (tail.toString('latin1', 4) !== 'PAR1') return null;
    const length = tail.readUInt32LE(0);
    if (length > size - TAIL_BYTES) return null;
    const description = await read(Math.min(length, LOOKED_BYTES), size - TAIL_BYTES - length);
    const rows = statedIn(description);
    return rows !== null && Number.isSafeInteger(rows) && rows >= 0 ? rows : null;
  } finally {
    await handle.close();
  }
}

function statedIn(description: Buffer): number | null {
  try {
    return wholeNumberIn(description, NUM_ROWS);
  } catch (error) {
    if (error instanceof Damage) return null; // opening it tells what is wrong
    throw error;
  }
}
