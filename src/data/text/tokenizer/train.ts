/** Learning a vocabulary from texts: characters, words, or byte pairs; the result is a tokenizer.json. */
import { BYTE_CHARACTERS, GPT2_PATTERN, toByteCharacters } from './byteLevel.js';
import { learnMerges } from './merges.js';
import { WORDS_AND_MARKS } from './regex.js';
import { Tokenizer } from './tokenizer.js';

export type TokenizerKind = 'character' | 'word' | 'bytePair';

export interface TrainOptions {
  kind: TokenizerKind;
  /** At most so many tokens, special ones included; for byte pairs at least 256 and the special ones. */
  vocabularySize: number;
  /** Characters, words and pairs that are rarer are left out. */
  leastFrequency?: number | undefined;
  /** Words only: whether capitals are made small first. */
  lowercase?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** The special tokens of a tokenizer that is trained here, in the order of their ids from 0. */
export const SPECIAL_TOKENS = ['<pad>', '<unk>', '<bos>', '<eos>', '<mask>'] as const;

/**
 * Trains on texts, e.g. lines. The most frequent come first, of equals the one of lower code points (of pairs: of lower
 * ids), so the same texts give the same tokenizer, whatever their order; ids are those that the trainers of "tokenizers"
 * give (WordLevelTrainer, BpeTrainer with ByteLevel.alphabet()).
 * @throws RangeError for a vocabulary too small
 */
export async function trainTokenizer(
  texts: AsyncIterable<string> | Iterable<string>,
  options: TrainOptions,
): Promise<Tokenizer> {
  const { kind, vocabularySize, leastFrequency = 1, lowercase = false } = options;
  const least = SPECIAL_TOKENS.length + (kind === 'bytePair' ? BYTE_CHARACTERS.length : 1);
  if (!Number.isInteger(vocabularySize) || vocabularySize < least)
    throw new RangeError(`A vocabulary of this kind has at least ${least} tokens, not ${vocabularySize}.`);
  const counts = new Map<string, number>();
  const normalizer = kind === 'word' && lowercase ? { type: 'Lowercase' } : null;
  const prepare = new Tokenizer({ ...EMPTY, normalizer }, 'tokenizer.json');
  for await (const text of texts) {
    options.signal?.throwIfAborted();
    if (kind === 'character') for (const character of text) count(counts, character);
    else {
      const pattern = kind === 'word' ? WORDS_AND_MARKS : GPT2_PATTERN;
      for (const normalized of prepare.pieces(text))
        for (const piece of normalized.match(pattern) ?? []) count(counts, piece);
    }
  }
  if (kind === 'bytePair') return bytePairTokenizer(counts, vocabularySize, leastFrequency, options.signal);
  const tokens = [...counts]
    .filter(([, frequency]) => frequency >= leastFrequency)
    .sort((a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0]))
    .map(([token]) => token)
    .filter((token) => !(SPECIAL_TOKENS as readonly string[]).includes(token));
  const vocab = vocabularyOf(tokens.slice(0, vocabularySize - SPECIAL_TOKENS.length));
  const split =
    kind === 'word'
      ? { type: 'Whitespace' }
      : { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false };
  return tokenizerOf({
    normalizer,
    pre_tokenizer: split,
    decoder: kind === 'word' ? null : { type: 'Fuse' },
    model: { type: 'WordLevel', vocab, unk_token: '<unk>' },
  });
}

/** A tokenizer that does nothing but normalize. */
const EMPTY = { model: { type: 'WordLevel', vocab: { '<unk>': 0 }, unk_token: '<unk>' } };

function bytePairTokenizer(
  counts: ReadonlyMap<string, number>,
  vocabularySize: number,
  leastFrequency: number,
  signal: AbortSignal | undefined,
): Tokenizer {
  const words = new Map<string, number>();
  for (const [word, frequency] of counts) words.set(toByteCharacters(word), frequency);
  const start = [...SPECIAL_TOKENS, ...BYTE_CHARACTERS.toSorted(compareCodePoints)];
  const { tokens, merges } = learnMerges(words, start, vocabularySize, leastFrequency, signal);
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return tokenizerOf({
    normalizer: null,
    pre_tokenizer: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  });
}

function tokenizerOf(parts: Record<string, unknown>): Tokenizer {
  const added = SPECIAL_TOKENS.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const json = { version: '1.0', truncation: null, padding: null, added_tokens: added, post_processor: null, ...parts };
  return new Tokenizer(json, 'tokenizer.json');
}

function vocabularyOf(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries([...SPECIAL_TOKENS, ...tokens].map((token, id) => [token, id]));
}

function count(counts: Map<string, number>, piece: string): void {
  counts.set(piece, (counts.get(piece) ?? 0) + 1);
}

/** As UTF-8 sorts, which differs from UTF-16 beyond the first plane. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
