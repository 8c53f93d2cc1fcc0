import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { measure, short, whole } from '../format.js';
import {
  comparedSamples,
  sampleAt,
  ShownSample,
  shownStep,
  type Model,
  type Topic,
  type View,
} from '../state/model.js';
import type { Reconstruction, Sample } from '../state/samples.js';
import type { Pictures } from '../state/tensors.js';
import { say, sayOr } from '../strings.js';
import type { Theme } from '../theme.js';
import {
  type ErrorFigures,
  type Grid,
  asTheyAre,
  diverging,
  drawGrid,
  errorAt,
  errorFigures,
  rowGrid,
  swatch,
} from './pictures.js';

/** Least and largest width of a picture, in CSS pixels. */
const LEAST = 20;
const MOST = 96;

type RowName = 'input' | 'first' | 'second' | 'seen' | 'output' | 'error';

interface Row {
  label: HTMLElement;
  canvas: HTMLCanvasElement;
  /** What is drawn, so that nothing is drawn twice. */
  drawn: string;
}

/** What the network makes of the same few examples, and how far it is from them. */
export class ReconstructionView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly step = element('span', { class: 'where' });
  private readonly rows = new Map<RowName, Row>();
  private readonly table = element('div', { class: 'picture-rows' });
  private readonly legend = element('p', { class: 'picture-legend' });
  private readonly count = element('span');
  private readonly scale = element('span');
  private readonly figure = element('span');
  private readonly problem = element('p', { class: 'problem' });
  private readonly shown = new ShownSample();
  private readonly figures = new WeakMap<Sample, ErrorFigures>();
  private themeVersion = 0;

  constructor(private readonly theme: () => Theme) {
    for (const name of ['input', 'first', 'second', 'seen', 'output', 'error'] as const) this.addRow(name);
    this.legend.append(
      swatch('negative', say('tooDark')),
      swatch('positive', say('tooBright')),
      this.scale,
      this.figure,
      this.count,
    );
    this.element = section(
      'reconstruction',
      say('reconstructionTitle'),
      [this.origin, element('div', { class: 'options' }, this.step)],
      this.table,
      this.legend,
      this.problem,
    );
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (changed.has('theme')) this.themeVersion += 1;
    const sample = this.shown.get(model);
    const mark = sampleAt(model, shownStep(model));
    const refusal = mark ? model.samples.refusal(mark.step) : undefined;
    setShown(this.element, Boolean(sample?.reconstruction) || refusal !== undefined);
    setShown(this.problem, refusal !== undefined);
    if (mark && refusal !== undefined)
      setText(
        this.problem,
        refusal === '' ? say('sampleGone', whole(mark.step)) : say('sampleBroken', whole(mark.step), refusal),
      );
    if (sample?.reconstruction) this.renderSample(model, sample, sample.reconstruction);
  }

  private renderSample(model: Model, sample: Sample, views: Reconstruction): void {
    const { input, output, seen, from } = views;
    let figures = this.figures.get(sample);
    if (!figures) this.figures.set(sample, (figures = errorFigures(input, output)));
    const { fullColour } = figures;
    const theme = this.theme();
    setText(this.origin, sayOr(`from_${from}`, from));
    const stepNumber = element('b', {}, whole(sample.step));
    if (this.step.textContent !== `${say('step')} ${whole(sample.step)}`)
      this.step.replaceChildren(`${say('step')} `, stepNumber);
    const aspect = input.height / input.width;
    const most = Math.min(MOST, Math.max(LEAST, Math.floor(this.rowHeight(model, seen !== null) / aspect)));
    const grid = rowGrid(this.room(), input.count, aspect, LEAST, most);
    const mean = measure(figures.meanAbsolute);
    const pictures = whole(input.count);

    this.draw('input', grid, input, sample.step, say('rowInput'), say('rowText', say('rowInput'), pictures), () =>
      asTheyAre(input),
    );
    const compared = comparedSamples(model);
    for (const [index, name] of (['first', 'second'] as const).entries()) {
      const mark = compared[index];
      const earlier = mark && model.samples.get(mark.step)?.reconstruction;
      const row = this.rows.get(name);
      const fits = earlier && earlier.output.data.length === input.data.length;
      if (row) this.setRow(row, Boolean(fits));
      if (!fits) continue;
      const label = say('stepAt', whole(mark.step));
      this.draw(name, grid, earlier.output, mark.step, label, say('rowText', label, pictures), () =>
        asTheyAre(earlier.output),
      );
    }
    const seenRow = this.rows.get('seen');
    if (seenRow) this.setRow(seenRow, seen !== null);
    if (seen)
      this.draw('seen', grid, seen, sample.step, say('rowSeen'), say('rowText', say('rowSeen'), pictures), () =>
        asTheyAre(seen),
      );
    const outputText = say('outputText', whole(sample.step), pictures, mean);
    this.draw('output', grid, output, sample.step, say('rowOutput'), outputText, () => asTheyAre(output));
    const errorText = say('errorText', whole(sample.step), mean, measure(figures.largest));
    this.draw('error', grid, output, sample.step, say('rowError'), errorText, () =>
      diverging(theme, input.width * input.height, (index, pixel) => errorAt(input, output, index, pixel) / fullColour),
    );
    setText(this.scale, say('fullColourAt', short(fullColour)));
    setText(this.figure, say('meanAbsoluteError', mean));
    setText(this.count, grid.columns < input.count ? say('firstShown', whole(grid.columns), pictures) : '');
    setShown(this.count, grid.columns < input.count);
  }

  private draw(
    name: RowName,
    grid: Grid,
    source: Pictures<Uint8Array>,
    step: number,
    label: string,
    text: string,
    painter: () => ReturnType<typeof asTheyAre>,
  ): void {
    const row = this.rows.get(name);
    if (!row) return;
    setText(row.label, label);
    setAttribute(row.canvas, 'aria-label', text);
    row.canvas.dataset['step'] = String(step);
    const drawn = [
      step,
      grid.pitch,
      grid.width,
      grid.columns,
      devicePixelRatio,
      this.themeVersion,
      source.data.length,
    ].join(' ');
    if (row.drawn === drawn && row.canvas.dataset['drawn'] === 'true') return;
    row.drawn = drawn;
    row.canvas.dataset['drawn'] = 'true';
    drawGrid(row.canvas, grid, source.count, source, painter());
  }

  /** Width for the pictures: the section's, less the labels. */
  private room(): number {
    const style = getComputedStyle(this.table);
    const label = this.rows.get('input')?.label.offsetWidth ?? 64;
    return Math.max(60, this.table.clientWidth - Math.max(label, 56) - parseFloat(style.columnGap || '0'));
  }

  /** Height of a picture with which all rows fit on the first screen, as the style sheet has it. */
  private rowHeight(model: Model, seen: boolean): number {
    const style = getComputedStyle(this.table);
    const rows = 3 + comparedSamples(model).length + (seen ? 1 : 0);
    return parseFloat(style.getPropertyValue('--picture-room')) / rows - parseFloat(style.rowGap || '0');
  }

  private addRow(name: RowName): void {
    const label = element('span', { class: 'row-label', 'aria-hidden': 'true' });
    const canvas = element('canvas', { role: 'img', 'data-row': name });
    this.rows.set(name, { label, canvas, drawn: '' });
    this.table.append(label, canvas);
  }

  private setRow(row: Row, shown: boolean): void {
    setShown(row.label, shown);
    setShown(row.canvas, shown);
  }
}
