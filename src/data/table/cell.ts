/** What one cell of a table says: a number, a missing value, a truth, a date; from its bytes, without strings. */
import { Buffer } from 'node:buffer';

/** Cells that stand for a missing value besides the empty one, as pandas' read_csv has them, and "?". */
export const MISSING = [
  '#N/A',
  '#NA',
  '-NaN',
  '-nan',
  '<NA>',
  '?',
  'N/A',
  'NA',
  'NULL',
  'NaN',
  'None',
  'n/a',
  'na',
  'nan',
  'null',
];

export type Missing = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Tells missing cells: empty ones, those of white space, and `words`. */
export function missingWords(words: readonly string[] = MISSING): Missing {
  const byFirst: (Buffer[] | undefined)[] = new Array<Buffer[] | undefined>(256).fill(undefined);
  for (const word of words.map((text) => Buffer.from(text))) {
    const first = word[0];
    if (first !== undefined) (byFirst[first] ??= []).push(word);
  }
  return (bytes, start, end) => {
    while (start < end && bytes[start] === 32) start++;
    if (start === end) return true;
    const candidates = byFirst[bytes[start] as number];
    if (candidates === undefined) return false;
    while (bytes[end - 1] === 32) end--;
    return candidates.some((word) => equals(word, bytes, start, end));
  };
}

/** Those of the words that are numbers: they stand for a missing value however they are written, as pandas has it. */
export function missingNumbers(words: readonly string[] = MISSING): ReadonlySet<number> {
  const numbers = words.map((word) => Buffer.from(word)).map((bytes) => parseNumber(bytes, 0, bytes.length));
  return new Set(numbers.filter((number) => !Number.isNaN(number)));
}

function equals(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) if (word[i] !== bytes[start + i]) return false;
  return true;
}

const POWERS = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

/**
 * The number that a cell holds: sign, digits, decimal mark, exponent, spaces around; correctly rounded. NaN for
 * anything else, infinity and hexadecimal numbers included. Up to 15 digits and powers of ten to 22 are exact in
 * doubles (Clinger 1990, "How to read floating point numbers accurately").
 * @param decimal the decimal mark's byte
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number, decimal = 46): number {
  // Nearly all cells are short and plain: at most 15 digits, no exponent.
  if (end - start <= 15) {
    let i = start;
    const negative = bytes[i] === 45;
    if (negative) i++;
    const first = i;
    let value = 0;
    for (; i < end; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i === end && i > first) return negative ? -value : value;
    if (i > first && bytes[i] === decimal) {
      const mark = ++i;
      for (; i < end; i++) {
        const digit = (bytes[i] as number) - 48;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      if (i === end) {
        value /= POWERS[i - mark] as number;
        return negative ? -value : value;
      }
    }
  }
  return parseAnyNumber(bytes, start, end, decimal);
}

function parseAnyNumber(bytes: Uint8Array, start: number, end: number, decimal: number): number {
  while (start < end && bytes[start] === 32) start++;
  while (end > start && bytes[end - 1] === 32) end--;
  let i = start;
  const sign = bytes[i];
  if (sign === 45 || sign === 43) i++;
  /** The first 15 digits that count, and those after. */
  let high = 0;
  let low = 0;
  let highDigits = 0;
  let lowDigits = 0;
  let digits = 0;
  let scale = 0;
  let seenMark = false;
  for (; i < end; i++) {
    const byte = bytes[i] as number;
    const digit = byte - 48;
    if (digit >= 0 && digit <= 9) {
      digits++;
      if (highDigits < 15) {
        high = high * 10 + digit;
        if (high > 0) highDigits++;
      } else {
        low = low * 10 + digit;
        lowDigits++;
      }
      if (seenMark) scale--;
    } else if (byte === decimal && !seenMark) seenMark = true;
    else break;
  }
  if (digits === 0) return NaN;
  if (i < end) {
    if (bytes[i] !== 101 && bytes[i] !== 69) return NaN;
    i++;
    const exponentSign = bytes[i];
    if (exponentSign === 45 || exponentSign === 43) i++;
    if (i === end) return NaN;
    let exponent = 0;
    for (; i < end; i++) {
      const digit = (bytes[i] as number) - 48;
      if (!(digit >= 0 && digit <= 9)) return NaN;
      exponent = Math.min(exponent * 10 + digit, 100_000);
    }
    scale += exponentSign === 45 ? -exponent : exponent;
  }
  let value = NaN;
  if (scale >= -22 && scale <= 22) {
    if (lowDigits > 0) value = scale <= 0 && lowDigits <= 7 ? quotient(high, low, lowDigits, -scale) : NaN;
    else value = scale < 0 ? high / (POWERS[-scale] as number) : high * (POWERS[scale] as number);
  }
  if (Number.isNaN(value)) return throughText(bytes, start, end, decimal);
  return sign === 45 ? -value : value;
}

/**
 * (high 10^lowDigits + low) / 10^power in twice the precision (Dekker 1971, "A floating-point technique for extending
 * the available precision"); NaN where that is too little to tell to which side the double is rounded.
 */
function quotient(high: number, low: number, lowDigits: number, power: number): number {
  const shift = POWERS[lowDigits] as number;
  const divisor = POWERS[power] as number;
  const product = high * shift;
  const sum = product + low;
  const rest = low - (sum - product) + productError(high, shift, product);
  const first = sum / divisor;
  const back = first * divisor;
  const second = (sum - back - productError(first, divisor, back) + rest) / divisor;
  const value = first + second * (1 + 2 ** -45);
  return value === first + second * (1 - 2 ** -45) ? value : NaN;
}

/** a b - product, exactly, where product is a b rounded. */
function productError(a: number, b: number, product: number): number {
  const a1 = a * 134217729 - (a * 134217729 - a);
  const b1 = b * 134217729 - (b * 134217729 - b);
  const a2 = a - a1;
  const b2 = b - b1;
  return a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2);
}

function throughText(bytes: Uint8Array, start: number, end: number, decimal: number): number {
  const text = cellText(bytes, start, end);
  const value = Number(decimal === 46 ? text : text.replace(String.fromCharCode(decimal), '.'));
  return Number.isFinite(value) ? value : NaN;
}

export function cellText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** Words for truth, in pairs: false, true. */
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['false', false],
  ['true', true],
  ['no', false],
  ['yes', true],
  ['f', false],
  ['t', true],
  ['n', false],
  ['y', true],
  ['0', false],
  ['1', true],
]);

/** Whether a cell says true or false, in any case; null when it says neither. */
export function parseTruth(text: string): boolean | null {
  return TRUTHS.get(text.trim().toLowerCase()) ?? null;
}

/** Dates and times as ISO 8601 writes them: 2024-05-31, 2024-05-31T08:15, 2024-05-31 08:15:30.5+02:00. */
const DATE =
  /^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-4]):([0-5]\d)(?::[0-6]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\s*$/;

/** Whether the cell is a date of the calendar in ISO 8601. */
export function isDate(text: string): boolean {
  const found = DATE.exec(text);
  if (!found) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
