import { npyHeader } from '../../data/npyWrite.js';
import { parquetFile, type ParquetColumn, type ParquetRows } from '../../data/parquetWrite.js';
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
export const codeFormats: Readonly<Record<string, Format>> = { '.npy': npy, '.csv': csv, '.parquet': parquet };

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

/** Columns name, label where there are labels, and code: a list of float32. A batch is a row group. */
async function* parquet(batches: AsyncIterable<NamedCodes>): AsyncGenerator<Uint8Array> {
  const all = batches[Symbol.asyncIterator]();
  try {
    const first = await all.next();
    const hasLabels = first.done !== true && first.value.labels !== null;
    const columns: ParquetColumn[] = [
      { name: 'name', kind: 'text' },
      ...(hasLabels ? [{ name: 'label', kind: 'text' as const, isOptional: true }] : []),
      { name: 'code', kind: 'floats' },
    ];
    yield* parquetFile(columns, rowGroups(first));
  } finally {
    await all.return?.();
  }

  async function* rowGroups(first: IteratorResult<NamedCodes>): AsyncGenerator<ParquetRows> {
    for (let next = first; next.done !== true; next = await all.next()) {
      const { data, count, names, labels } = next.value;
      yield { count, values: [names, ...(labels ? [labels] : []), data] };
    }
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
