/** One Parquet file: its columns and row groups, and the pages of a column, one after the other. */
import * as path from 'node:path';
import { parquetHeader } from 'hyparquet/src/column.js';
import { formatCount, t } from '../../protocol/l10n.js';
import { crc32 } from '../crc32.js';
import { DataError } from '../reader.js';
import type { DataFile, RandomAccess } from '../tree/tree.js';
import { unpack } from './codec.js';
import { CutOff, Damage } from './damage.js';
import { decodeHybrid, decodeValues, lengthOf, MAX_PAGE_BYTES, withLength, type Values } from './encoding.js';
import { count, MAX_GROUP_ROWS, named, readFooter, type Chunk, type Footer } from './footer.js';
import type { Leaf } from './schema.js';
import { structEnd } from './thrift.js';

/** Some rows of a column; of a column of lists, "row" below means an element, or the place of a list without any. */
export interface Page {
  /** Of its first row in the file, from 0; of lists, the first that begins in it. */
  row: number;
  rows: number;
  /** 1 for a row that has a value; null when all have. */
  present: Uint8Array | null;
  values: Values;
  /** Of each row that has a value, its position in `values`; null when these are in the order of such rows. */
  codes: Int32Array | null;
  /** Of lists: repetition 0 begins one, which the page before may do; `definition` as {@link Leaf.elementLevel} has it. */
  levels: { repetition: Uint8Array; definition: Uint8Array } | null;
}

export interface PageOptions {
  signal?: AbortSignal | undefined;
  /** Which rows are needed: pages without any are passed over. */
  needs?: (start: number, end: number) => boolean;
}

type Header = ReturnType<typeof parquetHeader>;

/** A page's own description mostly has some 50 bytes, but holds its smallest and largest value. */
const HEADER_BYTES = 4096;
const MAX_HEADER_BYTES = 16 * 1024 ** 2;
const WINDOW_BYTES = 1024 ** 2;

export class ParquetFile {
  private constructor(
    readonly file: DataFile,
    private readonly access: RandomAccess,
    readonly footer: Footer,
  ) {}

  /** @throws DataError */
  static async open(file: DataFile, signal?: AbortSignal): Promise<ParquetFile> {
    const access = await file.open(signal ? { signal } : {});
    try {
      return new ParquetFile(file, access, await readFooter(access, file.path));
    } catch (error) {
      await access.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.access.close();
  }

  leaf(name: string): Leaf | undefined {
    return this.footer.leaves.find((leaf) => leaf.name === name);
  }

  /** All pages of a column, or those of one row group. @throws DataError that names column and row group */
  async *pages(leaf: Leaf, options: PageOptions = {}, only?: number): AsyncGenerator<Page> {
    const { groups, leaves } = this.footer;
    const column = leaves.indexOf(leaf);
    let first = 0;
    for (const [index, { rows, chunks }] of groups.entries()) {
      if (only === undefined || only === index) {
        try {
          yield* this.chunk(chunks[column] as Chunk, leaf, first, rows, options);
        } catch (error) {
          if (!(error instanceof Damage)) throw error;
          throw new DataError(
            t(
              '{0} cannot be read: in column "{1}" of row group {2}, {3}.',
              path.basename(this.file.path),
              leaf.name,
              index + 1,
              error.message,
            ),
            this.file.path,
            error.advice ?? t('Download, copy or write it again.'),
          );
        }
      }
      first += rows;
    }
  }

  private async *chunk(
    { start, end, codec, values }: Chunk,
    leaf: Leaf,
    first: number,
    rows: number,
    { signal, needs }: PageOptions,
  ): AsyncGenerator<Page> {
    const window = new Window(this.access, start, end);
    const isList = leaf.elementLevel !== null;
    const total = isList ? count(values, t('its values')) : rows;
    if (total > MAX_GROUP_ROWS)
      throw new Damage(
        t('its lists have {0} values; up to {1} are read', formatCount(total), formatCount(MAX_GROUP_ROWS)),
        t('Write it again with smaller row groups.'),
      );
    let dictionary: Values | null = null;
    let read = 0;
    let row = 0;
    while (read < total) {
      signal?.throwIfAborted();
      const header = await readHeader(window);
      const packedSize = count(header.compressed_page_size, t('the size of a page'));
      const size = count(header.uncompressed_page_size, t('the size of a page'));
      if (size > MAX_PAGE_BYTES)
        throw new Damage(
          t('a page has {0} bytes; up to {1} are read', formatCount(size), formatCount(MAX_PAGE_BYTES)),
          t('Write it again with smaller pages.'),
        );
      const data = header.data_page_header_v2 ?? header.data_page_header;
      if ((header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') && data) {
        const many = count(data.num_values, t('the values of a page'));
        if (many > total - read)
          throw new Damage(t('its pages hold more values than the {0} of the row group', formatCount(total)));
        read += many;
        if (many === 0 || (needs && !isList && !needs(first + read - many, first + read))) {
          window.skip(packedSize);
          continue;
        }
        const packed = checkedSum(await window.take(packedSize), header);
        const page = decodePage(packed, size, header, many, codec, leaf, dictionary);
        yield { row: first + (isList ? row : read - many), rows: many, ...page };
        for (const level of page.levels?.repetition ?? []) if (level === 0) row++;
      } else if (header.type === 'DICTIONARY_PAGE' && header.dictionary_page_header) {
        if (dictionary || read > 0) throw new Damage(t('there is a second dictionary'));
        const packed = checkedSum(await window.take(packedSize), header);
        const many = count(header.dictionary_page_header.num_values, t('the values of its dictionary'));
        dictionary = decodeValues('PLAIN', unpack(codec, packed, size), many, leaf.physical, leaf.width);
      } else if (header.type === 'INDEX_PAGE') window.skip(packedSize);
      else throw new Damage(t('there is a page of an unknown kind'));
    }
    if (isList && row !== rows)
      throw new Damage(t('it holds the lists of {0} rows, not {1}', formatCount(row), formatCount(rows)));
  }
}

function checkedSum(packed: Buffer, { crc }: Header): Buffer {
  if (crc !== undefined && crc32(packed) >>> 0 !== crc >>> 0) throw new Damage(t('a page’s check sum is wrong'));
  return packed;
}

async function readHeader(window: Window): Promise<Header> {
  for (let length = HEADER_BYTES; ; length *= 2) {
    const bytes = await window.look(length);
    try {
      const end = structEnd(bytes, 0);
      // Its own memory: the parser reads beyond what it is given otherwise.
      const own = Uint8Array.from(bytes.subarray(0, end));
      const header = parquetHeader({ view: new DataView(own.buffer), offset: 0 });
      window.skip(end);
      return header;
    } catch (error) {
      if (error instanceof CutOff && bytes.length === length && length < MAX_HEADER_BYTES) continue;
      if (error instanceof CutOff) throw new Damage(t('its pages are cut off'));
      if (error instanceof Damage) throw error;
      throw new Damage(t('a page’s description is damaged'));
    }
  }
}

type Stretch = [bytes: Uint8Array, start: number, end: number];

function decodePage(
  packed: Buffer,
  size: number,
  header: Header,
  rows: number,
  codec: string,
  leaf: Leaf,
  dictionary: Values | null,
): Pick<Page, 'present' | 'values' | 'codes' | 'levels'> {
  const second = header.data_page_header_v2;
  let bytes: Uint8Array;
  let levels: Stretch | null = null;
  let lists: Stretch | null = null;
  if (second) {
    const repetition = count(second.repetition_levels_byte_length, t('its levels'));
    const start = repetition + count(second.definition_levels_byte_length, t('its levels'));
    if (start > packed.length || start > size) throw new CutOff();
    if (leaf.elementLevel !== null) lists = [packed, 0, repetition];
    if (leaf.maxDefinition > 0) levels = [packed, repetition, start];
    const rest = packed.subarray(start);
    bytes = second.is_compressed === false ? rest : unpack(codec, rest, size - start);
  } else {
    bytes = unpack(codec, packed, size);
    const take = (encoding: string | undefined): Stretch => {
      if (encoding !== 'RLE')
        throw new Damage(t('its levels are encoded as {0}, which is not read here', named(encoding)));
      const stretch = withLength(bytes);
      bytes = bytes.subarray(stretch[2]);
      return stretch;
    };
    if (leaf.elementLevel !== null) lists = take(header.data_page_header?.repetition_level_encoding);
    if (leaf.maxDefinition > 0) levels = take(header.data_page_header?.definition_level_encoding);
  }
  let definition: Uint8Array | null = null;
  let present: Uint8Array | null = null;
  let many = rows;
  if (levels) {
    present = new Uint8Array(rows);
    const [from, start, end] = levels;
    decodeHybrid(from, start, end, 32 - Math.clz32(leaf.maxDefinition), present);
    if (lists) definition = present.slice();
    many = 0;
    for (let i = 0; i < rows; i++) {
      const level = present[i] as number;
      if (level > leaf.maxDefinition) throw new Damage(t('a level is {0}, of {1}', level, leaf.maxDefinition));
      many += present[i] = level === leaf.maxDefinition ? 1 : 0;
    }
    if (many === rows) present = null;
  }
  const repetition = new Uint8Array(lists ? rows : 0);
  if (lists) decodeHybrid(...lists, 1, repetition);
  const rest = { present, levels: definition && { repetition, definition } };
  const encoding = named((second ?? header.data_page_header)?.encoding);
  if (!encoding.endsWith('_DICTIONARY'))
    return { ...rest, values: decodeValues(encoding, bytes, many, leaf.physical, leaf.width), codes: null };
  const codes = new Int32Array(many);
  if (!dictionary) {
    if (many > 0) throw new Damage(t('its dictionary is missing'));
    return { ...rest, values: decodeValues('PLAIN', bytes, 0, leaf.physical, leaf.width), codes };
  }
  if (many > 0) {
    const width = bytes[0];
    if (width === undefined) throw new CutOff();
    if (width > 32) throw new Damage(t('positions in its dictionary have {0} bits', width));
    decodeHybrid(bytes, 1, bytes.length, width, codes);
    const most = lengthOf(dictionary);
    for (let i = 0; i < many; i++)
      if ((codes[i] as number) >>> 0 >= most)
        throw new Damage(t('value {0} of its dictionary is named, which has {1}', (codes[i] as number) >>> 0, most));
  }
  return { ...rest, values: dictionary, codes };
}

/** A stretch of a file, read some at a time. */
class Window {
  private held: Buffer = Buffer.alloc(0);

  constructor(
    private readonly access: RandomAccess,
    private at: number,
    private readonly end: number,
  ) {}

  /** The next bytes, fewer at the end, which stay. */
  async look(length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.end - this.at);
    if (this.held.length < wanted) {
      const more = Math.min(Math.max(wanted, WINDOW_BYTES), this.end - this.at);
      this.held = await this.access.read(this.at, more);
      if (this.held.length < wanted) throw new CutOff();
    }
    return this.held.subarray(0, wanted);
  }

  async take(length: number): Promise<Buffer> {
    const bytes = await this.look(length);
    if (bytes.length < length) throw new Damage(t('its pages are cut off'));
    this.skip(length);
    return bytes;
  }

  skip(length: number): void {
    if (length > this.end - this.at) throw new Damage(t('its pages are cut off'));
    this.at += length;
    this.held = this.held.subarray(Math.min(length, this.held.length));
  }
}
