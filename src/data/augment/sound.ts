/** Spectrograms: SpecAugment's masks (Park et al. 2019), without its warping, then shift, gain and noise. */
import type { RandomStream } from '../../protocol/random.js';
import type { SoundAugmentation } from '../../recipe/augmentation.js';
import { addNoise, clamped, signed, type Augmenter } from './augmenter.js';

/** @param shape [frames, bands, 1], values 0 (silence) to 1 (the loudest) */
export function soundAugmenter(
  shape: readonly number[],
  { timeMask, frequencyMask, shift, gain, noise }: SoundAugmentation,
): Augmenter {
  const [frames, bands] = shape as [number, number];
  return {
    mixes: false,
    apply(random, sound, _, out) {
      const by = shift > 0 ? Math.round(signed(random) * shift * frames) : 0;
      if (by === 0) out.set(sound);
      else {
        out.fill(0);
        if (by > 0) out.set(sound.subarray(0, (frames - by) * bands), by * bands);
        else out.set(sound.subarray(-by * bands));
      }
      if (gain > 0) {
        const louder = gain * signed(random);
        for (let i = 0; i < out.length; i++) out[i] = clamped((out[i] as number) + louder);
      }
      addNoise(out, noise, true, random);
      const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
      const [start, end] = stretch(random, frames, timeMask);
      out.fill(mean, start * bands, end * bands);
      const [low, high] = stretch(random, bands, frequencyMask);
      for (let frame = 0; frame < frames; frame++) out.fill(mean, frame * bands + low, frame * bands + high);
    },
  };
}

/** Of `count` neighbours, some: at most that part of all. */
function stretch(random: RandomStream, count: number, most: number): [start: number, end: number] {
  if (most === 0) return [0, 0];
  const length = random.integer(Math.floor(most * count) + 1);
  const start = random.integer(count - length + 1);
  return [start, start + length];
}
