import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { percent, share as shortShare, whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Confusion, Taken } from '../state/classifying.js';
import { say } from '../strings.js';
import { exampleElement, originOf } from './example.js';

/** Sides of a cell in CSS pixels: the largest, the least; from which on there are names beside it, and numbers in it. */
const CELL = { most: 44, least: 8, named: 14, numbered: 22 };
/** Width of a digit with what stands around it. */
const DIGIT = 7.2;
/** Room for the names of rows, as part of the whole and at most. */
const NAMES = { share: 0.3, most: 150 };
/** What the section and the frame keep free on both sides. */
const EDGES = 44;
/** Examples that are shown where no cell is chosen. */
const MOST_WRONG = 12;
/** Marks of the scale of shades. */
const SCALE = [0.01, 0.1, 0.5, 1];

interface Place {
  row: number;
  column: number;
}

/**
 * Examples of each class by what they are taken for: rows are true, columns taken for. Of a chosen cell the examples are
 * shown, without one those that are most surely wrong.
 */
export class ConfusionView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly right = element('span', { class: 'where' });
  private readonly frame = element('div', { class: 'confusion-frame' });
  private readonly grid = element('div', { class: 'confusion-grid', role: 'grid' });
  private readonly words = element('p', { class: 'confusion-words' });
  private readonly title = element('h3');
  private readonly back = element('button', { class: 'link', type: 'button' }, say('confusionBack'));
  private readonly list = element('ul', { class: 'guess-list' });
  private readonly shown = new ShownSample();
  private confusion: Confusion | null = null;
  private totals: number[] = [];
  private cells: HTMLElement[] = [];
  /** The cell that the keyboard is at, and the one whose examples are shown. */
  private at: Place = { row: 0, column: 0 };
  private chosen: Place | null = null;
  private side = 0;

  constructor() {
    setAttribute(this.grid, 'aria-label', say('confusionGrid'));
    this.listen();
    const scale = SCALE.map((share) => {
      const shade = element('i');
      shade.style.setProperty('--shade', String(shadeOf(share)));
      return element('span', {}, shade, shortShare(share));
    });
    this.frame.append(this.grid);
    this.back.addEventListener('click', () => this.choose(null));
    this.element = section(
      'confusion',
      say('confusionTitle'),
      [this.origin, element('div', { class: 'options' }, this.right)],
      element(
        'div',
        { class: 'confusion-parts' },
        element(
          'div',
          { class: 'confusion-matrix' },
          this.frame,
          this.words,
          element('p', { class: 'picture-legend confusion-scale' }, say('confusionScale'), ...scale),
        ),
        element(
          'div',
          { class: 'confusion-examples' },
          element('div', { class: 'confusion-head' }, this.title, this.back),
          this.list,
        ),
      ),
    );
  }

  render(model: Model): void {
    const confusion = this.shown.get(model)?.confusion;
    setShown(this.element, Boolean(confusion));
    if (!confusion) return;
    const side = sideOf(this.element.clientWidth, confusion.classes.length);
    if (confusion === this.confusion && side === this.side) return;
    const same = confusion.classes.join('\n') === this.confusion?.classes.join('\n');
    const anew = confusion !== this.confusion;
    this.confusion = confusion;
    this.side = side;
    if (!same) {
      this.at = { row: 0, column: 0 };
      this.chosen = null;
    }
    if (anew) {
      const { classes, counts } = confusion;
      this.totals = classes.map((_, row) => sum(counts.subarray(row * classes.length, (row + 1) * classes.length)));
      const [correct, all] = [sum(classes.map((_, i) => this.count({ row: i, column: i }))), sum(this.totals)];
      setText(this.origin, originOf(model, confusion.from));
      setText(this.right, say('guessesRight', whole(correct), whole(all)));
    }
    this.draw(confusion);
    this.tell(null);
    if (anew) this.showExamples();
  }

  private count({ row, column }: Place): number {
    return this.confusion?.counts[row * this.confusion.classes.length + column] ?? 0;
  }

  private draw({ classes }: Confusion): void {
    const size = classes.length;
    const largest = this.confusion?.counts.reduce((most, count) => Math.max(most, count), 0) ?? 0;
    const digits = whole(largest).length * DIGIT + 4;
    const isNumbered = this.side >= Math.max(CELL.numbered, digits);
    this.grid.style.setProperty('--side', `${this.side}px`);
    this.grid.style.setProperty('--classes', String(size));
    const longest = Math.max(...classes.map(({ length }) => length));
    this.grid.classList.toggle('with-short-names', longest * DIGIT <= this.side);
    this.grid.classList.toggle('with-names', this.side >= CELL.named);
    const columns = classes.map((name) =>
      element('span', { role: 'columnheader', class: 'confusion-column', title: name }, element('span', {}, name)),
    );
    const head = element(
      'div',
      { role: 'row' },
      element('span', { role: 'columnheader', 'aria-label': say('confusionCorner') }),
      ...columns,
    );
    this.cells = [];
    const rows = classes.map((name, row) => {
      const cells = classes.map((_, column) => this.cell({ row, column }, isNumbered));
      this.cells.push(...cells);
      const header = element('span', { role: 'rowheader', class: 'confusion-row', title: name }, name);
      return element('div', { role: 'row' }, header, ...cells);
    });
    this.grid.replaceChildren(head, ...rows);
  }

  private cell(place: Place, isNumbered: boolean): HTMLElement {
    const { row, column } = place;
    const count = this.count(place);
    const total = this.totals[row] ?? 0;
    const cell = element('span', {
      role: 'gridcell',
      class: row === column ? 'confusion-cell on-diagonal' : 'confusion-cell',
      'aria-label': this.describe(place),
      'aria-selected': String(isSame(place, this.chosen)),
      tabindex: isSame(place, this.at) ? '0' : '-1',
    });
    if (isNumbered && count > 0) cell.textContent = whole(count);
    cell.style.setProperty('--shade', String(total > 0 ? shadeOf(count / total) : 0));
    return cell;
  }

  /** e.g. "7 of 1,000 “cat” are taken for “dog”" */
  private describe(place: Place): string {
    const { row, column } = place;
    const [count, total] = [whole(this.count(place)), whole(this.totals[row] ?? 0)];
    const [truth = '', guess = ''] = [this.confusion?.classes[row], this.confusion?.classes[column]];
    return row === column
      ? say('confusionRight', count, total, truth)
      : say('confusionCell', count, total, truth, guess);
  }

  private listen(): void {
    this.grid.addEventListener('click', ({ target }) => {
      const place = this.placeOf(target);
      if (!place) return;
      this.moveTo(place);
      this.choose(isSame(place, this.chosen) ? null : place);
    });
    this.grid.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !this.confusion) return;
      const act = this.actionOf(event.key, this.confusion.classes.length - 1);
      if (!act) return;
      event.preventDefault();
      act();
    });
    for (const type of ['pointerover', 'focusin'] as const)
      this.grid.addEventListener(type, ({ target }) => this.tell(this.placeOf(target)));
    for (const type of ['pointerleave', 'focusout'] as const) this.grid.addEventListener(type, () => this.tell(null));
  }

  private actionOf(key: string, last: number): (() => void) | undefined {
    const { row, column } = this.at;
    const to = (place: Place) => () => this.moveTo(place);
    switch (key) {
      case 'ArrowUp':
        return to({ row: Math.max(0, row - 1), column });
      case 'ArrowDown':
        return to({ row: Math.min(last, row + 1), column });
      case 'ArrowLeft':
        return to({ row, column: Math.max(0, column - 1) });
      case 'ArrowRight':
        return to({ row, column: Math.min(last, column + 1) });
      case 'Home':
        return to({ row, column: 0 });
      case 'End':
        return to({ row, column: last });
      case 'Enter':
      case ' ':
        return () => this.choose(isSame(this.at, this.chosen) ? null : this.at);
      case 'Escape':
        return this.chosen ? () => this.choose(null) : undefined;
      default:
        return undefined;
    }
  }

  private placeOf(target: EventTarget | null): Place | null {
    const index = this.cells.indexOf(target as HTMLElement);
    const size = this.confusion?.classes.length ?? 1;
    return index < 0 ? null : { row: Math.floor(index / size), column: index % size };
  }

  private cellAt({ row, column }: Place): HTMLElement | undefined {
    return this.cells[row * (this.confusion?.classes.length ?? 0) + column];
  }

  private moveTo(place: Place): void {
    this.cellAt(this.at)?.setAttribute('tabindex', '-1');
    this.at = place;
    const cell = this.cellAt(place);
    cell?.setAttribute('tabindex', '0');
    cell?.focus();
  }

  /** Says beneath the matrix what a cell is, without one how to read them. */
  private tell(place: Place | null): void {
    setText(this.words, place ? this.describe(place) : say('confusionHint'));
  }

  private choose(place: Place | null): void {
    if (this.chosen) this.cellAt(this.chosen)?.setAttribute('aria-selected', 'false');
    this.chosen = place;
    if (place) this.cellAt(place)?.setAttribute('aria-selected', 'true');
    this.showExamples();
  }

  private showExamples(): void {
    if (!this.confusion) return;
    const { examples, shown } = this.confusion;
    const { chosen } = this;
    const wrong = shown.filter(({ label, guess }) => label !== guess);
    const some = chosen
      ? shown.filter(({ label, guess }) => label === chosen.row && guess === chosen.column)
      : wrong.slice(0, MOST_WRONG);
    setText(this.title, chosen ? this.titleOf(chosen, some.length) : say(wrong.length > 0 ? 'mostWrong' : 'noneWrong'));
    setShown(this.back, chosen !== null);
    this.list.classList.toggle('of-texts', examples.texts !== null);
    this.list.replaceChildren(...some.map((taken) => this.item(taken)));
  }

  private titleOf(place: Place, listed: number): string {
    const words = this.describe(place);
    return listed < this.count(place) ? `${words} · ${say('confusionSurest', whole(listed))}` : words;
  }

  private item({ example, label, guess, confidence }: Taken): HTMLElement {
    const { examples, classes } = this.confusion as Confusion;
    const [truth = '', taken = ''] = [classes[label], classes[guess]];
    const isRight = label === guess;
    const sure = whole(Math.round(confidence * 100));
    const words = isRight ? say('guessRight', taken, sure) : say('guessWrong', taken, sure, truth);
    return element(
      'li',
      { title: words, 'data-right': String(isRight) },
      exampleElement(examples, example, words),
      element(
        'div',
        { class: 'guess-words', ...(examples.pictures && { 'aria-hidden': 'true' }) },
        element('div', { class: 'guess-name' }, taken),
        ...(isRight ? [] : [element('div', { class: 'quiet' }, say('guessTruth', truth))]),
        element('div', { class: 'quiet' }, percent(confidence)),
      ),
    );
  }
}

function isSame(place: Place, other: Place | null): boolean {
  return place.row === other?.row && place.column === other.column;
}

/** Of a part of a class, 0..1: small parts are to be seen, too. */
function shadeOf(part: number): number {
  return Math.round(1000 * Math.sqrt(part)) / 1000;
}

/** Of a cell, so that all have room if they can, beside their names if these can be read; in CSS pixels. */
function sideOf(width: number, classes: number): number {
  const room = width - EDGES;
  const named = Math.floor((room - Math.min(NAMES.most, width * NAMES.share)) / classes) - 1;
  if (named >= CELL.named) return Math.min(CELL.most, named);
  return Math.max(CELL.least, Math.min(CELL.named - 1, Math.floor(room / classes) - 1));
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
