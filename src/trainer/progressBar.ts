import { formatCount, t } from '../protocol/l10n.js';
import { formatDuration } from '../protocol/duration.js';
import { Pace } from '../protocol/pace.js';
import type { RunEvent, RunRecord } from '../protocol/run.js';
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
  private pace: Pace | null = null;

  constructor(private readonly output: Output) {}

  step(record: RunRecord, loss: number): void {
    this.pace ??= new Pace(record.step, this.seconds); // data were read, and the first step is slower than others
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

  /** What looks wrong is told at once: not everybody has the monitor open. */
  event(event: RunEvent): void {
    if (event.type !== 'diagnosis' || event.level === 'good') return;
    this.output.line(['!', event.message, event.advice].filter((part) => part !== undefined).join(' '));
  }

  private get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  private text(
    { step, epoch, epochs, stepsPerEpoch, batchSize }: RunRecord,
    { loss, validationLoss, probeAccuracy }: Record<string, number>,
  ): string {
    const steps = epochs * stepsPerEpoch;
    this.pace ??= new Pace();
    this.pace.update(step, this.seconds);
    const left = step >= steps ? 0 : this.pace.secondsLeft(steps);
    const filled = Math.round((WIDTH * step) / steps);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const perSecond = this.pace.stepsPerSecond * batchSize;
    const speed = Number.isNaN(perSecond) ? [] : [t('{0} examples/s', formatCount(Math.round(perSecond)))];
    const time = left === null ? t('time left unknown') : t('{0} left', formatDuration(left));
    const underWay = Math.min(epochs, Math.floor(epoch) + (Number.isInteger(epoch) ? 0 : 1));
    const parts = [
      `${bar} ${t('epoch {0}/{1}', underWay, epochs)}`,
      t('loss {0}', loss?.toFixed(4) ?? '-'),
      ...(validationLoss === undefined ? [] : [t('validation {0}', validationLoss.toFixed(4))]),
      ...(probeAccuracy === undefined ? [] : [t('probe {0} %', (100 * probeAccuracy).toFixed(1))]),
      ...speed,
      time,
    ];
    return parts.join(' · ');
  }
}
