/** Sound files by their content, whatever their names. */
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
  return readWavHeader(bytes, file);
}

/** @throws DataError */
export function decodeSound(bytes: Uint8Array, file: string): Sound {
  return decodeWav(bytes, file);
}
