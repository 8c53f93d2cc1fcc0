import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { short, whole } from '../format.js';
import { ShownSample, type Model, type Topic, type View } from '../state/model.js';
import type { Matrix } from '../state/tensors.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';
import { diverging, drawGrid, swatch } from './pictures.js';

/** Largest side, in CSS pixels. */
const MOST = 320;

/** The cross-correlation of the features of two views, as a picture. */
export class MatrixView implements View {
  readonly element: HTMLElement;
  private readonly frame = element('div', { class: 'picture-block' });
  private readonly canvas = element('canvas', { role: 'img' });
  private readonly diagonal = element('span');
  private readonly others = element('span');
  private readonly shown = new ShownSample();
  private themeVersion = 0;
  private drawn = '';

  constructor(private readonly theme: () => Theme) {
    this.frame.append(this.canvas);
    this.element = section(
      'matrix',
      say('matrixTitle'),
      [element('span', { class: 'quiet' }, say('matrixHint'))],
      this.frame,
      element(
        'p',
        { class: 'picture-legend' },
        swatch('negative', say('negative')),
        swatch('positive', say('positive')),
        this.diagonal,
        this.others,
      ),
    );
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (changed.has('theme')) this.themeVersion += 1;
    const sample = this.shown.get(model);
    const matrix = sample?.matrix;
    setShown(this.element, Boolean(matrix));
    if (!sample || !matrix) return;
    const { rows, columns, data } = matrix;
    const width = Math.max(1, Math.min(MOST, this.frame.clientWidth));
    const height = Math.max(1, Math.round((width * rows) / columns));
    const drawn = [sample.step, width, devicePixelRatio, this.themeVersion, data.length].join(' ');
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const grid = { columns: 1, rows: 1, width, height, pitch: width, gap: 0 };
    const painter = diverging(this.theme(), rows * columns, (_, place) => data[place] ?? 0);
    drawGrid(this.canvas, grid, 1, { width: columns, height: rows }, painter);
    const { diagonal, others } = figures(matrix);
    setText(this.diagonal, say('matrixDiagonal', diagonal));
    setText(this.others, say('matrixOthers', others));
    setAttribute(this.canvas, 'aria-label', say('matrixText', whole(sample.step), whole(columns), diagonal, others));
    this.canvas.dataset['step'] = String(sample.step);
  }
}

/** Mean of the diagonal, mean size of all else. */
function figures({ rows, columns, data }: Matrix): { diagonal: string; others: string } {
  let [on, beside] = [0, 0];
  data.forEach((value, i) => {
    if (Math.floor(i / columns) === i % columns) on += value;
    else beside += Math.abs(value);
  });
  const count = Math.min(rows, columns);
  return { diagonal: hundredths(on / count), others: hundredths(beside / Math.max(1, data.length - count)) };
}

function hundredths(value: number): string {
  return short(Math.round(value * 100) / 100);
}
