import type {
  ColumnStatistics,
  Finding,
  Inspection,
  ShowInspection,
  SplitPart,
} from '../../src/protocol/inspection.js';
import { element, icon } from '../dom.js';
import { short, whole } from '../format.js';
import { say } from '../strings.js';

/** Parts of the page that are words, tables and bars. */

/** A part with its title; null when it has nothing to show. */
export function part(title: string, content: (Node | string)[], note = ''): HTMLElement | null {
  if (content.length === 0) return null;
  const head = element('div', { class: 'part-head' }, element('h2', {}, title));
  if (note !== '') head.append(element('span', { class: 'quiet' }, note));
  return element('section', { class: 'part', 'aria-label': title }, head, ...content);
}

export function tiles({ count, classes, splits, problemCount }: Inspection): HTMLElement {
  const values: [string, number][] = [[say('inspectExamples'), count]];
  const names = Object.keys(classes).length;
  if (names > 0) values.push([say('inspectClasses'), names]);
  const given = (['train', 'validation', 'test'] as const).filter((split) => splits[split] > 0);
  if (given.length > 1) for (const split of given) values.push([say(`split_${split}`), splits[split]]);
  if (problemCount > 0) values.push([say('inspectUnusable'), problemCount]);
  return element(
    'dl',
    { class: 'tiles' },
    ...values.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, whole(value)))),
  );
}

export function findingList(findings: readonly Finding[]): HTMLElement {
  if (findings.length === 0) return element('p', { class: 'quiet' }, say('nothingToKnow'));
  const rows = findings.map(({ severity, text }) =>
    element(
      'li',
      { 'data-severity': severity },
      icon(severity === 'warning' ? 'triangle' : 'dot'),
      element('span', {}, element('span', { class: 'for-listeners' }, `${say(`severity_${severity}`)}: `), text),
    ),
  );
  return element('ul', { class: 'findings' }, ...rows);
}

export function factList(facts: ShowInspection['facts']): HTMLElement {
  const rows = facts.flatMap(({ label, value }) => [element('dt', {}, label), element('dd', {}, value)]);
  return element('dl', { class: 'fact-list' }, ...rows);
}

const SPLITS = ['train', 'validation', 'test'] as const;

/** A row a class: its name, its examples, and a bar of its splits. */
export function histogram({
  classes,
  classesBySplit,
  unlabelled,
}: Pick<Inspection, 'classes' | 'classesBySplit' | 'unlabelled'>): HTMLElement[] {
  const rows: [string, number, Partial<Record<SplitPart, number>>][] = Object.entries(classes).map(([name, count]) => [
    name,
    count,
    Object.fromEntries(SPLITS.map((split) => [split, classesBySplit[split]?.[name] ?? 0])),
  ]);
  if (rows.length === 0) return [];
  if (unlabelled > 0) rows.push([say('classNone'), unlabelled, {}]);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const body = rows.map(([name, count, bySplit]) => {
    const known = SPLITS.filter((split) => (bySplit[split] ?? 0) > 0);
    const bars =
      known.length > 0 ? known.map((split) => bar(split, (bySplit[split] ?? 0) / most)) : [bar(null, count / most)];
    const title = known.map((split) => `${say(`split_${split}`)} ${whole(bySplit[split] ?? 0)}`).join(' · ');
    return element(
      'tr',
      { title },
      element('th', { scope: 'row', title: name }, name),
      element('td', { class: 'number' }, whole(count)),
      element('td', { class: 'bars', 'aria-hidden': 'true' }, ...bars),
    );
  });
  const head = element(
    'tr',
    { class: 'for-listeners' },
    element('th', { scope: 'col' }, say('inspectClasses')),
    element('th', { scope: 'col' }, say('inspectExamples')),
  );
  const table = element('table', { class: 'histogram' }, element('thead', {}, head), element('tbody', {}, ...body));
  return [
    element('div', { class: 'scrolling', tabindex: '0', role: 'group', 'aria-label': say('inspectClasses') }, table),
  ];
}

function bar(split: SplitPart | null, share: number): HTMLElement {
  const made = element('i', split ? { 'data-split': split } : {});
  made.style.width = `${100 * share}%`;
  return made;
}

/** One bar for the splits that came with the data, one for what a recipe draws. */
export function splitBars({ splits, drawn, count }: Inspection): HTMLElement[] {
  const rows: [string, [SplitPart, number][]][] = [];
  // All in one training split is what data without splits has.
  if (splits.train < count) rows.push([say('splitsGiven'), SPLITS.map((split) => [split, splits[split]])]);
  if (drawn)
    rows.push([
      say('splitsDrawn'),
      [
        ['train', drawn.training],
        [drawn.validationFrom === 'test' ? 'test' : 'validation', drawn.validation],
        ['test', drawn.test],
      ],
    ]);
  return rows.map(([name, parts]) => {
    const there = parts.filter(([, size]) => size > 0);
    const total = Math.max(1, count);
    const words = there.map(([split, size]) =>
      element(
        'span',
        { class: 'split-name', 'data-split': split },
        element('i', { 'aria-hidden': 'true' }),
        say('splitText', whole(size), say(`split_${split}`), `${short(Math.round((1000 * size) / total) / 10)} %`),
      ),
    );
    return element(
      'div',
      { class: 'split-row' },
      element('div', { class: 'split-title' }, name),
      element(
        'div',
        { class: 'bars', 'aria-hidden': 'true' },
        ...there.map(([split, size]) => bar(split, size / total)),
      ),
      element('div', { class: 'split-names' }, ...words),
    );
  });
}

export function columnTable(columns: readonly ColumnStatistics[]): HTMLElement[] {
  if (columns.length === 0) return [];
  const number = (value: number | null): string => (value === null ? '' : short(value));
  const titles = [
    'column',
    'columnType',
    'missing',
    'distinct',
    'minimum',
    'maximum',
    'mean',
    'deviation',
    'mostOften',
  ] as const;
  return [
    dataTable(
      titles.map((title) => say(title)),
      columns.map((column) => [
        column.name,
        say(`type_${column.type}`),
        whole(column.missing),
        `${whole(column.distinct)}${column.distinctIsBound ? '+' : ''}`,
        ...[column.minimum, column.maximum, column.mean, column.deviation].map(number),
        column.frequent.map(({ name, count }) => `${name} (${whole(count)})`).join(', '),
      ]),
      [2, 3, 4, 5, 6, 7],
    ),
  ];
}

export function problemTable({ problems, problemCount }: Pick<Inspection, 'problems' | 'problemCount'>): HTMLElement[] {
  if (problemCount === 0) return [];
  const rows = problems.map(({ file, reason }) => [file, reason]);
  const table = dataTable([say('file'), say('reason')], rows, []);
  const more = problemCount - problems.length;
  return more > 0 ? [table, element('p', { class: 'quiet' }, say('andMore', whole(more)))] : [table];
}

/** @param numbers columns whose cells stand at the right */
export function dataTable(titles: string[], rows: string[][], numbers: number[]): HTMLElement {
  const cell = (tag: 'td' | 'th', text: string, i: number, attributes: Record<string, string> = {}): HTMLElement =>
    element(tag, { ...attributes, ...(numbers.includes(i) ? { class: 'number' } : {}) }, text);
  const table = element(
    'table',
    { class: 'data' },
    element('thead', {}, element('tr', {}, ...titles.map((title, i) => cell('th', title, i, { scope: 'col' })))),
    element(
      'tbody',
      {},
      ...rows.map((row) =>
        element(
          'tr',
          {},
          ...row.map((text, i) => cell(i === 0 ? 'th' : 'td', text, i, i === 0 ? { scope: 'row' } : {})),
        ),
      ),
    ),
  );
  return element('div', { class: 'scrolling', tabindex: '0', role: 'group', 'aria-label': titles.join(', ') }, table);
}
