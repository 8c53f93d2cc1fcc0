import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LogMel, type LogMelOptions } from '../../../../src/data/sound/logMel.js';
import { decodeWav } from '../../../../src/data/sound/wav.js';
import { assertLogMel, type Reference } from './reference.js';

const tone = (length: number, hertz: number, sampleRate = 8000): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / sampleRate));

describe('Log-mel spectrograms', () => {
  it('equal those that librosa made', () => {
    const references = JSON.parse(readFileSync('test/fixtures/sound/reference.json', 'utf8')) as Reference[];
    for (const reference of references)
      assertLogMel(decodeWav(readFileSync(`test/fixtures/sound/${reference.file}`), reference.file), reference);
  });

  it('have their largest value in the filter of a tone', () => {
    // Slaney's scale: 1000 Hz is mel 15 of 15 + 27 · ln(4) / ln(6.4), filter i is at mel (i + 1) / 41 of it.
    const mel = new LogMel({ sampleRate: 8000, fftSize: 1024, mels: 40 });
    const frame = mel.compute(tone(8000, 1000)).subarray(5 * 40, 6 * 40);
    const top = 15 + (27 * Math.log(4)) / Math.log(6.4);
    assert.equal(frame.indexOf(Math.max(...frame)), Math.round((15 / top) * 41) - 1);
  });

  it('have as many frames as they say, also of no sound at all', () => {
    const frames = (options: Partial<LogMelOptions>, samples: number): number => {
      const mel = new LogMel({ sampleRate: 8000, fftSize: 256, hopLength: 100, mels: 8, ...options });
      const values = mel.compute(new Float32Array(samples));
      assert.equal(values.length, 8 * mel.frames(samples));
      assert.ok(values.every(Number.isFinite));
      return mel.frames(samples);
    };
    assert.deepEqual(
      [0, 1, 99, 100, 1000].map((samples) => frames({}, samples)),
      [1, 1, 1, 2, 11],
    );
    assert.deepEqual(
      [0, 1, 99, 100, 1000].map((samples) => frames({ padMode: 'reflect' }, samples)),
      [1, 1, 1, 2, 11],
    );
    assert.deepEqual(
      [0, 255, 256, 355, 356].map((samples) => frames({ center: false }, samples)),
      [0, 0, 1, 1, 2],
    );
  });

  it('of silence are at the floor', () => {
    const mel = new LogMel({ sampleRate: 8000, fftSize: 256 });
    assert.ok(mel.compute(new Float32Array(1000)).every((value) => value === -100));
  });

  it('end topDb below the largest value, or at amin', () => {
    const sound = new Float32Array(8000);
    sound.set(tone(2000, 1000));
    const least = (options: Partial<LogMelOptions>): number => {
      const values = new LogMel({ sampleRate: 8000, fftSize: 256, mels: 16, ref: 'max', ...options }).compute(sound);
      assert.equal(Math.max(...values), 0);
      return Math.min(...values);
    };
    assert.equal(least({ topDb: 30 }), -30);
    assert.equal(least({}), -80);
    assert.ok(least({ topDb: null }) < -80);
    assert.ok(least({ topDb: null, amin: 1e-20 }) < least({ topDb: null }) - 90);
  });

  it('can be written where the caller wants, and made again with the same object', () => {
    const mel = new LogMel({ sampleRate: 8000, fftSize: 256, mels: 16 });
    const first = mel.compute(tone(3000, 700));
    const out = new Float32Array(first.length + 5).fill(7);
    mel.compute(tone(500, 2000));
    assert.equal(mel.compute(tone(3000, 700), out), out);
    assert.deepEqual(out, Float32Array.of(...first, 7, 7, 7, 7, 7));
  });

  it('are not made of options that do not go together', () => {
    const wrong: [Partial<LogMelOptions>, RegExp][] = [
      [{ fftSize: 0 }, /fftSize 0/],
      [{ hopLength: 0.5 }, /hopLength 0.5/],
      [{ mels: -1 }, /mels -1/],
      [{ winLength: 4096 }, /winLength 4096 above fftSize 2048/],
      [{ fmax: 5000 }, /fmin 0 and fmax 5000: it needs 0 <= fmin < fmax <= 4000/],
      [{ fmin: 3000, fmax: 2000 }, /fmin 3000 and fmax 2000/],
      [{ sampleRate: 0 }, /a sampling rate of 0 Hz/],
      [{ amin: 0 }, /amin/],
      [{ topDb: -1 }, /topDb -1/],
    ];
    for (const [options, message] of wrong)
      assert.throws(() => new LogMel({ sampleRate: 8000, ...options }), { name: 'RangeError', message });
  });
});
