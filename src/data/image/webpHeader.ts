/** RFC 9649 (WebP Image Format), sections 2.3 to 2.7; RFC 6386 (VP8), section 9.1. */
import { t } from '../../protocol/l10n.js';
import { exifOrientation, uprightSize } from './exif.js';
import type { ImageHeader } from './header.js';
import { checkSize, need } from './limits.js';

const part = () => t('WebP header');
const ANIMATION = 0x02;
const EXIF = 0x08;

/** @throws CutOff (also where an EXIF block is announced, which stands behind the pixels), Error */
export function webpHeader(bytes: Buffer): ImageHeader {
  need(bytes, 25, part());
  const { width, height, orientation } = size(bytes);
  checkSize(width, height, part());
  return {
    type: 'webp',
    ...uprightSize(width, height, orientation),
    channels: 3,
    bitDepth: 8,
    orientation,
    cmyk: false,
    interlaced: false,
  };
}

function size(bytes: Buffer): { width: number; height: number; orientation: number } {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      need(bytes, 30, part());
      if (bytes.readUIntBE(23, 3) !== 0x9d012a) break;
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff, orientation: 1 };
    case 'VP8L': {
      if (bytes[20] !== 0x2f) break;
      const packed = bytes.readUInt32LE(21);
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1, orientation: 1 };
    }
    case 'VP8X': {
      need(bytes, 30, part());
      const flags = bytes[20] as number;
      if (flags & ANIMATION) throw new Error(t('it is an animated WebP, which is not read: save one picture of it'));
      const orientation = flags & EXIF ? orientationOf(bytes) : 1;
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1, orientation };
    }
  }
  throw new Error(t('its {0} is damaged', part()));
}

function orientationOf(bytes: Buffer): number {
  const end = 8 + bytes.readUInt32LE(4);
  for (let at = 12; at + 8 <= end;) {
    need(bytes, at + 8, part());
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at, at + 4) === 'EXIF') {
      need(bytes, at + 8 + length, part());
      return exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    }
    at += 8 + length + (length & 1);
  }
  return 1;
}
