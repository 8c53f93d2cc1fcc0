/**
 * Values as pages encode them (parquet-format, Encodings.md). hyparquet's own decoders believe the counts that they
 * read; these are held to what is there.
 */
import { t } from '../../protocol/l10n.js';
import { CutOff, Damage } from './damage.js';

export type Physical =
  'BOOLEAN' | 'INT32' | 'INT64' | 'INT96' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY';

export type Values =
  /** Also 0 and 1 for false and true. */
  | { type: 'int32'; values: Int32Array }
  /** Two for each: its low 32 bits, its high ones. */
  | { type: 'int64'; values: Int32Array }
  | { type: 'float'; values: Float32Array | Float64Array }
  /** Value i is bytes[starts[i] .. ends[i]). */
  | { type: 'bytes'; bytes: Uint8Array; starts: Int32Array; ends: Int32Array };

/** What values of one page may have together: more is made to fill the memory. */
export const MAX_PAGE_BYTES = 2 ** 29;

/** How many there are. */
export function lengthOf(values: Values): number {
  if (values.type === 'bytes') return values.starts.length;
  return values.type === 'int64' ? values.values.length / 2 : values.values.length;
}

/**
 * @param bytes of the values alone
 * @param width bytes of each value of a FIXED_LEN_BYTE_ARRAY
 * @throws Damage when there are fewer, or they are encoded in a way that is not read
 */
export function decodeValues(
  encoding: string,
  bytes: Uint8Array,
  count: number,
  physical: Physical,
  width: number,
): Values {
  switch (encoding) {
    case 'PLAIN':
      return plain(bytes, count, physical, width);
    case 'RLE': {
      if (physical !== 'BOOLEAN') break;
      const values = new Int32Array(count);
      decodeHybrid(...withLength(bytes), 1, values);
      return { type: 'int32', values };
    }
    case 'DELTA_BINARY_PACKED':
      if (physical === 'INT32') return { type: 'int32', values: decodeDelta(bytes, 0, count, 1).values };
      if (physical === 'INT64') return { type: 'int64', values: decodeDelta(bytes, 0, count, 2).values };
      break;
    case 'DELTA_LENGTH_BYTE_ARRAY':
      if (physical === 'BYTE_ARRAY') return deltaLength(bytes, 0, count);
      break;
    case 'DELTA_BYTE_ARRAY':
      if (physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY') return deltaBytes(bytes, count);
      break;
    case 'BYTE_STREAM_SPLIT':
      if (physical !== 'BOOLEAN' && physical !== 'BYTE_ARRAY' && physical !== 'INT96')
        return plain(joined(bytes, count, widthOf(physical, width)), count, physical, width);
  }
  throw new Damage(t('its values are encoded as {0}, which is not read here', `${physical} ${encoding}`));
}

function widthOf(physical: Physical, width: number): number {
  return { BOOLEAN: 0, INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, INT96: 12, BYTE_ARRAY: 0, FIXED_LEN_BYTE_ARRAY: width }[
    physical
  ];
}

function plain(bytes: Uint8Array, count: number, physical: Physical, width: number): Values {
  if (physical === 'BYTE_ARRAY') return plainBytes(bytes, count);
  if (physical === 'BOOLEAN') {
    if (count > 8 * bytes.length) throw new CutOff();
    return {
      type: 'int32',
      values: Int32Array.from({ length: count }, (_, i) => (Number(bytes[i >> 3]) >> (i & 7)) & 1),
    };
  }
  const size = widthOf(physical, width);
  if (count * size > bytes.length) throw new CutOff();
  if (physical === 'INT96' || physical === 'FIXED_LEN_BYTE_ARRAY') {
    const starts = Int32Array.from({ length: count }, (_, i) => i * size);
    return { type: 'bytes', bytes, starts, ends: starts.map((start) => start + size) };
  }
  // A copy, since numbers must lie at a multiple of their width.
  const { buffer } = Uint8Array.prototype.slice.call(bytes, 0, count * size);
  if (physical === 'DOUBLE') return { type: 'float', values: new Float64Array(buffer) };
  if (physical === 'FLOAT') return { type: 'float', values: new Float32Array(buffer) };
  return { type: physical === 'INT32' ? 'int32' : 'int64', values: new Int32Array(buffer) };
}

/** Each after its length, 4 bytes. */
function plainBytes(bytes: Uint8Array, count: number): Values {
  if (4 * count > bytes.length) throw new CutOff();
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw new CutOff();
    const length = view.getUint32(at, true);
    at += 4;
    if (length > bytes.length - at) throw new CutOff();
    starts[i] = at;
    ends[i] = at += length;
  }
  return { type: 'bytes', bytes, starts, ends };
}

/** Byte k of all values, then byte k + 1 of all. */
function joined(bytes: Uint8Array, count: number, width: number): Uint8Array {
  if (count * width > bytes.length) throw new CutOff();
  const out = new Uint8Array(count * width);
  for (let k = 0; k < width; k++)
    for (let i = 0, from = k * count, to = k; i < count; i++, to += width) out[to] = bytes[from++] as number;
  return out;
}

/** The bytes after a length of 4 bytes, and how many these are. */
export function withLength(bytes: Uint8Array): [bytes: Uint8Array, start: number, end: number] {
  if (bytes.length < 4) throw new CutOff();
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (length > bytes.length - 4) throw new CutOff();
  return [bytes, 4, 4 + length];
}

/**
 * Runs of one value, and groups of 8 packed into as few bits as they need.
 * @param width bits of a value, 0..32
 * @param out is filled
 * @throws Damage when bytes[start .. end) hold fewer values
 */
export function decodeHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  out: Int32Array | Uint8Array,
): void {
  const input = new Input(bytes, start, end);
  const bytesOfRun = (width + 7) >> 3;
  for (let filled = 0; filled < out.length;) {
    const header = input.varint();
    if (header % 2 === 0) {
      let value = 0;
      for (let i = 0; i < bytesOfRun; i++) value += input.byte() * 256 ** i;
      const to = Math.min(out.length, filled + header / 2);
      out.fill(value, filled, to);
      filled = to;
    } else {
      const count = Math.min(out.length - filled, 8 * ((header - 1) / 2));
      const from = input.take(Math.min(input.left, ((header - 1) / 2) * width));
      // The last group may be cut off after the values that count.
      if (count * width > 8 * (input.at - from)) throw new CutOff();
      unpackBits(bytes, from, width, out, filled, count);
      filled += count;
    }
  }
}

function unpackBits(
  bytes: Uint8Array,
  from: number,
  width: number,
  out: Int32Array | Uint8Array,
  at: number,
  count: number,
): void {
  if (width > 24) {
    for (let i = 0; i < count; i++) out[at + i] = bitsAt(bytes, from, i * width, width);
    return;
  }
  const mask = 2 ** width - 1;
  let held = 0;
  let bits = 0;
  for (const end = at + count; at < end; at++) {
    while (bits < width) {
      held |= (bytes[from++] as number) << bits;
      bits += 8;
    }
    out[at] = held & mask;
    held >>>= width;
    bits -= width;
  }
}

/** @param width at most 32 */
function bitsAt(bytes: Uint8Array, from: number, bit: number, width: number): number {
  let at = from + Math.floor(bit / 8);
  let have = 8 - (bit % 8);
  let value = (bytes[at] as number) >> (bit % 8);
  for (; have < width; have += 8) value += (bytes[++at] as number) * 2 ** have;
  return value % 2 ** width;
}

/**
 * The first value, then differences in blocks, each as what it is above the smallest of its block.
 * @param words 1 for numbers of 32 bits, 2 for 64
 * @returns the values, and the position after them
 */
function decodeDelta(
  bytes: Uint8Array,
  start: number,
  count: number,
  words: 1 | 2,
): { values: Int32Array; end: number } {
  const input = new Input(bytes, start, bytes.length);
  const blockSize = input.varint();
  const miniBlocks = input.varint();
  const perMiniBlock = blockSize / miniBlocks;
  const stated = input.varint();
  if (
    blockSize % 128 !== 0 ||
    blockSize === 0 ||
    blockSize > 2 ** 20 ||
    !Number.isInteger(perMiniBlock) ||
    perMiniBlock % 8
  )
    throw new Damage(t('its values are in blocks of {0}, which cannot be', blockSize));
  if (stated !== count) throw new Damage(t('it holds {0} values, not {1}', stated, count));
  let [low, high] = input.zigzag();
  // Whole blocks without any difference take a few bytes: so many values are possible.
  if (count > ((input.left / (1 + miniBlocks)) | 0) * blockSize + blockSize + 1) throw new CutOff();
  const values = new Int32Array(count * words);
  let filled = 0;
  const put = (): void => {
    if (words === 1) values[filled++] = low;
    else {
      values[2 * filled] = low;
      values[2 * filled++ + 1] = high;
    }
  };
  if (count > 0) put();
  while (filled < count) {
    const [leastLow, leastHigh] = input.zigzag();
    const widths = input.take(miniBlocks);
    for (let mini = 0; mini < miniBlocks && filled < count; mini++) {
      const width = bytes[widths + mini] as number;
      if (width > 64) throw new Damage(t('its values have {0} bits, which cannot be', width));
      const wanted = Math.min(perMiniBlock, count - filled);
      const from = input.take(Math.min(input.left, (perMiniBlock * width) / 8));
      if (wanted * width > 8 * (input.at - from)) throw new CutOff();
      const lowWidth = Math.min(32, width);
      for (let i = 0; i < wanted; i++) {
        const delta = width === 0 ? 0 : bitsAt(bytes, from, i * width, lowWidth);
        const sum = (low >>> 0) + (leastLow >>> 0) + delta;
        if (words === 2) {
          const deltaHigh = width > 32 ? bitsAt(bytes, from, i * width + 32, width - 32) : 0;
          high = (high + leastHigh + deltaHigh + Math.floor(sum / 2 ** 32)) | 0;
        }
        low = sum | 0;
        put();
      }
    }
  }
  return { values, end: input.at };
}

/** All lengths, then all bytes. */
function deltaLength(bytes: Uint8Array, start: number, count: number): Values {
  const { values: lengths, end } = decodeDelta(bytes, start, count, 1);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = end;
  for (let i = 0; i < count; i++) {
    const length = lengths[i] as number;
    if (length < 0 || length > bytes.length - at) throw new CutOff();
    starts[i] = at;
    ends[i] = at += length;
  }
  return { type: 'bytes', bytes, starts, ends };
}

/** How many bytes of the value before each begins with, and what follows. */
function deltaBytes(bytes: Uint8Array, count: number): Values {
  const { values: prefixes, end } = decodeDelta(bytes, 0, count, 1);
  const rest = deltaLength(bytes, end, count);
  if (rest.type !== 'bytes') throw new CutOff();
  let total = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i] as number;
    if (prefix < 0 || prefix > before) throw new Damage(t('a value begins with more of the one before than that has'));
    before = prefix + (rest.ends[i] as number) - (rest.starts[i] as number);
    total += before;
    if (total > MAX_PAGE_BYTES) throw new Damage(t('its values have more than {0} bytes', MAX_PAGE_BYTES));
  }
  const out = new Uint8Array(total);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = 0;
  for (let i = 0, previous = 0; i < count; i++) {
    const prefix = prefixes[i] as number;
    out.copyWithin(at, previous, previous + prefix);
    const suffix = bytes.subarray(rest.starts[i], rest.ends[i]);
    out.set(suffix, at + prefix);
    starts[i] = previous = at;
    ends[i] = at += prefix + suffix.length;
  }
  return { type: 'bytes', bytes: out, starts, ends };
}

/** Bytes from a position on, up to an end. */
class Input {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  byte(): number {
    if (this.at >= this.end) throw new CutOff();
    return this.bytes[this.at++] as number;
  }

  /** Passes over so many bytes. @returns where they begin */
  take(length: number): number {
    if (length > this.left) throw new CutOff();
    this.at += length;
    return this.at - length;
  }

  /** At most 2^35: what is counted here is less. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw new Damage(t('a number in it does not end'));
  }

  /** Low and high 32 bits. */
  zigzag(): [low: number, high: number] {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      const bits = byte & 127;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 128) {
        const sign = -(low & 1);
        return [((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign];
      }
    }
    throw new Damage(t('a number in it does not end'));
  }
}
