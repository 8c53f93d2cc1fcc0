import type { RunRecord } from '../protocol/run.js';
import type { Output } from './output.js';
import type { Display } from './recorder.js';

const WIDTH = 24;
const REDRAW_MILLISECONDS = 100;
/** Without a terminal, e.g. in a log file, an epoch's line is printed at most this often. */
const PRINT_MILLISECONDS = 5000;

/** A run on the terminal: one line that is redrawn, with loss, speed and time left. */
export class ProgressBar implements Display {
  private lastDrawn = 0;
  private readonly start = performance.now();
  private startStep: number | null = null;

  constructor(private readonly output: Output) {}

  step(record: RunRecord, loss: number): void {
    this.startStep ??= record.step - 1;
    const now = performance.now();
    if (!this.output.isTerminal || now - this.lastDrawn < REDRAW_MILLISECONDS) return;
    this.lastDrawn = now;
    this.output.transient(this.text(record, { loss }));
  }

  epoch(record: RunRecord): void {
    const now = performance.now();
    const isLast = record.epoch >= record.epochs;
    if (this.output.isTerminal ? !isLast : !isLast && record.epoch !== 1 && now - this.lastDrawn < PRINT_MILLISECONDS)
      return;
    this.lastDrawn = now;
    this.output.line(this.text(record, record.metrics));
  }

  private text(
    { step, epoch, epochs, stepsPerEpoch, batchSize }: RunRecord,
    { loss, validationLoss }: Record<string, number>,
  ): string {
    const steps = epochs * stepsPerEpoch;
    const seconds = (performance.now() - this.start) / 1000;
    const perSecond = (step - (this.startStep ?? 0)) / seconds;
    const filled = Math.round((WIDTH * step) / steps);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const losses = `loss ${loss?.toFixed(4) ?? '-'}${validationLoss === undefined ? '' : ` · validation ${validationLoss.toFixed(4)}`}`;
    const speed = `${Math.round(perSecond * batchSize).toLocaleString('en')} examples/s`;
    return `${bar} epoch ${Math.min(epochs, Math.floor(epoch) + (Number.isInteger(epoch) ? 0 : 1))}/${epochs} · ${losses} · ${speed} · ${timeLeft((steps - step) / perSecond)}`;
  }
}

/** e.g. "47 s left". */
export function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'time left unknown';
  if (seconds < 90) return `${Math.ceil(seconds)} s left`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}
