/** Tokens and their ids. */
import { problem, type Component } from './component.js';
import { formatCount, t } from '../../../protocol/l10n.js';

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
        t(
          '{0}: the id of {1} is {2}, not a whole number from 0 to {3}',
          place,
          shown,
          JSON.stringify(id).slice(0, 40),
          formatCount(MAX_IDS - 1),
        ),
      );
    const other = this.tokens.get(id);
    if (other !== undefined && other !== token)
      throw problem(
        this.file,
        t('{0}: {1} and {2} have the same id, {3}', place, shown, JSON.stringify(other.slice(0, 40)), id),
      );
    const before = this.ids.get(token);
    if (before !== undefined && before !== id)
      throw problem(this.file, t('{0}: {1} has two ids, {2} and {3}', place, shown, before, id));
    this.tokens.set(id, token);
    this.largest = Math.max(this.largest, id);
    this.ids.set(token, id);
  }

  /** @throws DataError when most ids up to the largest have no token: an embedding would hold as many useless rows */
  checkDense(): void {
    if (this.size > MAX_HOLES && this.size > 2 * this.ids.size)
      throw problem(
        this.file,
        t(
          'the largest id is {0} ({1}), but there are {2} tokens only',
          formatCount(this.largest),
          JSON.stringify(this.tokens.get(this.largest)?.slice(0, 40)),
          formatCount(this.ids.size),
        ),
      );
  }
}
