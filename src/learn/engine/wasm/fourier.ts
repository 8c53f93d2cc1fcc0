import { FFT, IFFT, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, lastOf, view } from './backend.js';

/** Complex numbers, real and imaginary parts apart. */
interface Signal {
  re: Float64Array;
  im: Float64Array;
}

function signal(length: number): Signal {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}

/** Transforms a signal of one length in place: X[k] = sum of x[n] exp(-2 pi i k n / length). */
type Transform = (x: Signal) => void;

/** Plans by length, the latest last; few lengths are in use at a time. */
const plans = new Map<number, Transform>();
const MOST_PLANS = 16;

function plan(length: number): Transform {
  const known = plans.get(length);
  if (known) return known;
  const made = (length & (length - 1)) === 0 ? powerOfTwo(length) : anyLength(length);
  for (const oldest of plans.keys()) {
    if (plans.size < MOST_PLANS) break;
    plans.delete(oldest);
  }
  plans.set(length, made);
  return made;
}

/** Cooley and Tukey 1965, radix 2, in place after a reordering by reversed bits. */
function powerOfTwo(length: number): Transform {
  const roots = signal(length >> 1);
  for (let k = 0; k < length >> 1; k++) {
    roots.re[k] = Math.cos((2 * Math.PI * k) / length);
    roots.im[k] = -Math.sin((2 * Math.PI * k) / length);
  }
  const reversed = new Uint32Array(length);
  for (let i = 1; i < length; i++) reversed[i] = ((reversed[i >> 1] ?? 0) >> 1) | (i & 1 ? length >> 1 : 0);
  return ({ re, im }) => {
    for (let i = 0; i < length; i++) {
      const j = at(reversed, i);
      if (j <= i) continue;
      [re[i], re[j]] = [at(re, j), at(re, i)];
      [im[i], im[j]] = [at(im, j), at(im, i)];
    }
    for (let half = 1; half < length; half <<= 1) {
      const step = length / (2 * half);
      for (let start = 0; start < length; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [even, odd] = [start + k, start + k + half];
          const [c, s] = [at(roots.re, k * step), at(roots.im, k * step)];
          const real = at(re, odd) * c - at(im, odd) * s;
          const imaginary = at(re, odd) * s + at(im, odd) * c;
          re[odd] = at(re, even) - real;
          im[odd] = at(im, even) - imaginary;
          re[even] = at(re, even) + real;
          im[even] = at(im, even) + imaginary;
        }
      }
    }
  };
}

/**
 * Bluestein 1970: k n = (k² + n² - (k - n)²) / 2 makes the transform of any length a convolution with a chirp, which is
 * computed by transforms of a power of two.
 */
function anyLength(length: number): Transform {
  const padded = 2 ** Math.ceil(Math.log2(2 * length - 1));
  const transform = plan(padded);
  const chirp = signal(length);
  for (let n = 0; n < length; n++) {
    // n² modulo 2 · length keeps the angle small, and with it its rounding error.
    const angle = (Math.PI * ((n * n) % (2 * length))) / length;
    chirp.re[n] = Math.cos(angle);
    chirp.im[n] = -Math.sin(angle);
  }
  const spectrum = signal(padded);
  for (let n = 0; n < length; n++) {
    for (const place of n === 0 ? [0] : [n, padded - n]) {
      spectrum.re[place] = at(chirp.re, n);
      spectrum.im[place] = -at(chirp.im, n);
    }
  }
  transform(spectrum);
  const work = signal(padded);
  return ({ re, im }) => {
    work.re.fill(0);
    work.im.fill(0);
    for (let n = 0; n < length; n++) {
      work.re[n] = at(re, n) * at(chirp.re, n) - at(im, n) * at(chirp.im, n);
      work.im[n] = at(re, n) * at(chirp.im, n) + at(im, n) * at(chirp.re, n);
    }
    transform(work);
    for (let k = 0; k < padded; k++) {
      const [a, b] = [at(work.re, k), at(work.im, k)];
      const [c, d] = [at(spectrum.re, k), at(spectrum.im, k)];
      // Conjugated on the way in and out, the forward transform is the inverse one.
      work.re[k] = (a * c - b * d) / padded;
      work.im[k] = -(a * d + b * c) / padded;
    }
    transform(work);
    for (let k = 0; k < length; k++) {
      const [a, b] = [at(work.re, k), -at(work.im, k)];
      re[k] = a * at(chirp.re, k) - b * at(chirp.im, k);
      im[k] = a * at(chirp.im, k) + b * at(chirp.re, k);
    }
  };
}

/** An element that is known to exist. */
function at(values: Float64Array | Uint32Array, index: number): number {
  return values[index] as number;
}

/** Transforms the last axis, in float64. Backwards it is conj(F(conj(x))) / length. */
function transformed(name: string, inverse: boolean) {
  return kernel<{ input: TensorInfo }, object>(name, ({ inputs: { input }, backend }) => {
    const out = backend.makeOutput(input.shape, 'complex64');
    const from = view(backend, input);
    const to = view(backend, out);
    const length = lastOf(input.shape);
    if (length === 0) return out;
    const transform = plan(length);
    const x = signal(length);
    const sign = inverse ? -1 : 1;
    const scale = inverse ? 1 / length : 1;
    for (let start = 0; start < from.length; start += 2 * length) {
      for (let i = 0; i < length; i++) {
        x.re[i] = from[start + 2 * i] ?? 0;
        x.im[i] = sign * (from[start + 2 * i + 1] ?? 0);
      }
      transform(x);
      for (let i = 0; i < length; i++) {
        to[start + 2 * i] = scale * at(x.re, i);
        to[start + 2 * i + 1] = sign * scale * at(x.im, i);
      }
    }
    return out;
  });
}

export const kernels = [transformed(FFT, false), transformed(IFFT, true)];
