/** From bytes to text as a stream: UTF-8, and UTF-16 by its byte order mark or by its zero bytes. */
import { Buffer, isUtf8 } from 'node:buffer';
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface DecodeOptions {
  /** Detected from the first bytes when it is not given. */
  encoding?: Encoding | undefined;
  /** What is no text in the encoding, and NUL: an error (the default), or U+FFFD in its place. */
  invalid?: 'error' | 'replace' | undefined;
}

/** How many bytes the encoding is told from. */
const SAMPLE_BYTES = 4096;
/** Fewer pairs of bytes do not show that a text without a mark is UTF-16. */
const LEAST_PAIRS = 8;

/**
 * The same text as UTF-8 without byte order mark, in pieces that are cut between characters. UTF-8 passes through
 * uncopied, so a file is never held as a whole.
 * @param file for messages
 * @throws DataError with the byte's position in the file where it is no text
 */
export async function* utf8Chunks(
  source: AsyncIterable<Uint8Array>,
  file: string,
  options: DecodeOptions = {},
): AsyncGenerator<Uint8Array> {
  let decoder: Decoder | null = null;
  let start: Uint8Array = new Uint8Array(0);
  for await (const chunk of source) {
    if (decoder === null) {
      start = joined(start, chunk);
      if (start.length < SAMPLE_BYTES) continue;
      decoder = decoderOf(start, file, options);
      yield* decoder.decode(start.subarray(decoder.offset), false);
    } else {
      yield* decoder.decode(chunk, false);
    }
  }
  if (decoder === null) {
    decoder = decoderOf(start, file, options);
    yield* decoder.decode(start.subarray(decoder.offset), true);
  } else {
    yield* decoder.decode(new Uint8Array(0), true);
  }
}

/** As {@link utf8Chunks}, as strings; no character is cut in two. */
export async function* decodeText(
  source: AsyncIterable<Uint8Array>,
  file: string,
  options: DecodeOptions = {},
): AsyncGenerator<string> {
  for await (const chunk of utf8Chunks(source, file, options)) yield asBuffer(chunk).toString('utf8');
}

/**
 * The encoding that a text's first bytes speak of, and the length of its byte order mark. Without a mark it is UTF-16
 * when every second byte is often zero, as in Latin text, and the others are not; else UTF-8.
 */
export function detectEncoding(start: Uint8Array): { encoding: Encoding; mark: number } {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (start[0] === 0xff && start[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (start[0] === 0xfe && start[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  const pairs = Math.min(start.length, SAMPLE_BYTES) >> 1;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < pairs; i++) {
    if (start[2 * i] === 0) even++;
    if (start[2 * i + 1] === 0) odd++;
  }
  if (pairs < LEAST_PAIRS) return { encoding: 'utf-8', mark: 0 };
  if (odd > 0.3 * pairs && even < odd / 4) return { encoding: 'utf-16le', mark: 0 };
  if (even > 0.3 * pairs && odd < even / 4) return { encoding: 'utf-16be', mark: 0 };
  return { encoding: 'utf-8', mark: 0 };
}

interface Decoder {
  /** Bytes of the file before what {@link decode} is given next. */
  offset: number;
  decode(chunk: Uint8Array, last: boolean): Iterable<Uint8Array>;
}

function decoderOf(start: Uint8Array, file: string, { encoding, invalid = 'error' }: DecodeOptions): Decoder {
  const found = detectEncoding(start);
  const used = encoding ?? found.encoding;
  const mark = used === found.encoding ? found.mark : 0;
  return used === 'utf-8'
    ? new Utf8Decoder(file, mark, invalid === 'replace')
    : new Utf16Decoder(file, mark, invalid === 'replace', used);
}

class Utf8Decoder implements Decoder {
  private rest: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly file: string,
    public offset: number,
    private readonly replace: boolean,
  ) {}

  *decode(chunk: Uint8Array, last: boolean): Iterable<Uint8Array> {
    const bytes = joined(this.rest, chunk);
    const length = last ? bytes.length : completeLength(bytes);
    const complete = bytes.subarray(0, length);
    this.rest = new Uint8Array(bytes.subarray(length));
    if (length > 0) yield this.checked(complete);
    this.offset += length;
  }

  private checked(bytes: Uint8Array): Uint8Array {
    const zero = bytes.indexOf(0);
    const valid = isUtf8(bytes);
    if (valid && zero < 0) return bytes;
    if (this.replace) return Buffer.from(asBuffer(bytes).toString('utf8').replaceAll('\0', '\ufffd'));
    const wrong = valid ? bytes.length : firstInvalid(bytes);
    if (zero >= 0 && zero < wrong) throw zeroError(this.file, this.offset + zero);
    const value = (bytes[wrong] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    throw new DataError(
      t(
        '{0} is no UTF-8 text: byte {1} ({2}) cannot stand there.',
        path.basename(this.file),
        formatCount(this.offset + wrong),
        `0x${value}`,
      ),
      this.file,
      t('Save it as UTF-8 (in most editors: Save with Encoding).'),
    );
  }
}

class Utf16Decoder implements Decoder {
  private rest: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly file: string,
    public offset: number,
    private readonly replace: boolean,
    private readonly encoding: 'utf-16le' | 'utf-16be',
  ) {}

  *decode(chunk: Uint8Array, last: boolean): Iterable<Uint8Array> {
    const bytes = joined(this.rest, chunk);
    let length = bytes.length & ~1;
    // The first half of a pair of surrogates waits for the second.
    const high = bytes[length - (this.encoding === 'utf-16le' ? 1 : 2)];
    if (!last && high !== undefined && length > 0 && (high & 0xfc) === 0xd8) length -= 2;
    this.rest = new Uint8Array(bytes.subarray(length));
    if (length > 0) {
      const units = Buffer.from(bytes.subarray(0, length));
      const text = this.checked((this.encoding === 'utf-16le' ? units : units.swap16()).toString('utf16le'));
      this.offset += length;
      yield Buffer.from(text);
    }
    if (!last || this.rest.length === 0) return;
    if (this.replace) yield Buffer.from('\ufffd');
    else
      throw new DataError(
        t(
          '{0} is cut off: its UTF-16 text ends in half a character at byte {1}.',
          path.basename(this.file),
          formatCount(this.offset),
        ),
        this.file,
        t('Download or copy it again, or save it as UTF-8.'),
      );
  }

  private checked(text: string): string {
    if (this.replace) return text.replace(/\p{Surrogate}|\0/gu, '\ufffd');
    const wrong = text.search(/\p{Surrogate}|\0/u);
    if (wrong < 0) return text;
    const offset = this.offset + 2 * wrong;
    if (text.charCodeAt(wrong) === 0) throw zeroError(this.file, offset);
    throw new DataError(
      t(
        '{0} is no UTF-16 text: at byte {1} stands half of a surrogate pair.',
        path.basename(this.file),
        formatCount(offset),
      ),
      this.file,
      t('Save it as UTF-8.'),
    );
  }
}

function zeroError(file: string, offset: number): DataError {
  return new DataError(
    t('{0} is no text: byte {1} is zero (NUL).', path.basename(file), formatCount(offset)),
    file,
    t('Choose a text file; this one is binary, damaged, or UTF-16 without a byte order mark.'),
  );
}

/** Length without a character that is cut off at the end. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Position of the first byte that is not well-formed UTF-8 (The Unicode Standard, table 3-7); the length if all is. */
function firstInvalid(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const lead = bytes[i] as number;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead <= 0xf4 ? 4 : 0;
    if (length === 0 || lead < 0xc2) return i;
    const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    const second = bytes[i + 1] ?? 0;
    if (second < least || second > most) return i;
    for (let k = 2; k < length; k++) if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) return i;
    i += length;
  }
  return i;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
