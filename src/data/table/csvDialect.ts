/** Which separator, quotation mark, decimal mark a CSV uses, and whether it has a header, from its first bytes. */
import { DataError } from '../reader.js';
import { cellText, isDate, missingWords, parseNumber, parseTruth } from './cell.js';
import type { Dialect } from './csv.js';
import { RecordScanner, type RecordBlock } from './csvScan.js';

const SEPARATORS = [',', ';', '\t', '|'];
const QUOTES = ['"', "'"];
const COMMA = 44;
const POINT = 46;
const SAMPLE_BYTES = 65_536;
/** Weight of a record of one field, which any text splits into (van den Burg et al., equation 2). */
const SINGLE = 1e-3;
const missing = missingWords();

/**
 * The dialect under which the records look most like a table: the product of how regular their fields' number is and
 * how many cells hold something known, a number, a date, a word (after van den Burg, Nazábal & Sutton 2019, "Wrangling
 * messy CSV files by detecting row and type patterns"). Equals go to the comma and the double quotation mark.
 * @param sample the first bytes; `complete` when they are all
 * @param given is not detected
 */
export function detectDialect(sample: Uint8Array, complete: boolean, given: Partial<Dialect>): Dialect {
  const bytes = sample.subarray(0, SAMPLE_BYTES);
  const whole = complete && bytes.length === sample.length;
  let best = { separator: given.separator ?? ',', quote: given.quote === undefined ? '"' : given.quote };
  let records: RecordBlock | null = null;
  let bestScore = -1;
  const separators =
    given.separator === undefined ? SEPARATORS.filter((mark) => mark !== given.quote) : [given.separator];
  const quotes = given.quote === undefined ? QUOTES.filter((mark) => mark !== given.separator) : [given.quote];
  for (const quote of quotes) {
    if (quote === "'" && given.quote === undefined && !mayQuote(bytes)) continue;
    for (const separator of separators) {
      const block = scanSample(bytes, whole, separator, quote);
      if (!block) continue;
      const score = patternScore(block) * typeScore(block, separator);
      if (score <= bestScore) continue;
      bestScore = score;
      best = { separator, quote };
      records = block;
    }
  }
  const decimal = given.decimal ?? (records && decimalComma(records, best.separator) ? ',' : '.');
  const header = given.header ?? (records ? looksLikeHeader(records, decimal) : true);
  return { ...best, decimal, header };
}

/** Single quotation marks are tried only where one stands at a field's beginning and one at a field's end. */
function mayQuote(bytes: Uint8Array): boolean {
  const text = cellText(bytes, 0, bytes.length);
  return /(^|[,;\t|\r\n])'/.test(text) && /'($|[,;\t|\r\n])/.test(text);
}

/** Records of unequal length are allowed here: each is scanned by itself. Null when the marks do not fit at all. */
function scanSample(bytes: Uint8Array, whole: boolean, separator: string, quote: string | null): RecordBlock | null {
  const scanner = new RecordScanner(
    '',
    { separator: separator.charCodeAt(0), quote: quote === null ? -1 : quote.charCodeAt(0) },
    1,
    true,
  );
  try {
    const block = scanner.next(bytes, whole);
    if (block) return block;
    const longer = scanner.next(new Uint8Array(0), true);
    // Of a first record that is longer than the sample, the last field is cut off.
    const fields = longer?.firsts?.[1] ?? 0;
    if (longer?.firsts && !whole && fields > 1) longer.firsts[1] = fields - 1;
    return longer;
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

/** Equation 2 of the paper: many records of one length are good, and more so the longer they are. */
function patternScore(block: RecordBlock): number {
  const counts = new Map<number, number>();
  for (const { length } of recordsOf(block)) counts.set(length, (counts.get(length) ?? 0) + 1);
  let sum = 0;
  for (const [length, count] of counts) sum += (count * Math.max(SINGLE, length - 1)) / length;
  return sum / counts.size;
}

/** The share of cells that hold something known. */
function typeScore(block: RecordBlock, separator: string): number {
  let known = 0;
  let total = 0;
  for (const record of recordsOf(block)) {
    for (const cell of record) {
      total++;
      if (isKnown(cell, separator)) known++;
    }
  }
  return Math.max(known / total, 1e-10);
}

function isKnown(cell: string, separator: string): boolean {
  const bytes = Buffer.from(cell);
  if (missing(bytes, 0, bytes.length)) return true;
  if (isNumber(bytes, POINT) || (separator !== ',' && isNumber(bytes, COMMA))) return true;
  if (isDate(cell)) return true;
  // Words and sentences; what another separator would split at is no sign of a cell, but for commas before a space.
  return /^\s*["“(]?[\p{L}\p{N}_#@$€£%&]/u.test(cell) && !/[;\t|]|,\S/.test(cell);
}

function isNumber(bytes: Uint8Array, decimal: number): boolean {
  return !Number.isNaN(parseNumber(bytes, 0, bytes.length, decimal));
}

/** Whether numbers are written 1,5: some are, and none as 1.5. */
function decimalComma(block: RecordBlock, separator: string): boolean {
  if (separator === ',') return false;
  let commas = 0;
  for (const record of recordsOf(block)) {
    for (const cell of record) {
      const bytes = Buffer.from(cell);
      if (cell.includes('.') && isNumber(bytes, POINT)) return false;
      if (cell.includes(',') && isNumber(bytes, COMMA)) commas++;
    }
  }
  return commas > 0;
}

/**
 * Whether the first record names the columns. It does not when it holds a number or says a cell twice. It does when a
 * column of numbers begins with a word, when it has a word that its column of few values never has again, and when
 * nothing tells.
 */
function looksLikeHeader(block: RecordBlock, decimal: '.' | ','): boolean {
  const [first, ...rest] = recordsOf(block);
  if (!first) return true;
  const mark = decimal === ',' ? COMMA : POINT;
  const cells = first.map((cell) => cell.trim());
  const named = cells.filter((cell) => cell !== '');
  if (named.length === 0 || new Set(named).size < named.length) return false;
  if (named.some((cell) => isNumber(Buffer.from(cell), mark) || isDate(cell))) return false;
  let votes = 0;
  cells.forEach((name, column) => {
    const values = rest
      .map((record) => record[column] ?? '')
      .filter((cell) => !missing(Buffer.from(cell), 0, Buffer.byteLength(cell)));
    if (values.length === 0 || name === '') return;
    if (values.every((cell) => isNumber(Buffer.from(cell), mark) || isDate(cell) || parseTruth(cell) !== null))
      votes += 2;
    else if (values.includes(name)) votes -= 2;
    else if (new Set(values).size <= values.length / 2) votes += 1;
    else if (/[.?!]$/.test(name) || name.length > 60) votes -= 1;
  });
  return votes >= 0;
}

/** The records as strings; those of a sample may differ in length. */
function recordsOf({ bytes, starts, ends, rows, firsts, columns }: RecordBlock): string[][] {
  return Array.from({ length: rows }, (_, row) => {
    const from = firsts ? (firsts[row] as number) : row * columns;
    const to = firsts ? (firsts[row + 1] as number) : from + columns;
    return Array.from({ length: to - from }, (_, i) =>
      cellText(bytes, starts[from + i] as number, ends[from + i] as number),
    );
  });
}
