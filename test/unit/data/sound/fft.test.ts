import * as assert from 'node:assert/strict';
import { RealFft } from '../../../../src/data/sound/fft.js';
import { stream } from '../../../../src/protocol/random.js';

function noise(length: number): Float64Array {
  const random = stream(1, 'fft', length);
  return Float64Array.from({ length }, () => random.normal());
}

function transform(input: Float64Array): { re: Float64Array; im: Float64Array; fft: RealFft } {
  const fft = new RealFft(input.length);
  const re = new Float64Array(fft.bins);
  const im = new Float64Array(fft.bins);
  fft.run(input, re, im);
  return { re, im, fft };
}

describe('The Fourier transform', () => {
  const lengths = {
    'powers of two': [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048],
    'products of 2, 3 and 5': [3, 5, 6, 9, 10, 12, 15, 30, 45, 60, 75, 100, 400, 480, 600, 1000],
    'any other length': [7, 11, 13, 14, 22, 49, 77, 97, 101, 202, 441, 997, 1102],
  };
  for (const [what, sizes] of Object.entries(lengths))
    it(`equals its definition for ${what}`, () => {
      for (const length of sizes) {
        const input = noise(length);
        const { re, im } = transform(input);
        assert.equal(re.length, Math.floor(length / 2) + 1);
        for (let k = 0; k < re.length; k++) {
          let [cos, sin] = [0, 0];
          for (let i = 0; i < length; i++) {
            const angle = (2 * Math.PI * ((i * k) % length)) / length;
            cos += input[i]! * Math.cos(angle);
            sin -= input[i]! * Math.sin(angle);
          }
          const off = Math.hypot(re[k]! - cos, im[k]! - sin);
          assert.ok(off < 1e-12 * Math.sqrt(length) * 10, `length ${length}, bin ${k}: off by ${off}`);
        }
      }
    });

  it('keeps the energy of long inputs (Parseval)', () => {
    for (const length of [1 << 16, 3 ** 9, 65_537]) {
      const input = noise(length);
      const { re, im } = transform(input);
      const energy = input.reduce((sum, value) => sum + value * value, 0);
      const once = (k: number): boolean => k === 0 || 2 * k === length;
      const bins = re.reduce((sum, value, k) => sum + (once(k) ? 1 : 2) * (value ** 2 + im[k]! ** 2), 0) / length;
      assert.ok(Math.abs(bins / energy - 1) < 1e-12, `${length}: ${bins / energy}`);
    }
  });

  it('gives the same again, and leaves its input as it was', () => {
    for (const length of [64, 75, 77]) {
      const input = noise(length);
      const copy = input.slice();
      const { re, im, fft } = transform(input);
      const [againRe, againIm] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
      fft.run(
        noise(length).map((value) => 2 - value),
        againRe,
        againIm,
      );
      fft.run(input, againRe, againIm);
      assert.deepEqual([againRe, againIm, input], [re, im, copy]);
    }
  });

  it('has no length below 1 and none between', () => {
    for (const length of [0, -4, 2.5, NaN]) assert.throws(() => new RealFft(length), RangeError);
  });
});
