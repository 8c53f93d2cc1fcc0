/**
 * FLAC files (van Beurden & Weaver 2024, RFC 9639): all of the format but Ogg as its container. Nothing damaged passes:
 * the check sums of headers, frames and of the whole sound are compared.
 */
import { createHash } from 'node:crypto';
import { formatCount, t } from '../../protocol/l10n.js';
import type { DataError } from '../reader.js';
import { BitReader, PADDING } from './flacBits.js';
import { FrameReader, MAX_BLOCK, type FrameHeader } from './flacFrame.js';
import { problemIn, type SoundProblem } from './problem.js';
import type { Sound } from './sound.js';

/** The block STREAMINFO (section 8.2), and where frames begin. */
export interface FlacHeader {
  /** In Hz. */
  sampleRate: number;
  channels: number;
  /** Of a sample. */
  bits: number;
  /** Samples of each channel; null when the writer did not know. */
  frames: number | null;
  /** Of all samples, hexadecimal; null when it was not taken. */
  md5: string | null;
  dataStart: number;
}

/** Floats of 1 GiB: silence of as many takes 50 kB in a file. */
const MAX_VALUES = 2 ** 28;
const INFO_BYTES = 34;
/** A frame with silence in one channel: header 8, subframe 2, check sum 2. */
const LEAST_FRAME_BYTES = 12;

/** Whether the bytes are native FLAC, also after an ID3v2 tag. */
export function isFlac(bytes: Uint8Array): boolean {
  return ascii(bytes, tagEnd(bytes), 4) === 'fLaC';
}

/** @param bytes the whole file @throws DataError when it is no FLAC file, or its metadata are damaged */
export function readFlacHeader(bytes: Uint8Array, file: string): FlacHeader {
  const problem = problemOf(file);
  const start = tagEnd(bytes);
  if (ascii(bytes, start, 4) !== 'fLaC') throw notFlac(bytes, start, problem);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Omit<FlacHeader, 'dataStart'> | null = null;
  for (let at = start + 4, last = false; ;) {
    if (last && header) return { ...header, dataStart: at };
    if (at + 4 > bytes.length) throw problem(bytes.length, t('it is cut off in its metadata'));
    const type = view.getUint8(at) & 0x7f;
    const size = view.getUint32(at) & 0xff_ffff;
    if (size > bytes.length - at - 4)
      throw problem(
        at,
        t(
          'it is cut off or damaged: a block of metadata states {0} bytes, but only {1} follow',
          formatCount(size),
          formatCount(bytes.length - at - 4),
        ),
      );
    if (!header) {
      if (type !== 0 || size !== INFO_BYTES)
        throw problem(at, t('its first block of metadata should be STREAMINFO of {0} bytes', INFO_BYTES));
      header = streamInfo(view, at + 4, problem);
    }
    last = view.getUint8(at) > 0x7f;
    at += 4 + size;
  }
}

/**
 * Samples at one moment, by the header as far as its file can hold them; by decoding it where the header does not say, as
 * of a program that writes into a pipe.
 * @throws DataError where there cannot be so many
 */
export function flacFrames(header: FlacHeader, bytes: Uint8Array, file: string): number {
  const { frames, channels, dataStart } = header;
  if (frames === null) return decodeFlac(bytes, file).data.length / channels;
  const problem = problemOf(file);
  if (frames * channels > MAX_VALUES) throw tooLong(dataStart, frames * channels, problem);
  const follow = bytes.length - dataStart;
  if (frames > Math.ceil(follow / LEAST_FRAME_BYTES) * MAX_BLOCK)
    throw problem(
      dataStart,
      t('it is cut off: it states {0} samples, but only {1} bytes follow', formatCount(frames), formatCount(follow)),
    );
  return frames;
}

function streamInfo(view: DataView, at: number, problem: SoundProblem): Omit<FlacHeader, 'dataStart'> {
  const packed = view.getUint32(at + 10);
  const sampleRate = packed >>> 12;
  if (sampleRate === 0) throw problem(at + 10, t('it states a sampling rate of 0 Hz'));
  const channels = ((packed >>> 9) & 7) + 1;
  const bits = ((packed >>> 4) & 31) + 1;
  if (bits < 4) throw problem(at + 12, t('it states samples of {0} bits; there are 4 to 32', bits));
  const frames = (packed & 15) * 2 ** 32 + view.getUint32(at + 14);
  const md5 = Buffer.from(view.buffer, view.byteOffset + at + 18, 16).toString('hex');
  return { sampleRate, channels, bits, frames: frames || null, md5: /^0+$/.test(md5) ? null : md5 };
}

/**
 * Values are scaled as libsndfile does, by 2^-(bits - 1).
 * @param bytes the whole file
 * @throws DataError with byte and frame when anything is damaged, missing or too much
 */
export function decodeFlac(bytes: Uint8Array, file: string): Sound {
  const header = readFlacHeader(bytes, file);
  const { sampleRate, channels, frames, md5, dataStart } = header;
  const problem = problemOf(file);
  if ((frames ?? 0) * channels > MAX_VALUES) throw tooLong(dataStart, (frames ?? 0) * channels, problem);
  const padded = new Uint8Array(bytes.length + PADDING);
  padded.set(bytes);
  const end = endOfFrames(bytes);
  const decoder = new FrameReader(new BitReader(padded), bytes);
  const values = new Values(bytes.length, frames === null ? Infinity : frames * channels);
  const hash = md5 === null ? null : new SampleHash();
  let at = dataStart;
  let done = 0;
  let next: number | null = null;
  for (let frame = 1; frames === null ? at < end : done < frames; frame++) {
    const frameProblem = (what: string, place = at): DataError =>
      problem(place, t('in frame {0}, {1}', formatCount(frame), what));
    if (at >= end)
      throw problem(
        end,
        t('it is cut off: it states {0} samples, but ends after {1}', formatCount(frames ?? 0), formatCount(done)),
      );
    const head = decoder.header(at, frameProblem);
    checkHead(head, header, next, frameProblem);
    const size = head.blockSize;
    if (frames !== null && done + size > frames)
      throw frameProblem(t('samples go on beyond the {0} that the file states', formatCount(frames)));
    if ((done + size) * channels > MAX_VALUES) throw tooLong(at, (done + size) * channels, problem);
    at = decoder.body(at, head, header.bits, frameProblem);
    values.add(decoder.channels, channels, size, header.bits);
    hash?.add(decoder.channels, channels, size, header.bits);
    done += size;
    next = head.number + (head.variable ? size : 1);
  }
  if (frames !== null && at + 1 < end && bytes[at] === 0xff && ((bytes[at + 1] as number) & 0xfe) === 0xf8)
    throw problem(at, t('samples go on beyond the {0} that the file states', formatCount(frames)));
  if (hash && hash.digest() !== md5)
    throw problem(dataStart, t('the check sum of all its samples (MD5) does not fit: it is damaged'));
  return { sampleRate, channels, data: values.all() };
}

function checkHead(
  { sampleRate, channels, bits, number }: FrameHeader,
  header: FlacHeader,
  next: number | null,
  problem: (what: string) => Error,
): void {
  const differs =
    (sampleRate !== null && sampleRate !== header.sampleRate && t('{0} Hz', sampleRate)) ||
    (channels !== header.channels && t('{0} channels', channels)) ||
    (bits !== null && bits !== header.bits && t('{0} bits', bits));
  if (differs !== false)
    throw problem(
      t(
        'it has {0}, but the file states {1} Hz, {2} channels and {3} bits',
        differs,
        header.sampleRate,
        header.channels,
        header.bits,
      ),
    );
  // A recording of a broadcast may begin with any number.
  if (next !== null && number !== next)
    throw problem(t('its number is {0} instead of {1}: frames are missing or in disorder', number, next));
}

/** Grows with what is there, not by what a file states. */
class Values {
  private data: Float32Array;
  private length = 0;

  constructor(bytes: number, most: number) {
    this.data = new Float32Array(Math.min(most, 4 * bytes));
  }

  add(samples: readonly Int32Array[], channels: number, size: number, bits: number): void {
    const needed = this.length + channels * size;
    if (needed > this.data.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.data.length));
      larger.set(this.data.subarray(0, this.length));
      this.data = larger;
    }
    const { data } = this;
    const scale = 2 ** (1 - bits);
    for (let channel = 0; channel < channels; channel++) {
      const from = samples[channel] as Int32Array;
      for (let i = 0, at = this.length + channel; i < size; i++, at += channels) data[at] = (from[i] as number) * scale;
    }
    this.length = needed;
  }

  all(): Float32Array {
    return this.length === this.data.length ? this.data : this.data.slice(0, this.length);
  }
}

/** MD5 over samples as whole bytes, the lowest first, channels interleaved (section 8.2). */
class SampleHash {
  private readonly hash = createHash('md5');
  private bytes = new Uint8Array(0);

  add(samples: readonly Int32Array[], channels: number, size: number, bits: number): void {
    const width = Math.ceil(bits / 8);
    const length = size * channels * width;
    if (this.bytes.length < length) this.bytes = new Uint8Array(length);
    const { bytes } = this;
    for (let channel = 0; channel < channels; channel++) {
      const from = samples[channel] as Int32Array;
      for (let byte = 0; byte < width; byte++)
        for (let i = 0, at = channel * width + byte; i < size; i++, at += channels * width)
          bytes[at] = (from[i] as number) >> (8 * byte);
    }
    this.hash.update(bytes.subarray(0, length));
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

/** Where an ID3v2 tag ends that stands before everything; 0 without one. Some programs write several. */
function tagEnd(bytes: Uint8Array): number {
  let at = 0;
  while (ascii(bytes, at, 3) === 'ID3' && at + 10 <= bytes.length) {
    // 7 bits in each byte, without head and foot.
    const size = bytes.subarray(at + 6, at + 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
    at += 10 + size + (((bytes[at + 5] as number) & 0x10) > 0 ? 10 : 0);
  }
  return at;
}

/** Before an ID3v1 tag, which some programs put after everything. */
function endOfFrames(bytes: Uint8Array): number {
  return ascii(bytes, bytes.length - 128, 3) === 'TAG' ? bytes.length - 128 : bytes.length;
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return at < 0 ? '' : String.fromCharCode(...bytes.subarray(at, at + length));
}

function problemOf(file: string): SoundProblem {
  return problemIn(file, t('Download, copy or save it again.'));
}

function tooLong(at: number, values: number, problem: SoundProblem): DataError {
  return problem(
    at,
    t('it has {0} samples in all channels; {1} can be held in memory', formatCount(values), formatCount(MAX_VALUES)),
    t('Cut it into shorter sounds.'),
  );
}

function notFlac(bytes: Uint8Array, start: number, problem: SoundProblem): DataError {
  if (bytes.length === 0) return problem(0, t('it is empty'));
  if (start >= bytes.length) return problem(0, t('it is cut off in its ID3 tag'));
  if (ascii(bytes, start, 4) === 'OggS')
    return problem(start, t('it is an Ogg file, which is not read'), t('Convert it to FLAC without Ogg, or to WAV.'));
  const found = Buffer.from(bytes.subarray(start, start + 4)).toString('hex');
  return problem(
    start,
    t('it is no FLAC file: there are the bytes {0} where "fLaC" should be', found),
    t('Convert it to FLAC or WAV.'),
  );
}
