/** PNG and JPEG files to pixels. */
import * as jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { constants, inflateSync } from 'node:zlib';
import type { ImageHeader } from './imageHeader.js';

const MAX_MEGAPIXELS = 100;
const MAX_DECODER_MEGABYTES = 1024;

/**
 * Writes the pixels of one image to `out` from `at` on: [height, width, channels], 0..255. Transparency is composed on
 * white; 16-bit channels keep their upper eight bits.
 * @param channels 1 takes the grey of a grey image
 * @throws Error with the reason, without the file's name
 */
export function decodeImage(
  bytes: Buffer,
  { type, width, height, interlaced }: ImageHeader,
  channels: 1 | 3,
  out: Uint8Array,
  at: number,
): void {
  if (width * height > MAX_MEGAPIXELS * 1e6) throw new Error(`it has more than ${MAX_MEGAPIXELS} million pixels`);
  const image = decode();
  if (image.width !== width || image.height !== height) throw new Error('it changed while it was read');
  const rgba = image.data;
  const pixels = width * height;
  for (let i = 0; i < pixels; i++) {
    const alpha = rgba[4 * i + 3] as number;
    for (let c = 0; c < channels; c++) {
      const value = rgba[4 * i + c] as number;
      out[at++] = alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }

  function decode(): { width: number; height: number; data: Uint8Array } {
    try {
      if (interlaced) checkUnpackedSize(bytes, width, height);
      return type === 'png' ? PNG.sync.read(bytes) : decodeJpeg(bytes);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`its ${type.toUpperCase()} data is damaged or cut off (${reason})`, { cause: error });
    }
  }
}

function decodeJpeg(bytes: Buffer): { width: number; height: number; data: Uint8Array } {
  return jpeg.decode(bytes, {
    useTArray: true,
    // A file that is cut off is refused all the same; strict decoding fails at grey images with restart markers.
    tolerantDecoding: true,
    maxResolutionInMP: MAX_MEGAPIXELS,
    maxMemoryUsageInMB: MAX_DECODER_MEGABYTES,
  });
}

/**
 * The PNG library unpacks interlaced images without a bound, so a small file could fill the memory: try first with
 * the size that the header allows (16 bits by 4 channels, and a filter byte for each line of each of seven passes).
 */
function checkUnpackedSize(bytes: Buffer, width: number, height: number): void {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  inflateSync(Buffer.concat(parts), {
    maxOutputLength: width * height * 8 + height * 14 + 1024,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
}
