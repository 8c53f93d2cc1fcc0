/** Draws one digit of strokeShapes.ts as a hand would: warped, slanted, with a pen whose pressure changes. */
import type { RandomStream } from '../protocol/random.js';
import { shapes, type Shape, type Stroke } from './strokeShapes.js';

/** Height and width of an image, in pixels. */
export const DIGIT_SIZE = 28;

/** Free border, in pixels, which the pen's middle line keeps. */
const MARGIN = 3.5;
/** The pen's largest radius, in pixels: with the margin, no ink comes to the border. */
const MAX_RADIUS = 2.2;
/** Line pieces between two points of a stroke. */
const PIECES = 6;
/** The edge of a line fades over this many pixels. */
const EDGE = 1.3;

/** A stroke as a line through many points, in pixels, each with the pen's radius there. */
interface Line {
  x: number[];
  y: number[];
  radius: number[];
}

/** Writes DIGIT_SIZE² grey values (0 paper, 255 ink) to `out` from `at` on. */
export function drawDigit(digit: number, random: RandomStream, out: Uint8Array, at: number): void {
  const lines = penLines(chooseShape(digit, random), random);
  place(lines, random);
  const ink = new Float32Array(DIGIT_SIZE * DIGIT_SIZE);
  for (const line of lines) cover(ink, line);
  const darkness = 0.9 + 0.1 * random.uniform();
  const grain = 0.02 + 0.1 * random.uniform();
  for (let i = 0; i < ink.length; i++) {
    const covered = ink[i] as number;
    if (covered === 0) continue;
    const value = covered * (darkness + grain * (random.uniform() - 0.5));
    out[at + i] = Math.round(255 * Math.min(1, value));
  }
}

function chooseShape(digit: number, random: RandomStream): Shape {
  const ways = shapes[digit] ?? [];
  let left = random.uniform() * ways.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = ways.find(({ weight }) => (left -= weight) < 0) ?? ways[0];
  if (!chosen) throw new RangeError(`${digit} is not a digit`);
  return chosen;
}

function penLines({ strokes, aspect }: Shape, random: RandomStream): Line[] {
  const height = 18 + 1.2 * random.normal();
  const width = height * aspect * Math.exp(0.14 * random.normal());
  const slant = 0.12 + 0.17 * random.normal();
  const turn = 0.07 * random.normal();
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const warpX = warp(random);
  const warpY = warp(random);
  const radius = Math.min(1.9, Math.max(0.75, 1.15 * Math.exp(0.24 * random.normal())));
  const pressure = warp(random);
  return strokes.map((stroke) => {
    const line: Line = { x: [], y: [], radius: [] };
    for (const [u, v] of smooth(stroke)) {
      const x = (u - 0.5 + warpX(u, v)) * width;
      const y = (v - 0.5 + warpY(u, v)) * height;
      const leaning = x - slant * y;
      line.x.push(cos * leaning - sin * y);
      line.y.push(sin * leaning + cos * y);
      line.radius.push(Math.min(MAX_RADIUS, radius * (1 + 3 * pressure(u, v))));
    }
    return line;
  });
}

/**
 * A smooth displacement of the box, so that strokes that meet still meet: a few waves of random direction and phase,
 * longer than the box is wide.
 */
function warp(random: RandomStream): (u: number, v: number) => number {
  const waves = Array.from({ length: 3 }, () => ({
    amplitude: 0.034 * random.normal(),
    u: 3.2 * random.normal(),
    v: 3.2 * random.normal(),
    phase: 2 * Math.PI * random.uniform(),
  }));
  return (u, v) =>
    waves.reduce((sum, wave) => sum + wave.amplitude * Math.sin(wave.u * u + wave.v * v + wave.phase), 0);
}

/** Points on the Catmull-Rom curve through a stroke's points (Catmull & Rom 1974). */
function smooth(stroke: Stroke): [number, number][] {
  const points: [number, number][] = [];
  const pointAt = (i: number): readonly [number, number] =>
    stroke[Math.max(0, Math.min(stroke.length - 1, i))] ?? [0, 0];
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [a, b, c, d] = [pointAt(i - 1), pointAt(i), pointAt(i + 1), pointAt(i + 2)];
    for (let piece = 0; piece < PIECES; piece++) {
      const t = piece / PIECES;
      points.push([catmullRom(a[0], b[0], c[0], d[0], t), catmullRom(a[1], b[1], c[1], d[1], t)]);
    }
  }
  const last = pointAt(stroke.length - 1);
  points.push([last[0], last[1]]);
  return points;
}

function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Moves the lines so that their middle is near the image's, and scales down what would leave it. */
function place(lines: Line[], random: RandomStream): void {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of lines)
    for (let i = 0; i < x.length; i++) {
      left = Math.min(left, x[i] as number);
      right = Math.max(right, x[i] as number);
      top = Math.min(top, y[i] as number);
      bottom = Math.max(bottom, y[i] as number);
    }
  const room = DIGIT_SIZE - 2 * MARGIN;
  const scale = Math.min(1, room / Math.max(right - left, bottom - top));
  const shift = (low: number, high: number): number => {
    const half = (scale * (high - low)) / 2;
    const middle = DIGIT_SIZE / 2 + 0.8 * random.normal();
    return Math.min(DIGIT_SIZE - MARGIN - half, Math.max(MARGIN + half, middle)) - (scale * (low + high)) / 2;
  };
  const dx = shift(left, right);
  const dy = shift(top, bottom);
  for (const line of lines) {
    line.x = line.x.map((x) => scale * x + dx);
    line.y = line.y.map((y) => scale * y + dy);
  }
}

/** Raises each pixel to how much of it the line covers, by its distance to the nearest piece. */
function cover(ink: Float32Array, { x, y, radius }: Line): void {
  for (let i = 0; i + 1 < x.length; i++) {
    const x0 = x[i] as number;
    const y0 = y[i] as number;
    const dx = (x[i + 1] as number) - x0;
    const dy = (y[i + 1] as number) - y0;
    const r = radius[i] as number;
    const reach = r + EDGE / 2;
    const lengthSquared = dx * dx + dy * dy;
    const [fromX, toX] = pixelsNear(x0, x0 + dx, reach);
    const [fromY, toY] = pixelsNear(y0, y0 + dy, reach);
    for (let row = fromY; row <= toY; row++) {
      for (let column = fromX; column <= toX; column++) {
        const pixel = row * DIGIT_SIZE + column;
        if (ink[pixel] === 1) continue;
        const px = column + 0.5 - x0;
        const py = row + 0.5 - y0;
        const t = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
        const offX = px - t * dx;
        const offY = py - t * dy;
        const distance = Math.sqrt(offX * offX + offY * offY);
        const covered = Math.min(1, Math.max(0, (reach - distance) / EDGE));
        if (covered > (ink[pixel] as number)) ink[pixel] = covered;
      }
    }
  }
}

/** First and last pixel whose middle is no farther from a..b than `reach`, along one axis. */
function pixelsNear(a: number, b: number, reach: number): [from: number, to: number] {
  const spare = 1e-6; // beyond rounding
  const from = Math.ceil(Math.min(a, b) - reach - 0.5 - spare);
  const to = Math.floor(Math.max(a, b) + reach - 0.5 + spare);
  return [Math.max(0, from), Math.min(DIGIT_SIZE - 1, to)];
}
