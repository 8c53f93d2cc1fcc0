/** Learning the merges of byte-pair encoding (Sennrich, Haddow & Birch 2016, algorithm 1) with incremental counts. */
import { MAX_IDS } from './vocabulary.js';

export interface Merges {
  /** All tokens by id: those at the start, then one for each merge that makes a new one. */
  tokens: string[];
  /** In the order they are applied. */
  merges: [string, string][];
}

/** How often merging looks whether it is to stop. */
const SIGNAL_EVERY = 64;

/**
 * Merges the most frequent pair until there are enough tokens or no pair is frequent enough. Of equals the one of lower
 * ids is merged, as in the BpeTrainer of "tokenizers".
 * @param words with their frequency; each character must be among `start`
 */
export function learnMerges(
  words: ReadonlyMap<string, number>,
  start: readonly string[],
  vocabularySize: number,
  leastFrequency: number,
  signal?: AbortSignal,
): Merges {
  const tokens = [...start];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const frequencies = Float64Array.from(words.values());
  const symbols: Int32Array[] = Array.from(words.keys(), (word) =>
    Int32Array.from(word, (character) => ids.get(character) ?? 0),
  );
  const counts = new Map<number, number>();
  const places = new Map<number, number[]>();
  symbols.forEach((word, w) => {
    for (let i = 0; i + 1 < word.length; i++) {
      const pair = (word[i] as number) * MAX_IDS + (word[i + 1] as number);
      counts.set(pair, (counts.get(pair) ?? 0) + (frequencies[w] as number));
      note(places, pair, w);
    }
  });
  const heap = new PairHeap();
  for (const [pair, count] of counts) heap.push(pair, count);

  const merges: [string, string][] = [];
  while (tokens.length < vocabularySize) {
    const top = heap.pop();
    if (!top) break;
    const count = counts.get(top.pair) ?? 0;
    if (top.count !== count) {
      // It was merged into others since it was counted.
      if (count > 0) heap.push(top.pair, count);
      continue;
    }
    if (count < Math.max(1, leastFrequency)) break;
    if (merges.length % SIGNAL_EVERY === 0) signal?.throwIfAborted();
    const [left, right] = [Math.floor(top.pair / MAX_IDS), top.pair % MAX_IDS];
    const pieces: [string, string] = [tokens[left] as string, tokens[right] as string];
    const token = pieces.join('');
    let made = ids.get(token);
    if (made === undefined) {
      made = tokens.push(token) - 1;
      ids.set(token, made);
    }
    merges.push(pieces);
    const fresh = new Set<number>();
    for (const w of new Set(places.get(top.pair))) {
      const frequency = frequencies[w] as number;
      symbols[w] = mergeWord(symbols[w] as Int32Array, left, right, made, (pair, change) => {
        counts.set(pair, (counts.get(pair) ?? 0) + change * frequency);
        if (change < 0) return;
        note(places, pair, w);
        fresh.add(pair);
      });
    }
    counts.delete(top.pair);
    places.delete(top.pair);
    for (const pair of fresh) {
      const now = counts.get(pair) ?? 0;
      if (now > 0) heap.push(pair, now);
    }
  }
  return { tokens, merges };
}

function note(places: Map<number, number[]>, pair: number, word: number): void {
  const known = places.get(pair);
  if (!known) places.set(pair, [word]);
  else if (known.at(-1) !== word) known.push(word);
}

/** Merges in one word and tells which pairs went and which came. */
function mergeWord(
  word: Int32Array,
  left: number,
  right: number,
  made: number,
  changed: (pair: number, change: 1 | -1) => void,
): Int32Array {
  let length = 0;
  for (let i = 0; i < word.length; i++) {
    if (word[i] !== left || word[i + 1] !== right) {
      word[length++] = word[i] as number;
      continue;
    }
    if (length > 0) {
      const before = word[length - 1] as number;
      changed(before * MAX_IDS + left, -1);
      changed(before * MAX_IDS + made, 1);
    }
    const after = word[i + 2];
    if (after !== undefined) {
      changed(right * MAX_IDS + after, -1);
      changed(made * MAX_IDS + after, 1);
    }
    word[length++] = made;
    i++;
  }
  return word.subarray(0, length);
}

/** The most frequent pair on top, of equals the smaller one. */
class PairHeap {
  private readonly items: { pair: number; count: number }[] = [];

  push(pair: number, count: number): void {
    const { items } = this;
    const item = { pair, count };
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent])) break;
      items[at] = items[parent] as { pair: number; count: number };
      at = parent;
    }
    items[at] = item;
  }

  pop(): { pair: number; count: number } | undefined {
    const { items } = this;
    const top = items[0];
    const item = items.pop();
    if (!item || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (before(items[child + 1], items[child])) child++;
      const next = items[child];
      if (!next || !before(next, item)) break;
      items[at] = next;
      at = child;
    }
    items[at] = item;
    return top;
  }
}

function before(
  a: { pair: number; count: number } | undefined,
  b: { pair: number; count: number } | undefined,
): boolean {
  if (!a || !b) return false;
  return a.count > b.count || (a.count === b.count && a.pair < b.pair);
}
