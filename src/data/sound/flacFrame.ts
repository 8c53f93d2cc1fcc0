/** Frames of a FLAC stream: headers, subframes, and how channels are told by each other (RFC 9639, section 9). */
import { t } from '../../protocol/l10n.js';
import { crc8, crc16, FlacDamage, type BitReader } from './flacBits.js';

export interface FrameHeader {
  /** Samples of each channel. */
  blockSize: number;
  /** In Hz; null when it is STREAMINFO's. */
  sampleRate: number | null;
  channels: number;
  stereo: 'independent' | 'leftSide' | 'sideRight' | 'midSide';
  /** Bits of a sample; null when they are STREAMINFO's. */
  bits: number | null;
  /** Whether `number` counts samples; else it counts frames. */
  variable: boolean;
  number: number;
}

/** What is wrong, in words that go on after "in frame 3, "; at the frame's first byte, where no other is given. */
export type FrameProblem = (what: string, at?: number) => Error;

const RATES = [88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
const BITS: Record<number, number | null> = { 0: null, 1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32 };
const STEREO = ['leftSide', 'sideRight', 'midSide'] as const;
/** Coefficients of the fixed predictors (section 9.2.5). */
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];
/** Of a frame. */
export const MAX_BLOCK = 65_535;

export class FrameReader {
  /** The samples of the last frame, each channel's first `blockSize`. */
  readonly channels: Int32Array[] = [];
  /** A side channel of 32-bit sound has 33 bits. */
  private side33 = new Float64Array(0);

  /** @param bytes the file, which `reader` reads */
  constructor(
    private readonly reader: BitReader,
    private readonly bytes: Uint8Array,
  ) {}

  /** @param at the frame's first byte @throws what `problem` makes */
  header(at: number, problem: FrameProblem): FrameHeader {
    const { reader } = this;
    reader.begin(at);
    return this.telling(problem, () => {
      if (reader.unsigned(15) !== 0x7ffc)
        throw problem(t('there is no frame where it should begin: it is damaged, or something is missing before'), at);
      const variable = reader.unsigned(1) === 1;
      const sizeCode = reader.unsigned(4);
      const rateCode = reader.unsigned(4);
      const assignment = reader.unsigned(4);
      const bits = BITS[reader.unsigned(3)];
      const reserved = reader.unsigned(1);
      const number = codedNumber(reader);
      const blockSize = readBlockSize(reader, sizeCode);
      const sampleRate = readRate(reader, rateCode);
      const sum = crc8(this.bytes, at, reader.at);
      if (sum !== reader.unsigned(8))
        throw problem(t('the check sum of its header (CRC-8) does not fit: it is damaged'), at);
      const stereo = assignment < 8 ? 'independent' : STEREO[assignment - 8];
      if (
        !stereo ||
        bits === undefined ||
        reserved ||
        sampleRate === undefined ||
        blockSize === null ||
        number === null
      )
        throw problem(t('the header has a value that FLAC does not know'), at);
      return { blockSize, sampleRate, channels: assignment < 8 ? assignment + 1 : 2, stereo, bits, variable, number };
    });
  }

  /**
   * What follows the header, into {@link channels}.
   * @param at the frame's first byte, `bits` of a sample
   * @returns the byte after the frame @throws what `problem` makes
   */
  body(at: number, { blockSize, channels, stereo }: FrameHeader, bits: number, problem: FrameProblem): number {
    const { reader } = this;
    return this.telling(problem, () => {
      for (let i = 0; i < channels; i++) {
        if ((this.channels[i]?.length ?? 0) < blockSize) this.channels[i] = new Int32Array(blockSize);
        const isSide = stereo !== 'independent' && (stereo === 'sideRight') === (i === 0);
        this.subframe(this.channels[i] as Int32Array, blockSize, bits + Number(isSide), problem);
      }
      if (!reader.align()) throw problem(t('there are other bits than zeros at its end'));
      const sum = crc16(this.bytes, at, reader.at);
      if (sum !== reader.unsigned(16)) throw problem(t('its check sum (CRC-16) does not fit: it is damaged'), at);
      if (stereo !== 'independent') this.decorrelate(stereo, blockSize, bits);
      return reader.at;
    });
  }

  private subframe(out: Int32Array, size: number, bits: number, problem: FrameProblem): void {
    const { reader } = this;
    const wide = bits > 32;
    if (wide && this.side33.length < size) this.side33 = new Float64Array(size);
    const samples = wide ? this.side33 : out;
    const reserved = reader.unsigned(1);
    const type = reader.unsigned(6);
    const wasted = reader.unsigned(1) === 1 ? reader.unary() + 1 : 0;
    const stored = bits - wasted;
    if (stored < 1) throw problem(t('{0} bits of a sample are said to be unused, of {1}', wasted, bits));
    const order = type >= 32 ? type - 31 : type - 8;
    if (reserved === 1 || (type > 1 && type < 8) || (type > 12 && type < 32))
      throw problem(t('a channel is coded in a way that FLAC does not know ({0})', type));
    if (type === 0) samples.fill(reader.signed(stored), 0, size);
    else if (type === 1) for (let i = 0; i < size; i++) samples[i] = reader.signed(stored);
    else {
      if (order > size) throw problem(t('a channel is told by its {0} last samples, but has {1}', order, size));
      const first = Array.from({ length: order }, () => reader.signed(stored));
      const { coefficients, shift } =
        type < 32 ? { coefficients: FIXED[order] as number[], shift: 0 } : this.linearPredictor(order, problem);
      this.residual(out, order, size, problem);
      if (wide) this.side33.set(out.subarray(0, size));
      samples.set(first);
      if (!restore(samples, size, coefficients, shift, stored))
        throw problem(t('a sample has more than {0} bits', stored));
    }
    if (wasted > 0) for (let i = 0; i < size; i++) samples[i] = (samples[i] as number) * 2 ** wasted;
  }

  /** Section 9.2.6. */
  private linearPredictor(order: number, problem: FrameProblem): { coefficients: number[]; shift: number } {
    const { reader } = this;
    const precision = reader.unsigned(4) + 1;
    const shift = reader.signed(5);
    if (precision === 16 || shift < 0)
      throw problem(
        t('its prediction has a value that FLAC does not know ({0} bits, shifted by {1})', precision, shift),
      );
    return { coefficients: Array.from({ length: order }, () => reader.signed(precision)), shift };
  }

  /** What was not predicted, in partitions of Rice codes (section 9.2.7), into out[order .. size). */
  private residual(out: Int32Array, order: number, size: number, problem: FrameProblem): void {
    const { reader } = this;
    const method = reader.unsigned(2);
    if (method > 1) throw problem(t('a channel is coded in a way that FLAC does not know ({0})', `Rice ${method}`));
    const parameterBits = 4 + method;
    const escape = 2 ** parameterBits - 1;
    const partitions = 2 ** reader.unsigned(4);
    const length = size / partitions;
    if (!Number.isInteger(length) || length < order)
      throw problem(t('{0} samples cannot be parted into {1}', size, partitions));
    for (let from = order, to = length; to <= size; from = to, to += length) {
      const parameter = reader.unsigned(parameterBits);
      if (parameter < escape) reader.rice(out, from, to, parameter);
      else {
        const bits = reader.unsigned(5);
        if (bits === 0) out.fill(0, from, to);
        else for (let i = from; i < to; i++) out[i] = reader.signed(bits);
      }
    }
  }

  /** Left and right from what is stored in their place (section 4.2). */
  private decorrelate(stereo: 'leftSide' | 'sideRight' | 'midSide', size: number, bits: number): void {
    const [a, b] = this.channels as [Int32Array, Int32Array];
    const first = bits > 31 && stereo === 'sideRight' ? this.side33 : a;
    const second = bits > 31 && stereo !== 'sideRight' ? this.side33 : b;
    if (stereo === 'leftSide') for (let i = 0; i < size; i++) b[i] = (first[i] as number) - (second[i] as number);
    else if (stereo === 'sideRight') for (let i = 0; i < size; i++) a[i] = (first[i] as number) + (second[i] as number);
    else
      for (let i = 0; i < size; i++) {
        const side = second[i] as number;
        // The lowest bit of left + right was left out: it is that of left - right.
        const sum = 2 * (first[i] as number) + (side & 1);
        a[i] = (sum + side) / 2;
        b[i] = (sum - side) / 2;
      }
  }

  private telling<T>(problem: FrameProblem, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof FlacDamage)) throw error;
      throw error.kind === 'cutOff'
        ? problem(t('the file ends within it: it is cut off'), error.at)
        : problem(t('a number has more than 32 bits'), error.at);
    }
  }
}

/** UTF-8 as it was first, of up to 36 bits. Null for other bytes. */
function codedNumber(reader: BitReader): number | null {
  const first = reader.unsigned(8);
  if (first < 0x80) return first;
  const more = Math.clz32(~(first << 24)) - 1;
  if (more < 1 || more > 6) return null;
  let number = first & (0x3f >> more);
  for (let i = 0; i < more; i++) {
    const byte = reader.unsigned(8);
    if (byte >> 6 !== 2) return null;
    number = number * 64 + (byte & 0x3f);
  }
  return number;
}

function readBlockSize(reader: BitReader, code: number): number | null {
  if (code === 0) return null;
  if (code === 1) return 192;
  if (code < 6) return 144 * 2 ** code;
  const size = code < 8 ? reader.unsigned(code === 6 ? 8 : 16) + 1 : 2 ** code;
  return size > MAX_BLOCK ? null : size;
}

/** Undefined for what is no rate. */
function readRate(reader: BitReader, code: number): number | null | undefined {
  if (code === 0) return null;
  if (code === 12) return 1000 * reader.unsigned(8);
  if (code === 13) return reader.unsigned(16);
  return code === 14 ? 10 * reader.unsigned(16) : RATES[code - 1];
}

/**
 * Adds to each sample what the ones before it predict, exactly: in integers where no sum leaves 31 bits, else in
 * doubles, where none has more than 52.
 * @param samples [size]: the first ones, as many as there are coefficients, then what was not predicted
 * @param coefficients of the sample before first
 * @returns whether all samples have `bits` bits
 */
function restore(
  samples: Int32Array | Float64Array,
  size: number,
  coefficients: readonly number[],
  shift: number,
  bits: number,
): boolean {
  const largest = coefficients.reduce((sum, one) => sum + Math.abs(one), 0) * 2 ** (bits - 1);
  return samples instanceof Int32Array && largest <= 2 ** 30 && bits < 32
    ? restoreIntegers(samples, size, coefficients, shift, bits)
    : restoreDoubles(samples, size, coefficients, shift, bits);
}

/** The newest eight samples are kept in variables, which takes a third of the time. */
function restoreIntegers(
  s: Int32Array,
  size: number,
  weights: readonly number[],
  shift: number,
  bits: number,
): boolean {
  const order = weights.length;
  const older = Int32Array.from(weights.slice(8)).reverse();
  const count = older.length;
  // Taken out of typed arrays one by one, the variables are known to be integers.
  const before = new Int32Array(8);
  const newest = new Int32Array(8);
  for (let i = 0; i < 8 && i < order; i++) {
    newest[i] = weights[i] as number;
    before[i] = s[order - 1 - i] as number;
  }
  const a = newest[0] as number;
  const b = newest[1] as number;
  const c = newest[2] as number;
  const d = newest[3] as number;
  const e = newest[4] as number;
  const f = newest[5] as number;
  const g = newest[6] as number;
  const h = newest[7] as number;
  let s1 = before[0] as number;
  let s2 = before[1] as number;
  let s3 = before[2] as number;
  let s4 = before[3] as number;
  let s5 = before[4] as number;
  let s6 = before[5] as number;
  let s7 = before[6] as number;
  let s8 = before[7] as number;
  const spare = 32 - bits;
  let excess = 0;
  for (let i = order; i < size; i++) {
    let sum = 0;
    for (let j = 0, at = i - order; j < count; j++, at++)
      sum = (sum + Math.imul(older[j] as number, s[at] as number)) | 0;
    sum = (sum + Math.imul(h, s8)) | 0;
    sum = (sum + Math.imul(g, s7)) | 0;
    sum = (sum + Math.imul(f, s6)) | 0;
    sum = (sum + Math.imul(e, s5)) | 0;
    sum = (sum + Math.imul(d, s4)) | 0;
    sum = (sum + Math.imul(c, s3)) | 0;
    sum = (sum + Math.imul(b, s2)) | 0;
    sum = (sum + Math.imul(a, s1)) | 0;
    // A sum of 31 bits and a number of 32 that leave 32 bits do not come back within 31.
    const value = ((sum >> shift) + (s[i] as number)) | 0;
    excess |= ((value << spare) >> spare) ^ value;
    s[i] = value;
    s8 = s7;
    s7 = s6;
    s6 = s5;
    s5 = s4;
    s4 = s3;
    s3 = s2;
    s2 = s1;
    s1 = value;
  }
  return excess === 0;
}

function restoreDoubles(
  s: Int32Array | Float64Array,
  size: number,
  weights: readonly number[],
  shift: number,
  bits: number,
): boolean {
  const order = weights.length;
  const older = Float64Array.from(weights.slice(8)).reverse();
  const count = older.length;
  const before = new Float64Array(8);
  const newest = new Float64Array(8);
  for (let i = 0; i < 8 && i < order; i++) {
    newest[i] = weights[i] as number;
    before[i] = s[order - 1 - i] as number;
  }
  const a = newest[0] as number;
  const b = newest[1] as number;
  const c = newest[2] as number;
  const d = newest[3] as number;
  const e = newest[4] as number;
  const f = newest[5] as number;
  const g = newest[6] as number;
  const h = newest[7] as number;
  let s1 = before[0] as number;
  let s2 = before[1] as number;
  let s3 = before[2] as number;
  let s4 = before[3] as number;
  let s5 = before[4] as number;
  let s6 = before[5] as number;
  let s7 = before[6] as number;
  let s8 = before[7] as number;
  const scale = 2 ** -shift;
  const most = 2 ** (bits - 1) - 1;
  const least = -most - 1;
  for (let i = order; i < size; i++) {
    let sum = 0;
    for (let j = 0, at = i - order; j < count; j++, at++) sum += (older[j] as number) * (s[at] as number);
    sum += h * s8 + g * s7 + f * s6 + e * s5 + d * s4 + c * s3 + b * s2 + a * s1;
    const value = Math.floor(sum * scale) + (s[i] as number);
    if (value < least || value > most) return false;
    s[i] = value;
    s8 = s7;
    s7 = s6;
    s6 = s5;
    s5 = s4;
    s4 = s3;
    s3 = s2;
    s2 = s1;
    s1 = value;
  }
  return true;
}
