/** What an image looks like, in a few bits: to find images that are nearly the same. */
import { toChannels } from '../image/pixels.js';
import { resizeImage } from '../image/resize.js';
import type { ExampleData } from '../reader.js';

/** Of thumbnails by which candidates are compared, in pixels. */
const SIDE = 16;
const THUMBNAIL = SIDE * SIDE;
/** In which they are compared. */
const PARTS = 8;
/** The order in which a thumbnail's pixels are kept: each part is one of all places, and tells most thumbnails apart. */
const ORDER = Uint8Array.from({ length: THUMBNAIL }, (_, i) => (i * 157) % THUMBNAIL);
/** Images whose brightness varies less than this, of 255, look like nothing. */
const LEAST_DEVIATION = 2;

/** An image as bytes, grey or RGB. */
export interface Picture {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}

/**
 * Any image as bytes: other numbers are scaled from their own range; of two channels the first is taken, of four the
 * first three.
 * @param shape [height, width, channels]
 */
export function asPicture(values: ExampleData, [height = 1, width = 1, stored = 1]: readonly number[]): Picture {
  const channels = stored >= 3 ? 3 : 1;
  const bytes = values instanceof Uint8Array ? values : toBytes(values);
  if (stored === channels) return { width, height, channels, data: bytes };
  const data = new Uint8Array(width * height * channels);
  for (let pixel = 0, to = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < channels; channel++) data[to++] = bytes[pixel * stored + channel] as number;
  return { width, height, channels, data };
}

function toBytes(values: Int32Array | Float32Array): Uint8Array {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const factor = high > low ? 255 / (high - low) : 0;
  return Uint8Array.from(values, (value) => Math.round((value - low) * factor) || 0);
}

/** Of one image. */
export interface Look {
  /** Upper and lower half of the perceptual hash. */
  hash: [high: number, low: number];
  thumbnail: Int8Array;
}

/** Null for an image of one colour: it looks like nothing. */
export function lookOf(picture: Picture): Look | null {
  const grey = { ...picture, channels: 1 as const, data: toChannels(picture, 1) };
  const small = resizeImage(grey, { width: SIDE, height: SIDE, fit: 'stretch' }).data;
  const thumbnail = standardized(small);
  return thumbnail && { hash: perceptualHash(small), thumbnail };
}

/** Perceptual hashes and thumbnails of many images. */
export class Looks {
  readonly positions: number[] = [];
  /** Upper and lower half of each hash. */
  readonly high: number[] = [];
  readonly low: number[] = [];
  /** Pixels in {@link ORDER}. */
  private thumbnails = new Int8Array(1024 * THUMBNAIL);
  /** Of each thumbnail's values from each part on, PARTS for each. */
  private lengths = new Float64Array(1024 * PARTS);

  add(position: number, { hash: [high, low], thumbnail }: Look): void {
    const row = this.positions.length;
    this.positions.push(position);
    this.high.push(high);
    this.low.push(low);
    if ((row + 1) * THUMBNAIL > this.thumbnails.length) {
      const larger = new Int8Array(2 * this.thumbnails.length);
      larger.set(this.thumbnails);
      this.thumbnails = larger;
      const longer = new Float64Array(2 * this.lengths.length);
      longer.set(this.lengths);
      this.lengths = longer;
    }
    let squares = 0;
    for (let i = THUMBNAIL - 1; i >= 0; i--) {
      const pixel = thumbnail[ORDER[i] as number] as number;
      this.thumbnails[row * THUMBNAIL + i] = pixel;
      squares += pixel * pixel;
      if (i % (THUMBNAIL / PARTS) === 0) this.lengths[row * PARTS + i / (THUMBNAIL / PARTS)] = Math.sqrt(squares);
    }
  }

  /**
   * Whether two thumbnails correlate by `least` or more, 0..1, which does not change with brightness and contrast. Most
   * do not, which is seen before the end: what is left of a product is at most that of the lengths left (Cauchy-Schwarz).
   */
  correlate(a: number, b: number, least: number): boolean {
    const { thumbnails, lengths } = this;
    const wanted = least * (lengths[a * PARTS] as number) * (lengths[b * PARTS] as number);
    let product = 0;
    let [i, j] = [a * THUMBNAIL, b * THUMBNAIL];
    for (let part = 0; part < PARTS; part++) {
      const left = (lengths[a * PARTS + part] as number) * (lengths[b * PARTS + part] as number);
      if (product + left < wanted) return false;
      for (const end = i + THUMBNAIL / PARTS; i < end; i++, j++)
        product += (thumbnails[i] as number) * (thumbnails[j] as number);
    }
    return product >= wanted;
  }

  /**
   * Whether what tells two thumbnails apart has a form, as another thing has, or none, as noise: the autocorrelation,
   * at a distance of one pixel, of what is left of one when the other is taken away, -1..1; 0 where nothing is left.
   */
  difference(a: number, b: number): number {
    const one = this.thumbnail(a);
    const other = this.thumbnail(b);
    const squares = one.reduce((sum, value) => sum + value * value, 0);
    const factor = one.reduce((sum, value, i) => sum + value * (other[i] as number), 0) / squares;
    const left = Float64Array.from(other, (value, i) => value - factor * (one[i] as number));
    const mean = left.reduce((sum, value) => sum + value, 0) / THUMBNAIL;
    let variance = 0;
    let neighbours = 0;
    for (let i = 0; i < THUMBNAIL; i++) {
      const value = (left[i] as number) - mean;
      variance += value * value;
      if (i % SIDE < SIDE - 1) neighbours += value * ((left[i + 1] as number) - mean);
      if (i + SIDE < THUMBNAIL) neighbours += value * ((left[i + SIDE] as number) - mean);
    }
    return variance > 0 ? neighbours / (2 * variance) : 0;
  }

  /** [16, 16]. */
  private thumbnail(row: number): Int8Array {
    const pixels = new Int8Array(THUMBNAIL);
    ORDER.forEach((place, i) => (pixels[place] = this.thumbnails[row * THUMBNAIL + i] as number));
    return pixels;
  }
}

/** Mean 0, in steps of 1/32 of the deviation; null when there is next to none. */
function standardized(values: Uint8Array): Int8Array | null {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  if (deviation < LEAST_DEVIATION) return null;
  const steps = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const step = Math.round((((values[i] as number) - mean) / deviation) * 32);
    steps[i] = step < -127 ? -127 : step > 127 ? 127 : step;
  }
  return steps;
}

/**
 * The 64-bit perceptual hash (Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", section
 * 3.2.1): of the discrete cosine transform, the coefficients 1..8 in both directions; a bit is 1 for one above their
 * median. Taken from a thumbnail of 16 × 16 in place of 32 × 32, whose low frequencies are the same.
 * @param thumbnail [16, 16]
 */
export function perceptualHash(thumbnail: ArrayLike<number>): [high: number, low: number] {
  const { rows, coefficients, sorted } = scratch;
  for (let y = 0; y < SIDE; y++)
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += (thumbnail[y * SIDE + x] as number) * (COSINES[u * SIDE + x] as number);
      rows[u * SIDE + y] = sum;
    }
  for (let v = 0; v < 8; v++)
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += (rows[u * SIDE + y] as number) * (COSINES[v * SIDE + y] as number);
      coefficients[v * 8 + u] = sum;
    }
  sorted.set(coefficients);
  sorted.sort();
  const median = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  let high = 0;
  let low = 0;
  for (let i = 0; i < 32; i++) {
    if ((coefficients[i] as number) > median) high |= 1 << i;
    if ((coefficients[i + 32] as number) > median) low |= 1 << i;
  }
  return [high >>> 0, low >>> 0];
}

/** Of one hash after the other. */
const scratch = {
  rows: new Float64Array(8 * SIDE),
  coefficients: new Float64Array(64),
  sorted: new Float64Array(64),
};

/** [frequency 1..8, x]: the discrete cosine transform II. */
const COSINES = Float64Array.from({ length: 8 * SIDE }, (_, i) =>
  Math.cos((Math.PI * (Math.floor(i / SIDE) + 1) * (2 * (i % SIDE) + 1)) / (2 * SIDE)),
);
