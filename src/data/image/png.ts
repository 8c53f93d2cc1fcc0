import { constants, inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { uprightSize } from './exif.js';
import type { ImageHeader } from './header.js';
import type { Pixels } from './pixels.js';
import { pngRawBytes } from './pngHeader.js';

/** Deflate's best ratio (zlib's technical details). */
const MAX_RATIO = 1032;

/** PNG of all kinds; of 16 bits the upper eight are kept. @throws Error with the library's reason */
export function decodePng(bytes: Buffer, header: ImageHeader): Pixels {
  const { width, height } = uprightSize(header.width, header.height, header.orientation);
  if (pngRawBytes(bytes) > bytes.length * MAX_RATIO) throw new Error(`it is too short for ${width} × ${height}`);
  if (header.interlaced) checkUnpackedSize(bytes, pngRawBytes(bytes) + 14 * height + 1024);
  // Sixteen bits come as they are: the library would round them to eight.
  const { data } = PNG.sync.read(bytes, { skipRescale: header.bitDepth === 16 });
  return { width, height, channels: 4, data: header.bitDepth === 16 ? upperBytes(data) : data };
}

function upperBytes(values: Uint8Array | Uint16Array): Uint8Array {
  return Uint8Array.from(values, (value) => value >> 8);
}

/**
 * The library unpacks interlaced images without a bound, so a small file could fill the memory: try first with the size
 * that the header allows.
 */
function checkUnpackedSize(bytes: Buffer, maxOutputLength: number): void {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  inflateSync(Buffer.concat(parts), { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
}
