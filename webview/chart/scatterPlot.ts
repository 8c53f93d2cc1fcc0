import { linearTicks } from './ticks.js';
import type { ChartColours } from './types.js';

/** Points against the diagonal, on which both coordinates are the same: both axes have the same range. */

export interface ScatterContent {
  /** One pair after the other: x, y. */
  points: Float32Array;
  colours: ChartColours & { line: string; point: string };
  /** Side of the square, in CSS pixels, with what stands beside the axes. */
  side: number;
  formatTick: (value: number) => string;
}

const POINT_RADIUS = 2;
const TICK_SPACE = 60;
/** Room between a number and its axis; points are kept off the edge by so much of the range. */
const GAP = 6;
const MARGIN = 0.04;

/** Draws at once. Points of which a coordinate is no finite number are left out. */
export function drawScatter(canvas: HTMLCanvasElement, content: ScatterContent): void {
  const { points, colours, side, formatTick } = content;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(side * ratio);
  canvas.style.width = canvas.style.height = `${side}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  context.font = `${colours.fontSize}px ${colours.font}`;
  const [low, high] = rangeOf(points);
  const ticks = linearTicks(low, high, Math.max(2, Math.floor(side / TICK_SPACE)));
  const texts = ticks.map(formatTick);
  const left = Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width))) + GAP;
  const below = colours.fontSize + 2 * GAP;
  const size = side - Math.max(left, below) - GAP;
  const at = (value: number): number => ((value - low) / (high - low)) * size;
  const x = (value: number): number => side - size - GAP + at(value);
  const y = (value: number): number => GAP + size - at(value);

  context.strokeStyle = colours.grid;
  context.fillStyle = colours.text;
  for (const [i, tick] of ticks.entries()) {
    line(context, [x(tick), y(low)], [x(tick), y(high)]);
    line(context, [x(low), y(tick)], [x(high), y(tick)]);
    const text = texts[i] as string;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.fillText(text, x(low) - GAP, y(tick));
    context.textAlign = 'center';
    context.textBaseline = 'top';
    context.fillText(text, x(tick), y(low) + GAP);
  }
  context.fillStyle = colours.point;
  // Where many lie on each other it becomes darker.
  context.globalAlpha = Math.max(0.15, Math.min(0.8, 200 / (points.length / 2)));
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [truth, predicted] = [points[i] as number, points[i + 1] as number];
    if (!Number.isFinite(truth) || !Number.isFinite(predicted)) continue;
    context.beginPath();
    context.arc(x(truth), y(predicted), POINT_RADIUS, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  context.strokeStyle = colours.line;
  line(context, [x(low), y(low)], [x(high), y(high)]);
}

/** Of all coordinates, with a margin; never empty. */
function rangeOf(points: Float32Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of points) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = MARGIN * (high - low) || Math.abs(high) || 1;
  return [low - margin, high + margin];
}

function line(context: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}
