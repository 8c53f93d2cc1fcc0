import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { short, whole } from '../format.js';
import { ShownSample, type Model, type Topic, type View } from '../state/model.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';

/** Height of the bars, in CSS pixels, and the largest width of one. */
const HEIGHT = 72;
const WIDEST = 18;
const SCALES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** How often each unit of the code is active: a bar a unit, in the order of their height. */
export class ActivityView implements View {
  readonly element: HTMLElement;
  private readonly never = element('span', { class: 'where' });
  private readonly scale = element('span');
  private readonly frame = element('div', { class: 'picture-block' });
  private readonly canvas = element('canvas', { role: 'img' });
  private readonly shown = new ShownSample();
  private themeVersion = 0;
  private drawn = '';

  constructor(private readonly theme: () => Theme) {
    this.frame.append(this.canvas);
    this.element = section(
      'activity',
      say('activityTitle'),
      [element('span', { class: 'quiet' }, say('activityHint')), element('div', { class: 'options' }, this.never)],
      this.frame,
      element('p', { class: 'picture-legend' }, this.scale),
    );
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (changed.has('theme')) this.themeVersion += 1;
    const sample = this.shown.get(model);
    const activity = sample?.activity;
    setShown(this.element, Boolean(activity));
    if (!sample || !activity) return;
    const room = this.frame.clientWidth;
    const drawn = [sample.step, room, devicePixelRatio, this.themeVersion, activity.length].join(' ');
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const sorted = activity.toSorted().reverse();
    const full = SCALES.find((scale) => scale >= (sorted[0] ?? 0)) ?? 1;
    const never = whole(sorted.filter((share) => share < 1e-3).length);
    const mean = sorted.reduce((sum, share) => sum + share, 0) / sorted.length;
    setText(this.never, say('activityNever', never, whole(sorted.length)));
    setText(this.scale, say('activityScale', short(full * 100)));
    const text = say(
      'activityText',
      whole(sample.step),
      whole(sorted.length),
      short(Math.round(mean * 1000) / 10),
      never,
    );
    setAttribute(this.canvas, 'aria-label', text);
    this.canvas.dataset['step'] = String(sample.step);
    this.draw(sorted, full, room);
  }

  private draw(sorted: Float32Array, full: number, room: number): void {
    const ratio = window.devicePixelRatio || 1;
    const pitch = Math.min(WIDEST, room / sorted.length);
    const { canvas } = this;
    canvas.width = Math.max(1, Math.round(pitch * sorted.length * ratio));
    canvas.height = Math.round(HEIGHT * ratio);
    canvas.style.width = `${canvas.width / ratio}px`;
    canvas.style.height = `${HEIGHT}px`;
    const context = canvas.getContext('2d');
    if (!context) return;
    const theme = this.theme();
    context.fillStyle = theme.grid;
    context.fillRect(0, canvas.height - 1, canvas.width, 1);
    context.fillStyle = theme.training;
    const gap = pitch * ratio > 4 ? Math.max(1, Math.round(pitch * ratio * 0.15)) : 0;
    for (const [i, share] of sorted.entries()) {
      const left = Math.round(i * pitch * ratio);
      const width = Math.max(1, Math.round((i + 1) * pitch * ratio) - left - gap);
      const height = Math.round((share / full) * canvas.height);
      context.fillRect(left, canvas.height - height, width, height);
    }
  }
}
