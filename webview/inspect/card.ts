import type { ShownExample } from '../../src/protocol/inspection.js';
import { element } from '../dom.js';
import { say } from '../strings.js';
import type { Pictures } from './pictures.js';
import { playButton } from './player.js';

/** Of which split it is need not be known, or not matter. */
type CardExample = Omit<ShownExample, 'split'> & Partial<Pick<ShownExample, 'split'>>;

/** "7 · example 17 · test · 28 × 28": what can be said of an example in one line. */
export function exampleText({ name, split, class: label, size }: CardExample): string {
  const part = split === undefined ? '' : say(`split_${split}`);
  return [label, name, part, size].filter((part) => part !== null && part !== '').join(' · ');
}

/**
 * One example as it looks, sounds or reads.
 * @param caption said below it; nothing for a picture among others of its kind
 * @param lead the first word of the caption, e.g. "shortest"
 */
export function exampleCard(
  example: CardExample,
  kind: string,
  pictures: Pictures,
  caption: string[] = [],
  lead = '',
): HTMLElement {
  const card = element('figure', { class: 'card', title: exampleText(example) }, content(example, kind, pictures));
  const lines = caption.map((line) => element('div', { class: 'caption' }, line));
  if (lead !== '') lines.unshift(element('div', { class: 'caption lead' }, lead));
  if (lines.length > 0) card.append(element('figcaption', {}, ...lines));
  return card;
}

/** One box each, so that it shows where a text is cut. */
function tokenList(tokens: readonly string[]): HTMLElement {
  const list = element('ul', { class: 'token-boxes', 'aria-label': say('itsTokens') });
  list.append(...tokens.map((token) => element('li', {}, token)));
  return list;
}

function content(example: CardExample, kind: string, pictures: Pictures): HTMLElement {
  const { position, name, text, tokens, cells } = example;
  const words = exampleText(example);
  if (text !== undefined) {
    const quote = element('blockquote', { class: 'text-example' }, text);
    return tokens ? element('div', {}, quote, tokenList(tokens)) : quote;
  }
  if (cells) return element('p', { class: 'row-example' }, cells.join(' · '));
  if (kind === 'sound') {
    const picture = pictures.sound(position, say('spectrogramText', words));
    const sound = pictures.samples(position);
    if (picture) {
      const playhead = element('div', { class: 'playhead', hidden: '' });
      const frame = element(
        'div',
        { class: 'sound-example' },
        element('div', { class: 'sound-frame' }, picture, playhead),
      );
      if (sound)
        frame.prepend(
          playButton(name, sound, (share) => {
            playhead.hidden = share === null;
            playhead.style.left = `${100 * (share ?? 0)}%`;
          }),
        );
      return frame;
    }
  }
  const picture =
    pictures.image(position, words) ?? pictures.values(position, (count) => say('valuesText', words, String(count)));
  return picture ?? element('p', { class: 'quiet' }, say('notShown'));
}
