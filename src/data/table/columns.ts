/** What the columns of a table are, and what is in them: one pass over the records, bounded memory. */
import { cellText, isDate, missingNumbers, missingWords, parseNumber, parseTruth, type Missing } from './cell.js';
import type { Csv } from './csv.js';
import type { RecordBlock } from './csvScan.js';
import { Dictionary, hashBytes } from './dictionary.js';
import { DistinctCounter } from './distinct.js';
import { NumbersSeen, type NumberStatistics } from './numbersSeen.js';

export type ColumnType = 'numeric' | 'categorical' | 'boolean' | 'date' | 'text' | 'constant' | 'identifier';

export interface ColumnProfile {
  name: string;
  type: ColumnType;
  /** Records, those with a missing value included. */
  count: number;
  missing: number;
  /** Different values that are not missing; numbers written differently are one. */
  distinct: number;
  /** False when `distinct` is an estimate, to about 1 %. */
  exactDistinct: boolean;
  /** Of the cells that are numbers; null when there are none. */
  numbers: NumberStatistics | null;
  /** How many cells are numbers. */
  numeric: number;
  /** The first cell that is neither missing nor a number: what keeps a column of numbers from being one. */
  firstOther: { line: number; value: string } | null;
  /** The most frequent values, most frequent first; empty when there are too many different ones to count. */
  top: { value: string; count: number }[];
}

export interface ProfileOptions {
  /** Cells that stand for a missing value; `MISSING` when not given. */
  missing?: readonly string[] | undefined;
  /** How many of the most frequent values are told. */
  top?: number | undefined;
}

/** Beyond so many different values, or so many bytes of them, they are estimated and no longer counted one by one. */
const MAX_DISTINCT = 10_000;
const MAX_DISTINCT_BYTES = 1024 ** 2;
/** More categories than this are text. */
const MAX_CATEGORIES = 1000;
/** Categories have names, not sentences: at most so many bytes on average. */
const CATEGORY_BYTES = 64;
/** Fewer values than this do not show that a column names its rows. */
const LEAST_IDENTIFIERS = 10;

/** Profiles all columns. */
export async function profileColumns(
  csv: Pick<Csv, 'names' | 'dialect' | 'blocks'>,
  options: ProfileOptions = {},
): Promise<ColumnProfile[]> {
  const isMissing = missingWords(options.missing);
  const decimal = csv.dialect.decimal.charCodeAt(0);
  const numbers = missingNumbers(options.missing);
  const seen = csv.names.map((name) => new ColumnSeen(name, isMissing, numbers, decimal));
  for await (const block of csv.blocks) seen.forEach((column, index) => column.add(block, index));
  return seen.map((column) => column.profile(options.top ?? 10));
}

/** What is seen of one column: cells of CSV, or values whose type is known. */
export class ColumnSeen {
  private count = 0;
  private missing = 0;
  private bytes = 0;
  private spaces = 0;
  private dates = 0;
  private integers = 0;
  /** Whole numbers, each the one before and one. */
  private sequence = true;
  private previous = NaN;
  private firstOther: { line: number; value: string } | null = null;
  private readonly numbers = new NumbersSeen();
  private dictionary: Dictionary | null = new Dictionary();
  private counts = new Float64Array(8);
  private many: DistinctCounter | null = null;
  private readonly float = new Float64Array(1);
  private readonly floatBytes = new Uint8Array(this.float.buffer);
  /** How often each number came that was given as one; null when there are too many. */
  private numberCounts: Map<number, number> | null = new Map();
  /** Texts are texts, whatever they say. */
  private typed = false;

  constructor(
    private readonly name: string,
    private readonly isMissing: Missing = () => false,
    private readonly missingNumbers: ReadonlySet<number> = new Set(),
    private readonly decimal = 46,
  ) {}

  addMissing(count: number): void {
    this.count += count;
    this.missing += count;
  }

  /** @param values NaN where one is missing */
  addNumbers(values: Float64Array): void {
    this.count += values.length;
    for (const value of values) {
      if (Number.isNaN(value)) {
        this.missing++;
        continue;
      }
      this.number(value);
      const counts = this.numberCounts;
      if (!counts) {
        this.many?.add(this.hash(value, this.floatBytes, 0, 8));
        continue;
      }
      counts.set(value, (counts.get(value) ?? 0) + 1);
      if (counts.size <= MAX_DISTINCT) continue;
      this.many = new DistinctCounter();
      for (const number of counts.keys()) this.many.add(this.hash(number, this.floatBytes, 0, 8));
      this.numberCounts = null;
      this.dictionary = null;
    }
  }

  /** @param line for people, e.g. its row */
  addText(bytes: Uint8Array, start: number, end: number, line: number): void {
    this.typed = true;
    this.count++;
    this.other(bytes, start, end, line);
    if (this.dictionary) this.counted(this.dictionary, bytes, start, end);
    else this.many?.add(hashBytes(bytes, start, end));
  }

  add({ bytes, starts, ends, rows, columns, lines }: RecordBlock, index: number): void {
    this.count += rows;
    for (let row = 0, field = index; row < rows; row++, field += columns) {
      const start = starts[field] as number;
      const end = ends[field] as number;
      const value = parseNumber(bytes, start, end, this.decimal);
      if (!this.present(value, bytes, start, end)) {
        this.missing++;
        continue;
      }
      if (!Number.isNaN(value)) this.number(value);
      else this.other(bytes, start, end, lines[row] as number);
      if (this.dictionary) this.counted(this.dictionary, bytes, start, end);
      else this.many?.add(this.hash(value, bytes, start, end));
    }
  }

  /** @returns whether the cell is there */
  private present(value: number, bytes: Uint8Array, start: number, end: number): boolean {
    return Number.isNaN(value)
      ? !this.isMissing(bytes, start, end)
      : this.missingNumbers.size === 0 || !this.missingNumbers.has(value);
  }

  private number(value: number): void {
    this.numbers.add(value);
    if (Number.isInteger(value)) this.integers++;
    if (value !== this.previous + 1 && !Number.isNaN(this.previous)) this.sequence = false;
    this.previous = value;
  }

  private other(bytes: Uint8Array, start: number, end: number, line: number): void {
    this.firstOther ??= { line, value: cellText(bytes, start, Math.min(end, start + 100)) };
    this.bytes += end - start;
    for (let i = start; i < end; i++) if (bytes[i] === 32) this.spaces++;
    if (end - start >= 10 && end - start <= 40 && bytes[start + 4] === 45 && isDate(cellText(bytes, start, end)))
      this.dates++;
  }

  private counted(dictionary: Dictionary, bytes: Uint8Array, start: number, end: number): void {
    const code = dictionary.code(bytes, start, end);
    if (code === this.counts.length) {
      const longer = new Float64Array(2 * code);
      longer.set(this.counts);
      this.counts = longer;
    }
    this.counts[code] = (this.counts[code] as number) + 1;
    if (dictionary.size <= MAX_DISTINCT && dictionary.byteLength <= MAX_DISTINCT_BYTES) return;
    this.many = new DistinctCounter();
    for (const text of dictionary.texts()) {
      const cell = Buffer.from(text);
      this.many.add(this.hash(this.numberIn(cell), cell, 0, cell.length));
    }
    this.dictionary = null;
  }

  private numberIn(cell: Uint8Array): number {
    return this.typed ? NaN : parseNumber(cell, 0, cell.length, this.decimal);
  }

  private hash(value: number, bytes: Uint8Array, start: number, end: number): number {
    if (Number.isNaN(value)) return hashBytes(bytes, start, end);
    this.float[0] = value + 0;
    return hashBytes(this.floatBytes, 0, 8);
  }

  profile(most: number): ColumnProfile {
    const values = this.values();
    const distinct = values ? values.length : Math.min(this.many?.estimate() ?? 0, this.count - this.missing);
    return {
      name: this.name,
      type: this.type(distinct, values),
      count: this.count,
      missing: this.missing,
      distinct,
      exactDistinct: values !== null,
      numbers: this.numbers.statistics(),
      numeric: this.numbers.count,
      firstOther: this.firstOther,
      top: values?.slice(0, most) ?? [],
    };
  }

  /** All values by frequency, equals in the order they came; numbers written differently are one. */
  private values(): { value: string; count: number }[] | null {
    if (!this.dictionary) return null;
    const byKey = new Map<string | number, { value: string; count: number }>();
    for (const [number, count] of this.numberCounts ?? []) byKey.set(number, { value: String(number), count });
    this.dictionary.texts().forEach((value, code) => {
      const cell = Buffer.from(value);
      const number = this.numberIn(cell);
      const key = Number.isNaN(number) ? value : number;
      const count = this.counts[code] as number;
      const known = byKey.get(key);
      if (known) known.count += count;
      else byKey.set(key, { value, count });
    });
    return [...byKey.values()].sort((a, b) => b.count - a.count);
  }

  private type(distinct: number, values: { value: string }[] | null): ColumnType {
    const present = this.count - this.missing;
    if (distinct <= 1) return 'constant';
    if (distinct === 2 && values?.every(({ value }) => parseTruth(value) !== null)) return 'boolean';
    if (this.numbers.count === present)
      return this.sequence && this.missing === 0 && this.integers === present && present >= LEAST_IDENTIFIERS
        ? 'identifier'
        : 'numeric';
    if (this.dates === present) return 'date';
    const others = present - this.numbers.count;
    const single = this.spaces < others / 2;
    // An estimate of the distinct ones is within a few per cent.
    const allDiffer = values ? distinct === present : distinct > 0.95 * present;
    if (single && allDiffer && present >= LEAST_IDENTIFIERS) return 'identifier';
    const few = distinct <= Math.min(MAX_CATEGORIES, Math.max(present / 2, 2));
    return few && this.bytes / others <= CATEGORY_BYTES ? 'categorical' : 'text';
  }
}
