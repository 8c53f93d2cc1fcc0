/** What a Parquet file says of itself at its end (parquet-format, README and parquet.thrift), checked. */
import * as path from 'node:path';
import { parquetMetadata, type ColumnChunk, type FileMetaData } from 'hyparquet';
import { formatCount, t } from '../../protocol/l10n.js';
import { checkNotEmpty } from '../files.js';
import { DataError } from '../reader.js';
import type { RandomAccess } from '../tree/tree.js';
import { CutOff, Damage } from './damage.js';
import { leavesOf, type Leaf } from './schema.js';
import { structEnd } from './thrift.js';

/** One column of one row group. */
export interface Chunk {
  /** Where its pages are in the file. */
  start: number;
  end: number;
  codec: string;
  /** How many values it says it has, unchecked: of lists it may be any number. */
  values: unknown;
}

export interface RowGroup {
  rows: number;
  /** In the order of the leaves. */
  chunks: Chunk[];
}

export interface Footer {
  rows: number;
  leaves: Leaf[];
  groups: RowGroup[];
  /** What programs have added, e.g. "huggingface". */
  notes: ReadonlyMap<string, string>;
}

const MAGIC = 'PAR1';
/** Its length and the magic number. */
const TAIL_BYTES = 8;
/** Of a description; files of ten thousand columns have some MB. */
const MAX_FOOTER_BYTES = 64 * 1024 ** 2;
/** pyarrow wrote so many before it wrote fewer. */
export const MAX_GROUP_ROWS = 2 ** 26;

/** @param file for messages @throws DataError for what is no Parquet file, is damaged, encrypted or absurd */
export async function readFooter(access: RandomAccess, file: string): Promise<Footer> {
  const { size } = access;
  const name = path.basename(file);
  const damaged = (why: string, advice?: string): DataError =>
    new DataError(
      t('{0} is damaged: {1}.', name, why),
      file,
      advice ?? t('Download or copy it again; the file was probably cut off.'),
    );
  checkNotEmpty(file, size);
  const start = (await access.read(0, 4)).toString('latin1');
  if (size < 4 + TAIL_BYTES || start !== MAGIC) {
    if (start === 'PARE') throw encrypted(name, file);
    throw start === MAGIC
      ? damaged(t('it ends after {0} bytes', formatCount(size)))
      : new DataError(
          t(
            '{0} is no Parquet file: it begins with the bytes {1}.',
            name,
            Buffer.from(start, 'latin1').toString('hex'),
          ),
          file,
          t('Download or copy it again; a web page may have been saved in its place.'),
        );
  }
  const tail = await access.read(size - TAIL_BYTES, TAIL_BYTES);
  const end = tail.toString('latin1', 4);
  if (end === 'PARE') throw encrypted(name, file);
  if (tail.length < TAIL_BYTES || end !== MAGIC)
    throw damaged(t('its end is missing, where its columns are described'));
  const length = tail.readUInt32LE(0);
  if (length > size - TAIL_BYTES - 4 || length > MAX_FOOTER_BYTES)
    throw damaged(t('the description of its columns would have {0} bytes', formatCount(length)));
  const bytes = await access.read(size - TAIL_BYTES - length, length + TAIL_BYTES);
  try {
    if (structEnd(bytes.subarray(0, length), 0) > length) throw new CutOff();
    return checked(parsed(bytes), size - TAIL_BYTES - length);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    if (error instanceof Encrypted) throw encrypted(name, file);
    throw damaged(t('in the description of its columns, {0}', error.message), error.advice);
  }
}

class Encrypted extends Damage {
  constructor() {
    super('');
  }
}

function encrypted(name: string, file: string): DataError {
  return new DataError(t('{0} is encrypted.', name), file, t('Save it without encryption.'));
}

function parsed(bytes: Buffer): FileMetaData {
  try {
    return parquetMetadata(Uint8Array.from(bytes), { geoparquet: false });
  } catch {
    // The parser takes each field for what it should be.
    throw new Damage(t('a field is missing or of another type'));
  }
}

function checked(metadata: FileMetaData, end: number): Footer {
  const leaves = leavesOf(metadata.schema);
  const groups = metadata.row_groups.map(({ num_rows, columns }, i): RowGroup => {
    const rows = count(num_rows, t('rows of row group {0}', i + 1));
    if (rows > MAX_GROUP_ROWS)
      throw new Damage(
        t('row group {0} has {1} rows; up to {2} are read', i + 1, formatCount(rows), formatCount(MAX_GROUP_ROWS)),
        t('Write it again with smaller row groups.'),
      );
    if (columns.length !== leaves.length)
      throw new Damage(t('row group {0} has {1} columns, not {2}', i + 1, columns.length, leaves.length));
    return { rows, chunks: columns.map((column, c) => chunkOf(column, leaves[c] as Leaf, i + 1, end)) };
  });
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const stated = count(metadata.num_rows, t('rows'));
  if (stated !== rows)
    throw new Damage(t('it has {0} rows, but its row groups have {1}', formatCount(stated), formatCount(rows)));
  const notes = new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
  return { rows, leaves, groups, notes };
}

function chunkOf(
  { file_path, meta_data, crypto_metadata }: ColumnChunk,
  leaf: Leaf,
  group: number,
  end: number,
): Chunk {
  if (crypto_metadata !== undefined) throw new Encrypted();
  const where = t('column "{0}" of row group {1}', leaf.name, group);
  if (file_path) throw new Damage(t('{0} is in another file, {1}', where, file_path));
  if (!meta_data) throw new Damage(t('{0} is not described', where));
  if (meta_data.type !== leaf.physical || meta_data.path_in_schema.join('.') !== leaf.path.join('.'))
    throw new Damage(t('{0} is described as another column', where));
  const data = count(meta_data.data_page_offset, where);
  const dictionary =
    meta_data.dictionary_page_offset === undefined ? 0 : count(meta_data.dictionary_page_offset, where);
  // Some writers give 0, or the place of the data, where there is no dictionary.
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const length = count(meta_data.total_compressed_size, where);
  if (start < MAGIC.length || start + length > end) throw new Damage(t('{0} would lie outside of the file', where));
  return { start, end: start + length, codec: named(meta_data.codec), values: meta_data.num_values };
}

/** What a number stands for; those that the format has not are undefined. */
export function named(name: string | undefined): string {
  return name ?? t('an unknown method');
}

/** @param what for messages */
export function count(value: unknown, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    throw new Damage(t('{0}: {1} is no count', what, String(value)));
  return number;
}
