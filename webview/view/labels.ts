import { element, section, setShown, setText } from '../dom.js';
import { percent, whole } from '../format.js';
import { GIVEN, type Given, type GivenLabels } from '../state/labels.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import { say } from '../strings.js';
import { exampleElement, originOf } from './example.js';

/** Which labels the network gives examples that may have several, how sure it is, and what is true. */
export class LabelsView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly right = element('span', { class: 'where' });
  private readonly list = element('ul', { class: 'guess-list' });
  private readonly shown = new ShownSample();
  private drawn: Given | null = null;
  private ratio = 0;

  constructor() {
    this.element = section(
      'labels',
      say('labelsTitle'),
      [this.origin, element('div', { class: 'options' }, this.right)],
      this.list,
    );
  }

  render(model: Model): void {
    const labels = this.shown.get(model)?.labels;
    setShown(this.element, Boolean(labels));
    if (!labels || (labels === this.drawn && devicePixelRatio === this.ratio)) return;
    this.drawn = labels;
    this.ratio = devicePixelRatio;
    const right = labels.rows.filter(isRight).length;
    setText(this.origin, originOf(model, labels.from));
    setText(this.right, say('labelsRight', whole(right), whole(labels.rows.length)));
    showGiven(this.list, labels, labels.rows);
  }
}

/** Examples beside their labels. */
export function showGiven(list: HTMLElement, { input, names }: Given, rows: readonly GivenLabels[]): void {
  list.classList.toggle('of-texts', input.texts !== null);
  list.replaceChildren(
    ...rows.map((row) => {
      const lines = linesOf(row, names);
      const words = lines.length > 0 ? lines.map(({ words }) => words).join('; ') : say('labelsNone');
      return element(
        'li',
        { title: words, 'data-right': String(isRight(row)) },
        exampleElement(input, row.example, words),
        element(
          'div',
          { class: 'guess-words', ...(input.pictures && { 'aria-hidden': 'true' }) },
          ...lines.map(({ words, state }) => element('div', { class: `label-line label-${state}` }, words)),
          ...(lines.length === 0 ? [element('div', { class: 'quiet' }, say('labelsNone'))] : []),
        ),
      );
    }),
  );
}

/** Labels that are given, the surest first, then those that are missed. */
function linesOf({ has, probabilities }: GivenLabels, names: readonly string[]): { words: string; state: string }[] {
  const all = names.map((name, label) => ({
    name,
    has: has[label] ?? false,
    probability: probabilities[label] ?? 0,
    given: (probabilities[label] ?? 0) > GIVEN,
  }));
  return all
    .filter(({ has, given }) => has || given)
    .sort((a, b) => Number(b.given) - Number(a.given) || b.probability - a.probability)
    .map(({ name, has, given, probability }) => {
      const state = has && given ? 'right' : given ? 'wrong' : 'missed';
      return { state, words: say(`label_${state}`, name, percent(probability)) };
    });
}

function isRight({ has, probabilities }: GivenLabels): boolean {
  return has.every((truth, label) => truth === (probabilities[label] ?? 0) > GIVEN);
}
