import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Resampler } from '../../../../src/data/sound/resample.js';
import { assertResampled, type Reference } from './reference.js';

/** Half a second. */
const sine = (rate: number, hertz: number): Float32Array =>
  Float32Array.from({ length: rate / 2 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));

/** Of the middle, away from where the sound begins and ends, in dB of full scale. */
function peak(values: Float32Array): number {
  const middle = values.subarray(Math.floor(values.length / 4), Math.floor((3 * values.length) / 4));
  return 20 * Math.log10(middle.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12));
}

const rates = [
  [8000, 16000],
  [16000, 8000],
  [44100, 16000],
  [48000, 44100],
  [22050, 16002],
  [16000, 16002],
] as const;

describe('Resampling', () => {
  it('agrees with SciPy and soxr', () => {
    const references = JSON.parse(readFileSync('test/fixtures/sound/reference.json', 'utf8')) as Reference[];
    for (const reference of references) assertResampled(reference);
  });

  for (const [from, to] of rates) {
    const half = Math.min(from, to) / 2;
    it(`leaves tones as they are up to 0.91 of the lower half, without images: ${from} to ${to} Hz`, () => {
      const resampler = new Resampler(from, to);
      for (const fraction of [0.01, 0.2, 0.5, 0.8, 0.91]) {
        const out = resampler.run(sine(from, fraction * half));
        const true_ = sine(to, fraction * half);
        assert.equal(out.length, true_.length);
        const error = peak(out.map((value, i) => value - true_[i]!));
        assert.ok(error < -100, `${fraction}: ${error.toFixed(1)} dB`);
      }
    });
    if (to < from)
      it(`keeps what would fold back below -100 dB: ${from} to ${to} Hz`, () => {
        const resampler = new Resampler(from, to);
        for (const fraction of [1.001, 1.01, 1.05, 1.2, 1.5, 1.9]) {
          if (fraction * half >= from / 2) continue;
          const level = peak(resampler.run(sine(from, fraction * half)));
          assert.ok(level < -100, `${fraction}: ${level.toFixed(1)} dB`);
        }
      });
  }

  it('makes ceil(samples · to / from) samples, also of none and of one', () => {
    for (const [from, to] of rates)
      for (const samples of [0, 1, 2, 99, 1000]) {
        const resampler = new Resampler(from, to);
        assert.equal(resampler.run(new Float32Array(samples)).length, Math.ceil((samples * to) / from));
        assert.equal(resampler.outputLength(samples), Math.ceil((samples * to) / from));
      }
  });

  it('does nothing when the rates are the same', () => {
    const sound = sine(8000, 440);
    assert.equal(new Resampler(8000, 8000).run(sound), sound);
  });

  it('is refused for rates that are none, or absurdly far apart', () => {
    for (const [from, to] of [
      [0, 8000],
      [8000, 0.5],
      [NaN, 1],
      [10_000_000, 1],
    ] as const)
      assert.throws(() => new Resampler(from, to), RangeError);
  });
});
