import type { SimilarExample, UseAnswer, UsedExample } from '../../src/protocol/use.js';
import { element } from '../dom.js';
import { measure, percent, short } from '../format.js';
import { exampleCard } from '../inspect/card.js';
import type { Pictures } from '../inspect/pictures.js';
import { say } from '../strings.js';

/**
 * One example: how it looks, the classes it may be of or the number it is given, and the training examples that are most like it.
 * @param open opens the example's file
 */
export function answerElement(answer: UseAnswer, pictures: Pictures, open: (file: string) => void): HTMLElement {
  const { file, title, shown, prediction, classes, similar } = answer;
  const name = element('button', { class: 'file-name', title: say('openFile', file) }, title);
  name.addEventListener('click', () => open(file));
  const own = element('div', { class: 'own' }, ...(shown ? [look(shown, pictures)] : []), name);
  return element(
    'li',
    { class: 'answer', ...(shown && { 'data-kind': shown.kind }) },
    own,
    ...(prediction === undefined ? [] : [numberElement(prediction)]),
    ...(classes.length > 0 ? [classBars(title, classes)] : []),
    ...(similar.length > 0 ? [nearest(similar, pictures)] : []),
  );
}

function numberElement(prediction: number): HTMLElement {
  return element(
    'div',
    { class: 'prediction' },
    element('div', { class: 'quiet' }, say('prediction')),
    element('div', { class: 'prediction-number' }, short(prediction)),
  );
}

function classBars(title: string, classes: UseAnswer['classes']): HTMLElement {
  const [first] = classes;
  const given = classes.filter(({ given }) => given).map(({ name }) => name);
  const rows = classes.map(({ name, probability, given }) => {
    const bar = element('i');
    bar.style.width = `${100 * probability}%`;
    return element(
      'li',
      given === undefined ? {} : { 'data-given': String(given) },
      element('span', { class: 'class-name', title: name }, name),
      element('span', { class: 'class-bar', 'aria-hidden': 'true' }, bar),
      element('span', { class: 'class-percent' }, percent(probability)),
    );
  });
  const label =
    first?.given === undefined
      ? say('answerText', title, first?.name ?? '', percent(first?.probability ?? 0))
      : say('answerLabels', title, given.length > 0 ? given.join(', ') : say('labelsNone'));
  return element('ol', { class: 'class-list', 'aria-label': label }, ...rows);
}

function nearest(similar: readonly SimilarExample[], pictures: Pictures): HTMLElement {
  const cards = similar.map(({ name, label, cosine, shown }) => {
    const words = [...(label === null ? [] : [label]), say('cosine', measure(cosine))];
    const card = shown
      ? look(shown, pictures, words)
      : element('figure', { class: 'card', title: name }, element('figcaption', {}, [name, ...words].join(' · ')));
    return element('li', {}, card);
  });
  const kind = similar[0]?.shown?.kind ?? 'none';
  return element(
    'div',
    { class: 'nearest' },
    element('div', { class: 'quiet' }, say('mostSimilar')),
    element('ul', { class: `cards cards-${kind}` }, ...cards),
  );
}

/** Its class and split are those of a training example; of what was asked about nothing is known. */
function look(shown: UsedExample, pictures: Pictures, caption: string[] = []): HTMLElement {
  return exampleCard(shown, shown.kind, pictures, caption);
}
