import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../../src/protocol/run.js';
import { assertSame, assertSameOnBoth, on, random, startBoth, type Input } from './wasmReference.js';

/** The discrete Fourier transform by its definition, in float64. */
function transform({ shape, values: re }: Input, { values: im }: Input, inverse: boolean): Input[] {
  const length = shape[shape.length - 1]!;
  const [real, imaginary] = [new Float32Array(re.length), new Float32Array(re.length)];
  for (let start = 0; start < re.length; start += length) {
    for (let k = 0; k < length; k++) {
      let [a, b] = [0, 0];
      for (let n = 0; n < length; n++) {
        const angle = ((inverse ? 2 : -2) * Math.PI * ((k * n) % length)) / length;
        a += re[start + n]! * Math.cos(angle) - im[start + n]! * Math.sin(angle);
        b += re[start + n]! * Math.sin(angle) + im[start + n]! * Math.cos(angle);
      }
      real[start + k] = inverse ? a / length : a;
      imaginary[start + k] = inverse ? b / length : b;
    }
  }
  return [
    { shape, values: real },
    { shape, values: imaginary },
  ];
}

describe('Fourier transforms on wasm', () => {
  let reference: EngineName;
  before(async () => {
    reference = await startBoth();
  });

  for (const length of [1, 2, 3, 4, 5, 7, 8, 12, 13, 64, 97, 100, 255, 256, 257, 400, 1000, 1024]) {
    it(`of length ${length} are the definition's sums, both ways`, async () => {
      const [re, im] = [random([2, length]), random([2, length])];
      for (const inverse of [false, true]) {
        const actual = await on('wasm', [re, im], (a, b) => {
          const result = (inverse ? tf.ifft : tf.fft)(tf.complex(a, b));
          return [tf.real(result), tf.imag(result)];
        });
        assertSame(actual, transform(re, im, inverse), 'fft', 1e-6);
      }
    });
  }

  it('transforms the last of three axes', async () => {
    const [re, im] = [random([2, 3, 6]), random([2, 3, 6])];
    const actual = await on('wasm', [re, im], (a, b) => {
      const result = tf.fft(tf.complex(a, b));
      return [tf.real(result), tf.imag(result)];
    });
    assertSame(actual, transform(re, im, false), 'fft', 1e-6);
  });

  it('real signals, their inverses and spectrograms are those of the other engine', async () => {
    const parts = (z: tf.Tensor) => [tf.real(z), tf.imag(z), tf.abs(z)];
    for (const length of [6, 9, 16]) {
      await assertSameOnBoth(reference, 'rfft', [random([3, length])], (x) => parts(tf.spectral.rfft(x)));
      await assertSameOnBoth(reference, 'rfft cut', [random([3, length])], (x) => parts(tf.spectral.rfft(x, 5)));
      await assertSameOnBoth(reference, 'rfft padded', [random([3, length])], (x) => parts(tf.spectral.rfft(x, 20)));
      await assertSameOnBoth(reference, 'irfft', [random([3, length]), random([3, length])], (a, b) =>
        tf.spectral.irfft(tf.complex(a, b)),
      );
    }
    await assertSameOnBoth(reference, 'stft', [random([400])], (x) => parts(tf.signal.stft(x as tf.Tensor1D, 64, 24)));
  });

  it('complex values are read, copied, reshaped and converted', async () => {
    await tf.setBackend('wasm');
    tf.tidy(() => {
      const z = tf.complex([1, 2, 3, -4], [5, 6, 7, 8]);
      assert.deepEqual([...z.dataSync()], [1, 5, 2, 6, 3, 7, -4, 8]);
      assert.deepEqual([...tf.reshape(tf.clone(z), [2, 2]).dataSync()], [1, 5, 2, 6, 3, 7, -4, 8]);
      assert.deepEqual([...tf.cast(z, 'float32').dataSync()], [1, 2, 3, -4]);
      assert.deepEqual([...tf.cast(z, 'int32').dataSync()], [1, 2, 3, -4]);
      assert.deepEqual([...tf.cast(tf.tensor1d([3, 4], 'int32'), 'complex64').dataSync()], [3, 0, 4, 0]);
      assert.deepEqual([...tf.abs(tf.complex([3], [-4])).dataSync()], [5]);
    });
  });
});
