/**
 * Change of sampling rate by a band-limited filter: a sinc under a Kaiser window (Kaiser 1974, "Nonrecursive digital
 * filter design using the I0-sinh window function"; Crochiere & Rabiner 1983, "Multirate Digital Signal Processing").
 * Of the lower rate's half, 0 to 0.91 pass (within 0.001 dB), and what is above 1 is 100 dB down: nothing that folds
 * back, nor any image, lies above -100 dB. The filter's delay is taken out, so that sounds stay aligned.
 */

/** Where the pass band ends, as a fraction of half the lower rate; the stop band begins at 1. */
const PASS_BAND = 0.91;
const STOP_BAND_DB = 105;
/** Kaiser's formula for an attenuation above 50 dB. */
const BETA = 0.1102 * (STOP_BAND_DB - 8.7);
/** Kaiser's formula: samples of the lower rate that the filter spans, half to each side. */
const SPAN = (STOP_BAND_DB - 7.95) / (2.285 * Math.PI * (1 - PASS_BAND));
/**
 * Positions between two samples for which there are coefficients. A ratio that needs no more has exactly its own;
 * for others two neighbours are mixed, with an error below -110 dB (half the step's square times the curvature).
 */
const MAX_PHASES = 1024;
const MAX_TABLE = 1 << 24;

export class Resampler {
  /** Output position i is input position i · down / up. */
  private readonly up: number;
  private readonly down: number;
  private readonly phases: number;
  /** Coefficients a phase. */
  private readonly taps: number;
  /** [phases + 1, taps]: the last is the first, one sample later. */
  private readonly table: Float64Array;

  /**
   * @param from,to sampling rates in Hz, whole numbers
   * @throws RangeError when they are no such numbers, or so far apart that the filter would be absurdly long
   */
  constructor(from: number, to: number) {
    for (const rate of [from, to])
      if (!Number.isInteger(rate) || rate < 1) throw new RangeError(`${rate} Hz is no sampling rate`);
    const divisor = gcd(from, to);
    this.up = to / divisor;
    this.down = from / divisor;
    this.phases = Math.min(this.up, MAX_PHASES);
    const cutoff = ((1 + PASS_BAND) / 2) * Math.min(1, to / from);
    const half = (SPAN / 2) * Math.max(1, from / to);
    this.taps = 2 * Math.ceil(half);
    if (this.taps * (this.phases + 1) > MAX_TABLE) throw new RangeError(`${from} Hz cannot be turned into ${to} Hz`);
    this.table = new Float64Array((this.phases + 1) * this.taps);
    for (let phase = 0, at = 0; phase <= this.phases; phase++)
      for (let tap = 0; tap < this.taps; tap++)
        this.table[at++] = kaiserSinc(tap + 1 - this.taps / 2 - phase / this.phases, cutoff, half);
  }

  /** How many samples come out of so many: ceil(samples · to / from). */
  outputLength(samples: number): number {
    return Math.ceil((samples * this.up) / this.down);
  }

  /** @param samples of one channel; outside there is silence. @returns the sound, not copied when the rate is the same */
  run(samples: Float32Array): Float32Array {
    const { up, down, phases, taps, table } = this;
    if (up === down) return samples;
    const out = new Float32Array(this.outputLength(samples.length));
    const isExact = phases === up;
    for (let i = 0, whole = 0, part = 0; i < out.length; i++) {
      const fine = (part * phases) / up;
      const phase = isExact ? part : Math.floor(fine);
      const mix = isExact ? 0 : fine - phase;
      const first = whole + 1 - taps / 2;
      const begin = Math.max(0, -first);
      const end = Math.min(taps, samples.length - first);
      const row = phase * taps;
      let sum = 0;
      for (let tap = begin; tap < end; tap++) sum += (table[row + tap] as number) * (samples[first + tap] as number);
      if (mix > 0) {
        let next = 0;
        for (let tap = begin; tap < end; tap++)
          next += (table[row + taps + tap] as number) * (samples[first + tap] as number);
        sum += mix * (next - sum);
      }
      out[i] = sum;
      part += down % up;
      whole += Math.floor(down / up);
      if (part >= up) {
        part -= up;
        whole++;
      }
    }
    return out;
  }
}

/** @param position in samples of the input; `cutoff` as a fraction of half its rate; 0 beyond `half` */
function kaiserSinc(position: number, cutoff: number, half: number): number {
  const ratio = position / half;
  if (Math.abs(ratio) >= 1) return 0;
  const angle = Math.PI * cutoff * position;
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
  return (cutoff * sinc * besselI0(BETA * Math.sqrt(1 - ratio * ratio))) / besselI0(BETA);
}

/** The modified Bessel function of the first kind and order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
