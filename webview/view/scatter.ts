import { drawScatter } from '../chart/scatterPlot.js';
import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { measure, short, whole } from '../format.js';
import { ShownSample, type Model, type Topic, type View } from '../state/model.js';
import type { Scatter } from '../state/samples.js';
import { say, sayOr } from '../strings.js';
import type { Theme } from '../theme.js';

/** Largest side, in CSS pixels. */
const MOST = 380;

/** What is predicted of numbers against what is true. */
export class ScatterView implements View {
  readonly element: HTMLElement;
  private readonly frame = element('div', { class: 'picture-block' });
  private readonly canvas = element('canvas', { role: 'img' });
  private readonly origin = element('span', { class: 'quiet' });
  private readonly words = element('p');
  private readonly shown = new ShownSample();
  private themeVersion = 0;
  private drawn = '';

  constructor(private readonly theme: () => Theme) {
    this.frame.append(this.canvas);
    this.element = section(
      'scatter',
      say('scatterTitle'),
      [this.origin],
      this.words,
      this.frame,
      element('p', { class: 'picture-legend' }, element('span', {}, say('scatterHint'))),
    );
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (changed.has('theme')) this.themeVersion += 1;
    const sample = this.shown.get(model);
    const scatter = sample?.scatter;
    setShown(this.element, Boolean(scatter));
    if (!sample || !scatter) return;
    const side = Math.max(1, Math.min(MOST, this.frame.clientWidth));
    const drawn = [sample.step, side, devicePixelRatio, this.themeVersion, scatter.points.length].join(' ');
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const theme = this.theme();
    drawScatter(this.canvas, {
      points: scatter.points,
      colours: {
        text: theme.muted,
        grid: theme.grid,
        line: theme.foreground,
        point: theme.accent,
        font: theme.fontFamily,
        fontSize: theme.fontSize,
      },
      side,
      formatTick: short,
    });
    setText(this.origin, say('scatterOrigin', whole(scatter.count), sayOr(`scatter_${scatter.from}`, scatter.from)));
    const words = describe(scatter);
    setText(this.words, words);
    setAttribute(this.canvas, 'aria-label', say('scatterText', whole(sample.step), words));
    this.canvas.dataset['step'] = String(sample.step);
  }
}

function describe({ meanAbsoluteError, r2 }: Scatter): string {
  const error = measure(meanAbsoluteError);
  return Number.isFinite(r2)
    ? say('scatterErrors', error, r2.toFixed(2).replace('-', '−'))
    : say('scatterError', error);
}
