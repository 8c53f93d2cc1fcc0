/** What librosa and SciPy make of sounds (test/fixtures/sound/reference.py), held against what is made here. */
import * as assert from 'node:assert/strict';
import { LogMel, type LogMelOptions } from '../../../../src/data/sound/logMel.js';
import { Resampler } from '../../../../src/data/sound/resample.js';
import type { Sound } from '../../../../src/data/sound/sound.js';

export interface Reference {
  file: string;
  rate: number;
  logMel: { mel: Record<string, unknown>; db: Record<string, unknown>; values: string }[];
  resample: { to: number; samples: string; scipy: string; soxr: string }[];
}

const names: Record<string, keyof LogMelOptions> = {
  n_fft: 'fftSize',
  hop_length: 'hopLength',
  win_length: 'winLength',
  n_mels: 'mels',
  pad_mode: 'padMode',
  top_db: 'topDb',
};

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

/** Every value of every log-mel spectrogram is within 1e-4 dB of librosa's. */
export function assertLogMel({ sampleRate, data }: Sound, { file, logMel }: Reference): void {
  assert.ok(logMel.length >= 5);
  for (const { mel, db, values } of logMel) {
    const options = Object.fromEntries(Object.entries({ ...mel, ...db }).map(([key, v]) => [names[key] ?? key, v]));
    const own = new LogMel({ ...options, sampleRate }).compute(data);
    const difference = largestDifference(own, floats(values));
    assert.ok(difference <= 1e-4, `${file}, ${JSON.stringify(options)}: off by ${difference} dB`);
  }
}

/** Every resampled sound is within -95 dB of full scale of SciPy's and of soxr's, each by a filter of its own. */
export function assertResampled({ file, rate, resample }: Reference): void {
  assert.ok(resample.length >= 3);
  for (const { to, samples, scipy, soxr } of resample) {
    const own = new Resampler(rate, to).run(floats(samples));
    for (const [name, theirs] of Object.entries({ scipy: floats(scipy), soxr: floats(soxr) })) {
      const difference = 20 * Math.log10(largestDifference(own, theirs));
      assert.ok(difference < -95, `${file} at ${to} Hz: ${difference.toFixed(1)} dB from ${name}`);
    }
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}
