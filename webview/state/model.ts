import type { RunRecord, RunState } from '../../src/protocol/run.js';
import type { EventStore, Mark } from './events.js';
import type { MetricStore } from './metrics.js';
import type { MapExamplesStore } from './mapExamples.js';
import type { Sample } from './samples.js';
import type { SampleStore } from './sampleStore.js';
import type { ViewState } from './viewState.js';

/** What may have changed since the last frame. */
export type Topic = 'run' | 'metrics' | 'events' | 'samples' | 'view' | 'theme' | 'size' | 'progress' | 'clock';

/** All that the views show. Only monitor.ts changes it. */
export interface Model {
  run: RunRecord | null;
  state: RunState | null;
  metrics: MetricStore;
  events: EventStore;
  samples: SampleStore;
  mapExamples: MapExamplesStore;
  view: ViewState;
  /** What charts show of their common horizontal axis, in its units; null for all. */
  zoom: readonly [number, number] | null;
  /** While the run prepares; `since` is when it was first heard of, in milliseconds. */
  progress: { message: string; fraction: number | null; since: number } | null;
  /** Why the last request was not carried out. */
  failure: string | null;
  /** The history has been sent; what comes is new. */
  live: boolean;
}

/** A part of the page. `render` is called at most once a frame, with what has changed. */
export interface View {
  readonly element: HTMLElement;
  render(model: Model, changed: ReadonlySet<Topic>): void;
}

export function hasPoints(model: Model): boolean {
  return model.metrics.series.size > 0;
}

/** Whether anything was measured after a step: nearest neighbours are without any, and so without curves. */
export function hasSteps({ metrics }: Model): boolean {
  return metrics.lastStep > 0;
}

/** Whether its steps are the iterations of solving for a linear head, of which nobody knows how many it takes. */
export function isSolved(run: RunRecord | null): boolean {
  return run?.stage === 'finetune' && run.method === 'probe';
}

/** Where the time line ends: the last step that anything is known of. */
export function lastStep({ metrics, events }: Model): number {
  return Math.max(metrics.lastStep, events.samples.at(-1)?.step ?? 0);
}

/** The step that all views show. */
export function shownStep(model: Model): number {
  return model.view.position ?? lastStep(model);
}

/** The sample that belongs to a step: the last one not after it, else the first. */
export function sampleAt({ events }: Model, step: number): Mark | undefined {
  return events.samples.findLast((sample) => sample.step <= step) ?? events.samples[0];
}

/**
 * Samples that stand beside the current one for comparison, fixed so that rows keep their place: the first, and the
 * first after a whole epoch.
 */
export function comparedSamples({ events }: Model): Mark[] {
  const { samples } = events;
  const first = samples[0];
  if (!first || samples.length < 2) return [];
  const second = samples.find((sample) => sample.epoch >= 1 - 1e-6 && sample.step > first.step);
  return second && samples.length > 2 ? [first, second] : [first];
}

/** The sample to show, or while it is on its way the one that was shown before. */
export class ShownSample {
  private previous: Sample | undefined;

  get(model: Model): Sample | undefined {
    const mark = sampleAt(model, shownStep(model));
    if (!mark) this.previous = undefined;
    else this.previous = model.samples.get(mark.step) ?? this.previous;
    return this.previous;
  }

  forget(): void {
    this.previous = undefined;
  }
}

/** The epoch that a step lies in, from 1; 0 before the first step. */
export function epochNumber(epoch: number): number {
  return Math.max(0, Math.ceil(epoch - 1e-6));
}
