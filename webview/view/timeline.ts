import { isAlive } from '../../src/protocol/run.js';
import { element, icon, setAttribute, setIcon, setShown, setText } from '../dom.js';
import { measure, whole } from '../format.js';
import { epochNumber, hasSteps, isSolved, lastStep, shownStep, type Model, type View } from '../state/model.js';
import type { Navigation } from '../state/navigation.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';
import { createButton } from '../ui.js';

/** Radius of the thumb in CSS pixels; monitor.css draws it as large. */
const THUMB = 7;

/** One slider that rules all views; long ticks are checkpoints, short ones samples. */
export class Timeline implements View {
  readonly element: HTMLElement;
  private readonly playIcon = icon('play');
  private readonly play;
  private readonly live;
  private readonly slider = element('input', { type: 'range', min: '0', step: '1', class: 'time-slider' });
  private readonly ticks = element('canvas', { 'aria-hidden': 'true' });
  private readonly where = element('span', { class: 'where' });

  constructor(
    private readonly navigation: Navigation,
    private readonly theme: () => Theme,
  ) {
    this.play = createButton({
      label: say('play'),
      hint: say('playHint'),
      icon: this.playIcon,
      onClick: () => navigation.togglePlaying(),
    });
    this.live = createButton({
      label: say('live'),
      hint: say('liveHint'),
      className: 'button-live',
      onClick: () => navigation.goTo(null),
    });
    setAttribute(this.slider, 'aria-label', say('timeline'));
    this.slider.title = say('timelineHint');
    this.slider.addEventListener('input', () => {
      const step = this.slider.valueAsNumber;
      navigation.goTo(step >= Number(this.slider.max) ? null : step);
    });
    this.element = element(
      'footer',
      { class: 'timeline' },
      this.play.element,
      element('div', { class: 'track' }, this.ticks, this.slider),
      this.where,
      this.live.element,
    );
  }

  render(model: Model): void {
    const shown = hasSteps(model);
    setShown(this.element, shown);
    if (!shown) return;
    const last = Math.max(1, lastStep(model));
    const step = Math.min(last, shownStep(model));
    const following = model.view.position === null;
    setAttribute(this.slider, 'max', String(last));
    if (this.slider.valueAsNumber !== step) this.slider.value = String(step);
    const epoch = model.metrics.at(step, 'epoch');
    const words = isSolved(model.run)
      ? say('iteration', whole(step))
      : say('stepAndEpoch', whole(step), whole(Number.isFinite(epoch) ? epochNumber(epoch) : 0));
    setText(this.where, words);
    setAttribute(this.slider, 'aria-valuetext', [words, ...valuesAt(model, step)].join(' · '));
    this.live.setPressed(following);
    this.live.element.classList.toggle('following', following && model.state !== null && isAlive(model.state));
    const samples = model.events.samples.length;
    setShown(this.play.element, samples > 1);
    setIcon(this.playIcon, this.navigation.playing ? 'pause' : 'play');
    this.play.setLabel(this.navigation.playing ? say('stopPlaying') : say('play'));
    this.drawTicks(model, step, last);
  }

  private drawTicks(model: Model, step: number, last: number): void {
    const width = this.ticks.clientWidth;
    const height = this.ticks.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    if (width < 20) return;
    if (this.ticks.width !== Math.round(width * ratio) || this.ticks.height !== Math.round(height * ratio)) {
      this.ticks.width = Math.round(width * ratio);
      this.ticks.height = Math.round(height * ratio);
    }
    const pen = this.ticks.getContext('2d');
    if (!pen) return;
    const { accent, muted, grid, foreground } = this.theme();
    const x = (at: number): number => THUMB + (Math.min(at, last) / last) * (width - 2 * THUMB);
    const middle = Math.round(height / 2);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = grid;
    pen.fillRect(THUMB, middle - 1, width - 2 * THUMB, 2);
    pen.fillStyle = accent;
    pen.fillRect(THUMB, middle - 1, Math.max(0, x(step) - THUMB), 2);
    pen.fillStyle = muted;
    let drawn = -Infinity;
    for (const sample of model.events.samples) {
      const at = Math.round(x(sample.step));
      if (at - drawn < 4) continue;
      drawn = at;
      pen.fillRect(at - 0.5, middle - 3, 1, 6);
    }
    pen.fillStyle = foreground;
    drawn = -Infinity;
    for (const checkpoint of model.events.checkpoints) {
      const at = Math.round(x(checkpoint.step));
      if (at - drawn < 4) continue;
      drawn = at;
      pen.fillRect(at - 0.5, middle - 5, 1, 10);
    }
  }
}

/** Loss and validation at a step, for listeners; the chart shows them to the eye. */
function valuesAt({ metrics }: Model, step: number): string[] {
  return (
    [
      ['loss', 'loss'],
      ['validation', 'validationLoss'],
    ] as const
  ).flatMap(([name, series]) => {
    const value = metrics.valueAt(series, step);
    return Number.isNaN(value) ? [] : [`${say(name)} ${measure(value)}`];
  });
}
