import type { DuplicatePair, Duplicates, Inspection, ShownExample } from '../../src/protocol/inspection.js';
import { element } from '../dom.js';
import { whole } from '../format.js';
import { say } from '../strings.js';
import { exampleCard, exampleText } from './card.js';
import { dataTable, part } from './parts.js';
import type { Pictures } from './pictures.js';

/** Parts of the page that show examples. */
export class Gallery {
  private readonly examples: Map<number, ShownExample>;

  constructor(
    private readonly inspection: Inspection,
    private readonly pictures: Pictures,
  ) {
    this.examples = new Map(inspection.examples.map((example) => [example.position, example]));
  }

  /** Pictures in a row a class, where there are few classes; else one after the other. */
  typical(): HTMLElement | null {
    const { inspection, pictures } = this;
    const shown = this.of(inspection.typical);
    const { kind } = inspection;
    if (kind === 'table') return this.rows(shown);
    const labels = [...new Set(shown.map((example) => example.class))];
    if ((kind !== 'image' && kind !== 'array') || labels.length < 2 || labels.length > MAX_ROWS)
      return part(
        say('someExamples'),
        [
          element(
            'ul',
            { class: `cards cards-${kind}` },
            ...shown.map((example) => element('li', {}, exampleCard(example, kind, pictures, captionOf(example)))),
          ),
        ].filter(() => shown.length > 0),
      );
    const rows = labels.map((label) =>
      element(
        'div',
        { class: 'class-row' },
        element('h3', {}, label ?? say('classNone')),
        element(
          'ul',
          { class: 'cards' },
          ...shown
            .filter((example) => example.class === label)
            .map((example) => element('li', {}, exampleCard(example, kind, pictures))),
        ),
      ),
    );
    return part(say('typicalExamples'), rows);
  }

  /** Pairs side by side. */
  duplicates(): (HTMLElement | null)[] {
    const { exact, near } = this.inspection.duplicates;
    return [
      this.pairs(say('exactDuplicates'), exact, () => []),
      near && this.pairs(say('nearDuplicates'), near, ({ distance }) => [say('bitsDiffer', whole(distance))]),
    ];
  }

  extremes(): HTMLElement | null {
    const { sizes, lengths } = this.inspection;
    const ends: [string, number][] = lengths
      ? [
          [say('shortest'), lengths.shortest.position],
          [say('longest'), lengths.longest.position],
        ]
      : sizes && sizes.distinct > 1
        ? [
            [say('smallest'), sizes.smallest.position],
            [say('largest'), sizes.largest.position],
          ]
        : [];
    return this.cards(lengths ? say('longestAndShortest') : say('smallestAndLargest'), ends);
  }

  blank(): HTMLElement | null {
    const { count, positions } = this.inspection.blank;
    return this.cards(
      say('blankExamples'),
      positions.map((position): [string, number] => ['', position]),
      count > positions.length ? say('pairsShown', whole(positions.length)) : '',
    );
  }

  private cards(title: string, entries: [string, number][], note = ''): HTMLElement | null {
    const items = entries.flatMap(([word, position]) => {
      const example = this.examples.get(position);
      if (!example) return [];
      const { inspection, pictures } = this;
      return [element('li', {}, exampleCard(example, inspection.kind, pictures, captionOf(example), word))];
    });
    if (items.length === 0) return null;
    return part(title, [element('ul', { class: `cards cards-${this.inspection.kind}` }, ...items)], note);
  }

  private pairs(title: string, found: Duplicates, difference: (pair: DuplicatePair) => string[]): HTMLElement | null {
    const cards = found.pairs.flatMap((pair) => {
      const [first, second] = [this.examples.get(pair.first), this.examples.get(pair.second)];
      if (!first || !second) return [];
      const { kind } = this.inspection;
      const unlike = [
        first.split === second.split ? [] : [say('twoSplits')],
        first.class === second.class ? [] : [say('twoClasses')],
      ].flat();
      const notes = [...difference(pair), ...unlike].join(' · ');
      return [
        element(
          'li',
          { class: 'pair', ...(unlike.length > 0 ? { 'data-unlike': '' } : {}) },
          ...[first, second].map((example) => exampleCard(example, kind, this.pictures, captionOf(example))),
          ...(notes === '' ? [] : [element('p', { class: 'quiet' }, notes)]),
        ),
      ];
    });
    if (cards.length === 0) return null;
    const note =
      found.examples > cards.length ? say('pairsShown', `${whole(cards.length)} / ${whole(found.examples)}`) : '';
    return part(
      title,
      [element('p', { class: 'quiet criterion' }, found.criterion), element('ul', { class: 'pairs' }, ...cards)],
      note,
    );
  }

  private rows(shown: ShownExample[]): HTMLElement | null {
    if (shown.length === 0) return null;
    const { columns } = this.inspection;
    const hasClasses = shown.some((example) => example.class !== null);
    const before = hasClasses ? ['', say('exampleClass')] : [''];
    const rows = shown.map(({ name, class: label, cells = [] }) => [
      name,
      ...(hasClasses ? [label ?? say('classNone')] : []),
      ...cells,
    ]);
    const numbers = columns.flatMap(({ type }, i) => (type === 'number' ? [before.length + i] : []));
    return part(say('someExamples'), [dataTable([...before, ...columns.map(({ name }) => name)], rows, numbers)]);
  }

  private of(positions: readonly number[]): ShownExample[] {
    return positions.flatMap((position) => this.examples.get(position) ?? []);
  }
}

/** More classes than this have no row each. */
const MAX_ROWS = 14;

function captionOf(example: ShownExample): string[] {
  const { name, split, class: label, size } = example;
  const facts = [label, say(`split_${split}`), size].filter((fact) => fact !== null && fact !== '');
  return name === '' ? [exampleText(example)] : [facts.join(' · '), name];
}
