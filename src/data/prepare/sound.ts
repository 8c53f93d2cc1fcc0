/** Sounds of any rate and length to log-mel spectrograms of one size. */
import { grouped, t } from '../../protocol/l10n.js';
import type { SoundOptions } from '../../recipe/recipe.js';
import { decodeSound } from '../sound/decode.js';
import { LogMel } from '../sound/logMel.js';
import { Resampler } from '../sound/resample.js';
import { mixToMono } from '../sound/sound.js';
import type { SoundCollection } from '../soundFolder.js';
import type { Plan, Preparation, Preparer } from './preparation.js';

export interface SoundPreparation extends Preparation {
  kind: 'sound';
  /** [frames, mels, 1], in decibels below the sound's loudest. */
  shape: [number, number, 1];
  range: [number, 0];
  /** In Hz; sounds of another rate are resampled. */
  sampleRate: number;
  /** Of each sound, at this rate; longer ones are cut off, shorter ones followed by silence. */
  samples: number;
  fftSize: number;
  hopLength: number;
  /** Ends of the mel filters, in Hz. */
  fmin: number;
  fmax: number;
}

/** Decibels below the loudest that are told apart; librosa's top_db. */
const RANGE_DB = 80;
/** Seconds of one transform, by default: the rule of thumb for speech is 20 to 40 ms. */
const WINDOW_SECONDS = 0.025;
/** Of all sounds, so many are not cut off by default. */
const WHOLE_SHARE = 0.95;

export const sound: Preparer<'sound', SoundPreparation> = {
  kind: 'sound',
  typeOf: () => 'float32',
  parallel: true,

  plan(collection, { sound: options }): Plan<SoundPreparation> {
    const { sampleRates, seconds } = collection as SoundCollection;
    const sampleRate = options.sampleRate ?? mostFrequent(sampleRates);
    const length = options.seconds ?? usualLength(seconds);
    const samples = Math.max(1, Math.round(length * sampleRate));
    const { fftSize, hopLength, fmax } = settings(options, sampleRate);
    const { mels, minFrequency: fmin } = options;
    const frames = new LogMel({ sampleRate, fftSize, hopLength, mels, fmin, fmax }).frames(samples);
    const cut = seconds.filter((one) => one > length + 0.5 / sampleRate).length;
    const resampled = sampleRates.filter((rate) => rate !== sampleRate).length;
    const notes: string[] = [];
    if (cut > 0)
      notes.push(
        t(
          '{0} of {1} sounds are longer than {2} s and are cut off there ("sound": "seconds" in the recipe’s data changes it).',
          grouped(cut),
          grouped(seconds.length),
          length,
        ),
      );
    if (resampled > 0)
      notes.push(
        t('{0} of {1} sounds are resampled to {2} Hz.', grouped(resampled), grouped(seconds.length), sampleRate),
      );
    return {
      preparation: {
        kind: 'sound',
        shape: [frames, mels, 1],
        range: [-RANGE_DB, 0],
        sampleRate,
        samples,
        fftSize,
        hopLength,
        fmin,
        fmax,
      },
      notes,
    };
  },

  /** Gives [frames, mels]. */
  open({ sampleRate, samples: length, fftSize, hopLength, fmin, fmax, shape: [, mels] }) {
    // Filters and windows take longer to make than a sound to pass through them.
    const spectrogram = new LogMel({ sampleRate, fftSize, hopLength, fmin, fmax, mels, ref: 'max', topDb: RANGE_DB });
    const resamplers = new Map<number, Resampler>();
    return (bytes, name) => {
      const decoded = decodeSound(bytes, name);
      let resampler = resamplers.get(decoded.sampleRate);
      if (!resampler) resamplers.set(decoded.sampleRate, (resampler = new Resampler(decoded.sampleRate, sampleRate)));
      const samples = new Float32Array(length);
      samples.set(resampler.run(mixToMono(decoded)).subarray(0, length));
      return spectrogram.compute(samples);
    };
  },
};

/** What the recipe leaves open, by the sampling rate: a transform of a power of two, frames that overlap by half. */
function settings(
  { fftSize, hopLength, maxFrequency }: SoundOptions,
  sampleRate: number,
): { fftSize: number; hopLength: number; fmax: number } {
  const size = fftSize ?? 2 ** Math.ceil(Math.log2(WINDOW_SECONDS * sampleRate));
  return { fftSize: size, hopLength: hopLength ?? size / 2, fmax: Math.min(maxFrequency ?? Infinity, sampleRate / 2) };
}

function mostFrequent(values: Int32Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 16_000;
}

/** In tenths of a second. */
function usualLength(seconds: Float64Array): number {
  const sorted = Float64Array.from(seconds).sort();
  const whole = sorted[Math.min(sorted.length - 1, Math.floor(WHOLE_SHARE * sorted.length))] ?? 1;
  return Math.max(0.1, Math.ceil(10 * whole) / 10);
}
