import { element, setAttribute } from '../dom.js';
import type { Model } from '../state/model.js';
import type { Examples, Pictures } from '../state/tensors.js';
import { sayOr } from '../strings.js';
import { asTheyAre, drawGrid } from './pictures.js';

/** Width of a picture, and the least height: of a row of a table it would be a line. In CSS pixels. */
const WIDTH = 44;
const LEAST_HEIGHT = 12;

/** One example beside what a network makes of it. @param words what a listener is told of a picture */
export function exampleElement(
  { pictures, texts }: Examples,
  index: number,
  words: string,
  width = WIDTH,
): HTMLElement {
  if (pictures) return picture(pictures, index, words, width);
  const text = texts[index] ?? '';
  return element('p', { class: 'example-text', title: text }, text);
}

/** @param width in CSS pixels */
export function picture(
  pictures: Pictures<Uint8Array>,
  index: number,
  words: string,
  width = WIDTH,
): HTMLCanvasElement {
  const canvas = element('canvas', { role: 'img' });
  const height = Math.max(LEAST_HEIGHT, Math.round((width * pictures.height) / pictures.width));
  const paint = asTheyAre(pictures);
  const grid = { columns: 1, rows: 1, width, height, pitch: width, gap: 0 };
  drawGrid(canvas, grid, 1, pictures, (_, pixels) => paint(index, pixels));
  setAttribute(canvas, 'aria-label', words);
  return canvas;
}

/** Where examples come from, in words. */
export function originOf({ run }: Model, from: string): string {
  return sayOr(`${run?.dataset?.kind === 'image' ? 'from' : 'of'}_${from}`, from);
}
