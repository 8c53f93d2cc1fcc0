import { element, section, setShown, setText } from '../dom.js';
import { whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Guess, Guesses } from '../state/samples.js';
import { say } from '../strings.js';
import { exampleElement, originOf } from './example.js';

/** What class the network takes each example for, how sure it is, and what is true. */
export class GuessesView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly right = element('span', { class: 'where' });
  private readonly list = element('ul', { class: 'guess-list' });
  private readonly shown = new ShownSample();
  private drawn: Guesses | null = null;
  private ratio = 0;

  constructor() {
    this.element = section(
      'guesses',
      say('guessesTitle'),
      [this.origin, element('div', { class: 'options' }, this.right)],
      this.list,
    );
  }

  render(model: Model): void {
    const sample = this.shown.get(model);
    const guesses = sample?.guesses;
    setShown(this.element, Boolean(guesses));
    if (!sample || !guesses) return;
    if (guesses === this.drawn && devicePixelRatio === this.ratio) return;
    this.drawn = guesses;
    this.ratio = devicePixelRatio;
    const known = guesses.guesses.filter(({ truth }) => truth !== null);
    const right = known.filter(({ guess, truth }) => guess === truth).length;
    setText(this.origin, originOf(model, guesses.from));
    this.list.classList.toggle('of-texts', guesses.input.texts !== null);
    setText(this.right, known.length > 0 ? say('guessesRight', whole(right), whole(known.length)) : '');
    this.list.replaceChildren(...guesses.guesses.map((guess, i) => item(guesses, guess, i)));
    this.list.dataset['step'] = String(sample.step);
  }
}

function item({ input }: Guesses, { guess, probability, truth }: Guess, index: number): HTMLElement {
  const percent = whole(Math.round(probability * 100));
  const isRight = truth === null ? null : guess === truth;
  const words =
    isRight === null
      ? say('guessUnknown', guess, percent)
      : isRight
        ? say('guessRight', guess, percent)
        : say('guessWrong', guess, percent, truth ?? '');
  const bar = element('i');
  bar.style.width = `${percent}%`;
  return element(
    'li',
    { title: words, ...(isRight !== null && { 'data-right': String(isRight) }) },
    exampleElement(input, index, words),
    element(
      'div',
      { class: 'guess-words', ...(input.pictures && { 'aria-hidden': 'true' }) },
      element('div', { class: 'guess-name' }, guess),
      element('div', { class: 'guess-bar' }, bar),
      element('div', { class: 'quiet' }, isRight === false ? say('guessTruth', truth ?? '') : say('percent', percent)),
    ),
  );
}
