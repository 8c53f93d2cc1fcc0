import { parseTokenizer } from './tokenizer.js';

/**
 * The text of single tokens: what each adds to the tokens before it, special ones by their names.
 * @param tokenizer a tokenizer.json
 * @param file its name, for messages
 * @throws DataError when it cannot be read
 */
export function textOfTokens(tokenizer: string, file: string): (id: number) => string {
  const parsed = parseTokenizer(tokenizer, file);
  const decode = (ids: number[]): string => parsed.decode(ids, { keepSpecial: true });
  // After another one, since spaces may stand between.
  return (id) => decode([id, id]).slice(decode([id]).length);
}
