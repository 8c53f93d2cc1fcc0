import { element, section, setShown, setText } from '../dom.js';
import { whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Rows } from '../state/samples.js';
import { say } from '../strings.js';
import { originOf } from './example.js';

/** More would push everything else off the page. */
const SHOWN = 8;

/** Rows of a table, what the network saw where that is something else, and what it makes of them. */
export class RowsView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly hint = element('span', { class: 'where' }, say('rowsHint'));
  private readonly table = element('table', { class: 'rows-table' });
  private readonly shown = new ShownSample();
  private drawn: Rows | null = null;

  constructor() {
    this.element = section(
      'rows',
      say('rowsTitle'),
      [this.origin, element('div', { class: 'options' }, this.hint)],
      element(
        'div',
        { class: 'rows-scroll', tabindex: '0', role: 'region', 'aria-label': say('rowsTitle') },
        this.table,
      ),
    );
  }

  render(model: Model): void {
    const sample = this.shown.get(model);
    const rows = sample?.rows;
    setShown(this.element, Boolean(rows));
    if (!sample || !rows || rows === this.drawn) return;
    this.drawn = rows;
    setText(this.origin, originOf(model, rows.from));
    const head = rows.input.columns.map(({ name }) => element('th', { scope: 'col' }, name));
    this.table.replaceChildren(
      element('thead', {}, element('tr', {}, element('td'), ...head)),
      ...rows.input.rows.slice(0, SHOWN).map((_, row) => group(rows, row)),
    );
    this.table.dataset['step'] = String(sample.step);
  }
}

/** Lines of one example. */
function group({ input, seen, output, errors }: Rows, row: number): HTMLElement {
  const line = (name: string, cells: readonly string[], cell: (text: string, column: number) => HTMLElement) =>
    element('tr', {}, element('th', { scope: 'row', class: 'quiet' }, name), ...cells.map(cell));
  const truth = input.rows[row] ?? [];
  const made = output.rows[row] ?? [];
  return element(
    'tbody',
    {},
    line(say('rowsInput'), truth, (text) => element('td', {}, text)),
    ...(seen
      ? [
          line(say('rowsSeen'), seen.rows[row] ?? [], (text, column) =>
            element('td', { class: text === truth[column] ? 'quiet' : 'rows-changed' }, text),
          ),
        ]
      : []),
    line(say('rowsOutput'), made, (text, column) => {
      const error = Math.min(1, errors[row]?.[column] ?? 0);
      const cell = element('td', { class: 'rows-made', title: say('rowsError', whole(Math.round(100 * error))) }, text);
      cell.style.setProperty('--error', `${Math.round(100 * error)}%`);
      return cell;
    }),
  );
}
