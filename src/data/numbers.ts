/** Numbers as files store them, and as readers hand them on. */
import * as os from 'node:os';
import type { ExampleData } from './reader.js';

export const numberBytes = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  float16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
} as const;

export type NumberType = keyof typeof numberBytes;

/** An array as it was stored: `data` in C order, the last dimension fastest. */
export interface StoredArray {
  shape: number[];
  type: NumberType;
  data: ExampleData;
}

/** Number of elements, or null when a dimension is no whole number, or the product is too large to be exact. */
export function sizeOf(shape: readonly number[]): number | null {
  let size = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) return null;
    size *= dimension;
  }
  return Number.isSafeInteger(size) ? size : null;
}

/**
 * Bytes become a Uint8Array (a view of `bytes`), other integers an Int32Array, or a Float32Array when one does not fit,
 * floats a Float32Array: a double too large for it becomes infinite, which {@link findNotFinite} finds.
 * @param bytes a whole number of elements
 */
export function decodeNumbers(bytes: Uint8Array, type: NumberType, littleEndian: boolean): ExampleData {
  if (type === 'uint8') return plainView(bytes);
  if (type === 'bool') return plainView(bytes).map((byte) => (byte === 0 ? 0 : 1));
  if (type === 'int8') return Int32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  const buffer = inHostOrder(bytes, numberBytes[type], littleEndian);
  switch (type) {
    case 'uint16':
      return Int32Array.from(new Uint16Array(buffer));
    case 'int16':
      return Int32Array.from(new Int16Array(buffer));
    case 'float16':
      return decodeHalf(new Uint16Array(buffer));
    case 'uint32':
      return narrow(new Uint32Array(buffer));
    case 'int32':
      return new Int32Array(buffer);
    case 'float32':
      return new Float32Array(buffer);
    case 'uint64':
      return narrow(wholeNumbers(buffer, false));
    case 'int64':
      return narrow(wholeNumbers(buffer, true));
    case 'float64':
      return Float32Array.from(new Float64Array(buffer));
  }
}

/** No Buffer goes out: its slice() does not copy, unlike that of other arrays. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A copy that begins at an aligned address, its elements in the byte order of this machine. */
function inHostOrder(bytes: Uint8Array, width: number, littleEndian: boolean): ArrayBuffer {
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  if (littleEndian !== (os.endianness() === 'LE')) {
    if (width === 2) copy.swap16();
    else if (width === 4) copy.swap32();
    else copy.swap64();
  }
  return copy.buffer;
}

/** 64-bit integers as doubles, exact to 2^53. */
function wholeNumbers(buffer: ArrayBuffer, signed: boolean): Float64Array {
  const [low, high] = os.endianness() === 'LE' ? [0, 1] : [1, 0];
  const unsigned = new Uint32Array(buffer);
  const top = signed ? new Int32Array(buffer) : unsigned;
  const out = new Float64Array(unsigned.length / 2);
  for (let i = 0; i < out.length; i++)
    out[i] = (top[2 * i + high] as number) * 0x1_0000_0000 + (unsigned[2 * i + low] as number);
  return out;
}

function narrow(values: Uint32Array | Float64Array): Int32Array | Float32Array {
  return values.every((value) => value === (value | 0)) ? Int32Array.from(values) : Float32Array.from(values);
}

/** IEEE 754 binary16. */
function decodeHalf(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    out[i] = half & 0x8000 ? -magnitude : magnitude;
  }
  return out;
}

/** How many values are NaN or infinite, and where the first is; null when none is. */
export function findNotFinite(data: ExampleData): { count: number; first: number } | null {
  if (!(data instanceof Float32Array)) return null;
  let count = 0;
  let first = -1;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value - value !== 0) {
      if (count++ === 0) first = i;
    }
  }
  return count === 0 ? null : { count, first };
}

/** Smallest and largest value; [Infinity, -Infinity] of nothing. */
export function extent(data: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The index in each dimension of the element at `offset`, e.g. [12, 0, 5]. */
export function indexAt(shape: readonly number[], offset: number): number[] {
  const index: number[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    const dimension = shape[d] as number;
    index.unshift(offset % dimension);
    offset = Math.floor(offset / dimension);
  }
  return index;
}
