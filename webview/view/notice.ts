import { formatDuration } from '../../src/protocol/duration.js';
import type { FromMonitor } from '../../src/protocol/monitor.js';
import { isAlive } from '../../src/protocol/run.js';
import { element, icon, setIcon, setShown, setText } from '../dom.js';
import { whole } from '../format.js';
import { hasPoints, type Model, type Topic, type View } from '../state/model.js';
import { say } from '../strings.js';

/** Why a run is not running any more, and how it can go on. */
export class Notice implements View {
  readonly element: HTMLElement;
  private readonly icon = icon('triangle');
  private readonly what = element('strong');
  private readonly why = element('span');
  private readonly where = element('span', { class: 'quiet' });
  private readonly next = element('span', { class: 'quiet' });
  private readonly log = element('button', { class: 'link', type: 'button' }, say('openLog'));

  constructor(send: (message: FromMonitor) => void) {
    this.log.addEventListener('click', () => send({ type: 'openLog' }));
    const words = element('p', {}, this.what, ' ', this.why, ' ', this.where, ' ', this.next, ' ', this.log);
    this.element = element('section', { class: 'notice', 'aria-live': 'polite' }, this.icon, words);
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (!['run', 'events', 'metrics'].some((topic) => changed.has(topic as Topic))) return;
    const { run, state, events } = model;
    const ended = state === 'failed' || state === 'interrupted' || state === 'stopped';
    setShown(this.element, run !== null && ended);
    if (!run || !ended) return;
    this.element.dataset['state'] = state;
    setIcon(this.icon, state === 'failed' ? 'cross' : state === 'stopped' ? 'square' : 'triangle');
    const step = Math.max(run.step, model.metrics.lastStep);
    setText(this.what, step > 0 ? say(`${state}At`, whole(step)) : say(`${state}Early`));
    const told = events.happenings.findLast((happening) => happening.type === 'state');
    const reason = told?.type === 'state' && told.state === state ? told.reason : '';
    setText(this.why, state === 'interrupted' ? '' : (run.error?.message ?? reason));
    const { file, line } = run.error ?? {};
    setText(
      this.where,
      file === undefined ? '' : `(${line === undefined ? file : say('fileAndLine', file, String(line))})`,
    );
    const checkpoint = events.checkpoints.at(-1);
    setText(
      this.next,
      run.error?.advice ?? (checkpoint ? say('resumeFrom', whole(checkpoint.step)) : say('resumeFromStart')),
    );
    setShown(this.log, state !== 'stopped');
  }
}

/** The page before there is anything to draw: what is being done and how long it takes. */
export class Waiting implements View {
  readonly element: HTMLElement;
  private readonly title = element('h2');
  private readonly message = element('p', { class: 'waiting-message' });
  private readonly bar = element('div', {
    class: 'waiting-bar',
    role: 'progressbar',
    'aria-valuemin': '0',
    'aria-valuemax': '100',
  });
  private readonly done = element('div');
  private readonly time = element('p', { class: 'quiet' });
  private readonly hint = element('p', { class: 'quiet' });

  constructor(private readonly renderAfter: (milliseconds: number) => void) {
    this.bar.append(this.done);
    this.bar.setAttribute('aria-label', say('preparing'));
    this.element = element('section', { class: 'waiting' }, this.title, this.message, this.bar, this.time, this.hint);
  }

  render(model: Model): void {
    const { run, state, progress } = model;
    const waiting = !hasPoints(model);
    setShown(this.element, waiting);
    if (!waiting) return;
    const ended = state !== null && !isAlive(state);
    const fraction = progress?.fraction ?? null;
    setShown(this.bar, !ended);
    if (ended && run?.step === 0) {
      setText(this.title, say('nothingMeasured'));
      setText(this.message, say('nothingMeasuredHint'));
      setText(this.time, '');
      setText(this.hint, '');
      return;
    }
    const seconds = progress ? (performance.now() - progress.since) / 1000 : 0;
    setText(this.title, say(!run || ended ? 'opening' : state === 'running' ? 'waitingTitle' : 'preparingTitle'));
    setText(this.message, progress?.message ?? doing(model));
    setText(this.time, describeWait(seconds, fraction));
    setText(this.hint, run ? say('preparingHint') : '');
    this.bar.classList.toggle('unknown', fraction === null);
    if (fraction === null) this.bar.removeAttribute('aria-valuenow');
    else this.bar.setAttribute('aria-valuenow', String(Math.round(fraction * 100)));
    this.done.style.transform = fraction === null ? '' : `scaleX(${Math.min(1, Math.max(0, fraction))})`;
    if (progress) this.renderAfter(1000);
  }
}

/** What goes on before the trainer itself has said anything. */
function doing({ run, state }: Model): string {
  if (!run) return say('openingHint');
  return state === 'preparing' ? say('starting') : '';
}

function describeWait(seconds: number, fraction: number | null): string {
  if (seconds < 1) return '';
  if (fraction !== null && fraction > 0.05)
    return say('aboutLeft', formatDuration(Math.ceil((seconds / fraction) * (1 - fraction))));
  return say('elapsed', formatDuration(seconds));
}
