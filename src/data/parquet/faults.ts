/** What cannot be read of Parquet files: an error, or left out as a file, row group or row; the same when read again. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import type { LeftOut } from '../leftOut.js';
import { DataError } from '../reader.js';
import type { DataFile } from '../tree/tree.js';
import type { ParquetFile } from './file.js';
import type { Leaf } from './schema.js';

/** Some rows of a file that follow each other. */
export interface RowRange {
  /** From 0. */
  first: number;
  rows: number;
}

export class Faults {
  /** By file. */
  private readonly wrong = new Map<string, Set<number>>();
  private readonly ranges = new Map<string, RowRange[]>();

  constructor(private readonly leftOut: LeftOut) {}

  /** @throws the error unless such are left out */
  file(error: unknown): void {
    this.leftOut.file(error);
  }

  /** @returns the rows of the file that are not left out, if any were before, else null: all @throws nothing */
  kept({ path: name }: DataFile, { first, rows }: RowRange): Int32Array | null {
    const wrong = this.wrong.get(name);
    if (!wrong) return null;
    const kept = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => !wrong.has(first + row));
    return kept.length === rows ? null : kept;
  }

  /**
   * @param row of the file, from 0
   * @param reason as the end of a sentence
   * @throws DataError unless such are left out
   */
  row({ file }: ParquetFile, { name }: Leaf, row: number, reason: string, advice: string): void {
    const message = t('{0}, row {1}, column “{2}”: {3}.', path.basename(file.path), formatCount(row + 1), name, reason);
    this.leftOut.row(new DataError(message, file.path, advice));
    const wrong = this.wrong.get(file.path) ?? new Set();
    this.wrong.set(file.path, wrong.add(row));
  }

  /**
   * What `read` gives, or null where these rows cannot be read and are left out.
   * @throws what `read` throws, unless such are left out
   */
  async rows<Result>({ path: name }: DataFile, range: RowRange, read: () => Promise<Result>): Promise<Result | null> {
    if (this.ranges.get(name)?.some(({ first, rows }) => first === range.first && rows === range.rows)) return null;
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.leftOut.rows(error, range);
      this.ranges.set(name, [...(this.ranges.get(name) ?? []), range]);
      return null;
    }
  }

  /** @param count of rows that were read of these files, which are a whole split @throws DataError where all was left out */
  checkAny(count: number, files: readonly DataFile[]): void {
    const paths = new Set(files.map((file) => file.path));
    const [first] = paths;
    if (first !== undefined) this.leftOut.checkAny(count, first, paths);
  }
}
