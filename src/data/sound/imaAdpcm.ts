/**
 * IMA ADPCM in WAV: IMA Digital Audio Focus and Technical Working Groups 1992, "Recommended Practices for Enhancing
 * Digital Audio Compatibility in Multimedia Systems", in the blocks of Microsoft's "New Multimedia Data Types".
 */
import { t } from '../../protocol/l10n.js';
import type { SoundProblem } from './problem.js';
import type { WavHeader } from './wav.js';
import type { WavFormat } from './wavFormat.js';

const steps = Int32Array.of(
  ...[7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107],
  ...[118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876],
  ...[963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358],
  ...[5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086],
  ...[29794, 32767],
);
/** How a code changes the step's index. */
const indexSteps = Int32Array.of(-1, -1, -1, -1, 2, 4, 6, 8, -1, -1, -1, -1, 2, 4, 6, 8);

/** Frames in so many bytes; the last block may be short. */
export function imaFrames(bytes: number, { channels, blockAlign, framesPerBlock }: WavFormat): number {
  const words = Math.floor((bytes % blockAlign) / (4 * channels));
  return Math.floor(bytes / blockAlign) * framesPerBlock + (words === 0 ? 0 : 1 + 8 * (words - 1));
}

/** [frames, channels]. @throws DataError when the head of a block is damaged */
export function decodeImaAdpcm(bytes: Uint8Array, header: WavHeader, problem: SoundProblem): Float32Array {
  const { channels, frames, blockAlign, framesPerBlock, dataStart } = header;
  const data = new Float32Array(frames * channels);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let first = 0, block = dataStart; first < frames; first += framesPerBlock, block += blockAlign)
    for (let channel = 0; channel < channels; channel++) {
      const head = block + 4 * channel;
      let value = view.getInt16(head, true);
      let index = view.getUint8(head + 2);
      if (index >= steps.length)
        throw problem(
          head + 2,
          t('a block of IMA ADPCM begins with step {0}; there are 0 to {1}', index, steps.length - 1),
        );
      const count = Math.min(framesPerBlock, frames - first);
      data[first * channels + channel] = value / 0x8000;
      for (let i = 1; i < count; i++) {
        const sample = i - 1;
        const at = head + 4 * channels * (1 + (sample >> 3)) + ((sample & 7) >> 1);
        const code = (view.getUint8(at) >> (4 * (sample & 1))) & 0x0f;
        const step = steps[index] as number;
        let change = step >> 3;
        if (code & 1) change += step >> 2;
        if (code & 2) change += step >> 1;
        if (code & 4) change += step;
        value = Math.max(-0x8000, Math.min(0x7fff, code & 8 ? value - change : value + change));
        index = Math.max(0, Math.min(steps.length - 1, index + (indexSteps[code] as number)));
        data[(first + i) * channels + channel] = value / 0x8000;
      }
    }
  return data;
}
