import {
  haveComparableLosses,
  resultTable,
  type ResultColumn,
  type ResultKind,
} from '../../src/protocol/comparison.js';
import { formatDuration } from '../../src/protocol/duration.js';
import { element, icon, setShown } from '../dom.js';
import { measure, percent, short, whole } from '../format.js';
import { say, sayOr } from '../strings.js';
import type { ComparisonView, ShownRun } from './model.js';

export interface ResultsActions {
  setSort: (sort: ComparisonView['sort']) => void;
  setFilter: (filter: string) => void;
  takeOut: (run: ShownRun) => void;
  openMonitor: (run: ShownRun) => void;
}

/** What the runs came to: a row each, sorted by any column, the best of each marked. */
export class ResultsView {
  readonly element: HTMLElement;
  private readonly filter = element('input', { type: 'search', class: 'filter' });
  private readonly body = element('div', { class: 'scrolling', tabindex: '0', role: 'group' });
  private readonly note = element('p', { class: 'quiet' }, say('compareLossesDiffer'));
  private readonly none = element('p', { class: 'quiet', role: 'status' }, say('compareNoMatch'));

  constructor(private readonly actions: ResultsActions) {
    this.filter.placeholder = say('compareFilter');
    this.filter.setAttribute('aria-label', say('compareFilter'));
    this.filter.addEventListener('input', () => actions.setFilter(this.filter.value));
    this.body.setAttribute('aria-label', say('compareResults'));
    this.element = element(
      'section',
      { class: 'part results', 'aria-label': say('compareResults') },
      element('div', { class: 'part-head' }, element('h2', {}, say('compareResults')), this.filter),
      this.body,
      this.none,
      this.note,
    );
  }

  render(runs: readonly ShownRun[], view: ComparisonView): void {
    if (document.activeElement !== this.filter) this.filter.value = view.filter;
    const { columns, rows, best } = resultTable(runs);
    const order = shownOrder(runs, view);
    const focused = this.focusedName();
    const head = element(
      'tr',
      {},
      this.header({ id: 'run', kind: 'text', better: null }, view),
      ...columns.map((column) => this.header(column, view)),
      element('th', { scope: 'col' }, element('span', { class: 'for-listeners' }, say('compareTakeOutColumn'))),
    );
    const lines = order.map((index) => {
      const run = runs[index] as ShownRun;
      const cells = (rows[index] ?? []).map((value, column) => {
        const { kind = 'text', id = '' } = columns[column] ?? {};
        const isBest = best[index]?.[column] === true;
        const words = id === 'state' ? sayOr(String(value), String(value)) : cellText(value, kind);
        return element(
          'td',
          { class: [kind === 'text' ? '' : 'number', isBest ? 'best' : ''].join(' ').trim() },
          ...(isBest ? [icon('check'), element('span', { class: 'for-listeners' }, say('compareBest'))] : []),
          words,
        );
      });
      return element('tr', { 'data-run': run.run.id }, this.name(run), ...cells, this.remove(run));
    });
    this.body.replaceChildren(
      element('table', { class: 'data comparison' }, element('thead', {}, head), element('tbody', {}, ...lines)),
    );
    if (focused !== null) this.focusOn(focused);
    setShown(this.none, order.length === 0 && runs.length > 0);
    setShown(this.note, runs.length > 1 && !haveComparableLosses(runs));
  }

  private header({ id, kind }: ResultColumn, { sort }: ComparisonView): HTMLElement {
    const isSorted = sort?.id === id;
    const direction = isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none';
    const arrow = isSorted ? (sort.descending ? ' ↓' : ' ↑') : '';
    const button = element(
      'button',
      { type: 'button', class: 'sort', 'data-focus': `sort ${id}`, title: say('compareSortHint') },
      titleOf(id),
      element('span', { 'aria-hidden': 'true' }, arrow),
    );
    // Up, down, and back to the order of the runs.
    button.addEventListener('click', () =>
      this.actions.setSort(!isSorted ? { id, descending: false } : sort.descending ? null : { id, descending: true }),
    );
    return element(
      'th',
      { scope: 'col', 'aria-sort': direction, ...(kind === 'text' ? {} : { class: 'number' }) },
      button,
    );
  }

  private name(run: ShownRun): HTMLElement {
    const button = element(
      'button',
      { type: 'button', class: 'link', 'data-focus': `open ${run.folder}`, title: say('compareOpenHint', run.run.id) },
      run.label,
    );
    button.addEventListener('click', () => this.actions.openMonitor(run));
    return element('th', { scope: 'row', class: `colour-${run.place}` }, element('i', { class: 'swatch' }), button);
  }

  private remove(run: ShownRun): HTMLElement {
    const button = element(
      'button',
      { type: 'button', class: 'take-out', 'data-focus': `out ${run.folder}`, title: say('compareTakeOut', run.label) },
      icon('cross'),
      element('span', { class: 'for-listeners' }, say('compareTakeOut', run.label)),
    );
    button.addEventListener('click', () => this.actions.takeOut(run));
    return element('td', {}, button);
  }

  /** The table is made anew while somebody may be in it. */
  private focusedName(): string | null {
    const active = document.activeElement;
    return active && this.body.contains(active) ? active.getAttribute('data-focus') : null;
  }

  private focusOn(name: string): void {
    for (const candidate of this.body.querySelectorAll<HTMLElement>('[data-focus]'))
      if (candidate.dataset['focus'] === name) candidate.focus();
  }
}

/** Positions of the runs that are shown, in their order. */
export function shownOrder(runs: readonly ShownRun[], { sort, filter }: ComparisonView): number[] {
  const { columns, rows } = resultTable(runs);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = runs.map(({ label, run, recipe }, index) =>
    [label, run.id, ...(rows[index] ?? []), JSON.stringify(recipe)].join(' ').toLowerCase(),
  );
  const shown = runs.map((_, index) => index).filter((index) => words.every((word) => texts[index]?.includes(word)));
  if (sort === null) return shown;
  const column = columns.findIndex(({ id }) => id === sort.id);
  const value = (index: number) => (sort.id === 'run' ? runs[index]?.label : rows[index]?.[column]) ?? null;
  return shown.sort((a, b) => compareValues(value(a), value(b), sort.descending));
}

/** Runs without a value come last either way. */
function compareValues(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return descending ? -order : order;
}

export function titleOf(id: string): string {
  return sayOr(`result_${id}`, id);
}

export function cellText(value: string | number | null, kind: ResultKind): string {
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  switch (kind) {
    case 'count':
      return whole(value);
    case 'share':
      return percent(value);
    case 'loss':
      return measure(value);
    case 'seconds':
      return value < 10 ? say('seconds', short(Number(value.toPrecision(2)))) : formatDuration(value);
    default:
      return short(Number(value.toPrecision(4)));
  }
}
