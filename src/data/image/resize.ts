/** Scaling with antialiasing, to the same values as Pillow's `resize(size, Resampling.BILINEAR)`. */
import type { DecodedImage } from './decode.js';
import { resample as resampleLines } from './resample/kernels.js';
import { weightsOf, type Span } from './resample/weights.js';

export interface Resizing {
  width: number;
  height: number;
  /**
   * "stretch" changes the proportions; "cover" keeps them and cuts off what stands over, alike on both sides; "contain"
   * keeps them and fills what stays free with black.
   */
  fit: 'stretch' | 'cover' | 'contain';
}

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
  const across = changes(image.width, width, columns) ? weightsOf(image.width, width, columns) : null;
  const down = changes(image.height, height, rows) ? weightsOf(image.height, height, rows) : null;
  const rowsFirst = image.height <= height || 2 * (image.width - width) >= image.height - height;
  const data = across || down ? resampleLines(image, across, down, rowsFirst) : image.data;
  return { width, height, channels: image.channels, data };
}

function changes(from: number, to: number, [start, end]: Span): boolean {
  return from !== to || start !== 0 || end !== to;
}
