import { PNG } from 'pngjs';
import type { Drawing, Point, Shape } from './drawing.js';
import { strokesOf, textWidth } from './strokeFont.js';

/** Pixels of the picture for one of the drawing, in each direction. */
const SCALE = 2;
/** Widths of the strokes of letters, in parts of the font's size. */
const [REGULAR, BOLD] = [0.085, 0.125];
/** Areas are measured on so many lines in each row of pixels. */
const LINES = 4;

/** A drawing as the bytes of a PNG file, with smooth edges. */
export function pngOf({ width, height, background, shapes }: Drawing): Buffer {
  const canvas = new Canvas(width * SCALE, height * SCALE, background);
  for (const shape of shapes) paint(canvas, shape);
  return PNG.sync.write(canvas.png);
}

function paint(canvas: Canvas, shape: Shape): void {
  switch (shape.type) {
    case 'line': {
      const points = shape.points.map(scaled);
      const width = SCALE * shape.width;
      const parts = shape.dash
        ? dashes(
            points,
            shape.dash.map((length) => SCALE * length),
            width,
          )
        : [points];
      return canvas.strokes(parts, width, shape.colour);
    }
    case 'area':
      return canvas.area(shape.points.map(scaled), shape.colour, shape.opacity);
    case 'disc': {
      const at = scaled(shape.at);
      return canvas.strokes([[at, at]], 2 * SCALE * shape.radius, shape.colour);
    }
    case 'text': {
      const { text, anchor, colour, isBold = false, isUpright = false } = shape;
      const size = SCALE * shape.size;
      const [x, y] = scaled(shape.at);
      const start = { start: 0, middle: -0.5, end: -1 }[anchor] * textWidth(text, size);
      const placed = ([along, up]: Point): Point =>
        isUpright ? [x - up, y - start - along] : [x + start + along, y - up];
      const strokes = strokesOf(text, size).map((stroke) => stroke.map(placed));
      return canvas.strokes(strokes, (isBold ? BOLD : REGULAR) * size, colour);
    }
  }
}

function scaled([x, y]: Point): Point {
  return [SCALE * x, SCALE * y];
}

/** @param lengths of dash and gap in turn @param width of the line, whose round ends the dashes leave room for */
function dashes(points: readonly Point[], lengths: readonly number[], width: number): Point[][] {
  const parts: Point[][] = [];
  let index = 0;
  let left = lengths[0] ?? 1;
  let part: Point[] = points[0] ? [points[0]] : [];
  for (let i = 1; i < points.length; i++) {
    let [from, to] = [points[i - 1] as Point, points[i] as Point];
    for (let length = distance(from, to); length > 0; length = distance(from, to)) {
      const along = Math.min(1, left / length);
      const at: Point = [from[0] + along * (to[0] - from[0]), from[1] + along * (to[1] - from[1])];
      part.push(at);
      if (along === 1 && left > length) {
        left -= length;
        break;
      }
      if (index % 2 === 0) parts.push(shortened(part, width / 2));
      index++;
      left = lengths[index % lengths.length] ?? 1;
      part = [at];
      from = at;
    }
    to = from;
  }
  if (index % 2 === 0 && part.length > 1) parts.push(shortened(part, width / 2));
  return parts;
}

/** Both ends moved inwards, as far as there is something between them. */
function shortened(points: Point[], by: number): Point[] {
  const moved = (end: Point, towards: Point): Point => {
    const length = distance(end, towards);
    const part = length === 0 ? 0 : Math.min(by / length, 0.49);
    return [end[0] + part * (towards[0] - end[0]), end[1] + part * (towards[1] - end[1])];
  };
  const [first, second] = points;
  const [last, before] = [points.at(-1), points.at(-2)];
  if (!first || !second || !last || !before) return points;
  return [moved(first, second), ...points.slice(1, -1), moved(last, before)];
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(bx - ax, by - ay);
}

/** Paints one colour at a time: first how far it covers each pixel, then over what is there. */
class Canvas {
  readonly png: PNG;
  private readonly cover: Float32Array;

  constructor(width: number, height: number, background: string) {
    this.png = new PNG({ width, height });
    this.cover = new Float32Array(width * height);
    const [red, green, blue] = channelsOf(background);
    for (let i = 0; i < this.png.data.length; i += 4) this.png.data.set([red, green, blue, 255], i);
  }

  /** Lines with round ends and joints. A pixel is covered as far as the line reaches over its middle. */
  strokes(lines: readonly (readonly Point[])[], width: number, colour: string): void {
    const half = width / 2;
    const bounds = this.boundsOf(lines.flat(), half + 1);
    for (const points of lines)
      for (let i = 1; i < points.length; i++) {
        const [from, to] = [points[i - 1] as Point, points[i] as Point];
        const { left, right, top, bottom } = this.boundsOf([from, to], half + 1);
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) {
            const covered = half + 0.5 - distanceTo([x + 0.5, y + 0.5], from, to);
            const at = y * this.png.width + x;
            this.cover[at] = Math.max(this.cover[at] as number, Math.min(1, covered));
          }
      }
    this.blend(bounds, colour, 1);
  }

  /** A polygon, by the even-odd rule. */
  area(points: readonly Point[], colour: string, opacity: number): void {
    const bounds = this.boundsOf(points, 1);
    for (let y = bounds.top; y < bounds.bottom; y++)
      for (let line = 0; line < LINES; line++) {
        const crossings = crossingsAt(points, y + (line + 0.5) / LINES);
        for (let i = 0; i + 1 < crossings.length; i += 2) {
          const [from, to] = [crossings[i] as number, crossings[i + 1] as number];
          for (let x = Math.max(bounds.left, Math.floor(from)); x < Math.min(bounds.right, to); x++) {
            const at = y * this.png.width + x;
            const covered = Math.min(to, x + 1) - Math.max(from, x);
            this.cover[at] = (this.cover[at] as number) + covered / LINES;
          }
        }
      }
    this.blend(bounds, colour, opacity);
  }

  private boundsOf(points: readonly Point[], margin: number): Bounds {
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    return {
      left: Math.max(0, Math.floor(Math.min(...xs) - margin)),
      right: Math.min(this.png.width, Math.ceil(Math.max(...xs) + margin)),
      top: Math.max(0, Math.floor(Math.min(...ys) - margin)),
      bottom: Math.min(this.png.height, Math.ceil(Math.max(...ys) + margin)),
    };
  }

  private blend({ left, right, top, bottom }: Bounds, colour: string, opacity: number): void {
    const channels = channelsOf(colour);
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        const at = y * this.png.width + x;
        const part = opacity * (this.cover[at] as number);
        this.cover[at] = 0;
        if (part <= 0) continue;
        channels.forEach((channel, c) => {
          const before = this.png.data[4 * at + c] as number;
          this.png.data[4 * at + c] = Math.round(before + part * (channel - before));
        });
      }
  }
}

interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Ascending places where the outline crosses a horizontal line. */
function crossingsAt(points: readonly Point[], y: number): number[] {
  return points
    .flatMap(([ax, ay], i) => {
      const [bx, by] = points[(i + 1) % points.length] as Point;
      return ay <= y === by <= y ? [] : [ax + ((y - ay) / (by - ay)) * (bx - ax)];
    })
    .sort((a, b) => a - b);
}

/** From a point to the line between two others. */
function distanceTo([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Of #rrggbb. */
function channelsOf(colour: string): [red: number, green: number, blue: number] {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
