/** Writing WAV files of 16-bit PCM. */
import type { Sound } from './sound.js';

/** Values beyond -1..1 are cut off. */
export function encodeWav({ sampleRate, channels, data }: Sound): Buffer {
  const head = 44;
  const bytes = Buffer.alloc(head + 2 * data.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(2 * channels * sampleRate, 28);
  bytes.writeUInt16LE(2 * channels, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * data.length, 40);
  data.forEach((value, i) =>
    bytes.writeInt16LE(Math.max(-0x8000, Math.min(0x7fff, Math.round(0x8000 * value))), head + 2 * i),
  );
  return bytes;
}
