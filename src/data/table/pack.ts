/** Records into packed columns: numbers, categories as codes, text as bytes; block by block, or joined in memory. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { raise, type LeaveOut } from '../leftOut.js';
import { DataError } from '../reader.js';
import { cellText, missingNumbers, missingWords, parseNumber, type Missing } from './cell.js';
import type { Csv } from './csv.js';
import type { RecordBlock } from './csvScan.js';
import { Dictionary } from './dictionary.js';

/** How a column is packed. */
export type Packing = 'number' | 'category' | 'text';

export type PackedColumn =
  /** NaN where the value is missing. */
  | { packing: 'number'; name: string; values: Float64Array }
  /** Positions in `categories`, -1 where the value is missing. */
  | { packing: 'category'; name: string; codes: Int32Array; categories: readonly string[] }
  /** UTF-8; row i is bytes[offsets[i] .. offsets[i + 1]). A missing value is empty. */
  | { packing: 'text'; name: string; bytes: Uint8Array; offsets: Float64Array };

export interface PackedTable {
  rows: number;
  /** In the order they were asked for. */
  columns: PackedColumn[];
}

export interface PackOptions {
  /** Cells that stand for a missing value; `MISSING` when not given. */
  missing?: readonly string[] | undefined;
  /** A column, of numbers or categories, that may not be there: then its values are missing. */
  mayLack?: string | null;
  /** Hears of each row with a cell that is no finite number where numbers are packed, which then is passed over. */
  leaveOut?: LeaveOut;
}

/** Turns blocks into packed columns. Categories keep their codes from block to block. */
export class ColumnPacker {
  /** An index of -1 for a column that is not there. */
  private readonly chosen: { name: string; index: number; packing: Packing; dictionary: Dictionary }[];
  private readonly isMissing: Missing;
  private readonly missingNumbers: ReadonlySet<number>;
  private readonly decimal: number;
  private readonly leaveOut: LeaveOut;

  /**
   * @param columns which, by name, and how
   * @param file for messages
   * @throws DataError for a column that is not there
   */
  constructor(
    { names, dialect }: Pick<Csv, 'names' | 'dialect'>,
    columns: ReadonlyMap<string, Packing>,
    private readonly file: string,
    { missing, mayLack = null, leaveOut = raise }: PackOptions = {},
  ) {
    this.leaveOut = leaveOut;
    this.isMissing = missingWords(missing);
    this.missingNumbers = missingNumbers(missing);
    this.decimal = dialect.decimal.charCodeAt(0);
    const places = new Map(names.map((name, place) => [name, place]));
    this.chosen = [...columns].map(([name, packing]) => {
      const index = places.get(name) ?? (name === mayLack ? -1 : undefined);
      if (index === undefined)
        throw new DataError(
          t('{0} has no column “{1}”.', path.basename(file), name),
          file,
          `${t('Its columns are {0}.', names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : ''))} ${t('If it is the label, which not all files need, name it as "labelColumn" in the recipe’s data; if it is not needed, leave it out by "table": {"columns": [...]}.')}`,
        );
      return { name, index, packing, dictionary: new Dictionary() };
    });
  }

  /**
   * @throws DataError with line and column for a cell that is no finite number where numbers are packed, unless such rows
   *   are left out
   */
  pack(block: RecordBlock): PackedTable {
    const wrong = new Set<number>();
    const numbers = new Map<string, Float64Array>();
    for (const { name, index, packing } of this.chosen)
      if (packing === 'number') numbers.set(name, this.numbers(block, index, name, wrong));
    // Before their categories are seen.
    if (wrong.size > 0) return this.pack(withoutRows(block, wrong));
    const columns = this.chosen.map((column): PackedColumn => {
      const { name, index, packing, dictionary } = column;
      const values = numbers.get(name);
      if (values) return { packing: 'number', name, values };
      if (packing === 'text') return { packing, name, ...this.texts(block, index) };
      return categoryColumn(name, this.codes(block, index, dictionary), dictionary);
    });
    return { rows: block.rows, columns };
  }

  private numbers(
    { bytes, starts, ends, rows, columns, lines }: RecordBlock,
    index: number,
    name: string,
    wrong: Set<number>,
  ): Float64Array {
    const values = new Float64Array(rows);
    if (index < 0) return values.fill(NaN);
    for (let row = 0, field = index; row < rows; row++, field += columns) {
      const start = starts[field] as number;
      const end = ends[field] as number;
      const value = parseNumber(bytes, start, end, this.decimal);
      values[row] = this.missingNumbers.size > 0 && this.missingNumbers.has(value) ? NaN : value;
      if (!Number.isNaN(value) || this.isMissing(bytes, start, end)) continue;
      this.leaveOut(
        new DataError(
          t(
            '{0}, line {1}, column “{2}”: “{3}” is no finite number.',
            path.basename(this.file),
            formatCount(lines[row] as number),
            name,
            cellText(bytes, start, Math.min(end, start + 40)),
          ),
          this.file,
          t('Correct it, leave it empty where the value is missing, or treat the column as categories or text.'),
        ),
      );
      wrong.add(row);
    }
    return values;
  }

  private codes(
    { bytes, starts, ends, rows, columns }: RecordBlock,
    index: number,
    dictionary: Dictionary,
  ): Int32Array {
    const codes = new Int32Array(rows);
    if (index < 0) return codes.fill(-1);
    for (let row = 0, field = index; row < rows; row++, field += columns) {
      const start = starts[field] as number;
      const end = ends[field] as number;
      codes[row] = this.isMissing(bytes, start, end) ? -1 : dictionary.code(bytes, start, end);
    }
    return codes;
  }

  private texts(
    { bytes, starts, ends, rows, columns }: RecordBlock,
    index: number,
  ): { bytes: Uint8Array; offsets: Float64Array } {
    const offsets = new Float64Array(rows + 1);
    let length = 0;
    for (let row = 0, field = index; row < rows; row++, field += columns) {
      const start = starts[field] as number;
      const end = ends[field] as number;
      if (!this.isMissing(bytes, start, end)) length += end - start;
      offsets[row + 1] = length;
    }
    const out = new Uint8Array(length);
    for (let row = 0, field = index; row < rows; row++, field += columns) {
      const at = offsets[row] as number;
      const to = offsets[row + 1] as number;
      let from = starts[field] as number;
      for (let i = at; i < to; i++) out[i] = bytes[from++] as number;
    }
    return { bytes: out, offsets };
  }
}

/** @param dictionary may still grow */
export function categoryColumn(name: string, codes: Int32Array, dictionary: Dictionary): PackedColumn {
  return {
    packing: 'category',
    name,
    codes,
    get categories() {
      return dictionary.texts();
    },
  };
}

/** @param kept places of rows; null for all. Columns of text are not expected. */
export function onlyRows(table: PackedTable, kept: Int32Array | null): PackedTable {
  if (!kept) return table;
  return {
    rows: kept.length,
    columns: table.columns.map((column): PackedColumn => {
      if (column.packing === 'number')
        return { ...column, values: Float64Array.from(kept, (row) => column.values[row] as number) };
      if (column.packing === 'text') throw new RangeError('Rows of a column of text cannot be taken out');
      const codes = Int32Array.from(kept, (row) => column.codes[row] as number);
      return {
        packing: 'category',
        name: column.name,
        codes,
        get categories() {
          return column.categories;
        },
      };
    }),
  };
}

/** All records of a CSV in memory. @throws DataError, and as {@link ColumnPacker} does */
export async function packTable(
  csv: Csv,
  columns: ReadonlyMap<string, Packing>,
  file: string,
  options: PackOptions = {},
): Promise<PackedTable> {
  const packer = new ColumnPacker(csv, columns, file, options);
  const parts: PackedTable[] = [];
  for await (const block of csv.blocks) parts.push(packer.pack(block));
  return joinTables(parts);
}

/** Joins what one packer made, in its order. */
export function joinTables(parts: readonly PackedTable[]): PackedTable {
  const last = parts.at(-1);
  if (!last) return { rows: 0, columns: [] };
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return {
    rows,
    columns: last.columns.map((column, i) =>
      joinColumn(
        column,
        parts.map(({ columns }) => columns[i]),
        rows,
      ),
    ),
  };
}

function joinColumn(last: PackedColumn, parts: (PackedColumn | undefined)[], rows: number): PackedColumn {
  const { name } = last;
  let row = 0;
  if (last.packing === 'number') {
    const values = new Float64Array(rows);
    for (const part of parts) {
      if (part?.packing !== 'number') continue;
      values.set(part.values, row);
      row += part.values.length;
    }
    return { packing: 'number', name, values };
  }
  if (last.packing === 'category') {
    const codes = new Int32Array(rows);
    for (const part of parts) {
      if (part?.packing !== 'category') continue;
      codes.set(part.codes, row);
      row += part.codes.length;
    }
    return { packing: 'category', name, codes, categories: [...last.categories] };
  }
  const texts = parts.filter((part) => part?.packing === 'text');
  const bytes = new Uint8Array(texts.reduce((sum, part) => sum + part.bytes.length, 0));
  const offsets = new Float64Array(rows + 1);
  let at = 0;
  for (const part of texts) {
    bytes.set(part.bytes, at);
    for (let i = 1; i < part.offsets.length; i++) offsets[++row] = at + (part.offsets[i] as number);
    at += part.bytes.length;
  }
  return { packing: 'text', name, bytes, offsets };
}

function withoutRows(block: RecordBlock, left: ReadonlySet<number>): RecordBlock {
  const { columns, starts, ends, lines } = block;
  const kept = Array.from({ length: block.rows }, (_, row) => row).filter((row) => !left.has(row));
  const fields = kept.flatMap((row) => Array.from({ length: columns }, (_, column) => row * columns + column));
  return {
    ...block,
    rows: kept.length,
    starts: Int32Array.from(fields, (field) => starts[field] as number),
    ends: Int32Array.from(fields, (field) => ends[field] as number),
    lines: Float64Array.from(kept, (row) => lines[row] as number),
  };
}
