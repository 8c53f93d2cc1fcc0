/** Size, colour and orientation of image files from their first bytes, without decoding them. */
import { promises as fs } from 'node:fs';
import { t } from '../../protocol/l10n.js';
import { bmpHeader } from './bmpHeader.js';
import { jpegHeader } from './jpegHeader.js';
import { CutOff } from './limits.js';
import { pngHeader } from './pngHeader.js';
import { pnmHeader } from './pnmHeader.js';
import { webpHeader } from './webpHeader.js';

export interface ImageHeader {
  type: 'png' | 'jpeg' | 'webp' | 'bmp' | 'pnm';
  /** Size as the image is shown: upright, after {@link orientation} is applied. */
  width: number;
  height: number;
  /** 1: stored as grey, with or without transparency. */
  channels: 1 | 3;
  /** Bits of one stored value; of a palette's colours, not of its indices. */
  bitDepth: number;
  /** EXIF orientation, 1 (as stored) .. 8: which way the stored image is turned and mirrored. */
  orientation: number;
  cmyk: boolean;
  /** Interlaced PNG or progressive JPEG. */
  interlaced: boolean;
}

/** Covers the EXIF block of most photos, which stands before their size. */
const START_BYTES = 16_384;

/**
 * By its content, whatever its name.
 * @param bytes the file, or its beginning
 * @throws CutOff when the bytes end before the header does; Error with the reason, without the file's name, when it is
 * no image of a known type or its header is damaged
 */
export function readHeader(bytes: Buffer): ImageHeader {
  if (bytes.length === 0) throw new Error(t('it is empty (0 bytes)'));
  const starts = (text: string, at = 0): boolean => bytes.toString('latin1', at, at + text.length) === text;
  if (starts('\x89PNG\r\n\x1a\n')) return pngHeader(bytes);
  if (starts('\xff\xd8')) return jpegHeader(bytes);
  if (starts('RIFF') && starts('WEBP', 8)) return webpHeader(bytes);
  if (starts('BM')) return bmpHeader(bytes).shown;
  if (/^P[1-6]$/.test(bytes.toString('latin1', 0, 2))) return pnmHeader(bytes).shown;
  if (starts('GIF8')) throw new Error(t('it is a GIF image, which is not read: save it as PNG'));
  throw new Error(
    t('it is neither PNG nor JPEG, WebP, BMP, PGM, PPM or PBM: its first bytes are {0}', bytes.toString('hex', 0, 4)),
  );
}

/**
 * The header of a file, of which no more is read than needed: 16 KiB mostly; more where an EXIF block, a colour profile
 * or comments are long, and a WebP file that has an EXIF block up to that.
 * @throws like {@link readHeader}; errors of the file system as they are
 */
export async function readImageHeader(file: string): Promise<ImageHeader> {
  const handle = await fs.open(file, 'r');
  try {
    const { size } = await handle.stat();
    for (let length = START_BYTES; ;) {
      const bytes = Buffer.alloc(Math.min(length, size));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      try {
        return readHeader(bytes.subarray(0, bytesRead));
      } catch (error) {
        if (!(error instanceof CutOff) || error.needed > size || bytesRead < bytes.length) throw error;
        length = Math.max(error.needed, 2 * length);
      }
    }
  } finally {
    await handle.close();
  }
}
