import type { Points } from './decimate.js';

/** How a line looks; colours are read again with every drawing. */
export interface LineStyle {
  name: string;
  colour: () => string;
  width: number;
  alpha?: number;
  dash?: number[];
  /** The last value stands at the line's end, and the value under the pointer is told. */
  told: boolean;
}

export interface ChartColours {
  text: string;
  grid: string;
  font: string;
  fontSize: number;
}

/** Something that happened at one x: a thin line with a label. */
export interface ChartMark {
  x: number;
  text: string;
}

export interface ChartContent {
  /** In the order of the styles. */
  lines: readonly Points[];
  log: boolean;
  /** What of x is shown; null for all. */
  zoom: readonly [number, number] | null;
  /** x of the vertical line, or null. */
  marker: number | null;
  /** Whether the values there stand beside it. */
  markerTold: boolean;
  /** Ascending. */
  marks: readonly ChartMark[];
  xTicks: (low: number, high: number, most: number) => number[];
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  formatTick: (y: number) => string;
}

export interface ChartOptions {
  lines: readonly LineStyle[];
  colours: () => ChartColours;
  /** Head line of what is told about an x. */
  describeX: (x: number) => string;
  /** What a person wants to see of x; the chart shows it once it is given as its content. */
  onZoom: (zoom: readonly [number, number] | null) => void;
  /** One of several below a larger one, whose horizontal axis counts for them too. */
  small?: boolean;
}

/** Detail of the event "drawn", which each drawing of the chart raises: how many points uPlot was given. */
export interface Drawn {
  points: number;
}
