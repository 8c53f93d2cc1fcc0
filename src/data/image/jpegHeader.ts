/** ITU-T T.81, annex B: segments from marker to marker until the frame header (SOF). */
import { t } from '../../protocol/l10n.js';
import { exifOrientation, uprightSize } from './exif.js';
import type { ImageHeader } from './header.js';
import { checkSize, need } from './limits.js';

const part = () => t('JPEG header');
/** Markers before the frame header: more than any program writes, so that a damaged file ends. */
const MAX_MARKERS = 1000;
const APP1 = 0xe1;
const END = 0xd9;
const SCAN = 0xda;

/** @throws CutOff, Error */
export function jpegHeader(bytes: Buffer): ImageHeader {
  let orientation: number | null = null;
  let at = 2;
  for (let i = 0; i < MAX_MARKERS; i++) {
    need(bytes, at + 4, part());
    if (bytes[at] !== 0xff) throw new Error(t('its {0} is damaged at byte {1}', part(), at));
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (marker === END || marker === SCAN) throw new Error(t('its JPEG data has no frame header'));
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (isFrame(marker)) return frame(bytes, at, end, orientation ?? 1);
    if (marker === APP1 && orientation === null) {
      need(bytes, Math.max(end, at + 10), part());
      if (bytes.toString('latin1', at + 4, at + 10) === 'Exif\0\0')
        orientation = exifOrientation(bytes.subarray(at + 10, end));
    }
    at = end;
  }
  throw new Error(t('its {0} does not end', part()));
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function frame(bytes: Buffer, at: number, end: number, orientation: number): ImageHeader {
  need(bytes, Math.max(end, at + 10), part());
  const marker = bytes[at + 1] as number;
  const bitDepth = bytes[at + 4] as number;
  const height = bytes.readUInt16BE(at + 5);
  const width = bytes.readUInt16BE(at + 7);
  const components = bytes[at + 9] as number;
  checkSize(width, height, part());
  // Table B.1: Huffman coded, sequential or progressive, is what files are made of.
  if (marker > 0xc2) throw new Error(t('it is a JPEG of a rare kind (frame type {0}): save it as PNG', marker - 0xc0));
  if (bitDepth !== 8) throw new Error(t('it is a JPEG with {0} bits a value, not 8: save it as PNG', bitDepth));
  if (components !== 1 && components !== 3 && components !== 4)
    throw new Error(t('its {0} says {1} colour components', part(), components));
  return {
    type: 'jpeg',
    ...uprightSize(width, height, orientation),
    channels: components === 1 ? 1 : 3,
    bitDepth,
    orientation,
    cmyk: components === 4,
    interlaced: marker === 0xc2,
  };
}
