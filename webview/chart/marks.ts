import type { ChartMark } from './types.js';

/** Rows of labels below one another before a label is left out; its line stays. */
const MOST_ROWS = 3;
const GAP = 5;

export interface MarksPlace {
  left: number;
  top: number;
  width: number;
  height: number;
  /** From the x of a mark to the canvas. */
  position: (x: number) => number;
  font: string;
  /** Height of a row of labels. */
  space: number;
  line: string;
  text: string;
}

/** Draws a thin line with its label at its top for each mark in view. All lengths in canvas pixels. */
export function drawMarks(pen: CanvasRenderingContext2D, marks: readonly ChartMark[], place: MarksPlace): void {
  const { left, top, width, height, space } = place;
  const right = left + width;
  const line = Math.max(1, Math.round(space / 16));
  const inView = marks
    .map(({ x, text }) => ({ at: Math.round(place.position(x)) + (line % 2) / 2, text }))
    .filter(({ at }) => at >= left && at <= right + 1);
  pen.save();
  pen.lineWidth = line;
  pen.strokeStyle = place.line;
  pen.setLineDash([line, line * 2]);
  pen.beginPath();
  for (const { at } of inView) {
    pen.moveTo(at, top);
    pen.lineTo(at, top + height);
  }
  pen.stroke();
  pen.font = place.font;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  pen.fillStyle = place.text;
  const ends = new Array<number>(MOST_ROWS).fill(-Infinity);
  for (const { at, text } of inView) {
    const long = pen.measureText(text).width;
    const begin = at + GAP + long <= right ? at + GAP : Math.max(left, at - GAP - long);
    const row = ends.findIndex((end) => end < begin);
    if (row < 0) continue;
    ends[row] = begin + long + 2 * GAP;
    pen.clearRect(begin - 1, top + row * space, long + 2, space); // no line runs through the letters
    pen.fillText(text, begin, top + (row + 0.5) * space);
  }
  pen.restore();
}
