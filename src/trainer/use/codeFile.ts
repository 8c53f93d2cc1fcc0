import { npyHeader } from '../../data/npyWrite.js';
import type { Codes } from '../../learn/evaluate/codes.js';

/** Codes as a file for other programs, piece by piece. */

/** A batch of codes, with what to call each example and its label. */
export interface NamedCodes extends Codes {
  names: string[];
  /** Null where there are no labels at all. */
  labels: (string | null)[] | null;
}

/** Pieces of the whole file. @param count of all codes */
type Format = (batches: AsyncIterable<NamedCodes>, count: number) => AsyncIterable<string | Uint8Array>;

/** By the ending of the file's name. */
export const codeFormats: Readonly<Record<string, Format>> = { '.npy': npy, '.csv': csv };

/** float32 [count, width]; names and labels are left out. */
async function* npy(batches: AsyncIterable<NamedCodes>, count: number): AsyncGenerator<Uint8Array> {
  let isBegun = false;
  for await (const { data, width } of batches) {
    if (!isBegun) yield npyHeader([count, width]);
    isBegun = true;
    yield littleEndian(data);
  }
}

/** Columns name, label where there are labels, and code_0, code_1, ...; numbers have the 9 digits that tell all float32 apart. */
async function* csv(batches: AsyncIterable<NamedCodes>): AsyncGenerator<string> {
  let isBegun = false;
  for await (const { data, count, width, names, labels } of batches) {
    const columns = ['name', ...(labels ? ['label'] : []), ...Array.from({ length: width }, (_, i) => `code_${i}`)];
    let text = isBegun ? '' : `${columns.join(',')}\n`;
    isBegun = true;
    for (let row = 0; row < count; row++) {
      const cells = [quoted(names[row] ?? '')];
      if (labels) cells.push(quoted(labels[row] ?? ''));
      for (const value of data.subarray(row * width, (row + 1) * width))
        cells.push(String(Number(value.toPrecision(9))));
      text += `${cells.join(',')}\n`;
    }
    yield text;
  }
}

/** RFC 4180. */
export function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(values.byteLength);
  values.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  return bytes;
}
