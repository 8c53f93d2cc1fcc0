/** Image files to pixels. */
import { t } from '../../protocol/l10n.js';
import { decodeBmp } from './bmp.js';
import { applyOrientation } from './exif.js';
import { readHeader, type ImageHeader } from './header.js';
import { decodeJpeg } from './jpeg.js';
import { toChannels, type Pixels } from './pixels.js';
import { decodePng } from './png.js';
import { decodePnm } from './pnm.js';
import { decodeWebp } from './webp.js';

/** [height, width, channels], 0..255. */
export interface DecodedImage {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}

export interface DecodeOptions {
  /** "auto": 1 for what is stored as grey, else 3. */
  channels: 1 | 3 | 'auto';
}

const decoders: Record<ImageHeader['type'], (bytes: Buffer, header: ImageHeader) => Pixels> = {
  png: decodePng,
  jpeg: decodeJpeg,
  webp: decodeWebp,
  bmp: decodeBmp,
  pnm: decodePnm,
};

/**
 * Upright by its EXIF orientation, transparency composed on white, 16 bits by their upper eight (PNM: scaled), CMYK
 * without its colour profile, grey from colour by ITU-R BT.601's luma. The values are Pillow's.
 * @throws Error with the reason, without the file's name
 */
export function decodeImage(bytes: Buffer, options: DecodeOptions): DecodedImage {
  const header = readHeader(bytes);
  const channels = options.channels === 'auto' ? header.channels : options.channels;
  const pixels = decodeStored(bytes, header);
  const data = applyOrientation(
    toChannels(pixels, channels),
    pixels.width,
    pixels.height,
    channels,
    header.orientation,
  );
  return { width: header.width, height: header.height, channels, data };
}

function decodeStored(bytes: Buffer, header: ImageHeader): Pixels {
  try {
    return decoders[header.type](bytes, header);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(t('its {0} data is damaged or cut off ({1})', header.type.toUpperCase(), reason), { cause: error });
  }
}
