import type { ShownView, ShownViews } from '../../src/protocol/inspection.js';
import { element } from '../dom.js';
import { say } from '../strings.js';
import { part } from './parts.js';
import type { Pictures } from './pictures.js';

/** Some examples, each before its views; null where there are none. @param sentence what is on */
export function viewsPart(sentence: string | undefined, pictures: Pictures): HTMLElement | null {
  const shown = pictures.views();
  if (sentence === undefined || !shown) return null;
  const words = element('p', { class: 'quiet criterion' }, sentence);
  return part(say('viewsTitle'), [
    words,
    ...(shown.columns ? [rows(shown, shown.columns)] : examples(shown, pictures)),
  ]);
}

function viewName(index: number): string {
  return index === 0 ? say('viewOriginal') : say('viewNumber', String(index));
}

function examples({ examples }: ShownViews, pictures: Pictures): HTMLElement[] {
  return examples.map(({ position, name, views }) =>
    element(
      'div',
      { class: 'view-row', role: 'group', 'aria-label': name },
      element('h3', {}, name),
      element(
        'ul',
        { class: views.some(({ text }) => text !== undefined) ? 'views views-text' : 'views' },
        ...views.map((view, index) =>
          element(
            'li',
            index === 0 ? { class: 'original' } : {},
            content(view, position, index, name, pictures),
            element('div', { class: 'quiet' }, viewName(index)),
          ),
        ),
      ),
    ),
  );
}

function content({ text }: ShownView, position: number, index: number, name: string, pictures: Pictures): HTMLElement {
  if (text !== undefined) return element('blockquote', { class: 'text-example' }, text);
  const picture = pictures.view(position, index, say('viewText', viewName(index), name));
  return picture ?? element('p', { class: 'quiet' }, say('notShown'));
}

/** One table: the row of an example, then its views, in which replaced values are marked. */
function rows({ examples }: ShownViews, columns: readonly string[]): HTMLElement {
  const titles = ['', ...columns];
  const body = examples.map(({ name, views }) =>
    element(
      'tbody',
      {},
      ...views.map(({ cells = [], replaced = [] }, index) =>
        element(
          'tr',
          index === 0 ? { class: 'original' } : {},
          element('th', { scope: 'row' }, index === 0 ? name : viewName(index)),
          ...cells.map((cell, i) =>
            element(
              'td',
              {},
              replaced.includes(i)
                ? element('mark', {}, cell, element('span', { class: 'for-listeners' }, ` (${say('viewReplaced')})`))
                : cell,
            ),
          ),
        ),
      ),
    ),
  );
  const head = element(
    'thead',
    {},
    element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title))),
  );
  return element(
    'div',
    { class: 'scrolling', tabindex: '0', role: 'group', 'aria-label': say('viewsTitle') },
    element('table', { class: 'data data-views' }, head, ...body),
  );
}
