/** What stored values mean: numbers, and texts as people write them. */
import { t } from '../../protocol/l10n.js';
import { Damage } from './damage.js';
import type { Values } from './encoding.js';
import type { Page } from './file.js';
import type { Leaf } from './schema.js';

/** Longer decimals are no numbers of this world. */
const MAX_DECIMAL_BYTES = 64;
/** Powers of ten up to this are exact. */
const EXACT_POWER = 22;

/** Numbers of one leaf, page by page; those of a dictionary are converted once. */
export class Numbers {
  private last: { values: Values; numbers: Float64Array } | null = null;

  constructor(private readonly leaf: Leaf) {}

  /** One for each row, NaN where it has none. */
  of({ rows, present, values, codes }: Page): Float64Array {
    const numbers = this.converted(values);
    if (!present && !codes) return numbers;
    const out = new Float64Array(rows);
    for (let row = 0, i = 0; row < rows; row++)
      out[row] = present?.[row] === 0 ? NaN : (numbers[codes ? (codes[i++] as number) : i++] as number);
    return out;
  }

  private converted(values: Values): Float64Array {
    if (this.last?.values !== values) this.last = { values, numbers: numbersOf(values, this.leaf) };
    return this.last.numbers;
  }
}

/** Correctly rounded to doubles: 64-bit whole numbers beyond 2^53, and decimals, to the nearest. @throws Damage */
export function numbersOf(values: Values, { meaning }: Pick<Leaf, 'meaning'>): Float64Array {
  const { scale, unsigned, half } = meaning.is === 'number' ? meaning : { scale: 0, unsigned: false, half: false };
  const scaled = (number: number, exactly: () => bigint): number => {
    if (scale === 0) return number;
    return Number.isSafeInteger(number) && scale <= EXACT_POWER
      ? number / 10 ** scale
      : Number(`${exactly()}e-${scale}`);
  };
  switch (values.type) {
    case 'float':
      return values.values instanceof Float64Array ? values.values : Float64Array.from(values.values);
    case 'int32': {
      const numbers = Float64Array.from(values.values);
      if (unsigned) for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i] as number) >>> 0;
      if (scale > 0) for (let i = 0; i < numbers.length; i++) numbers[i] = scaled(numbers[i] as number, () => 0n);
      return numbers;
    }
    case 'int64': {
      const words = values.values;
      const numbers = new Float64Array(words.length / 2);
      for (let i = 0; i < numbers.length; i++) {
        const low = (words[2 * i] as number) >>> 0;
        const high = words[2 * i + 1] as number;
        const number = (unsigned ? high >>> 0 : high) * 2 ** 32 + low;
        numbers[i] = scale === 0 ? number : scaled(number, () => bigAt(words, i, unsigned));
      }
      return numbers;
    }
    case 'bytes':
      return Float64Array.from(values.starts, (start, i) => {
        const bytes = values.bytes.subarray(start, values.ends[i]);
        if (half) return halfFloat(bytes);
        const big = bigEndian(bytes);
        return scaled(Number(big), () => big);
      });
  }
}

/** One value as a text: numbers exactly, dates and times in ISO 8601. @throws Damage */
export function textAt(values: Values, leaf: Leaf, i: number): string {
  const { meaning } = leaf;
  const bytes = values.type === 'bytes' ? values.bytes.subarray(values.starts[i], values.ends[i]) : null;
  switch (meaning.is) {
    case 'boolean':
      return values.type === 'int32' && values.values[i] === 1 ? 'true' : 'false';
    case 'uuid':
      return Buffer.from(bytes ?? [])
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'day':
      return isoTime(BigInt(values.type === 'int32' ? (values.values[i] as number) : 0) * 86_400_000n, 'day');
    case 'time':
    case 'moment':
      return isoTime(milliseconds(values, i, meaning.perSecond), meaning.is);
    case 'number':
      if (values.type === 'int64' && meaning.scale === 0) return String(bigAt(values.values, i, meaning.unsigned));
      return String(numbersOf(slice(values, i), leaf)[0]);
    default:
      return Buffer.from(bytes ?? []).toString('utf8');
  }
}

function slice(values: Values, i: number): Values {
  switch (values.type) {
    case 'int64':
      return { type: 'int64', values: values.values.subarray(2 * i, 2 * i + 2) };
    case 'bytes':
      return { ...values, starts: values.starts.subarray(i, i + 1), ends: values.ends.subarray(i, i + 1) };
    case 'int32':
      return { type: 'int32', values: values.values.subarray(i, i + 1) };
    case 'float':
      return { type: 'float', values: values.values.subarray(i, i + 1) };
  }
}

function bigAt(words: Int32Array, i: number, unsigned: boolean): bigint {
  const big = (BigInt(words[2 * i + 1] as number) << 32n) + BigInt((words[2 * i] as number) >>> 0);
  return unsigned ? BigInt.asUintN(64, big) : big;
}

/** Two's complement, as decimals are stored. */
function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length > MAX_DECIMAL_BYTES) throw new Damage(t('a decimal has {0} bytes', bytes.length));
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

/** IEEE 754 binary16, low byte first. */
function halfFloat(bytes: Uint8Array): number {
  const bits = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}

function milliseconds(values: Values, i: number, perSecond: number): bigint {
  if (values.type === 'bytes') {
    // INT96: nanoseconds of the day, then the Julian day, which is 2,440,588 on 1 January 1970.
    const start = values.starts[i] ?? 0;
    const view = new DataView(values.bytes.buffer, values.bytes.byteOffset + start, 12);
    return BigInt(view.getInt32(8, true) - 2_440_588) * 86_400_000n + view.getBigInt64(0, true) / 1_000_000n;
  }
  const stored = values.type === 'int64' ? bigAt(values.values, i, false) : BigInt(Number(values.values[i]));
  return (stored * 1000n) / BigInt(perSecond);
}

function isoTime(ms: bigint, is: 'day' | 'time' | 'moment'): string {
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return String(ms);
  const text = date.toISOString();
  return is === 'day' ? text.slice(0, -14) : is === 'time' ? text.slice(11, -1) : text;
}
