import { element } from '../dom.js';
import { isInside, nearestPoint } from './points.js';

/** Points of a plane without axes, of which people point at one, or draw around some. */

export interface PointStyle {
  colour: string;
  shape: Shape;
}

export const shapes = ['circle', 'square', 'triangle', 'diamond'] as const;
export type Shape = (typeof shapes)[number];

export interface PointContent {
  /** One pair after the other: x to the right, y upwards. */
  points: Float32Array;
  /** Of each point, which of the styles it has. */
  groups: ArrayLike<number>;
  styles: readonly PointStyle[];
  /** Of each point, whether it steps back behind the others. */
  isFaint: (index: number) => boolean;
  /** In CSS pixels. */
  width: number;
  height: number;
  /** Of lines around points. */
  line: string;
}

export interface PointActions {
  /** @param index null for none */
  onPoint: (index: number | null) => void;
  /** Points that were drawn around; one that was only pressed; none. */
  onChoose: (indices: number[]) => void;
}

/** Radius of a point, and how near the pointer must be, in CSS pixels. */
const RADIUS = 3;
const REACH = 12;
const MARGIN = 10;
const FAINT = 0.12;
/** A shorter way is a press. */
const LEAST_DRAG = 4;

export class PointPlot {
  readonly element = element('div', { class: 'point-plot' });
  private readonly base = element('canvas', { 'aria-hidden': 'true' });
  /** What changes with the pointer, so that the points need not be drawn again. */
  private readonly over = element('canvas', { class: 'point-over', 'aria-hidden': 'true' });
  private content: PointContent | null = null;
  /** Where points are, in CSS pixels. */
  private places = new Float32Array();
  private pointed: number | null = null;
  private lasso: number[] = [];
  private frame = 0;

  constructor(private readonly actions: PointActions) {
    this.element.append(this.base, this.over);
    this.listen();
  }

  draw(content: PointContent): void {
    this.content = content;
    const { points, groups, styles, isFaint, width, height } = content;
    this.places = placesOf(points, width, height);
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.base, this.over]) sizeTo(canvas, width, height, ratio);
    const context = this.base.getContext('2d');
    if (!context) return;
    context.scale(ratio, ratio);
    const marks = styles.map((style) => markOf(style, ratio));
    const size = MARK / 2;
    const faint: number[] = [];
    const clear: number[] = [];
    for (let i = 0; i < points.length / 2; i++) (isFaint(i) ? faint : clear).push(i);
    for (const [some, alpha] of [
      [faint, FAINT],
      [clear, 0.85],
    ] as const) {
      context.globalAlpha = alpha;
      for (const i of some) {
        const mark = marks[groups[i] as number];
        if (mark)
          context.drawImage(
            mark,
            (this.places[2 * i] as number) - size,
            (this.places[2 * i + 1] as number) - size,
            MARK,
            MARK,
          );
      }
    }
    if (this.pointed !== null && this.pointed >= points.length / 2) this.pointed = null;
    this.drawOver();
  }

  /** Rings a point; null none. */
  point(index: number | null): void {
    if (index === this.pointed) return;
    this.pointed = index;
    this.later();
  }

  /** In CSS pixels from the left and the top. */
  placeOf(index: number): { x: number; y: number } {
    return { x: this.places[2 * index] ?? 0, y: this.places[2 * index + 1] ?? 0 };
  }

  /** Where all points are, one pair after the other, as {@link placeOf}. */
  get allPlaces(): Float32Array {
    return this.places;
  }

  private listen(): void {
    const { over } = this;
    over.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      over.setPointerCapture(event.pointerId);
      this.lasso = [event.offsetX, event.offsetY];
    });
    over.addEventListener('pointermove', (event) => {
      if (this.lasso.length > 0) {
        this.lasso.push(event.offsetX, event.offsetY);
        if (this.isDrag) this.tell(null);
        this.later();
      } else this.tell(nearestPoint(this.places, event.offsetX, event.offsetY, REACH));
    });
    over.addEventListener('pointerup', (event) => {
      if (this.lasso.length === 0) return;
      const { lasso, isDrag } = this;
      this.lasso = [];
      this.later();
      const pressed = nearestPoint(this.places, event.offsetX, event.offsetY, REACH);
      this.actions.onChoose(isDrag ? this.within(lasso) : pressed === null ? [] : [pressed]);
    });
    over.addEventListener('pointercancel', () => {
      this.lasso = [];
      this.later();
    });
    over.addEventListener('pointerleave', () => this.tell(null));
  }

  private get isDrag(): boolean {
    const [x = 0, y = 0] = this.lasso;
    return this.lasso.some((value, i) => Math.abs(value - (i % 2 === 0 ? x : y)) >= LEAST_DRAG);
  }

  private within(lasso: readonly number[]): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.places.length / 2; i++)
      if (isInside(lasso, this.places[2 * i] as number, this.places[2 * i + 1] as number)) found.push(i);
    return found;
  }

  private tell(index: number | null): void {
    if (index === this.pointed) return;
    this.point(index);
    this.actions.onPoint(index);
  }

  private later(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.drawOver();
    });
  }

  private drawOver(): void {
    const context = this.over.getContext('2d');
    if (!context || !this.content) return;
    const { width, height, line } = this.content;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.strokeStyle = context.fillStyle = line;
    context.lineWidth = 1.5;
    if (this.pointed !== null) {
      const { x, y } = this.placeOf(this.pointed);
      context.beginPath();
      context.arc(x, y, RADIUS + 3, 0, 2 * Math.PI);
      context.stroke();
    }
    if (this.lasso.length < 4) return;
    context.beginPath();
    for (let i = 0; i < this.lasso.length; i += 2) context.lineTo(this.lasso[i] as number, this.lasso[i + 1] as number);
    context.closePath();
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
    context.setLineDash([4, 3]);
    context.stroke();
    context.setLineDash([]);
  }
}

function sizeTo(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): void {
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

/** All points with the same scale in both directions, so that distances are those of the plane, in the middle. */
function placesOf(points: Float32Array, width: number, height: number): Float32Array<ArrayBuffer> {
  const least = [Infinity, Infinity];
  const most = [-Infinity, -Infinity];
  points.forEach((value, i) => {
    least[i % 2] = Math.min(least[i % 2] as number, value);
    most[i % 2] = Math.max(most[i % 2] as number, value);
  });
  const [left = 0, bottom = 0] = least;
  const [right = 0, top = 0] = most;
  const scale = Math.min((width - 2 * MARGIN) / (right - left || 1), (height - 2 * MARGIN) / (top - bottom || 1));
  return Float32Array.from(points, (value, i) =>
    i % 2 === 0 ? width / 2 + (value - (left + right) / 2) * scale : height / 2 - (value - (bottom + top) / 2) * scale,
  );
}

/** Side of a mark's picture. */
const MARK = 2 * RADIUS + 4;

function markOf({ colour, shape }: PointStyle, ratio: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(MARK * ratio);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.scale(canvas.width / MARK, canvas.width / MARK);
  context.translate(MARK / 2, MARK / 2);
  context.fillStyle = colour;
  context.beginPath();
  const r = RADIUS;
  if (shape === 'circle') context.arc(0, 0, r, 0, 2 * Math.PI);
  else if (shape === 'square') context.rect(-r * 0.9, -r * 0.9, r * 1.8, r * 1.8);
  else for (const [x, y] of shape === 'triangle' ? TRIANGLE : DIAMOND) context.lineTo(x * r * 1.25, y * r * 1.25);
  context.closePath();
  context.fill();
  return canvas;
}

const TRIANGLE = [
  [0, -1],
  [0.95, 0.75],
  [-0.95, 0.75],
] as const;
const DIAMOND = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;
