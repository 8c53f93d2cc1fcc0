import { formatDuration } from '../../protocol/duration.js';
import { t } from '../../protocol/l10n.js';
import { Pace } from '../../protocol/pace.js';
import type { Output } from '../output.js';

export interface MeasurementProgress {
  /** Points that are finished, and all of them. */
  finished: number;
  points: number;
  /** Work that is done since this program began, and all that there is to do, in the same unit. */
  done: number;
  work: number;
}

const WIDTH = 24;
const REDRAW_MILLISECONDS = 200;
/** Without a terminal, and for programs, a line is printed at most this often. */
const PRINT_MILLISECONDS = 5000;

/** A measurement on the terminal: one line that is redrawn, with the time left. */
export class MeasurementBar {
  private pace: Pace | null = null;
  private start = 0;
  private shown = -Infinity;

  constructor(private readonly output: Output) {}

  show({ finished, points, done, work }: MeasurementProgress): void {
    const now = performance.now();
    if (!this.pace) [this.pace, this.start] = [new Pace(done), now];
    if (now - this.shown < (this.output.isTerminal ? REDRAW_MILLISECONDS : PRINT_MILLISECONDS)) return;
    this.shown = now;
    this.pace.update(done, (now - this.start) / 1000);
    const left = this.pace.secondsLeft(work);
    const filled = Math.round((WIDTH * done) / work);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const time = left === null ? t('time left unknown') : t('{0} left', formatDuration(left));
    const message = [t('point {0} of {1}', finished, points), time].join(' · ');
    this.output.object({ type: 'progress', message, fraction: done / work });
    if (this.output.isTerminal) this.output.transient(`${bar} ${message}`);
    else this.output.line(`${bar} ${message}`);
  }
}
