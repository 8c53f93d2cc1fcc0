/**
 * Discrete Fourier transform of real values, of any length, without allocation a call. Lengths that are products of 2,
 * 3 and 5 by the autosorting transform (Stockham 1966, "High-speed convolution and correlation"; radices 4, 2, 3, 5),
 * others as a convolution (Bluestein 1970, "A linear filtering approach to the computation of discrete Fourier
 * transform").
 */

/** Complex transform of a fixed length: out[k] = sum over i of in[i] · exp(-2πi · ik / length), in place. */
interface ComplexTransform {
  run(re: Float64Array, im: Float64Array): void;
}

export class RealFft {
  /** Number of output values: the frequencies 0 .. half the length. */
  readonly bins: number;
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  private readonly transform: ComplexTransform;
  /** exp(-2πi · k / length), for the lengths that are halved. */
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;

  /** @throws RangeError when `length` is no whole number from 1 on */
  constructor(readonly length: number) {
    if (!Number.isInteger(length) || length < 1) throw new RangeError(`${length} is no length of a Fourier transform`);
    this.bins = Math.floor(length / 2) + 1;
    const size = length % 2 === 0 ? length / 2 : length;
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.transform = complexTransform(size);
    [this.cos, this.sin] = roots(length, this.bins);
  }

  /**
   * @param input `length` values
   * @param re,im `bins` values each, which are written: out[k] = sum over i of in[i] · exp(-2πi · ik / length)
   */
  run(input: Float64Array, re: Float64Array, im: Float64Array): void {
    if (this.length % 2 === 1) {
      this.re.set(input);
      this.im.fill(0);
      this.transform.run(this.re, this.im);
      re.set(this.re.subarray(0, this.bins));
      im.set(this.im.subarray(0, this.bins));
    } else this.runHalved(input, re, im);
  }

  /** Even and odd values as real and imaginary parts of a transform half as long, which is then taken apart. */
  private runHalved(input: Float64Array, outRe: Float64Array, outIm: Float64Array): void {
    const { re, im, cos, sin } = this;
    const half = re.length;
    for (let i = 0; i < half; i++) {
      re[i] = input[2 * i] as number;
      im[i] = input[2 * i + 1] as number;
    }
    this.transform.run(re, im);
    outRe[0] = (re[0] as number) + (im[0] as number);
    outRe[half] = (re[0] as number) - (im[0] as number);
    outIm[0] = outIm[half] = 0;
    for (let k = 1, mirror = half - 1; k <= mirror; k++, mirror--) {
      const aRe = re[k] as number;
      const aIm = im[k] as number;
      const bRe = re[mirror] as number;
      const bIm = im[mirror] as number;
      const evenRe = 0.5 * (aRe + bRe);
      const evenIm = 0.5 * (aIm - bIm);
      const oddRe = 0.5 * (aIm + bIm);
      const oddIm = 0.5 * (bRe - aRe);
      const c = cos[k] as number;
      const s = sin[k] as number;
      const turnedRe = oddRe * c - oddIm * s;
      const turnedIm = oddRe * s + oddIm * c;
      outRe[k] = evenRe + turnedRe;
      outIm[k] = evenIm + turnedIm;
      outRe[mirror] = evenRe - turnedRe;
      outIm[mirror] = turnedIm - evenIm;
    }
  }
}

/** Real and imaginary part of exp(-2πi · k / length) for k below `count`. */
function roots(length: number, count: number): [cos: Float64Array, sin: Float64Array] {
  const angle = (_: unknown, k: number): number => (-2 * Math.PI * k) / length;
  return [
    Float64Array.from({ length: count }, (_, k) => Math.cos(angle(_, k))),
    Float64Array.from({ length: count }, (_, k) => Math.sin(angle(_, k))),
  ];
}

function complexTransform(length: number): ComplexTransform {
  const radices: number[] = [];
  let left = length;
  for (const radix of [4, 2, 3, 5])
    while (left % radix === 0) {
      radices.push(radix);
      left /= radix;
    }
  return left === 1 ? new Stockham(length, radices) : new Bluestein(length);
}

/** One pass: `count` · radix values, each a row of `stride`, of which `count` butterflies are made. */
interface Pass {
  radix: number;
  count: number;
  stride: number;
  /** exp(-2πi · k / (count · radix)). */
  cos: Float64Array;
  sin: Float64Array;
}

type RunPass = (pass: Pass, xRe: Float64Array, xIm: Float64Array, yRe: Float64Array, yIm: Float64Array) => void;

class Stockham implements ComplexTransform {
  private readonly passes: Pass[];
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  constructor(length: number, radices: number[]) {
    this.re = new Float64Array(length);
    this.im = new Float64Array(length);
    let left = length;
    this.passes = radices.map((radix) => {
      const [cos, sin] = roots(left, left);
      const pass = { radix, count: left / radix, stride: length / left, cos, sin };
      left /= radix;
      return pass;
    });
  }

  run(re: Float64Array, im: Float64Array): void {
    let [fromRe, fromIm, toRe, toIm] = [re, im, this.re, this.im];
    for (const pass of this.passes) {
      if (pass.radix === 4) passOf4(pass, fromRe, fromIm, toRe, toIm);
      else if (pass.radix === 2) passOf2(pass, fromRe, fromIm, toRe, toIm);
      else passOfOdd(pass, fromRe, fromIm, toRe, toIm);
      [fromRe, fromIm, toRe, toIm] = [toRe, toIm, fromRe, fromIm];
    }
    if (fromRe !== re) {
      re.set(fromRe);
      im.set(fromIm);
    }
  }
}

const passOf4: RunPass = ({ count, stride, cos, sin }, xRe, xIm, yRe, yIm) => {
  const quarter = count * stride;
  for (let p = 0; p < count; p++) {
    const c1 = cos[p] as number;
    const s1 = sin[p] as number;
    const c2 = cos[2 * p] as number;
    const s2 = sin[2 * p] as number;
    const c3 = cos[3 * p] as number;
    const s3 = sin[3 * p] as number;
    for (let i = p * stride, o = 4 * i, end = i + stride; i < end; i++, o++) {
      const aRe = xRe[i] as number;
      const aIm = xIm[i] as number;
      const bRe = xRe[i + quarter] as number;
      const bIm = xIm[i + quarter] as number;
      const cRe = xRe[i + 2 * quarter] as number;
      const cIm = xIm[i + 2 * quarter] as number;
      const dRe = xRe[i + 3 * quarter] as number;
      const dIm = xIm[i + 3 * quarter] as number;
      const sumAcRe = aRe + cRe;
      const sumAcIm = aIm + cIm;
      const sumBdRe = bRe + dRe;
      const sumBdIm = bIm + dIm;
      yRe[o] = sumAcRe + sumBdRe;
      yIm[o] = sumAcIm + sumBdIm;
      const halfRe = sumAcRe - sumBdRe;
      const halfIm = sumAcIm - sumBdIm;
      yRe[o + 2 * stride] = halfRe * c2 - halfIm * s2;
      yIm[o + 2 * stride] = halfRe * s2 + halfIm * c2;
      const acRe = aRe - cRe;
      const acIm = aIm - cIm;
      // -i · (b - d)
      const bdRe = bIm - dIm;
      const bdIm = dRe - bRe;
      const firstRe = acRe + bdRe;
      const firstIm = acIm + bdIm;
      yRe[o + stride] = firstRe * c1 - firstIm * s1;
      yIm[o + stride] = firstRe * s1 + firstIm * c1;
      const thirdRe = acRe - bdRe;
      const thirdIm = acIm - bdIm;
      yRe[o + 3 * stride] = thirdRe * c3 - thirdIm * s3;
      yIm[o + 3 * stride] = thirdRe * s3 + thirdIm * c3;
    }
  }
};

const passOf2: RunPass = ({ count, stride, cos, sin }, xRe, xIm, yRe, yIm) => {
  const half = count * stride;
  for (let p = 0; p < count; p++) {
    const c = cos[p] as number;
    const s = sin[p] as number;
    for (let i = p * stride, o = 2 * i, end = i + stride; i < end; i++, o++) {
      const aRe = xRe[i] as number;
      const aIm = xIm[i] as number;
      const bRe = xRe[i + half] as number;
      const bIm = xIm[i + half] as number;
      yRe[o] = aRe + bRe;
      yIm[o] = aIm + bIm;
      yRe[o + stride] = (aRe - bRe) * c - (aIm - bIm) * s;
      yIm[o + stride] = (aRe - bRe) * s + (aIm - bIm) * c;
    }
  }
};

/** By the definition, with the twiddle factor drawn into the sum: y[p, k] = sum over j of x[p, j] · w^(k · (p + j · count)). */
const passOfOdd: RunPass = ({ radix, count, stride, cos, sin }, xRe, xIm, yRe, yIm) => {
  const part = count * stride;
  const length = count * radix;
  yRe.fill(0);
  yIm.fill(0);
  for (let p = 0; p < count; p++)
    for (let k = 0; k < radix; k++) {
      const first = (p * radix + k) * stride;
      for (let j = 0; j < radix; j++) {
        const w = (k * (p + j * count)) % length;
        const c = cos[w] as number;
        const s = sin[w] as number;
        for (let i = p * stride + j * part, o = first, end = i + stride; i < end; i++, o++) {
          const re = xRe[i] as number;
          const im = xIm[i] as number;
          yRe[o] = (yRe[o] as number) + re * c - im * s;
          yIm[o] = (yIm[o] as number) + re * s + im * c;
        }
      }
    }
};

/** With ik = (i² + k² - (k - i)²) / 2 the sum is a convolution with a chirp, made by transforms of a power of two. */
class Bluestein implements ComplexTransform {
  private readonly inner: ComplexTransform;
  private readonly chirpRe: Float64Array;
  private readonly chirpIm: Float64Array;
  /** The transformed chirp, divided by its length. */
  private readonly filterRe: Float64Array;
  private readonly filterIm: Float64Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  constructor(private readonly length: number) {
    const size = 2 ** Math.ceil(Math.log2(2 * length - 1));
    this.inner = complexTransform(size);
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.filterRe = new Float64Array(size);
    this.filterIm = new Float64Array(size);
    // i² modulo twice the length, step by step: the square itself would lose digits.
    const [cos, sin] = roots(2 * length, 2 * length);
    this.chirpRe = new Float64Array(length);
    this.chirpIm = new Float64Array(length);
    for (let i = 0, square = 0; i < length; square = (square + 2 * i + 1) % (2 * length), i++) {
      const re = cos[square] as number;
      const im = sin[square] as number;
      this.chirpRe[i] = re;
      this.chirpIm[i] = im;
      this.filterRe[i] = this.filterRe[(size - i) % size] = re / size;
      this.filterIm[i] = this.filterIm[(size - i) % size] = -im / size;
    }
    this.inner.run(this.filterRe, this.filterIm);
  }

  run(re: Float64Array, im: Float64Array): void {
    const { length, chirpRe, chirpIm, filterRe, filterIm } = this;
    this.re.fill(0, length);
    this.im.fill(0, length);
    multiply(length, re, im, chirpRe, chirpIm, this.re, this.im);
    this.inner.run(this.re, this.im);
    multiply(filterRe.length, this.re, this.im, filterRe, filterIm, this.re, this.im);
    // The inverse transform is the transform with real and imaginary parts exchanged.
    this.inner.run(this.im, this.re);
    multiply(length, this.re, this.im, chirpRe, chirpIm, re, im);
  }
}

function multiply(
  count: number,
  aRe: Float64Array,
  aIm: Float64Array,
  bRe: Float64Array,
  bIm: Float64Array,
  outRe: Float64Array,
  outIm: Float64Array,
): void {
  for (let i = 0; i < count; i++) {
    const re = (aRe[i] as number) * (bRe[i] as number) - (aIm[i] as number) * (bIm[i] as number);
    outIm[i] = (aRe[i] as number) * (bIm[i] as number) + (aIm[i] as number) * (bRe[i] as number);
    outRe[i] = re;
  }
}
