/**
 * Log-mel spectrograms with the parameters, defaults and formulas of librosa 0.11 (McFee et al. 2015, "librosa: Audio
 * and music signal analysis in Python"): feature.melspectrogram, then power_to_db. Mel scale: Slaney 1998, "Auditory
 * Toolbox"; with `htk` that of the HTK Book.
 */
import { RealFft } from './fft.js';

export interface LogMelOptions {
  /** In Hz. */
  sampleRate: number;
  /** librosa's n_fft: samples a transform takes; 2048. */
  fftSize?: number;
  /** Samples from one frame to the next; 512. */
  hopLength?: number;
  /** Samples the window covers, in the middle of a transform's; `fftSize`. The window is a periodic Hann window. */
  winLength?: number;
  /** Whether frame i has its middle, not its start, at sample i · hopLength; true. */
  center?: boolean;
  /** What a centred frame sees before the start and after the end; 'constant' (zeros). */
  padMode?: 'constant' | 'reflect';
  /** Of the magnitude: 2 is power, 1 amplitude; 2. */
  power?: number;
  /** librosa's n_mels; 128. */
  mels?: number;
  /** Lower and upper end of the filters, in Hz; 0 and half the sampling rate. */
  fmin?: number;
  fmax?: number;
  /** The HTK formula for the mel scale instead of Slaney's; false. */
  htk?: boolean;
  /** 'slaney': each filter has the area 1 (in Hz, times 2); null: each has the height 1. 'slaney'. */
  norm?: 'slaney' | null;
  /** What is 0 dB: a power, or 'max', the sound's largest; 1. */
  ref?: number | 'max';
  /** Smaller powers count as this; 1e-10. */
  amin?: number;
  /** Values are at most so many dB below the sound's largest; null: no limit. 80. */
  topDb?: number | null;
}

/** A triangle over the bins [start, start + weights.length). */
interface MelFilter {
  start: number;
  weights: Float64Array;
}

/** The frames of one kind of sound: tables and buffers are made once, so that a sound costs no allocation but its result. */
export class LogMel {
  readonly mels: number;
  private readonly settings: Required<LogMelOptions>;
  private readonly fft: RealFft;
  private readonly window: Float64Array;
  private readonly filters: MelFilter[];
  private readonly frame: Float64Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  private readonly spectrum: Float64Array;

  /** @throws RangeError for options that do not go together */
  constructor(options: LogMelOptions) {
    const { sampleRate, fftSize = 2048 } = options;
    this.settings = {
      fftSize,
      hopLength: 512,
      winLength: fftSize,
      center: true,
      padMode: 'constant',
      power: 2,
      mels: 128,
      fmin: 0,
      fmax: sampleRate / 2,
      htk: false,
      norm: 'slaney',
      ref: 1,
      amin: 1e-10,
      topDb: 80,
      ...options,
    };
    checkSettings(this.settings);
    this.mels = this.settings.mels;
    this.fft = new RealFft(fftSize);
    this.window = hann(this.settings.winLength, fftSize);
    this.filters = melFilters(this.settings, this.fft.bins);
    this.frame = new Float64Array(fftSize);
    this.re = new Float64Array(this.fft.bins);
    this.im = new Float64Array(this.fft.bins);
    this.spectrum = new Float64Array(this.fft.bins);
  }

  /** Frames of a sound of so many samples; 0 when it is shorter than a transform and frames are not centred. */
  frames(samples: number): number {
    const { fftSize, hopLength, center } = this.settings;
    const padded = samples + (center ? 2 * Math.floor(fftSize / 2) : 0);
    return padded < fftSize ? 0 : 1 + Math.floor((padded - fftSize) / hopLength);
  }

  /**
   * @param samples of one channel
   * @param out where to write, at least frames · mels values; a new array when left out
   * @returns [frames, mels] in dB: frame after frame, which is librosa's result transposed
   */
  compute(samples: Float32Array, out = new Float32Array(this.frames(samples.length) * this.mels)): Float32Array {
    const { hopLength, fftSize, center, mels } = this.settings;
    const frames = this.frames(samples.length);
    const first = center ? -Math.floor(fftSize / 2) : 0;
    for (let i = 0; i < frames; i++) {
      this.cut(samples, first + i * hopLength);
      this.fft.run(this.frame, this.re, this.im);
      this.raise();
      this.filter(out, i * mels);
    }
    this.toDecibels(out, frames * mels);
    return out;
  }

  /** The windowed samples from `start` on. */
  private cut(samples: Float32Array, start: number): void {
    const { frame, window } = this;
    const { length } = samples;
    const reflect = this.settings.padMode === 'reflect';
    const from = Math.min(frame.length, Math.max(0, -start));
    const to = Math.max(from, Math.min(frame.length, length - start));
    if (reflect) for (let i = 0; i < from; i++) frame[i] = reflected(samples, start + i) * (window[i] as number);
    else frame.fill(0, 0, from);
    for (let i = from; i < to; i++) frame[i] = (samples[start + i] as number) * (window[i] as number);
    if (reflect)
      for (let i = to; i < frame.length; i++) frame[i] = reflected(samples, start + i) * (window[i] as number);
    else frame.fill(0, to);
  }

  private raise(): void {
    const { re, im, spectrum } = this;
    const { power } = this.settings;
    for (let k = 0; k < spectrum.length; k++) {
      const square = (re[k] as number) * (re[k] as number) + (im[k] as number) * (im[k] as number);
      spectrum[k] = power === 2 ? square : Math.pow(square, power / 2);
    }
  }

  private filter(out: Float32Array, at: number): void {
    const { spectrum } = this;
    for (const { start, weights } of this.filters) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (spectrum[start + i] as number);
      out[at++] = sum;
    }
  }

  private toDecibels(out: Float32Array, count: number): void {
    const { amin, ref, topDb } = this.settings;
    let largest = 0;
    for (let i = 0; i < count; i++) largest = Math.max(largest, out[i] as number);
    const decibels = (value: number): number => 10 * Math.log10(Math.max(amin, value));
    const zero = decibels(ref === 'max' ? largest : ref);
    const least = topDb === null ? -Infinity : decibels(largest) - zero - topDb;
    for (let i = 0; i < count; i++) out[i] = Math.max(least, 10 * Math.log10(Math.max(amin, out[i] as number)) - zero);
  }
}

function checkSettings(settings: Required<LogMelOptions>): void {
  const { sampleRate, fftSize, hopLength, winLength, mels, fmin, fmax, amin, ref, topDb, power } = settings;
  const wrong = (what: string): RangeError => new RangeError(`A log-mel spectrogram cannot have ${what}`);
  for (const [name, value] of Object.entries({ fftSize, hopLength, winLength, mels }))
    if (!Number.isInteger(value) || value < 1) throw wrong(`${name} ${value}: it is a whole number from 1 on`);
  if (!(sampleRate > 0)) throw wrong(`a sampling rate of ${sampleRate} Hz`);
  if (winLength > fftSize) throw wrong(`winLength ${winLength} above fftSize ${fftSize}`);
  if (!(fmin >= 0 && fmin < fmax && fmax <= sampleRate / 2))
    throw wrong(
      `fmin ${fmin} and fmax ${fmax}: it needs 0 <= fmin < fmax <= ${sampleRate / 2}, half the sampling rate`,
    );
  if (!(amin > 0 && (ref === 'max' || ref > 0) && power > 0)) throw wrong('amin, ref or power of 0 or less');
  if (topDb !== null && !(topDb >= 0)) throw wrong(`topDb ${topDb}`);
}

/** The sample at a position outside, by mirrors at the first and the last sample, which are not repeated. */
function reflected(samples: Float32Array, position: number): number {
  const last = samples.length - 1;
  if (last <= 0) return samples[0] ?? 0;
  const folded = ((position % (2 * last)) + 2 * last) % (2 * last);
  return samples[folded <= last ? folded : 2 * last - folded] as number;
}

/** A periodic Hann window in the middle of `size` values. */
function hann(length: number, size: number): Float64Array {
  const window = new Float64Array(size);
  const start = Math.floor((size - length) / 2);
  for (let i = 0; i < length; i++) window[start + i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length);
  return window;
}

/** Triangles between neighbours of `mels` + 2 frequencies that are equally far on the mel scale. */
function melFilters(
  { sampleRate, fftSize, mels, fmin, fmax, htk, norm }: Required<LogMelOptions>,
  bins: number,
): MelFilter[] {
  const scale = htk ? htkScale : slaneyScale;
  const low = scale.fromHertz(fmin);
  const step = (scale.fromHertz(fmax) - low) / (mels + 1);
  const edges = Array.from({ length: mels + 2 }, (_, i) => scale.toHertz(low + step * i));
  return Array.from({ length: mels }, (_, i) => {
    const [left, middle, right] = [edges[i] as number, edges[i + 1] as number, edges[i + 2] as number];
    const height = norm === 'slaney' ? 2 / (right - left) : 1;
    const weight = (bin: number): number => {
      const hertz = (bin * sampleRate) / fftSize;
      const side = Math.min((hertz - left) / (middle - left), (right - hertz) / (right - middle));
      return Math.max(0, side) * height;
    };
    let start = Math.max(0, Math.floor((left * fftSize) / sampleRate));
    let end = Math.min(bins, Math.ceil((right * fftSize) / sampleRate) + 1);
    while (start < end && weight(start) === 0) start++;
    while (start < end && weight(end - 1) === 0) end--;
    return { start, weights: Float64Array.from({ length: end - start }, (_, k) => weight(start + k)) };
  });
}

interface MelScale {
  fromHertz(hertz: number): number;
  toHertz(mel: number): number;
}

/** Linear below 1000 Hz, which is 15 mel; above, 27 mel are a factor of 6.4. */
const slaneyScale: MelScale = {
  fromHertz: (hertz) => (hertz < 1000 ? (3 * hertz) / 200 : 15 + (27 * Math.log(hertz / 1000)) / Math.log(6.4)),
  toHertz: (mel) => (mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(((mel - 15) * Math.log(6.4)) / 27)),
};

const htkScale: MelScale = {
  fromHertz: (hertz) => 2595 * Math.log10(1 + hertz / 700),
  toHertz: (mel) => 700 * (Math.pow(10, mel / 2595) - 1),
};
