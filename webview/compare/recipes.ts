import { fieldRows, type FieldRow } from '../../src/protocol/comparison.js';
import { element } from '../dom.js';
import { whole } from '../format.js';
import { say } from '../strings.js';
import type { ShownRun } from './model.js';

/** The recipes side by side: fields that differ, then folded those that are the same. */
export class RecipesView {
  readonly element = element('section', { class: 'part recipes', 'aria-label': say('compareRecipes') });
  private isOpen = false;

  render(runs: readonly ShownRun[]): void {
    const rows = fieldRows(runs);
    const differing = rows.filter(({ differs }) => differs);
    const same = rows.filter(({ differs }) => !differs);
    this.element.replaceChildren(
      element('div', { class: 'part-head' }, element('h2', {}, say('compareRecipes'))),
      differing.length > 0
        ? scrolling(say('compareRecipes'), table(runs, differing))
        : element('p', { class: 'quiet' }, say('compareRecipesSame')),
      ...(same.length > 0 ? [this.folded(same)] : []),
    );
  }

  private folded(rows: readonly FieldRow[]): HTMLElement {
    const title = say('compareSameFields', whole(rows.length));
    const body = rows.map(({ path, values }) =>
      element('tr', {}, element('th', { scope: 'row' }, path), element('td', {}, values[0] ?? '–')),
    );
    const folded = element(
      'details',
      { 'aria-label': title, ...(this.isOpen && { open: '' }) },
      element('summary', {}, title),
      scrolling(title, element('table', { class: 'data comparison' }, element('tbody', {}, ...body))),
    );
    folded.addEventListener('toggle', () => (this.isOpen = folded.open));
    return folded;
  }
}

function table(runs: readonly ShownRun[], rows: readonly FieldRow[]): HTMLElement {
  const heads = runs.map(({ label, place, run }) =>
    element('th', { scope: 'col', class: `colour-${place}`, title: run.id }, element('i', { class: 'swatch' }), label),
  );
  const head = element('tr', {}, element('th', { scope: 'col' }, say('compareField')), ...heads);
  const body = rows.map(({ path, values }) =>
    element('tr', {}, element('th', { scope: 'row' }, path), ...values.map((value) => element('td', {}, value ?? '–'))),
  );
  return element('table', { class: 'data comparison' }, element('thead', {}, head), element('tbody', {}, ...body));
}

function scrolling(label: string, content: HTMLElement): HTMLElement {
  return element('div', { class: 'scrolling', tabindex: '0', role: 'group', 'aria-label': label }, content);
}
