import { element } from '../dom.js';
import type { Pictures } from '../state/tensors.js';
import type { Rgb, Theme } from '../theme.js';

/** Drawing of small pictures side by side, each source pixel a crisp rectangle. Lengths are in CSS pixels. */
export interface Grid {
  columns: number;
  rows: number;
  /** Width and height of one picture. */
  width: number;
  height: number;
  /** From the left edge of one picture to the next. */
  pitch: number;
  gap: number;
}

const GAP = 4;
/** Least width of a picture in a block, in pixels, and the most it may exceed the wish by. */
const LEAST_IN_BLOCK = 20;
const MOST_IN_BLOCK = 1.4;

/** As many of `count` pictures as fit side by side at `least` pixels each. */
export function rowGrid(available: number, count: number, aspect: number, least: number, most: number): Grid {
  const columns = Math.max(1, Math.min(count, Math.floor((available + GAP) / (least + GAP))));
  const pitch = Math.min((available + GAP) / columns, most + GAP);
  const width = Math.max(1, Math.floor(pitch - GAP));
  return { columns, rows: 1, width, height: Math.max(1, Math.round(width * aspect)), pitch, gap: GAP };
}

/** All `count` pictures, each about `wish` pixels wide, in rows that are full where that is possible. */
export function blockGrid(available: number, count: number, aspect: number, wish: number): Grid {
  let columns = 1;
  let least = Infinity;
  for (let candidate = 1; candidate <= count; candidate++) {
    const width = (available + GAP) / candidate - GAP;
    if (width < LEAST_IN_BLOCK) break;
    const cost = Math.abs(Math.log(width / wish)) + (count % candidate === 0 ? 0 : 0.5);
    if (cost < least) [columns, least] = [candidate, cost];
  }
  const pitch = Math.min((available + GAP) / columns, wish * MOST_IN_BLOCK + GAP);
  const width = Math.max(1, Math.floor(pitch - GAP));
  const height = Math.max(1, Math.round(width * aspect));
  return { columns, rows: Math.ceil(count / columns), width, height, pitch, gap: GAP };
}

/** Pictures in so many columns, of at most `most` pixels of width. */
export function columnGrid(available: number, count: number, columns: number, aspect: number, most: number): Grid {
  const gap = Math.min(GAP, Math.floor(available / columns / 8));
  const pitch = Math.min((available + gap) / columns, most + gap);
  const width = Math.max(1, Math.floor(pitch - gap));
  const height = Math.max(1, Math.round(width * aspect));
  return { columns, rows: Math.ceil(count / columns), width, height, pitch, gap };
}

/** Writes the colours of picture `index` into `pixels` (RGBA, row by row). */
export type Painter = (index: number, pixels: Uint8ClampedArray) => void;

export function drawGrid(
  canvas: HTMLCanvasElement,
  grid: Grid,
  count: number,
  source: { width: number; height: number },
  paint: Painter,
): void {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round((grid.columns - 1) * grid.pitch + grid.width);
  const height = grid.rows * (grid.height + grid.gap) - grid.gap;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  const scratch = document.createElement('canvas');
  scratch.width = source.width;
  scratch.height = source.height;
  const pen = scratch.getContext('2d');
  if (!context || !pen) return;
  const image = pen.createImageData(source.width, source.height);
  for (let alpha = 3; alpha < image.data.length; alpha += 4) image.data[alpha] = 255;
  const cellWidth = Math.round(grid.width * ratio);
  const cellHeight = Math.round(grid.height * ratio);
  // Pictures larger than their place are averaged down: leaving pixels out would show patterns that are not there.
  context.imageSmoothingEnabled = cellWidth < source.width;
  context.imageSmoothingQuality = 'high';
  for (let index = 0; index < Math.min(count, grid.columns * grid.rows); index++) {
    paint(index, image.data);
    pen.putImageData(image, 0, 0);
    const left = Math.round((index % grid.columns) * grid.pitch * ratio);
    const top = Math.round(Math.floor(index / grid.columns) * (grid.height + grid.gap) * ratio);
    context.drawImage(scratch, left, top, cellWidth, cellHeight);
  }
}

/** Bytes as they are: grey or red, green, blue. */
export function asTheyAre({ data, width, height, channels }: Pictures<Uint8Array>): Painter {
  const size = width * height;
  return (index, pixels) => {
    const start = index * size * channels;
    for (let i = 0; i < size; i++)
      for (let c = 0; c < 3; c++) pixels[i * 4 + c] = data[start + i * channels + (channels === 3 ? c : 0)] ?? 0;
  };
}

/** Two colours for two directions, stronger with size, on the theme's ground; `value` in -1..1. */
export function diverging(theme: Theme, size: number, value: (index: number, pixel: number) => number): Painter {
  return (index, pixels) => {
    for (let i = 0; i < size; i++) blend(theme, value(index, i), pixels, i * 4);
  };
}

function blend({ ground, negative, positive }: Theme, value: number, pixels: Uint8ClampedArray, at: number): void {
  const end: Rgb = value < 0 ? negative : positive;
  const share = Math.min(1, Math.abs(value));
  for (let c = 0; c < 3; c++) {
    const from = ground[c] ?? 0;
    pixels[at + c] = from + ((end[c] ?? 0) - from) * share;
  }
}

/** Output minus input in units of the full scale (0..1), averaged over the channels of a pixel. */
export function errorAt(
  input: Pictures<Uint8Array>,
  output: Pictures<Uint8Array>,
  index: number,
  pixel: number,
): number {
  const { channels, width, height } = input;
  const start = (index * width * height + pixel) * channels;
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += (output.data[start + c] ?? 0) - (input.data[start + c] ?? 0);
  return sum / channels / 255;
}

export interface ErrorFigures {
  /** Mean over all values of |output - input|, 0..1. */
  meanAbsolute: number;
  largest: number;
  /** Error that is drawn in full colour: a round number that all but a few pixels stay below. */
  fullColour: number;
}

const SCALES = [0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1];

export function errorFigures(input: Pictures<Uint8Array>, output: Pictures<Uint8Array>): ErrorFigures {
  const histogram = new Uint32Array(256);
  const length = Math.min(input.data.length, output.data.length);
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < length; i++) {
    const size = Math.abs((output.data[i] ?? 0) - (input.data[i] ?? 0));
    histogram[size] = (histogram[size] ?? 0) + 1;
    sum += size;
    if (size > largest) largest = size;
  }
  let few = length * 0.03;
  let size = 255;
  while (size > 0 && few >= (histogram[size] ?? 0)) few -= histogram[size--] ?? 0;
  return {
    meanAbsolute: length > 0 ? sum / length / 255 : 0,
    largest: largest / 255,
    fullColour: SCALES.find((scale) => scale >= size / 255) ?? 1,
  };
}

/** What a colour of a picture means, in its legend. */
export function swatch(kind: 'negative' | 'positive', text: string): HTMLElement {
  return element('span', { class: `swatch swatch-${kind}` }, element('i'), text);
}
