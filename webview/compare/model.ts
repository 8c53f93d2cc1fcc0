import type { ComparedRun } from '../../src/protocol/comparison.js';
import type { RunRecord, RunState } from '../../src/protocol/run.js';
import { Inbox } from '../state/inbox.js';
import { MetricStore } from '../state/metrics.js';
import { MAX_SMOOTHING, type XAxis } from '../state/viewState.js';

/** How the comparison is shown; it outlives a reload. */
export interface ComparisonView {
  folders: string[];
  /** Runs whose curves are not drawn. */
  hidden: string[];
  logAxis: boolean;
  /** Weight of the past in the moving average, 0..0.99. */
  smoothing: number;
  xAxis: XAxis;
  /** Column that rows are sorted by; null keeps the order of the runs. */
  sort: { id: string; descending: boolean } | null;
  filter: string;
}

const START: ComparisonView = {
  folders: [],
  hidden: [],
  logAxis: true,
  smoothing: 0.6,
  xAxis: 'epoch',
  sort: null,
  filter: '',
};

/** What was kept, as far as it makes sense. */
export function readView(kept: unknown): ComparisonView {
  const view = { ...START };
  if (typeof kept !== 'object' || kept === null) return view;
  const { folders, hidden, logAxis, smoothing, xAxis, sort, filter } = kept as Record<string, unknown>;
  if (isTexts(folders)) view.folders = folders;
  if (isTexts(hidden)) view.hidden = hidden;
  if (typeof logAxis === 'boolean') view.logAxis = logAxis;
  if (typeof smoothing === 'number' && smoothing >= 0 && smoothing <= MAX_SMOOTHING) view.smoothing = smoothing;
  if (xAxis === 'step' || xAxis === 'epoch' || xAxis === 'time') view.xAxis = xAxis;
  if (isSort(sort)) view.sort = sort;
  if (typeof filter === 'string') view.filter = filter;
  return view;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isSort(value: unknown): value is NonNullable<ComparisonView['sort']> {
  if (typeof value !== 'object' || value === null) return false;
  const { id, descending } = value as Record<string, unknown>;
  return typeof id === 'string' && typeof descending === 'boolean';
}

/** One run of the comparison, as it comes in. */
export class ShownRun {
  metrics = new MetricStore();
  readonly inbox: Inbox;
  /** Names it among the others. */
  label: string;

  /** @param place of its colour @param changed called when its record is another */
  constructor(
    readonly folder: string,
    readonly place: number,
    private record: RunRecord,
    private now: RunState,
    readonly recipe: unknown,
    private readonly changed: () => void,
  ) {
    this.label = record.name;
    this.inbox = new Inbox(
      {
        line: (file, line) => file === 'metrics' && this.metrics.addLine(line),
        message: (message) => {
          if (message.type === 'show') this.metrics = new MetricStore();
          if (message.type === 'show' || message.type === 'run') this.take(message.run, message.state);
        },
      },
      () => performance.now(),
    );
  }

  get run(): RunRecord {
    return this.record;
  }

  get state(): RunState {
    return this.now;
  }

  /** Lowest losses after any epoch. */
  get best(): ComparedRun['best'] {
    const lowest = (name: string): number | null => {
      const value = this.metrics.series.get(name)?.lowest ?? Infinity;
      return Number.isFinite(value) ? value : null;
    };
    return { training: lowest('trainingLoss'), validation: lowest('validationLoss') };
  }

  private take(run: RunRecord, state: RunState): void {
    this.record = run;
    this.now = state;
    this.changed();
  }
}

/** Runs of one recipe have one name: then the end of their ids tells them apart. */
export function nameRuns(runs: readonly ShownRun[]): void {
  for (const one of runs) {
    const isAlone = runs.every((other) => other === one || other.run.name !== one.run.name);
    one.label = isAlone ? one.run.name : `${one.run.name} · ${one.run.id.split('-').at(-1) ?? one.run.id}`;
  }
}
