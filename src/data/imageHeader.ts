/** Size and colour of PNG and JPEG files from their headers, without decoding them. */
import { promises as fs } from 'node:fs';

export interface ImageHeader {
  type: 'png' | 'jpeg';
  width: number;
  height: number;
  /** Stored with one colour channel. */
  grey: boolean;
  interlaced: boolean;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const START_BYTES = 4096;
/** Markers before the frame header: more than any program writes, so that a damaged file ends. */
const MAX_MARKERS = 1000;

/**
 * By its content, whatever its name. Reads a few kilobytes: a JPEG's frame header may stand behind large comments,
 * which are skipped.
 * @throws Error with the reason, without the file's name, when it is neither or its header is damaged; errors of the
 * file system as they are
 */
export async function readImageHeader(file: string): Promise<ImageHeader> {
  const handle = await fs.open(file, 'r');
  try {
    const buffer = Buffer.alloc(START_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, START_BYTES, 0);
    const start = buffer.subarray(0, bytesRead);
    if (start.length === 0) throw new Error('it is empty (0 bytes)');
    if (start.subarray(0, 8).equals(PNG_SIGNATURE)) return pngHeader(start);
    if (start[0] === 0xff && start[1] === 0xd8) return await jpegHeader(handle, start);
    throw new Error('it is neither PNG nor JPEG: its first bytes are ' + start.subarray(0, 4).toString('hex'));
  } finally {
    await handle.close();
  }
}

/** PNG specification (W3C, third edition), 11.2.1 IHDR. */
function pngHeader(start: Buffer): ImageHeader {
  if (start.length < 33 || start.toString('latin1', 12, 16) !== 'IHDR') throw new Error('its PNG header is cut off');
  const width = start.readUInt32BE(16);
  const height = start.readUInt32BE(20);
  if (width === 0 || height === 0) throw new Error(`its PNG header says ${width} × ${height}`);
  const colour = start[25];
  return { type: 'png', width, height, grey: colour === 0 || colour === 4, interlaced: start[28] === 1 };
}

/** ITU-T T.81, annex B: segments from marker to marker until the frame header (SOF). */
async function jpegHeader(handle: fs.FileHandle, start: Buffer): Promise<ImageHeader> {
  let position = 2;
  for (let i = 0; i < MAX_MARKERS; i++) {
    const segment = await segmentAt(handle, start, position);
    if (segment.length < 4 || segment[0] !== 0xff) throw new Error('its JPEG header is cut off or damaged');
    const marker = segment[1] ?? 0;
    if (marker === 0xff) {
      position += 1; // fill byte
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) throw new Error('its JPEG data has no frame header');
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      if (segment.length < 10) throw new Error('its JPEG header is cut off');
      const height = segment.readUInt16BE(5);
      const width = segment.readUInt16BE(7);
      if (width === 0 || height === 0) throw new Error(`its JPEG header says ${width} × ${height}`);
      return { type: 'jpeg', width, height, grey: segment[9] === 1, interlaced: false };
    }
    position += 2 + segment.readUInt16BE(2);
  }
  throw new Error('its JPEG header does not end');
}

async function segmentAt(handle: fs.FileHandle, start: Buffer, position: number): Promise<Buffer> {
  if (position + 10 <= start.length) return start.subarray(position, position + 10);
  const buffer = Buffer.alloc(10);
  const { bytesRead } = await handle.read(buffer, 0, 10, position);
  return buffer.subarray(0, bytesRead);
}
