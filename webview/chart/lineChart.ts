import uPlot from 'uplot';
import uPlotStyle from 'uplot/dist/uPlot.min.css';
import { element } from '../dom.js';
import { axes } from './axes.js';
import { align, nearest, reduce, type Reduced } from './decimate.js';
import type { ChartContent, ChartOptions, Drawn } from './types.js';
import { drawEndLabels } from './endLabels.js';
import { drawMarks } from './marks.js';
import { Marker, type Crossing } from './marker.js';
import { Tip, type TipRow } from './tip.js';

const END_LABEL_GAP = 7;
const TIP_GAP = 8;
/** So many measurements of a small chart's line are marked, since the line between them was not measured. */
const FEW = 10;
/** Nothing is drawn into less, in CSS pixels. */
const LEAST_WIDTH = 80;
const LEAST_HEIGHT = 40;
/** How near the pointer is to a mark that it is told of, in CSS pixels. */
const MARK_REACH = 6;

/** One chart of lines over a common x. It knows nothing of what they mean. */
export class LineChart {
  readonly element: HTMLElement;
  private plot: uPlot | undefined;
  private content: ChartContent | undefined;
  private range: readonly [number, number] = [0, 1];
  private yRange: [number, number] = [0, 1];
  private readonly reduced: Reduced[];
  private readonly marker = new Marker();
  private readonly tip = new Tip();
  private width = 0;
  private height = 0;

  constructor(private readonly options: ChartOptions) {
    adoptStyle(uPlotStyle);
    this.element = element('div', { class: 'chart' });
    this.reduced = options.lines.map(() => ({ x: [], y: [] }));
  }

  /** Draws at once; the caller sees to it that this happens at most once a frame. */
  draw(content: ChartContent): void {
    this.content = content;
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    if (width < LEAST_WIDTH || height < LEAST_HEIGHT) return;
    const table = this.reduceAll(content, width);
    if (!this.plot) this.plot = this.create(width, height, table);
    else {
      if (width !== this.width || height !== this.height) this.plot.setSize({ width, height });
      this.plot.setData(table, true);
    }
    this.width = width;
    this.height = height;
  }

  /** Only now does uPlot know the new scales: it draws a little after it was told to. */
  private drawn(): void {
    this.placeMarker();
    this.showTip();
    const detail: Drawn = { points: this.reduced.reduce((sum, { x }) => sum + x.length, 0) };
    this.element.dispatchEvent(new CustomEvent('drawn', { detail, bubbles: true }));
  }

  /** Moves the vertical line without drawing the curves again. */
  mark(x: number | null, told: boolean): void {
    if (!this.content || (this.content.marker === x && this.content.markerTold === told)) return;
    this.content.marker = x;
    this.content.markerTold = told;
    this.placeMarker();
  }

  resetZoom(): void {
    if (this.content?.zoom) this.options.onZoom(null);
  }

  /** Shows half as much around the vertical line or the middle, or twice as much. */
  zoomBy(factor: number): void {
    const full = this.fullRange();
    const [low, high] = this.range;
    const marker = this.content?.marker ?? NaN;
    const centre = marker > low && marker < high ? marker : (low + high) / 2;
    const half = ((high - low) * factor) / 2;
    const from = Math.max(full[0], Math.min(centre - half, full[1] - 2 * half));
    this.options.onZoom(half * 2 >= full[1] - full[0] ? null : [from, Math.min(full[1], from + 2 * half)]);
  }

  private fullRange(): [number, number] {
    let high = -Infinity;
    for (const { x, count } of this.content?.lines ?? []) if (count > 0) high = Math.max(high, x[count - 1] ?? 0);
    return [0, high > 0 ? high : 1];
  }

  private reduceAll(content: ChartContent, width: number): uPlot.AlignedData {
    this.range = content.zoom ?? this.fullRange();
    const columns = Math.max(50, Math.round(width * devicePixelRatio));
    let low = Infinity;
    let high = -Infinity;
    content.lines.forEach((points, index) => {
      const into = this.reduced[index];
      if (!into) return;
      reduce(points, this.range[0], this.range[1], columns, content.log, into);
      for (const y of into.y) {
        if (y < low) low = y;
        if (y > high) high = y;
      }
    });
    if (low > high) [low, high] = content.log ? [-1, 0] : [0, 1];
    // A flat line lies in the middle; its rounding errors are not magnified.
    const least = content.log ? 0.05 : Math.abs(high) * 0.05 || 1;
    const pad = Math.max((high - low) * 0.06, (least - (high - low)) / 2);
    this.yRange = [low - pad, high + pad];
    return align(this.reduced);
  }

  private create(width: number, height: number, table: uPlot.AlignedData): uPlot {
    const { lines, colours, small = false } = this.options;
    const plot = new uPlot(
      {
        width,
        height,
        legend: { show: false },
        padding: [8, () => this.endLabelWidth(), 0, 0],
        scales: { x: { time: false, range: () => [...this.range] }, y: { range: () => this.yRange } },
        axes: axes(() => this.content, colours, small),
        series: [
          {},
          ...lines.map((line) => ({
            stroke: line.colour,
            width: line.width,
            alpha: line.alpha ?? 1,
            ...(line.dash ? { dash: line.dash } : {}),
            spanGaps: true,
            points: {
              show: (_self: uPlot, index: number) => (this.reduced[index - 1]?.x.length ?? 0) <= (small ? FEW : 1),
              size: small ? 4 : 6,
              fill: line.colour,
            },
          })),
        ],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false, dist: 6 },
          bind: {
            dblclick: () => () => {
              this.resetZoom();
              return null;
            },
          },
        },
        hooks: {
          drawAxes: [(self) => this.drawMarks(self)], // the lines lie over them
          draw: [(self) => this.drawEnds(self), () => this.drawn()],
          setCursor: [() => this.showTip()],
          setSelect: [(self) => this.select(self)],
        },
      },
      table,
      this.element,
    );
    plot.over.append(this.marker.element, this.tip.element);
    return plot;
  }

  private drawMarks(self: uPlot): void {
    const content = this.content;
    if (!content || content.marks.length === 0) return;
    const { fontSize, font, text } = this.options.colours();
    const ratio = uPlot.pxRatio;
    drawMarks(self.ctx, content.marks, {
      ...self.bbox,
      position: (x) => self.valToPos(x, 'x', true),
      font: `${fontSize * ratio}px ${font}`,
      space: fontSize * 1.35 * ratio,
      line: text,
      text,
    });
  }

  /** What is drawn last of the lines that are told, in canvas pixels. */
  private drawEnds(self: uPlot): void {
    const content = this.content;
    if (!content) return;
    const ratio = uPlot.pxRatio;
    const { fontSize, font } = this.options.colours();
    const ends = this.options.lines.flatMap((line, index) => {
      const value = this.endValue(index);
      return line.told && value !== undefined
        ? [
            {
              y: self.valToPos(value, 'y', true),
              text: content.formatY(content.log ? 10 ** value : value),
              colour: line.colour(),
            },
          ]
        : [];
    });
    const { left, top, width, height } = self.bbox;
    const half = (fontSize / 2) * ratio;
    const beside = left + width + END_LABEL_GAP * ratio;
    drawEndLabels(
      self.ctx,
      ends,
      `${fontSize * ratio}px ${font}`,
      fontSize * 1.2 * ratio,
      beside,
      top + half,
      top + height,
    );
  }

  /** Last value in view, as it is drawn. */
  private endValue(index: number): number | undefined {
    const line = this.reduced[index];
    if (!line) return undefined;
    let last = line.x.length - 1;
    while (last > 0 && (line.x[last] ?? 0) > this.range[1]) last -= 1;
    return line.y[last];
  }

  private endLabelWidth(): number {
    const content = this.content;
    if (!content) return 12;
    const { fontSize } = this.options.colours();
    const longest = Math.max(
      0,
      ...this.options.lines.map((line, index) => {
        const value = line.told ? this.endValue(index) : undefined;
        return value === undefined ? 0 : content.formatY(content.log ? 10 ** value : value).length;
      }),
    );
    return longest === 0 ? 12 : END_LABEL_GAP + Math.ceil(longest * fontSize * 0.64);
  }

  private select(self: uPlot): void {
    const { left, width } = self.select;
    if (width < 6) return;
    const zoom: [number, number] = [self.posToVal(left, 'x'), self.posToVal(left + width, 'x')];
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (zoom[1] > zoom[0]) this.options.onZoom(zoom);
  }

  private placeMarker(): void {
    const { plot, content } = this;
    const x = content?.marker ?? NaN;
    if (!plot || !content || !(x >= this.range[0] && x <= this.range[1])) {
      this.marker.hide();
      return;
    }
    const crossings = this.options.lines.flatMap((line, index): Crossing[] => {
      const points = line.told && content.markerTold ? content.lines[index] : undefined;
      const at = points ? nearest(points, x) : -1;
      const value = points?.y[at] ?? NaN;
      const y = plot.valToPos(content.log ? Math.log10(value) : value, 'y');
      return Number.isFinite(y) ? [{ y, text: content.formatY(value), colour: line.colour() }] : [];
    });
    this.marker.show(plot.valToPos(x, 'x'), crossings, plot.over.clientWidth);
  }

  /** Values of the lines that have a point near the pointer. */
  private showTip(): void {
    const { plot, content } = this;
    const left = plot?.cursor.left ?? -1;
    if (!plot || !content || left < 0) {
      this.tip.hide();
      return;
    }
    const x = plot.posToVal(left, 'x');
    let head = x;
    let first = true;
    const rows = this.options.lines.flatMap((line, index): TipRow[] => {
      const points = content.lines[index];
      const at = points ? nearest(points, x) : -1;
      if (!points || at < 0) return [];
      const px = points.x[at] ?? NaN;
      const value = points.y[at] ?? NaN;
      if (first) head = px; // the densest line comes first
      first = false;
      const y = content.log ? Math.log10(value) : value;
      const inside = line.told && Number.isFinite(y) && px >= this.range[0] && px <= this.range[1];
      const dot = inside ? { x: plot.valToPos(px, 'x'), y: plot.valToPos(y, 'y') } : null;
      return [{ name: line.name, value: content.formatY(value), colour: line.colour(), main: line.told, dot }];
    });
    const marks = content.marks.filter((mark) => Math.abs(plot.valToPos(mark.x, 'x') - left) <= MARK_REACH);
    const heads = [this.options.describeX(head), ...marks.map(({ text }) => text)];
    // In a small chart the words would cover the lines.
    const top = this.options.small ? plot.over.clientHeight + TIP_GAP : TIP_GAP;
    this.tip.show(heads, rows, left, plot.over.clientWidth, top);
  }
}

let adopted: CSSStyleSheet | undefined;

/** A constructed style sheet needs no permission from the page's policy. */
function adoptStyle(text: string): void {
  if (adopted) return;
  adopted = new CSSStyleSheet();
  adopted.replaceSync(text);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, adopted];
}
