import { clockTicks, countTicks, linearTicks } from '../chart/ticks.js';
import type { ChartContent } from '../chart/types.js';
import { clock, short, whole } from '../format.js';
import type { XAxis } from '../state/viewState.js';
import { say } from '../strings.js';

/** The horizontal axis of curves: by step, epoch or time. */

const X_TICKS = { step: countTicks, epoch: linearTicks, time: clockTicks };

export function xAxisOf(axis: XAxis): Pick<ChartContent, 'xTicks' | 'formatX'> {
  return { xTicks: X_TICKS[axis], formatX: axis === 'time' ? clock : short };
}

/** e.g. "step 1,204". */
export function describeX(axis: XAxis, x: number): string {
  if (axis === 'time') return clock(x);
  return `${say(axis)} ${axis === 'step' ? whole(x) : short(Math.round(x * 100) / 100)}`;
}
