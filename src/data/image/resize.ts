/** Scaling with antialiasing, to the same values as Pillow's `resize(size, Resampling.BILINEAR)`. */
import type { DecodedImage } from './decode.js';

export interface Resizing {
  width: number;
  height: number;
  /**
   * "stretch" changes the proportions; "cover" keeps them and cuts off what stands over, alike on both sides; "contain"
   * keeps them and fills what stays free with black.
   */
  fit: 'stretch' | 'cover' | 'contain';
}

/** For each target pixel: where its source pixels begin, how many they are, and their weights. */
interface Weights {
  starts: Int32Array;
  counts: Int32Array;
  /** [target pixels, stride], in 22 bits of fraction. */
  values: Int32Array;
  stride: number;
}

/** The part of the source that is used, in pixels; single precision, as in Pillow. */
type Span = readonly [from: number, to: number];

/** 32 bits less 8 of the result and 2 that Pillow keeps for filters with negative weights. */
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);
const MAX_CACHED = 64;
const cache = new Map<string, Weights>();

/**
 * A target pixel is the mean of the source pixels under a triangle that is two target pixels wide, two source pixels at
 * least: along rows and columns, rounded to bytes between. Rows come first unless the height shrinks far more, since
 * Pillow 13 (ImagingResample); before, they always did, which differs by a level at times.
 */
export function resizeImage(image: DecodedImage, { width, height, fit }: Resizing): DecodedImage {
  if (fit === 'contain') return contain(image, width, height);
  const [columns, rows] = fit === 'cover' ? coveredSpans(image, width, height) : wholeSpans(image);
  return resample(image, width, height, columns, rows);
}

function wholeSpans(image: DecodedImage): [Span, Span] {
  return [
    [0, image.width],
    [0, image.height],
  ];
}

/** The largest part in the middle that has the target's proportions (Pillow, ImageOps.fit). */
function coveredSpans(image: DecodedImage, width: number, height: number): [Span, Span] {
  const own = image.width / image.height;
  const wanted = width / height;
  if (own === wanted) return wholeSpans(image);
  const partWidth = own > wanted ? wanted * image.height : image.width;
  const partHeight = own > wanted ? image.height : image.width / wanted;
  const left = (image.width - partWidth) * 0.5;
  const top = (image.height - partHeight) * 0.5;
  return [
    [Math.fround(left), Math.fround(left + partWidth)],
    [Math.fround(top), Math.fround(top + partHeight)],
  ];
}

/** Pillow, ImageOps.pad. */
function contain(image: DecodedImage, width: number, height: number): DecodedImage {
  const own = image.width / image.height;
  const wanted = width / height;
  const innerWidth = own < wanted ? Math.max(1, roundEven(own * height)) : width;
  const innerHeight = own > wanted ? Math.max(1, roundEven((image.height / image.width) * width)) : height;
  const inner = resample(image, innerWidth, innerHeight, ...wholeSpans(image));
  if (innerWidth === width && innerHeight === height) return inner;
  const { channels } = image;
  const left = roundEven((width - innerWidth) * 0.5);
  const top = roundEven((height - innerHeight) * 0.5);
  const data = new Uint8Array(width * height * channels);
  const row = innerWidth * channels;
  for (let y = 0; y < innerHeight; y++)
    data.set(inner.data.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels);
  return { width, height, channels, data };
}

/** Halves to even, as Python's round(). */
function roundEven(value: number): number {
  const low = Math.floor(value);
  return value - low === 0.5 ? low + (low % 2) : Math.round(value);
}

function resample(image: DecodedImage, width: number, height: number, columns: Span, rows: Span): DecodedImage {
  const { channels } = image;
  let { data } = image;
  const alongRows = (lines: number): void => {
    if (!changes(image.width, width, columns)) return;
    data = resampleRows(data, image.width, lines, channels, weights(image.width, width, columns), width);
  };
  const alongColumns = (across: number): void => {
    if (!changes(image.height, height, rows)) return;
    data = resampleColumns(data, across * channels, weights(image.height, height, rows), height);
  };
  if (image.height > height && 2 * (image.width - width) < image.height - height) {
    alongColumns(image.width);
    alongRows(height);
  } else {
    alongRows(image.height);
    alongColumns(width);
  }
  return { width, height, channels, data };
}

function changes(from: number, to: number, [start, end]: Span): boolean {
  return from !== to || start !== 0 || end !== to;
}

function resampleRows(
  data: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3,
  { starts, counts, values, stride }: Weights,
  newWidth: number,
): Uint8Array {
  const out = new Uint8Array(newWidth * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = y * width * channels;
    for (let x = 0; x < newWidth; x++) {
      const count = counts[x] as number;
      let at = row + (starts[x] as number) * channels;
      let weight = x * stride;
      const end = weight + count;
      let first = HALF;
      if (channels === 1) {
        for (; weight < end; weight++) first = (first + Math.imul(data[at++] as number, values[weight] as number)) | 0;
        out[to++] = first >> FRACTION_BITS;
        continue;
      }
      let second = HALF;
      let third = HALF;
      for (; weight < end; weight++, at += 3) {
        const factor = values[weight] as number;
        first = (first + Math.imul(data[at] as number, factor)) | 0;
        second = (second + Math.imul(data[at + 1] as number, factor)) | 0;
        third = (third + Math.imul(data[at + 2] as number, factor)) | 0;
      }
      out[to++] = first >> FRACTION_BITS;
      out[to++] = second >> FRACTION_BITS;
      out[to++] = third >> FRACTION_BITS;
    }
  }
  return out;
}

/** @param row values of a row */
function resampleColumns(
  data: Uint8Array,
  row: number,
  { starts, counts, values, stride }: Weights,
  newHeight: number,
): Uint8Array {
  const out = new Uint8Array(row * newHeight);
  for (let y = 0, to = 0; y < newHeight; y++) {
    const top = (starts[y] as number) * row;
    const from = y * stride;
    const end = from + (counts[y] as number);
    for (let i = 0; i < row; i++) {
      let sum = HALF;
      for (let weight = from, at = top + i; weight < end; weight++, at += row)
        sum = (sum + Math.imul(data[at] as number, values[weight] as number)) | 0;
      out[to++] = sum >> FRACTION_BITS;
    }
  }
  return out;
}

/** Pillow, precompute_coeffs and normalize_coeffs_8bpc. */
function weights(from: number, to: number, [start, end]: Span): Weights {
  const key = `${from} ${to} ${start} ${end}`;
  const known = cache.get(key);
  if (known) return known;
  const scale = Math.fround(end - start) / to;
  const support = Math.max(1, scale);
  const stride = Math.ceil(support) * 2 + 1;
  const made = {
    starts: new Int32Array(to),
    counts: new Int32Array(to),
    values: new Int32Array(to * stride),
    stride,
  };
  for (let i = 0; i < to; i++) {
    const center = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - first;
    const triangle = Array.from({ length: count }, (_, k) =>
      Math.max(0, 1 - Math.abs((k + first - center + 0.5) * (1 / support))),
    );
    const sum = triangle.reduce((total, value) => total + value, 0);
    made.starts[i] = first;
    made.counts[i] = count;
    triangle.forEach(
      (value, k) => (made.values[i * stride + k] = Math.trunc(0.5 + (value / sum) * 2 ** FRACTION_BITS)),
    );
  }
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, made);
  return made;
}
