import type { RunRecord } from '../../src/protocol/run.js';
import { lowerBound } from './column.js';
import type { MetricStore, Series } from './metrics.js';

/** Steps a second over about the last epoch, validation included; NaN when too little is known. */
export function stepsPerSecond(metrics: MetricStore, stepsPerEpoch: number): number {
  const series = finest(metrics);
  if (!series || series.step.length < 2) return NaN;
  const last = series.step.length - 1;
  let first = lowerBound(series.step.data, series.step.length, series.step.last - Math.max(1, stepsPerEpoch));
  // A very short span would measure the clock.
  while (first > 0 && series.time.at(last) - series.time.at(first) < 0.5) first = Math.floor(first / 2);
  const seconds = series.time.at(last) - series.time.at(first);
  const steps = series.step.at(last) - series.step.at(first);
  return seconds > 0 && steps > 0 ? steps / seconds : NaN;
}

/** The trainer's own figure where it gives one, else computed from the steps. */
export function examplesPerSecond(metrics: MetricStore, run: RunRecord): number {
  const own = metrics.series.get('examplesPerSecond')?.value.last ?? NaN;
  return Number.isFinite(own) ? own : stepsPerSecond(metrics, run.stepsPerEpoch) * run.batchSize;
}

/** Seconds until the last epoch ends, if nothing changes; NaN when unknown. */
export function secondsLeft(metrics: MetricStore, run: RunRecord): number {
  const left = run.epochs * run.stepsPerEpoch - metrics.lastStep;
  return left > 0 ? left / stepsPerSecond(metrics, run.stepsPerEpoch) : 0;
}

function finest(metrics: MetricStore): Series | undefined {
  const loss = metrics.series.get('loss');
  if (loss) return loss;
  return [...metrics.series.values()].sort((a, b) => b.step.length - a.step.length)[0];
}
