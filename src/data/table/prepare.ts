/** From rows of a table to vectors of numbers; what it needs to know is learned on the training part alone. */
import type { PackedTable } from './pack.js';

export type Scaling = 'standard' | 'minMax' | 'none';

export interface NumberPreparation {
  kind: 'number';
  name: string;
  /** The output is (value - shift) / scale. */
  shift: number;
  scale: number;
  /** The output for a missing value: the training mean's. */
  fill: number;
  /** Whether a second output says 1 for a missing value and else 0: only when training had missing ones. */
  indicator: boolean;
}

export interface CategoryPreparation {
  kind: 'category';
  name: string;
  /** One output for each, in the order of UTF-16 units. */
  categories: string[];
  /** Whether an output follows for missing values: only when training had missing ones. */
  missing: boolean;
  /** Whether a last output stands for all that is none of these: rare categories, and those never seen in training. */
  other: boolean;
}

/** The whole state, as JSON. */
export interface TablePreparation {
  version: 1;
  columns: (NumberPreparation | CategoryPreparation)[];
}

export interface LearnOptions {
  scaling?: Scaling | undefined;
  /** Categories with fewer training rows are one, "other"; 1 keeps all. */
  leastFrequency?: number | undefined;
  /** At least 2: so many outputs that are categories at most, "other" among them. */
  mostCategories?: number | undefined;
}

/** One cell: a number, a category, or null where the value is missing. */
export type Cell = number | string | null;

/** All rows in memory: see {@link TableLearner}. @param rows which rows are the training part; all when not given */
export function learnPreparation(
  table: PackedTable,
  rows: ArrayLike<number> | null = null,
  options: LearnOptions = {},
): TablePreparation {
  const learner = new TableLearner(options);
  learner.add(table, rows ?? Int32Array.from({ length: table.rows }, (_, i) => i));
  return learner.result();
}

/**
 * Learns from the training rows, block by block. Numbers and categories become what scikit-learn 1.9 makes of them:
 * - numbers: make_pipeline(StandardScaler() or MinMaxScaler(), SimpleImputer(strategy='mean', add_indicator=True));
 *   missing values do not count for the scale, a column of one value is only shifted, and the standard deviation is
 *   divided by n;
 * - categories: OneHotEncoder(handle_unknown='infrequent_if_exist', min_frequency, max_categories): a missing value is
 *   a category of its own if training had one; what training never saw is the rare ones' output if there are rare ones,
 *   else all zeros.
 * A column without any value in training is 0.
 */
export class TableLearner {
  private columns: (NumbersLearned | CategoriesLearned)[] | null = null;

  constructor(private readonly options: LearnOptions = {}) {}

  /** @param rows of this block that are training rows */
  add({ columns }: PackedTable, rows: ArrayLike<number>): void {
    this.columns ??= columns.flatMap(({ packing, name }) =>
      packing === 'number' ? new NumbersLearned(name) : packing === 'category' ? new CategoriesLearned(name) : [],
    );
    const learned = columns.filter(({ packing }) => packing !== 'text');
    this.columns.forEach((column, i) => {
      const packed = learned[i];
      if (column instanceof NumbersLearned && packed?.packing === 'number') column.add(packed.values, rows);
      else if (column instanceof CategoriesLearned && packed?.packing === 'category')
        column.add(packed.codes, packed.categories, rows);
    });
  }

  result(): TablePreparation {
    return { version: 1, columns: (this.columns ?? []).map((column) => column.result(this.options)) };
  }
}

class NumbersLearned {
  private rows = 0;
  private count = 0;
  private mean = 0;
  private squares = 0;
  private min = Infinity;
  private max = -Infinity;

  constructor(private readonly name: string) {}

  add(values: Float64Array, rows: ArrayLike<number>): void {
    this.rows += rows.length;
    for (let i = 0; i < rows.length; i++) {
      const value = values[rows[i] as number] as number;
      if (Number.isNaN(value)) continue;
      this.count++;
      const delta = value - this.mean;
      this.mean += delta / this.count;
      this.squares += delta * (value - this.mean);
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
  }

  result({ scaling = 'standard' }: LearnOptions): NumberPreparation {
    const { name, count, mean, squares, min, max } = this;
    const indicator = count < this.rows;
    if (count === 0) return { kind: 'number', name, shift: 0, scale: 1, fill: 0, indicator };
    const shift = scaling === 'standard' ? mean : scaling === 'minMax' ? min : 0;
    const spread = scaling === 'standard' ? Math.sqrt(squares / count) : scaling === 'minMax' ? max - min : 1;
    // Rounding makes a column of one value look as if it had a tiny spread.
    const scale = max === min || spread < 10 * Number.EPSILON * Math.abs(mean) ? 1 : spread;
    return { kind: 'number', name, shift, scale, fill: (mean - shift) / scale, indicator };
  }
}

class CategoriesLearned {
  private absent = 0;
  private readonly counts = new Map<string, number>();

  constructor(private readonly name: string) {}

  /** @param texts by code */
  add(codes: Int32Array, texts: readonly string[], rows: ArrayLike<number>): void {
    const counts = new Float64Array(texts.length);
    for (let i = 0; i < rows.length; i++) {
      const code = codes[rows[i] as number] as number;
      if (code < 0) this.absent++;
      else counts[code] = (counts[code] as number) + 1;
    }
    texts.forEach((text, code) => {
      const count = counts[code] as number;
      if (count > 0) this.counts.set(text, (this.counts.get(text) ?? 0) + count);
    });
  }

  result({ leastFrequency = 1, mostCategories = Infinity }: LearnOptions): CategoryPreparation {
    const seen = [...this.counts]
      .map(([text, count]): { text: string | null; count: number } => ({ text, count }))
      .sort((a, b) => compare(a.text ?? '', b.text ?? ''));
    // A missing value is a category as any other, the last.
    if (this.absent > 0) seen.push({ text: null, count: this.absent });
    let kept = seen.filter(({ count }) => count >= leastFrequency);
    // One of the places is for "other". Of equals the earlier ones go, as scikit-learn has it.
    if (kept.length + 1 > mostCategories) {
      const frequent = new Set(kept.toSorted((a, b) => a.count - b.count).slice(-Math.max(mostCategories - 1, 1)));
      kept = kept.filter((category) => frequent.has(category));
    }
    return {
      kind: 'category',
      name: this.name,
      categories: kept.flatMap(({ text }) => text ?? []),
      missing: kept.some(({ text }) => text === null),
      other: kept.length < seen.length,
    };
  }
}

/** How many outputs each column has. */
export function outputWidths({ columns }: TablePreparation): number[] {
  return columns.map((column) =>
    column.kind === 'number'
      ? 1 + Number(column.indicator)
      : column.categories.length + Number(column.missing) + Number(column.other),
  );
}

/** Applies a preparation: the same arithmetic for a table in memory and for one row at inference. */
export class TablePreparer {
  /** Numbers of one prepared row. */
  readonly width: number;
  /** What each output is, e.g. "age", "age missing", "city = Rome", "city other". */
  readonly outputs: string[];
  private readonly indexes: Map<string, number>[];

  constructor(readonly preparation: TablePreparation) {
    this.outputs = preparation.columns.flatMap((column) =>
      column.kind === 'number'
        ? [column.name, ...(column.indicator ? [`${column.name} missing`] : [])]
        : [
            ...column.categories.map((category) => `${column.name} = ${category}`),
            ...(column.missing ? [`${column.name} missing`] : []),
            ...(column.other ? [`${column.name} other`] : []),
          ],
    );
    this.width = this.outputs.length;
    this.indexes = preparation.columns.map(
      (column) => new Map(column.kind === 'category' ? column.categories.map((category, i) => [category, i]) : []),
    );
  }

  /**
   * One row, cells in the order of the preparation's columns.
   * @throws RangeError for a row of another length, a number that is not finite, a text where a number belongs
   */
  apply(row: readonly Cell[]): Float32Array {
    const { columns } = this.preparation;
    if (row.length !== columns.length) throw new RangeError(`A row has ${columns.length} cells, not ${row.length}.`);
    const out = new Float32Array(this.width);
    let at = 0;
    columns.forEach((column, i) => {
      const cell = row[i] ?? null;
      if (column.kind === 'number') {
        if (cell !== null && (typeof cell !== 'number' || !Number.isFinite(cell)))
          throw new RangeError(`${column.name} must be a finite number, not ${JSON.stringify(cell)}.`);
        at = writeNumber(out, at, column, cell ?? NaN);
      } else {
        at = writeCategory(out, at, column, cell === null ? -1 : this.place(i, String(cell)));
      }
    });
    return out;
  }

  /**
   * Rows of a table that has the preparation's columns, [rows.length, width] packed.
   * @throws RangeError for a column that is not there or packed in another way
   */
  applyTable(table: PackedTable, rows: ArrayLike<number>): Float32Array {
    const out = new Float32Array(rows.length * this.width);
    let offset = 0;
    const byName = new Map(table.columns.map((packed) => [packed.name, packed]));
    this.preparation.columns.forEach((column, i) => {
      const packed = byName.get(column.name);
      if (packed?.packing !== column.kind)
        throw new RangeError(`The table has no column of ${column.kind} “${column.name}”.`);
      let end = offset;
      if (packed.packing === 'number' && column.kind === 'number')
        for (let r = 0; r < rows.length; r++)
          end =
            writeNumber(out, r * this.width + offset, column, packed.values[rows[r] as number] as number) -
            r * this.width;
      if (packed.packing === 'category' && column.kind === 'category') {
        const places = packed.categories.map((text) => this.place(i, text));
        for (let r = 0; r < rows.length; r++) {
          const code = packed.codes[rows[r] as number] as number;
          end =
            writeCategory(out, r * this.width + offset, column, code < 0 ? -1 : (places[code] as number)) -
            r * this.width;
        }
      }
      offset = end;
    });
    return out;
  }

  /** Position among the categories; their number for one that is none of them. */
  private place(column: number, category: string): number {
    const index = this.indexes[column];
    return index?.get(category) ?? index?.size ?? 0;
  }
}

/** @returns the position after what was written */
function writeNumber(out: Float32Array, at: number, column: NumberPreparation, value: number): number {
  const missing = Number.isNaN(value);
  out[at] = missing ? column.fill : (value - column.shift) / column.scale;
  if (!column.indicator) return at + 1;
  out[at + 1] = missing ? 1 : 0;
  return at + 2;
}

/** @param place -1 for a missing value */
function writeCategory(out: Float32Array, at: number, column: CategoryPreparation, place: number): number {
  const { length } = column.categories;
  const other = length + (column.missing ? 1 : 0);
  if (place >= 0 && place < length) out[at + place] = 1;
  else if (place < 0 && column.missing) out[at + length] = 1;
  else if (column.other) out[at + other] = 1;
  return at + other + (column.other ? 1 : 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
