import { element, setShown, setText } from '../dom.js';
import { short, whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Tokens, TokenText } from '../state/samples.js';
import { say, sayOr } from '../strings.js';

/** Texts: what a language model guesses for hidden tokens, or how it goes on. */
export class TokensView implements View {
  readonly element: HTMLElement;
  private readonly title = element('h2', { id: 'tokens-title' });
  private readonly hint = element('span', { class: 'quiet' });
  private readonly measure = element('span', { class: 'where' });
  private readonly list = element('ul', { class: 'token-list' });
  private readonly shown = new ShownSample();
  private drawn: Tokens | null = null;

  constructor() {
    this.element = element(
      'section',
      { class: 'section tokens', 'aria-labelledby': 'tokens-title' },
      element(
        'div',
        { class: 'section-head' },
        this.title,
        this.hint,
        element('div', { class: 'options' }, this.measure),
      ),
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
    this.list.replaceChildren(
      ...texts.map((text) => element('li', {}, ...(content === 'masked' ? masked(text) : written(text)))),
    );
    this.list.dataset['step'] = String(sample.step);
  }
}

function measureOf({ content, texts, perplexity }: Tokens): string {
  if (Number.isFinite(perplexity)) return say('tokensPerplexity', short(perplexity));
  if (content !== 'masked') return '';
  const guesses = texts.flatMap(({ input, output }) =>
    output.flatMap((guess, i) => (guess === null ? [] : [guess === input[i]])),
  );
  return say('tokensRight', whole(guesses.filter(Boolean).length), whole(guesses.length));
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
