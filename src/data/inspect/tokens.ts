/** Texts as a network gets them: cut into tokens. */
import type { Plan, Preparation } from '../prepare/preparation.js';
import { TOKENIZER_FILE } from '../prepare/text.js';
import { textOfTokens } from '../text/tokenizer/tokenText.js';
import { parseTokenizer } from '../text/tokenizer/tokenizer.js';

/** Tokens of a text that are shown. */
export const MAX_TOKENS = 120;

/** What cuts a text into its first tokens, each as text, special ones by their names; null for what has no tokens. */
export function tokensBy({ preparation, assets = {} }: Plan<Preparation>): ((text: string) => string[]) | null {
  const content = assets[TOKENIZER_FILE];
  if (preparation.kind !== 'text' || content === undefined) return null;
  const tokenizer = parseTokenizer(content, TOKENIZER_FILE);
  const textOf = textOfTokens(content, TOKENIZER_FILE);
  const [width = 0] = preparation.shape;
  const options = preparation.features === 'ids' ? { specialTokens: true, length: width } : {};
  return (text) => Array.from(tokenizer.encode(text, options).subarray(0, MAX_TOKENS), (id) => shown(textOf(id)));
}

/** Space around a token does not matter to people, unless it is all there is. */
function shown(token: string): string {
  return token.trim() || JSON.stringify(token);
}
