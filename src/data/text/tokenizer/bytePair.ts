/** Byte-pair encoding (Sennrich, Haddow & Birch 2016), as the Python library "tokenizers" applies it. */
import { t } from '../../../protocol/l10n.js';
import type { Component } from './component.js';
import type { Model } from './model.js';
import { MAX_IDS, Vocabulary } from './vocabulary.js';

/** Pieces whose ids are remembered; text repeats its words. */
const CACHE_PIECES = 50_000;
const CACHE_LENGTH = 64;
/** Positions in a piece, to be packed with a rank into one number. */
const MAX_POSITIONS = 2 ** 27;

export class BytePairModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknown: string | null;
  private readonly fuseUnknown: boolean;
  private readonly wholePieces: boolean;
  /** By pair: the merge's rank and what it makes. */
  private readonly ranks = new Map<number, number>();
  private readonly made: number[] = [];
  private readonly cache = new Map<string, Int32Array>();

  /** @throws DataError for options that are not supported and merges of what is not in the vocabulary */
  constructor(component: Component) {
    for (const name of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix', 'byte_fallback']) {
      const value = component.value(name) ?? null;
      if (value !== null && value !== '' && value !== 0 && value !== false) throw component.unsupportedOption(name);
    }
    this.vocabulary = Vocabulary.of(component);
    const unknown = component.value('unk_token') ?? null;
    if (unknown !== null && typeof unknown !== 'string')
      throw component.problem(t('{0} must be {1}', component.at('unk_token'), t('a text or null')));
    if (unknown !== null && this.vocabulary.id(unknown) === undefined)
      throw component.problem(
        t('{0} is {1}, which is not in the vocabulary', component.at('unk_token'), JSON.stringify(unknown)),
      );
    this.unknown = unknown;
    this.fuseUnknown = component.flag('fuse_unk', false);
    this.wholePieces = component.flag('ignore_merges', false);
    component.list('merges').forEach((merge, rank) => this.addMerge(component, merge, rank));
  }

  private addMerge(component: Component, merge: unknown, rank: number): void {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    const place = `${component.at('merges')}[${rank}]`;
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((token) => typeof token === 'string'))
      throw component.problem(t('{0} must be two tokens', place));
    const [left, right] = pair as [string, string];
    const id = (token: string): number => {
      const found = this.vocabulary.id(token);
      if (found === undefined)
        throw component.problem(
          t('{0} refers to {1}, which is not in the vocabulary', place, JSON.stringify(token.slice(0, 40))),
        );
      return found;
    };
    const key = id(left) * MAX_IDS + id(right);
    // Of a merge that is there twice the later one counts, as in "tokenizers".
    this.ranks.set(key, rank);
    this.made.push(id(left + right));
  }

  encode(piece: string, out: number[]): void {
    let ids = this.cache.get(piece);
    if (!ids) {
      ids = this.merged(piece);
      if (piece.length <= CACHE_LENGTH) {
        if (this.cache.size >= CACHE_PIECES) this.cache.clear();
        this.cache.set(piece, ids);
      }
    }
    for (const id of ids) out.push(id);
  }

  private merged(piece: string): Int32Array {
    const whole = this.wholePieces ? this.vocabulary.id(piece) : undefined;
    if (whole !== undefined) return Int32Array.of(whole);
    const symbols = this.symbols(piece);
    return symbols.length < MAX_POSITIONS ? this.mergeAll(symbols) : symbols;
  }

  private symbols(piece: string): Int32Array {
    const ids: number[] = [];
    const unknown = this.unknown === null ? undefined : this.vocabulary.id(this.unknown);
    let afterUnknown = false;
    for (const character of piece) {
      const id = this.vocabulary.id(character);
      if (id !== undefined) ids.push(id);
      else if (unknown !== undefined && !(afterUnknown && this.fuseUnknown)) ids.push(unknown);
      afterUnknown = id === undefined;
    }
    return Int32Array.from(ids);
  }

  /** The merge of lowest rank first, the leftmost of equals; a heap of rank and position, with stale entries passed over. */
  private mergeAll(symbols: Int32Array): Int32Array {
    const { length } = symbols;
    const next = Int32Array.from(symbols, (_, i) => i + 1);
    const previous = Int32Array.from(symbols, (_, i) => i - 1);
    const heap = new NumberHeap();
    const rankAt = (at: number): number => {
      const after = next[at] as number;
      if (after >= length) return -1;
      return this.ranks.get((symbols[at] as number) * MAX_IDS + (symbols[after] as number)) ?? -1;
    };
    const push = (at: number): void => {
      const rank = rankAt(at);
      if (rank >= 0) heap.push(rank * MAX_POSITIONS + at);
    };
    for (let i = 0; i + 1 < length; i++) push(i);
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      const at = top % MAX_POSITIONS;
      const rank = Math.floor(top / MAX_POSITIONS);
      if (symbols[at] === -1 || rankAt(at) !== rank) continue;
      const gone = next[at] as number;
      const after = next[gone] as number;
      symbols[at] = this.made[rank] as number;
      symbols[gone] = -1;
      next[at] = after;
      if (after < length) previous[after] = at;
      push(at);
      if ((previous[at] as number) >= 0) push(previous[at] as number);
    }
    return symbols.filter((id) => id >= 0);
  }
}

/** A heap of numbers, the smallest on top. */
class NumberHeap {
  private readonly items: number[] = [];

  push(item: number): void {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((items[parent] as number) <= item) break;
      items[at] = items[parent] as number;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const { items } = this;
    const top = items[0];
    const item = items.pop();
    if (item === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as number) < (items[child] as number)) child++;
      if ((items[child] as number) >= item) break;
      items[at] = items[child] as number;
      at = child;
    }
    items[at] = item;
    return top;
  }
}
