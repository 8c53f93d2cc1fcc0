/** Tokens and their ids. */
import { problem, type Component } from './component.js';
import { counted, formatCount } from '../../../protocol/l10n.js';

/** More ids than this no embedding here can hold; pairs of ids also fit into a double. */
export const MAX_IDS = 2 ** 24;
/** So many ids may have no token without being asked about. */
const MAX_HOLES = 1000;

export class Vocabulary {
  private readonly ids = new Map<string, number>();
  private readonly tokens = new Map<number, string>();
  private largest = -1;

  constructor(private readonly file: string) {}

  /** From "vocab" of a model: an object of token and id. */
  static of(model: Component): Vocabulary {
    const vocabulary = new Vocabulary(model.file);
    for (const [token, id] of model.component('vocab').entries()) vocabulary.add(token, id, 'model.vocab');
    return vocabulary;
  }

  /** One more than the largest id: the rows that an embedding needs. */
  get size(): number {
    return this.largest + 1;
  }

  id(token: string): number | undefined {
    return this.ids.get(token);
  }

  token(id: number): string | undefined {
    return this.tokens.get(id);
  }

  /** @throws DataError for an id that is no whole number in range, or has another token */
  add(token: string, id: unknown, place: string): void {
    const shown = JSON.stringify(token.length > 40 ? `${token.slice(0, 40)}…` : token);
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= MAX_IDS)
      throw problem(
        this.file,
        `${place}: the id of ${shown} is ${JSON.stringify(id).slice(0, 40)}, not a whole number from 0 to ${formatCount(MAX_IDS - 1)}`,
      );
    const other = this.tokens.get(id);
    if (other !== undefined && other !== token)
      throw problem(this.file, `${place}: ${shown} and ${JSON.stringify(other.slice(0, 40))} have the same id, ${id}`);
    const before = this.ids.get(token);
    if (before !== undefined && before !== id)
      throw problem(this.file, `${place}: ${shown} has two ids, ${before} and ${id}`);
    this.tokens.set(id, token);
    this.largest = Math.max(this.largest, id);
    this.ids.set(token, id);
  }

  /** @throws DataError when most ids up to the largest have no token: an embedding would hold as many useless rows */
  checkDense(): void {
    if (this.size > MAX_HOLES && this.size > 2 * this.ids.size)
      throw problem(
        this.file,
        `the largest id is ${formatCount(this.largest)} (${JSON.stringify(this.tokens.get(this.largest)?.slice(0, 40))}), but there are ${counted(this.ids.size, '{0} token', '{0} tokens')} only`,
      );
  }
}
