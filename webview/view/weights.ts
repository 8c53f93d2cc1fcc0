import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { measure, whole } from '../format.js';
import { ShownSample, type Model, type Topic, type View } from '../state/model.js';
import type { Pictures } from '../state/tensors.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';
import { type Painter, blockGrid, diverging, drawGrid, swatch } from './pictures.js';

/** Width of one picture that the layout aims at, in CSS pixels. */
const WISH = 46;

/** What each unit of the first layer looks for. */
export class WeightsView implements View {
  readonly element: HTMLElement;
  private readonly count = element('span', { class: 'where' });
  private readonly frame = element('div', { class: 'picture-block' });
  private readonly canvas = element('canvas', { role: 'img' });
  private readonly shown = new ShownSample();
  private drawn = '';
  private themeVersion = 0;

  constructor(private readonly theme: () => Theme) {
    this.frame.append(this.canvas);
    this.element = section(
      'weights',
      say('weightsTitle'),
      [element('div', { class: 'options' }, this.count)],
      this.frame,
      element(
        'p',
        { class: 'picture-legend' },
        swatch('negative', say('negative')),
        swatch('positive', say('positive')),
      ),
    );
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (changed.has('theme')) this.themeVersion += 1;
    const sample = this.shown.get(model);
    const weights = sample?.weights;
    setShown(this.element, Boolean(weights));
    if (!sample || !weights) return;
    const { pictures, total } = weights;
    setText(this.count, say('weightsShown', whole(pictures.count), whole(total)));
    const grid = blockGrid(this.frame.clientWidth, pictures.count, pictures.height / pictures.width, WISH);
    const drawn = [
      sample.step,
      grid.pitch,
      grid.columns,
      devicePixelRatio,
      this.themeVersion,
      pictures.data.length,
    ].join(' ');
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    drawGrid(this.canvas, grid, pictures.count, pictures, weightPainter(this.theme(), pictures));
    let largest = 0;
    for (const value of pictures.data) if (Math.abs(value) > largest) largest = Math.abs(value);
    const text = say('weightsText', whole(sample.step), whole(pictures.count), whole(total), measure(largest));
    setAttribute(this.canvas, 'aria-label', text);
    this.canvas.dataset['step'] = String(sample.step);
  }
}

/** Each picture by its own largest weight; weights of colour images as colours around grey. */
function weightPainter(theme: Theme, { data, width, height, channels }: Pictures<Float32Array>): Painter {
  const size = width * height;
  const largest = (index: number): number => {
    let most = 1e-12;
    for (let i = index * size * channels; i < (index + 1) * size * channels; i++)
      most = Math.max(most, Math.abs(data[i] ?? 0) || 0);
    return most;
  };
  if (channels === 3)
    return (index, pixels) => {
      const scale = 127.5 / largest(index);
      for (let i = 0; i < size; i++)
        for (let c = 0; c < 3; c++) pixels[i * 4 + c] = 127.5 + (data[(index * size + i) * 3 + c] ?? 0) * scale;
    };
  let scaled = -1;
  let scale = 1;
  return diverging(theme, size, (index, pixel) => {
    if (index !== scaled) {
      scaled = index;
      scale = 1 / largest(index);
    }
    return (data[index * size + pixel] ?? 0) * scale || 0;
  });
}
