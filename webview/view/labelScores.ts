import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { percent, whole } from '../format.js';
import { GIVEN, type GivenLabels, type LabelScores } from '../state/labels.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import { say } from '../strings.js';
import { originOf } from './example.js';
import { showGiven } from './labels.js';

/** Examples that are shown. */
const MOST_WRONG = 12;
const COLUMNS = ['support', 'precision', 'recall', 'f1', 'averagePrecision'] as const;

/**
 * How well each label is told where examples may have several. Of a chosen label the examples are shown that are most surely
 * wrong in it, without one those that are most surely wrong in any.
 */
export class LabelScoresView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly right = element('span', { class: 'where' });
  private readonly words = element('p');
  private readonly body = element('tbody');
  private readonly title = element('h3');
  private readonly list = element('ul', { class: 'guess-list' });
  private readonly shown = new ShownSample();
  private scores: LabelScores | null = null;
  private chosen: number | null = null;

  constructor() {
    const head = element(
      'tr',
      {},
      element('th', { scope: 'col' }, say('labelColumn_name')),
      ...COLUMNS.map((name) => element('th', { scope: 'col' }, say(`labelColumn_${name}`))),
    );
    const table = element('table', {}, element('thead', {}, head), this.body);
    this.element = section(
      'label-scores',
      say('labelScoresTitle'),
      [this.origin, element('div', { class: 'options' }, this.right)],
      this.words,
      element('p', { class: 'quiet' }, say('labelScoresHint')),
      element(
        'div',
        { class: 'label-parts' },
        element('div', { class: 'label-table' }, table),
        element('div', { class: 'label-examples' }, element('div', { class: 'label-head' }, this.title), this.list),
      ),
    );
  }

  render(model: Model): void {
    const scores = this.shown.get(model)?.labelScores;
    setShown(this.element, Boolean(scores));
    if (!scores || scores === this.scores) return;
    if (scores.names.join('\n') !== this.scores?.names.join('\n')) this.chosen = null;
    this.scores = scores;
    const { macroF1, microF1, meanAveragePrecision, subsetAccuracy, hammingLoss } = scores;
    setText(this.origin, originOf(model, scores.from));
    setText(this.right, say('labelScoresF1', percent(macroF1)));
    setText(
      this.words,
      say(
        'labelScoresWords',
        percent(microF1),
        percent(meanAveragePrecision),
        percent(subsetAccuracy),
        percent(hammingLoss),
      ),
    );
    this.body.replaceChildren(...scores.names.map((name, label) => this.row(scores, name, label)));
    this.showExamples();
  }

  private row({ scores }: LabelScores, name: string, label: number): HTMLElement {
    const score = scores[label];
    const button = element(
      'button',
      { class: 'link', type: 'button', 'aria-pressed': String(label === this.chosen) },
      name,
    );
    button.addEventListener('click', () => this.choose(label === this.chosen ? null : label));
    return element(
      'tr',
      {},
      element('th', { scope: 'row', title: name }, button),
      ...COLUMNS.map((column) => {
        const value = score?.[column] ?? 0;
        return element('td', {}, column === 'support' ? whole(value) : percent(value));
      }),
    );
  }

  private choose(label: number | null): void {
    this.chosen = label;
    this.body
      .querySelectorAll('button')
      .forEach((button, i) => setAttribute(button, 'aria-pressed', String(i === label)));
    this.showExamples();
  }

  private showExamples(): void {
    const { scores, chosen } = this;
    if (!scores) return;
    const errorOf = ({ has, probabilities }: GivenLabels, label: number): number =>
      Math.abs((probabilities[label] ?? 0) - Number(has[label]));
    const worst = (row: GivenLabels): number =>
      chosen === null ? Math.max(...scores.names.map((_, label) => errorOf(row, label))) : errorOf(row, chosen);
    const wrong = scores.rows.filter((row) => worst(row) >= GIVEN).sort((a, b) => worst(b) - worst(a));
    const name = chosen === null ? null : (scores.names[chosen] ?? '');
    const title =
      wrong.length === 0 ? say('noneWrong') : name === null ? say('mostWrong') : say('labelMostWrong', name);
    setText(this.title, title);
    showGiven(this.list, scores, wrong.slice(0, MOST_WRONG));
  }
}
