import { element, section, setShown, setText } from '../dom.js';
import { short, whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Tokens, TokenText } from '../state/samples.js';
import { say, sayOr } from '../strings.js';

/** Of a text, so many tokens of a kind are listed: found ones, missed ones, wrong ones. */
const LISTED = 24;

/** Texts: what a language model guesses for hidden tokens, or how it goes on; which tokens come back from a code. */
export class TokensView implements View {
  readonly element: HTMLElement;
  private readonly title = element('h2');
  private readonly hint = element('span', { class: 'quiet' });
  private readonly measure = element('span', { class: 'where' });
  private readonly list = element('ul', { class: 'token-list' });
  private readonly shown = new ShownSample();
  private drawn: Tokens | null = null;

  constructor() {
    this.element = section(
      'tokens',
      this.title,
      [this.hint, element('div', { class: 'options' }, this.measure)],
      this.list,
    );
  }

  render(model: Model): void {
    const sample = this.shown.get(model);
    const tokens = sample?.tokens;
    setShown(this.element, Boolean(tokens));
    if (!sample || !tokens || tokens === this.drawn) return;
    this.drawn = tokens;
    const { content, texts } = tokens;
    setText(this.title, sayOr(`tokens_${content}`, content));
    setText(this.hint, sayOr(`tokensHint_${content}`, ''));
    setText(this.measure, measureOf(tokens));
    this.measure.title = Number.isFinite(tokens.perplexity) ? say('tokensPerplexityHint') : '';
    this.list.replaceChildren(...texts.map((text) => element('li', {}, ...drawingOf(content)(text))));
    this.list.dataset['step'] = String(sample.step);
  }
}

function measureOf({ content, texts, perplexity }: Tokens): string {
  if (Number.isFinite(perplexity)) return say('tokensPerplexity', short(Number(perplexity.toPrecision(4))));
  if (content === 'bag') {
    const bags = texts.map(bagOf);
    const found = bags.flatMap((bag) => bag.found).length;
    return say('tokensFound', whole(found), whole(found + bags.flatMap((bag) => bag.missed).length));
  }
  if (content !== 'masked') return '';
  const guesses = texts.flatMap(({ input, output }) =>
    output.flatMap((guess, i) => (guess === null ? [] : [guess === input[i]])),
  );
  return say('tokensRight', whole(guesses.filter(Boolean).length), whole(guesses.length));
}

function drawingOf(content: string): (text: TokenText) => (Node | string)[] {
  return content === 'masked' ? masked : content === 'bag' ? bag : written;
}

function masked({ input, output }: TokenText): (Node | string)[] {
  return input.flatMap((truth, i) => {
    const guess = output[i] ?? null;
    if (guess === null) return [truth];
    const isRight = guess === truth;
    const title = isRight ? say('tokenRight') : say('tokenWrong', truth.trim());
    const mark = element('mark', { 'data-right': String(isRight), title, 'aria-label': `${guess} ${title}` }, guess);
    return isRight ? [mark] : [mark, truth];
  });
}

function written({ input, output }: TokenText): (Node | string)[] {
  return [element('span', { class: 'quiet' }, input.join('')), output.join('')];
}

/** A text without its order: tokens that the network holds for likely, each in the text or not, and those it misses. */
function bagOf({ input, output }: TokenText): Record<'found' | 'missed' | 'wrong', string[]> {
  const isToken = (token: string | null): token is string => token !== null && token !== '';
  const [own, likely] = [input.filter(isToken), output.filter(isToken)];
  return {
    found: own.filter((token) => likely.includes(token)),
    missed: own.filter((token) => !likely.includes(token)),
    wrong: likely.filter((token) => !own.includes(token)),
  };
}

function bag(text: TokenText): (Node | string)[] {
  const { found, missed, wrong } = bagOf(text);
  return [
    ...listed(found, 'true', say('tokenFound')),
    ...listed(missed, 'missed', say('tokenMissed')),
    ...listed(wrong, 'false', say('tokenNotThere')),
  ];
}

function listed(tokens: readonly string[], right: string, title: string): (Node | string)[] {
  const shown = tokens.slice(0, LISTED).flatMap((token) => {
    const words = token.trim();
    return [element('mark', { 'data-right': right, title, 'aria-label': `${words} ${title}` }, words), ' '];
  });
  const more = tokens.length - LISTED;
  return more > 0
    ? [...shown, element('span', { class: 'quiet', title }, `${say('tokensMore', whole(more))} `)]
    : shown;
}
