/** Netpbm's PBM, PGM and PPM: see pnmHeader.ts. Of several images in a file the first is read. */
import { t } from '../../protocol/l10n.js';
import { pnmHeader, type PnmHeader } from './pnmHeader.js';
import type { Pixels } from './pixels.js';

/** @throws Error when there are fewer bytes than pixels, or what is no number among them */
export function decodePnm(bytes: Buffer): Pixels {
  const header = pnmHeader(bytes);
  const { width, height, channels } = header.shown;
  const values = width * height * channels;
  checkLength(bytes, header, values);
  const data = new Uint8Array(values);
  if (header.kind === 1) readBits(bytes, header, data);
  else if (header.kind <= 3) readWords(bytes, header, data);
  else if (header.kind === 4) unpackBits(bytes, header, data);
  else {
    const level = levels(header.max);
    const { start } = header;
    if (header.max < 256) for (let i = 0; i < values; i++) data[i] = level[bytes[start + i] as number] as number;
    else for (let i = 0; i < values; i++) data[i] = level[bytes.readUInt16BE(start + 2 * i)] as number;
  }
  return { width, height, channels, data };
}

function checkLength(bytes: Buffer, { kind, max, start, shown }: PnmHeader, values: number): void {
  // In words a value takes a digit at least, and a space from the next one.
  const least =
    kind === 1
      ? values
      : kind <= 3
        ? 2 * values - 1
        : kind === 4
          ? Math.ceil(shown.width / 8) * shown.height
          : values * (max > 255 ? 2 : 1);
  if (bytes.length < start + least)
    throw new Error(
      kind <= 3
        ? t('it should have at least {0} bytes and has {1}', start + least, bytes.length)
        : t('it should have {0} bytes and has {1}', start + least, bytes.length),
    );
}

/** 0..255 for each stored value, halves rounded to even as Pillow does; beyond the largest value it is white. */
function levels(max: number): Uint8Array {
  return Uint8Array.from({ length: max < 256 ? 256 : 65_536 }, (_, value) => {
    const exact = Math.min(255, (value / max) * 255);
    const low = Math.floor(exact);
    return exact - low === 0.5 ? low + (low % 2) : Math.round(exact);
  });
}

/** 1 is black. */
function unpackBits(bytes: Buffer, { start, shown }: PnmHeader, data: Uint8Array): void {
  const row = Math.ceil(shown.width / 8);
  for (let y = 0, to = 0; y < shown.height; y++)
    for (let x = 0; x < shown.width; x++)
      data[to++] = ((bytes[start + y * row + (x >> 3)] as number) >> (7 - (x & 7))) & 1 ? 0 : 255;
}

/** Digits 0 and 1, also without spaces between them. */
function readBits(bytes: Buffer, { start }: PnmHeader, data: Uint8Array): void {
  let at = start;
  for (let i = 0; i < data.length; i++) {
    at = skipSpace(bytes, at);
    const digit = bytes[at++];
    if (digit !== 0x30 && digit !== 0x31) throw damaged(bytes, at - 1);
    data[i] = digit === 0x31 ? 0 : 255;
  }
}

function readWords(bytes: Buffer, { start, max }: PnmHeader, data: Uint8Array): void {
  const level = levels(max);
  let at = start;
  for (let i = 0; i < data.length; i++) {
    const from = (at = skipSpace(bytes, at));
    let value = 0;
    for (let byte = bytes[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39 && value <= max; byte = bytes[++at])
      value = 10 * value + byte - 0x30;
    if (value > max) throw new Error(t('the value at byte {0} is larger than {1}', from, max));
    if (at === from || !/^[\s#]?$/.test(bytes.toString('latin1', at, at + 1))) throw damaged(bytes, at);
    data[i] = level[value] as number;
  }
}

/** The next byte that is neither white space nor a comment. */
function skipSpace(bytes: Buffer, at: number): number {
  for (;;) {
    const byte = bytes[at];
    if (byte === 0x23) {
      const end = bytes.indexOf(0x0a, at);
      at = end < 0 ? bytes.length : end;
    } else if (byte !== 0x20 && (byte === undefined || byte < 0x09 || byte > 0x0d)) return at;
    else at++;
  }
}

function damaged(bytes: Buffer, at: number): Error {
  return new Error(at >= bytes.length ? t('its pixels end too early') : t('what stands at byte {0} is no number', at));
}
