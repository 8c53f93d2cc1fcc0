import type uPlot from 'uplot';
import { linearTicks, logTicks } from './ticks.js';
import type { ChartColours, ChartContent } from './types.js';

const Y_TICK_SPACE = 26;
const SMALL_Y_TICK_SPACE = 17;
const X_TICK_SPACE = 86;
const X_AXIS_SIZE = 28;
/** Room below a small chart, so that the lowest mark of its vertical axis is whole. */
const SMALL_MARGIN = 8;
/** Room that the vertical axis and the labels at the lines' ends take from the horizontal one. */
const BESIDE = 110;
/** More marks than this on the vertical axis say nothing more. */
const MOST_Y_TICKS = 9;

/**
 * The two axes of a chart; on a logarithmic one uPlot is given logarithms. A small chart has a vertical one only. All
 * lengths in CSS pixels.
 */
export function axes(
  content: () => ChartContent | undefined,
  colours: () => ChartColours,
  small: boolean,
): uPlot.Axis[] {
  const below = small ? SMALL_MARGIN : X_AXIS_SIZE;
  const font = (): string => `${colours().fontSize}px ${colours().font}`;
  const axis: uPlot.Axis = {
    stroke: () => colours().text,
    font: font(),
    grid: { stroke: () => colours().grid, width: 1 },
    ticks: { show: false },
    gap: 8,
  };
  return [
    {
      ...axis,
      grid: { show: false },
      size: below,
      space: X_TICK_SPACE,
      splits: ({ width }, _axis, low, high) =>
        content()?.xTicks(low, high, Math.max(2, Math.floor((width - BESIDE) / X_TICK_SPACE))) ?? [],
      values: (_self, splits) => (small ? [] : splits.map((x) => content()?.formatX(x) ?? '')),
    },
    {
      ...axis,
      size: (self, values) => widest(self, values, font()) + 10,
      splits: ({ height }, _axis, low, high) =>
        yTicks(content()?.log === true, low, high, height - below, small ? SMALL_Y_TICK_SPACE : Y_TICK_SPACE),
      values: (_self, splits) => splits.map((y) => content()?.formatTick(content()?.log === true ? 10 ** y : y) ?? ''),
    },
  ];
}

function yTicks(log: boolean, low: number, high: number, pixels: number, least: number): number[] {
  const height = Math.max(60, pixels);
  const space = Math.max(least, height / MOST_Y_TICKS);
  if (log) return logTicks(low, high, height, space);
  return linearTicks(low, high, Math.max(2, Math.floor(height / space)));
}

function widest({ ctx }: uPlot, values: string[] | null, font: string): number {
  ctx.save();
  ctx.font = font;
  const width = Math.max(0, ...(values ?? []).map((value) => ctx.measureText(value).width));
  ctx.restore();
  return Math.ceil(width);
}
