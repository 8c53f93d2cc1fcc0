import { Pace } from '../../src/protocol/pace.js';
import { Column, lowerBound } from './column.js';
import { parseRecord } from './record.js';

/** One named value over the run; the columns are equally long, `step`, `epoch` and `time` never fall. */
export interface Series {
  step: Column;
  epoch: Column;
  time: Column;
  /** NaN where something else than a finite number was measured. */
  value: Column;
  /** Of all values that were ever measured; Infinity before the first number. */
  lowest: number;
  /** Raised when points that were there before have changed. */
  revision: number;
}

/** More names than any method measures: a bound on what a broken file can make us keep. */
const MAX_SERIES = 64;

/** Lines of `metrics.jsonl`, parsed once as they arrive. */
export class MetricStore {
  readonly series = new Map<string, Series>();
  /** Lines read, and those of them that could not be understood. */
  lines = 0;
  broken = 0;
  /** Position of the first broken line, from 1. */
  firstBroken = 0;

  /** Fed by each line, so that it is as far as the last one. */
  readonly pace = new Pace();

  private step = 0;
  private epoch = 0;
  private time = 0;

  /** The last measured step; 0 before the first. */
  get lastStep(): number {
    return this.step;
  }

  get lastEpoch(): number {
    return this.epoch;
  }

  get lastTime(): number {
    return this.time;
  }

  addLine(line: string): void {
    this.lines += 1;
    if (line.trim() === '') return;
    const record = parseRecord(line);
    const step = record?.['step'];
    const values = record?.['values'];
    if (typeof step !== 'number' || !Number.isFinite(step) || step < 0 || !isObject(values)) {
      this.broken += 1;
      if (this.firstBroken === 0) this.firstBroken = this.lines;
      return;
    }
    for (const name in values) {
      const value = values[name];
      if (typeof value === 'number' || value === null || value === 'NaN') this.rewind(name, step);
    }
    this.step = Math.max(this.step, step);
    this.epoch = Math.max(this.epoch, finite(record?.['epoch'], this.epoch));
    this.time = Math.max(this.time, finite(record?.['time'], this.time));
    this.pace.update(this.step, this.time);
    for (const name in values) {
      const value = values[name];
      if (typeof value === 'number') this.append(name, step, value);
      else if (value === null || value === 'NaN') this.append(name, step, NaN);
    }
  }

  /** Value of a series at a step, or at the last one before it; NaN when there is none. */
  valueAt(name: string, step: number): number {
    const series = this.series.get(name);
    if (!series) return NaN;
    const after = lowerBound(series.step.data, series.step.length, step + 1e-9);
    return series.value.at(after - 1);
  }

  /** Epoch or time at a step, from the series that is measured most often; NaN when unknown. */
  at(step: number, column: 'step' | 'epoch' | 'time'): number {
    if (column === 'step') return step;
    let finest: Series | undefined;
    for (const series of this.series.values()) if (!finest || series.step.length > finest.step.length) finest = series;
    if (!finest || finest.step.length === 0) return NaN;
    if (step <= 0) return 0;
    const index = lowerBound(finest.step.data, finest.step.length, step);
    return finest[column].at(Math.min(index, finest.step.length - 1));
  }

  private append(name: string, step: number, value: number): void {
    let series = this.series.get(name);
    if (!series) {
      if (this.series.size >= MAX_SERIES) return;
      const [step, epoch, time, value] = [new Column(), new Column(), new Column(), new Column()];
      series = { step, epoch, time, value, lowest: Infinity, revision: 0 };
      this.series.set(name, series);
    }
    series.step.push(step);
    series.epoch.push(this.epoch);
    series.time.push(this.time);
    series.value.push(Number.isFinite(value) ? value : NaN);
    if (value < series.lowest && value > -Infinity) series.lowest = value;
  }

  /**
   * A run that was resumed from a checkpoint measures steps again that it had measured before the stop; the later
   * measurement counts, and everything after it is gone.
   */
  private rewind(name: string, step: number): void {
    const own = this.series.get(name);
    if (!own || own.step.length === 0 || own.step.last < step) return;
    const others = step < this.step;
    for (const [other, series] of this.series) {
      if (other !== name && !others) continue;
      const length = lowerBound(series.step.data, series.step.length, step);
      if (length === series.step.length) continue;
      for (const column of [series.step, series.epoch, series.time, series.value]) column.truncate(length);
      series.revision += 1;
    }
    if (!others) return;
    this.step = this.epoch = this.time = 0;
    for (const series of this.series.values()) {
      if (series.step.length === 0) continue;
      this.step = Math.max(this.step, series.step.last);
      this.epoch = Math.max(this.epoch, series.epoch.last);
      this.time = Math.max(this.time, series.time.last);
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function finite(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
