/** PNG specification (W3C, third edition), 11.2.1 IHDR, 11.3.4.5 eXIf. */
import { t } from '../../protocol/l10n.js';
import { exifOrientation, uprightSize } from './exif.js';
import type { ImageHeader } from './header.js';
import { checkSize, need } from './limits.js';

const part = () => t('PNG header');
const SIGNATURE_BYTES = 8;
/** Length, name and checksum around a chunk's data. */
const CHUNK_BYTES = 12;
/** Allowed bit depths by colour type. */
const DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** An EXIF block counts where it stands before the pixels. @throws CutOff, Error */
export function pngHeader(bytes: Buffer): ImageHeader {
  need(bytes, 33, part());
  if (bytes.readUInt32BE(8) !== 13 || bytes.toString('latin1', 12, 16) !== 'IHDR')
    throw new Error(t('its {0} is damaged', part()));
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  checkSize(width, height, part());
  const [depth, colour, , , interlace] = bytes.subarray(24, 29) as Iterable<number> as [number, number, 0, 0, number];
  if (!DEPTHS[colour]?.includes(depth))
    throw new Error(t('its {0} is damaged (colour type {1} with {2} bits)', part(), colour, depth));
  const orientation = orientationBeforePixels(bytes);
  return {
    type: 'png',
    ...uprightSize(width, height, orientation),
    channels: colour === 0 || colour === 4 ? 1 : 3,
    bitDepth: colour === 3 ? 8 : depth,
    orientation,
    cmyk: false,
    interlaced: interlace === 1,
  };
}

function orientationBeforePixels(bytes: Buffer): number {
  for (let at = SIGNATURE_BYTES; ;) {
    need(bytes, at + 8, part());
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IDAT' || name === 'IEND') return 1;
    need(bytes, at + CHUNK_BYTES + length, part());
    if (name === 'eXIf') return exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += CHUNK_BYTES + length;
  }
}
