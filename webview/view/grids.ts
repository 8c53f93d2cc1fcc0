import { element, setAttribute, setShown } from '../dom.js';
import { whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { PictureGrid } from '../state/samples.js';
import { say, sayOr } from '../strings.js';
import { asTheyAre, columnGrid, drawGrid } from './pictures.js';

/** Largest width of a picture, in CSS pixels. */
const MOST = 56;

/** Pictures that the model made up: a section for each kind of them, side by side. */
export class GridsView implements View {
  readonly element = element('div', { class: 'sections' });
  private readonly sections = new Map<string, GridSection>();
  private readonly shown = new ShownSample();

  render(model: Model): void {
    const sample = this.shown.get(model);
    const grids = sample?.grids ?? [];
    for (const [content, section] of this.sections)
      setShown(
        section.element,
        grids.some((grid) => grid.content === content),
      );
    const sections = grids.map(({ content }) => this.section(content));
    // All are there before the first is drawn: each has the width that is left to it.
    for (const [i, grid] of grids.entries()) sections[i]?.render(grid, sample?.step ?? 0);
  }

  private section(content: string): GridSection {
    let section = this.sections.get(content);
    if (!section) {
      section = new GridSection(content);
      this.sections.set(content, section);
      this.element.append(section.element);
    }
    return section;
  }
}

class GridSection {
  readonly element: HTMLElement;
  private readonly frame = element('div', { class: 'picture-block' });
  private readonly canvas = element('canvas', { role: 'img' });
  private readonly title: string;
  private drawn = '';

  constructor(content: string) {
    this.title = sayOr(`grid_${content}`, content);
    const heading = element('h2', {}, this.title);
    const hint = element('span', { class: 'quiet' }, sayOr(`gridHint_${content}`, ''));
    this.frame.append(this.canvas);
    this.element = element(
      'section',
      { class: 'section grid', 'data-content': content, 'aria-label': this.title },
      element('div', { class: 'section-head' }, heading, hint),
      this.frame,
    );
  }

  render({ pictures, columns }: PictureGrid, step: number): void {
    const grid = columnGrid(this.frame.clientWidth, pictures.count, columns, pictures.height / pictures.width, MOST);
    const drawn = [step, grid.pitch, columns, devicePixelRatio, pictures.data.length].join(' ');
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    drawGrid(this.canvas, grid, pictures.count, pictures, asTheyAre(pictures));
    setAttribute(this.canvas, 'aria-label', say('gridText', this.title, whole(step), whole(pictures.count)));
    this.canvas.dataset['step'] = String(step);
  }
}
