/** Windows bitmaps: BITMAPFILEHEADER and the BITMAPINFOHEADER family (Microsoft, Win32 documentation), OS/2's header. */
import { t } from '../../protocol/l10n.js';
import type { ImageHeader } from './header.js';
import { checkSize, need } from './limits.js';

export interface BmpHeader {
  shown: ImageHeader;
  /** Bits of a pixel: 1, 4 and 8 are indices of the palette. */
  bits: 1 | 4 | 8 | 16 | 24 | 32;
  compression: 'none' | 'rle8' | 'rle4';
  /** Rows stand from top to bottom. */
  topDown: boolean;
  /** First byte of the pixels. */
  start: number;
  /** RGB triples; empty when pixels are colours themselves. */
  palette: Uint8Array;
  /** Bits of red, green, blue and alpha in a pixel of 16 or 32 bits; alpha 0 when there is none. */
  masks: [red: number, green: number, blue: number, alpha: number];
}

const part = () => t('BMP header');
const CORE_BYTES = 12;
const INFO_BYTES = 40;
const [RGB, RLE8, RLE4, BITFIELDS, ALPHA_BITFIELDS] = [0, 1, 2, 3, 6];

/** @throws CutOff, Error */
export function bmpHeader(bytes: Buffer): BmpHeader {
  need(bytes, 18, part());
  const start = bytes.readUInt32LE(10);
  const length = bytes.readUInt32LE(14);
  if (length !== CORE_BYTES && (length < INFO_BYTES || length > 124))
    throw new Error(t('its {0} is damaged (its length is said to be {1})', part(), length));
  need(bytes, 14 + length, part());
  const core = length === CORE_BYTES;
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signedHeight = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const height = Math.abs(signedHeight);
  checkSize(width, height, part());
  const bits = bytes.readUInt16LE(core ? 24 : 28);
  if (bits !== 1 && bits !== 4 && bits !== 8 && bits !== 16 && bits !== 24 && bits !== 32)
    throw new Error(t('its {0} is damaged ({1} bits a pixel)', part(), bits));
  const code = core ? RGB : bytes.readUInt32LE(30);
  const masked = code === BITFIELDS || code === ALPHA_BITFIELDS;
  const known = code === RGB || (code === RLE8 && bits === 8) || (code === RLE4 && bits === 4);
  if (!known && !(masked && (bits === 16 || bits === 32)))
    throw new Error(
      t('it is a BMP of a rare kind (compression {0} with {1} bits a pixel): save it as PNG', code, bits),
    );
  const maskBytes = masked && length === INFO_BYTES ? (code === BITFIELDS ? 12 : 16) : 0;
  const palette = bits <= 8 ? readPalette(bytes, { at: 14 + length, start, bits, core }) : new Uint8Array(0);
  const masks = masked ? readMasks(bytes, length, maskBytes) : usualMasks(bits);
  return {
    shown: {
      type: 'bmp',
      width,
      height,
      channels: bits <= 8 && isGrey(palette) ? 1 : 3,
      bitDepth: 8,
      orientation: 1,
      cmyk: false,
      interlaced: false,
    },
    bits,
    compression: code === RLE8 ? 'rle8' : code === RLE4 ? 'rle4' : 'none',
    topDown: signedHeight < 0,
    start: Math.max(start, 14 + length + maskBytes),
    palette,
    masks,
  };
}

function readPalette(
  bytes: Buffer,
  { at, start, bits, core }: { at: number; start: number; bits: number; core: boolean },
): Uint8Array {
  const entry = core ? 3 : 4;
  const said = core ? 0 : bytes.readUInt32LE(46);
  const count = Math.min(said || 2 ** bits, 2 ** bits, Math.floor(Math.max(0, start - at) / entry));
  if (count === 0) throw new Error(t('its {0} is damaged (it has no palette)', part()));
  need(bytes, at + count * entry, part());
  const palette = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[at + entry * i + 2 - c] as number;
  return palette;
}

function readMasks(bytes: Buffer, length: number, maskBytes: number): BmpHeader['masks'] {
  need(bytes, 14 + INFO_BYTES + Math.max(maskBytes, 12), part());
  const mask = (i: number): number => bytes.readUInt32LE(14 + INFO_BYTES + 4 * i);
  const masks: BmpHeader['masks'] = [mask(0), mask(1), mask(2), maskBytes === 16 || length >= 56 ? mask(3) : 0];
  if (masks.slice(0, 3).some((value) => value === 0) || masks.some((value) => !isContiguous(value)))
    throw new Error(
      t('its {0} is damaged (its colour masks are {1})', part(), masks.map((m) => m.toString(16)).join(', ')),
    );
  return masks;
}

function isContiguous(mask: number): boolean {
  return /^1*0*$/.test(mask === 0 ? '' : mask.toString(2));
}

function usualMasks(bits: number): BmpHeader['masks'] {
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

function isGrey(palette: Uint8Array): boolean {
  for (let i = 0; i < palette.length; i += 3)
    if (palette[i] !== palette[i + 1] || palette[i] !== palette[i + 2]) return false;
  return true;
}
