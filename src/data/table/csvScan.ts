/** Records of CSV from bytes (RFC 4180): positions of fields, no strings. */
import * as path from 'node:path';
import { counted, formatCount, t } from '../../protocol/l10n.js';
import { raise } from '../leftOut.js';
import { DataError } from '../reader.js';

/** Longest record, in bytes: more is a quotation mark that was never closed. */
const MAX_RECORD = 64 * 1024 ** 2;
const MAX_COLUMNS = 65_536;
const LF = 10;
const CR = 13;

/**
 * Records whose fields are spans of UTF-8 bytes, without the quotation marks around them: field `column` of record
 * `row` is bytes[starts[row * columns + column] .. ends[row * columns + column]).
 */
export interface RecordBlock {
  bytes: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  rows: number;
  columns: number;
  /** The line that each record begins on, from 1. */
  lines: Float64Array;
  /** Only of a lenient scan, whose records differ in length: where each one's fields begin, and the end of the last. */
  firsts?: number[];
}

/** How fields are kept apart, as bytes; `quote` is -1 where there are no quotation marks. */
export interface Marks {
  separator: number;
  quote: number;
}

/**
 * Splits bytes into records. A quotation mark is one only at a field's beginning; inside, two stand for one. Empty
 * lines are passed over. Every record has as many fields as the first.
 */
export class RecordScanner {
  private readonly ends256 = new Uint8Array(256);
  private columns = 0;
  /** Bytes since the last complete record. */
  private held: Uint8Array[] = [];
  private heldLength = 0;
  /** How many bytes must be there before a record that did not end is scanned anew. */
  private scanAgain = 0;
  private escaped: number[] = [];
  private readonly block: RecordBlock = {
    bytes: new Uint8Array(0),
    starts: new Int32Array(4096),
    ends: new Int32Array(4096),
    rows: 0,
    columns: 0,
    lines: new Float64Array(512),
  };

  private line: number;

  /**
   * @param file for messages
   * @param lenient takes records of any length, a field that goes on after its quotation mark, and leaves out a record
   *   whose quotation mark is never closed: to look at a sample under marks that may be wrong
   * @param leaveOut hears of each record with more or fewer fields, which then is passed over
   */
  constructor(
    private readonly file: string,
    private readonly marks: Marks,
    firstLine = 1,
    private readonly lenient = false,
    private readonly leaveOut = raise,
  ) {
    this.line = firstLine;
    if (lenient) this.block.firsts = [0];
    for (const byte of [marks.separator, LF, CR]) this.ends256[byte] = 1;
  }

  /**
   * The records that end in `chunk`, or null when there are none. The block is valid until the next call, which uses
   * its arrays anew. Must be called with `last` at the end.
   * @throws DataError with the line
   */
  next(chunk: Uint8Array, last: boolean): RecordBlock | null {
    this.held.push(chunk);
    this.heldLength += chunk.length;
    // A record that did not end is scanned anew only when twice as much is there, so that a long one costs no squares.
    if (!last && this.heldLength < this.scanAgain) return null;
    const bytes = this.heldBytes();
    const { block } = this;
    block.bytes = bytes;
    block.rows = 0;
    this.escaped = [];
    const done = this.scan(bytes, last);
    this.held = done < bytes.length ? [new Uint8Array(bytes.subarray(done))] : [];
    this.heldLength = bytes.length - done;
    this.scanAgain = Math.min(2 * this.heldLength, MAX_RECORD + 1);
    if (this.heldLength > MAX_RECORD)
      throw this.error(
        this.line,
        t('the record that begins there is longer than {0} bytes', formatCount(MAX_RECORD)),
        true,
      );
    // Doubled marks are removed in a copy: the chunk is the caller's.
    if (this.escaped.length > 0 && bytes.buffer === chunk.buffer) block.bytes = new Uint8Array(bytes);
    for (const field of this.escaped) this.unescape(field);
    block.columns = this.columns;
    return block.rows > 0 ? block : null;
  }

  private heldBytes(): Uint8Array {
    const [only] = this.held;
    // A Buffer has another hidden class, which would make every loop over bytes slower.
    if (only && this.held.length === 1) return new Uint8Array(only.buffer, only.byteOffset, only.byteLength);
    const bytes = new Uint8Array(this.heldLength);
    let at = 0;
    for (const part of this.held) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** @returns where the first record that is not complete begins */
  protected scan(bytes: Uint8Array, last: boolean): number {
    const { ends256, block } = this;
    const { separator, quote } = this.marks;
    const end = bytes.length;
    let { starts, ends } = block;
    let count = 0;
    let i = 0;
    while (i < end) {
      const first = bytes[i];
      if (first === LF || first === CR) {
        if (first === CR && i + 1 === end && !last) return i;
        i += first === CR && bytes[i + 1] === LF ? 2 : 1;
        this.line++;
        continue;
      }
      const begin = i;
      const beginLine = this.line;
      const beginEscaped = this.escaped.length;
      const beginCount = count;
      for (;;) {
        if (count === starts.length) ({ starts, ends } = this.grow());
        if (i < end && bytes[i] === quote) {
          starts[count] = i + 1;
          const closing = this.quoted(bytes, i + 1, count);
          if (closing < 0) {
            if (last && this.lenient) return end;
            if (last)
              throw this.error(
                beginLine,
                t('field {0} opens a quotation mark that is never closed', count - beginCount + 1),
                true,
              );
            this.line = beginLine;
            this.escaped.length = beginEscaped;
            return begin;
          }
          ends[count] = closing;
          i = closing + 1;
          if (this.lenient) while (i < end && ends256[bytes[i] as number] === 0) i++;
          else if (i < end && ends256[bytes[i] as number] === 0)
            throw this.error(
              this.line,
              t('field {0} goes on after its closing quotation mark', count - beginCount + 1),
              true,
            );
        } else {
          starts[count] = i;
          for (; i < end; i++) {
            const byte = bytes[i] as number;
            if (byte === separator || (byte <= CR && (byte === LF || byte === CR))) break;
          }
          ends[count] = i;
        }
        count++;
        if (i < end && bytes[i] === separator) {
          i++;
          if (count - beginCount >= MAX_COLUMNS)
            throw this.error(beginLine, t('the record has more than {0} fields', formatCount(MAX_COLUMNS)));
          continue;
        }
        break;
      }
      if (!last && (i === end || (bytes[i] === CR && i + 1 === end))) {
        this.line = beginLine;
        this.escaped.length = beginEscaped;
        return begin;
      }
      if (this.endRecord(count - beginCount, beginLine)) block.firsts?.push(count);
      else {
        count = beginCount;
        this.escaped.length = beginEscaped;
      }
      if (i < end) {
        i += bytes[i] === CR && bytes[i + 1] === LF ? 2 : 1;
        this.line++;
      }
    }
    return end;
  }

  /** @returns the position of the closing mark, -1 when it is not there. Counts lines, notes doubled marks. */
  private quoted(bytes: Uint8Array, from: number, field: number): number {
    const { quote } = this.marks;
    const end = bytes.length;
    let doubled = false;
    for (let i = from; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === quote) {
        if (bytes[i + 1] === quote) {
          doubled = true;
          i++;
          continue;
        }
        if (doubled) this.escaped.push(field);
        return i;
      }
      if (byte === LF || (byte === CR && bytes[i + 1] !== LF)) this.line++;
    }
    return -1;
  }

  /** @returns whether it is one of the records, rather than left out */
  private endRecord(fields: number, line: number): boolean {
    const { block } = this;
    if (this.columns === 0) this.columns = fields;
    else if (fields !== this.columns && !this.lenient) {
      const error = this.error(
        line,
        counted(
          fields,
          'the record has {0} field, but those before have {1}',
          'the record has {0} fields, but those before have {1}',
          formatCount(this.columns),
        ),
        fields > this.columns,
      );
      this.leaveOut(error);
      return false;
    }
    if (block.rows === block.lines.length) block.lines = grown(block.lines, Float64Array);
    block.lines[block.rows++] = line;
    return true;
  }

  /** Two marks become one, in place. */
  private unescape(field: number): void {
    const { bytes, starts, ends } = this.block;
    const end = ends[field] as number;
    let to = starts[field] as number;
    for (let from = to; from < end; from++) {
      const byte = bytes[from] as number;
      if (byte === this.marks.quote) from++;
      bytes[to++] = byte;
    }
    ends[field] = to;
  }

  private grow(): { starts: Int32Array; ends: Int32Array } {
    const { block } = this;
    block.starts = grown(block.starts, Int32Array);
    block.ends = grown(block.ends, Int32Array);
    return block;
  }

  private error(line: number, what: string, quotes = false): DataError {
    return new DataError(
      t('{0}, line {1}: {2}.', path.basename(this.file), formatCount(line), what),
      this.file,
      quotes
        ? t(
            'Correct that line (a field that holds separators, line breaks or quotation marks stands in quotation marks, and those inside are doubled), or choose another separator or quotation mark.',
          )
        : t('Correct that line, or choose another separator.'),
    );
  }
}

function grown<T extends Int32Array | Float64Array>(array: T, type: new (length: number) => T): T {
  const out = new type(array.length * 2);
  out.set(array);
  return out;
}
