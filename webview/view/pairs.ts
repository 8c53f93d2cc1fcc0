import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { measure, whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Pairs } from '../state/samples.js';
import type { Pictures } from '../state/tensors.js';
import { say } from '../strings.js';
import { originOf } from './example.js';
import { asTheyAre, drawGrid, rowGrid } from './pictures.js';

/** Least and largest width of a picture, in CSS pixels: at the least its similarity still fits under it. */
const LEAST = 34;
const MOST = 96;

/** Two views of each example, one above the other, and how similar the network finds them. */
export class PairsView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly first = element('canvas', { role: 'img', 'data-pair': 'first' });
  private readonly second = element('canvas', { role: 'img', 'data-pair': 'second' });
  private readonly table = element('div', { class: 'picture-rows' });
  private readonly texts = element('ul', { class: 'token-list pair-texts' });
  private readonly figures = element('div', { class: 'pair-figures' });
  private readonly own = element('span');
  private readonly others = element('span');
  private readonly count = element('span');
  private readonly terms = (['alignment', 'uniformity'] as const).map((name) => ({ name, element: element('span') }));
  private readonly shown = new ShownSample();
  private drawn = '';
  private drawnTexts: Pairs | null = null;

  constructor() {
    const label = (text: string): HTMLElement => element('span', { class: 'row-label', 'aria-hidden': 'true' }, text);
    this.table.append(
      label(say('pairsFirst')),
      this.first,
      label(say('pairsSecond')),
      this.second,
      label(say('pairsSimilarity')),
      this.figures,
    );
    this.element = section(
      'pairs',
      say('pairsTitle'),
      [this.origin],
      this.table,
      this.texts,
      element(
        'p',
        { class: 'picture-legend' },
        this.own,
        this.others,
        ...this.terms.map((term) => term.element),
        this.count,
      ),
    );
  }

  render(model: Model): void {
    const sample = this.shown.get(model);
    const pairs = sample?.pairs;
    setShown(this.element, Boolean(pairs));
    if (!sample || !pairs) return;
    for (const { name, element } of this.terms) {
      const value = model.metrics.valueAt(name, sample.step);
      setShown(element, !Number.isNaN(value));
      setText(element, say(name, measure(value)));
    }
    setText(this.origin, originOf(model, pairs.from));
    setShown(this.table, pairs.first.pictures !== null);
    setShown(this.texts, pairs.first.texts !== null);
    if (pairs.first.pictures && pairs.second.pictures)
      this.drawPictures(sample.step, pairs, pairs.first.pictures, pairs.second.pictures);
    else if (pairs !== this.drawnTexts) this.writeTexts(sample.step, pairs);
  }

  private drawPictures(step: number, pairs: Pairs, first: Pictures<Uint8Array>, second: Pictures<Uint8Array>): void {
    const room = Math.max(60, this.table.clientWidth - this.figures.offsetLeft + this.table.offsetLeft);
    const grid = rowGrid(room, first.count, first.height / first.width, LEAST, MOST);
    const drawn = [step, grid.pitch, grid.columns, devicePixelRatio, first.data.length].join(' ');
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    for (const [canvas, pictures, name] of [
      [this.first, first, say('pairsFirst')],
      [this.second, second, say('pairsSecond')],
    ] as const) {
      drawGrid(canvas, grid, pictures.count, pictures, asTheyAre(pictures));
      setAttribute(canvas, 'aria-label', say('pairsText', name, whole(step), whole(pictures.count)));
      canvas.dataset['step'] = String(step);
    }
    this.figures.style.gridTemplateColumns = `repeat(${grid.columns}, ${grid.pitch}px)`;
    this.figures.replaceChildren(
      ...Array.from({ length: grid.columns }, (_, i) => element('span', {}, similarityOf(pairs, i))),
    );
    const { own, others } = this.writeMeans(pairs);
    setAttribute(this.figures, 'aria-label', say('pairsFigures', whole(step), own, others));
    setText(this.count, grid.columns < first.count ? say('firstShown', whole(grid.columns), whole(first.count)) : '');
    setShown(this.count, grid.columns < first.count);
  }

  private writeTexts(step: number, pairs: Pairs): void {
    this.drawnTexts = pairs;
    const { first, second } = pairs;
    this.texts.replaceChildren(
      ...Array.from({ length: first.count }, (_, i) =>
        element(
          'li',
          {},
          element('p', { class: 'example-text' }, first.texts?.[i] ?? ''),
          element('p', { class: 'example-text' }, second.texts?.[i] ?? ''),
          element('div', { class: 'quiet' }, `${say('pairsSimilarity')} ${similarityOf(pairs, i)}`),
        ),
      ),
    );
    this.texts.dataset['step'] = String(step);
    this.writeMeans(pairs);
    setShown(this.count, false);
  }

  private writeMeans(pairs: Pairs): { own: string; others: string } {
    const found = means(pairs);
    setText(this.own, say('pairsOwn', found.own));
    setText(this.others, say('pairsOthers', found.others));
    return found;
  }
}

/** Of the two views of one example. */
function similarityOf({ first: { count }, similarity }: Pairs, index: number): string {
  return twoPlaces(similarity[index * count + index] ?? 0);
}

function means({ first: { count }, similarity }: Pairs): { own: string; others: string } {
  let own = 0;
  let all = 0;
  similarity.forEach((value, i) => {
    all += value;
    if (i % (count + 1) === 0) own += value;
  });
  return { own: twoPlaces(own / count), others: count > 1 ? twoPlaces((all - own) / (count * (count - 1))) : '–' };
}

/** With a true minus sign, and none before a zero. */
function twoPlaces(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && text !== '0.00' ? `−${text}` : text;
}
