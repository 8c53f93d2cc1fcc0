/** Sound files by their content, whatever their names. */
import { decodeFlac, flacFrames, isFlac, readFlacHeader } from './flac.js';
import type { Sound } from './sound.js';
import { decodeWav, readWavHeader } from './wav.js';

export interface SoundHeader {
  /** In Hz. */
  sampleRate: number;
  channels: number;
  /** Samples at one moment, one for each channel. */
  frames: number;
}

/** @param bytes the whole file @throws DataError when it is no sound that is read here, or cut off */
export function readSoundHeader(bytes: Uint8Array, file: string): SoundHeader {
  if (!looksLikeFlac(bytes, file)) return readWavHeader(bytes, file);
  const header = readFlacHeader(bytes, file);
  const { sampleRate, channels } = header;
  return { sampleRate, channels, frames: flacFrames(header, bytes, file) };
}

/** @throws DataError */
export function decodeSound(bytes: Uint8Array, file: string): Sound {
  return looksLikeFlac(bytes, file) ? decodeFlac(bytes, file) : decodeWav(bytes, file);
}

/** What is neither is told by the reader that its name promises. */
function looksLikeFlac(bytes: Uint8Array, file: string): boolean {
  const isRiff = bytes[0] === 0x52; // "R"
  return isFlac(bytes) || (/\.flac$/i.test(file) && !isRiff);
}
