/** Files of soft labels: for each example of a dataset, in its order, how likely each class is. */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { grouped, t } from '../protocol/l10n.js';
import { readWhole } from './files.js';
import { decodeNpy } from './npyArray.js';
import { DataError } from './reader.js';
import { openCsv } from './table/csv.js';
import { packTable, type Packing } from './table/pack.js';

/** What the values of a file are: each row sums to 1, or is what a softmax makes probabilities of. */
export type SoftLabelValues = 'probabilities' | 'logits';

export interface SoftLabels {
  /** Examples. */
  count: number;
  /** Names of the classes; null where the file has none. */
  names: string[] | null;
  /** Classes. */
  width: number;
  /** [count, width]: logits, or the logarithms of probabilities. */
  logits: Float32Array;
  /** Of the file: "sha256:" and 64 hexadecimal digits. */
  fingerprint: string;
}

/** How far from 1 a row of probabilities may sum, as they are rounded in files. */
const TOLERANCE = 0.01;
/** Stands for the logarithm of 0: exp of it is 0 at any temperature. */
const NEVER = -1e9;

/**
 * @param file an array [examples, classes] (.npy), or a table with a column for each class (.csv, .tsv)
 * @throws DataError naming the row and column of a value that cannot be
 */
export async function readSoftLabels(file: string, values: SoftLabelValues, signal?: AbortSignal): Promise<SoftLabels> {
  if (!/\.(npy|csv|tsv)$/i.test(file))
    throw new DataError(
      t('{0} is no file of soft labels by its name.', file),
      file,
      t('Save them as .npy (numpy.save) or .csv, one row an example.'),
    );
  const bytes = await readWhole(file, signal);
  const fingerprint = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const { rows, names, data } = /\.npy$/i.test(file) ? readArray(bytes, file) : await readTable(bytes, file);
  const width = data.length / rows;
  if (rows === 0 || width < 2)
    throw new DataError(
      t(
        '{0} has soft labels of {1} examples and {2} classes.',
        path.basename(file),
        grouped(rows),
        grouped(width || 0),
      ),
      file,
      t('It needs a row for each example and a column for each of two classes or more.'),
    );
  const logits = values === 'logits' ? checkedLogits(data, width, file) : logarithms(data, width, file);
  return { count: rows, names, width, logits, fingerprint };
}

interface Table {
  rows: number;
  names: string[] | null;
  /** [rows, columns] */
  data: ArrayLike<number>;
}

function readArray(bytes: Buffer, file: string): Table {
  const { shape, type, data } = decodeNpy(bytes, path.basename(file), file);
  if (type === 'text' || shape.length !== 2)
    throw new DataError(
      t(
        '{0} has shape [{1}] of {2}; soft labels have [examples, classes] of numbers.',
        path.basename(file),
        shape.join(', '),
        type,
      ),
      file,
      t('Save an array with one row an example and one column a class.'),
    );
  return { rows: shape[0] as number, names: null, data };
}

async function readTable(bytes: Buffer, file: string): Promise<Table> {
  const csv = await openCsv(Readable.from([bytes]), file);
  const columns = new Map(csv.names.map((name): [string, Packing] => [name, 'number']));
  const { rows, columns: packed } = await packTable(csv, columns, file);
  const data = new Float32Array(rows * packed.length);
  packed.forEach((column, at) => {
    if (column.packing === 'number')
      for (let row = 0; row < rows; row++) data[row * packed.length + at] = column.values[row] as number;
  });
  return { rows, names: csv.dialect.header ? csv.names : null, data };
}

function checkedLogits(data: ArrayLike<number>, width: number, file: string): Float32Array {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) throw impossible(data, i, width, file);
  return Float32Array.from(data);
}

function logarithms(data: ArrayLike<number>, width: number, file: string): Float32Array {
  const logits = new Float32Array(data.length);
  for (let row = 0; row < data.length / width; row++) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      const value = data[i] as number;
      if (!Number.isFinite(value) || value < 0) throw impossible(data, i, width, file);
      sum += value;
      logits[i] = value === 0 ? NEVER : Math.log(value);
    }
    if (Math.abs(sum - 1) > TOLERANCE)
      throw new DataError(
        t(
          '{0}, row {1}: its probabilities sum to {2} instead of 1.',
          path.basename(file),
          grouped(row + 1),
          shown(sum),
        ),
        file,
        t('Divide each row by its sum; or set "softLabels": "logits" if that is what they are.'),
      );
  }
  return logits;
}

function impossible(data: ArrayLike<number>, at: number, width: number, file: string): DataError {
  const value = data[at] as number;
  const [row, column] = [Math.floor(at / width) + 1, (at % width) + 1];
  const what = Number.isNaN(value) ? t('missing') : shown(value);
  return new DataError(
    t('{0}, row {1}, column {2}: this soft label is {3}.', path.basename(file), grouped(row), grouped(column), what),
    file,
    value < 0 && Number.isFinite(value)
      ? t('A probability is never negative; set "softLabels": "logits" if these are logits.')
      : t('Each example needs a finite number for each class.'),
  );
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
