/** Texts of any length to the tokens that occur in them, or to ids of one length. */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { decimal, grouped, t } from '../../protocol/l10n.js';
import { LEAST_BYTE_PAIRS } from '../../recipe/data.js';
import type { TextOptions } from '../../recipe/recipe.js';
import { look, readWhole } from '../files.js';
import { DataError, type OpenOptions } from '../reader.js';
import type { TextCollection } from '../text/collection.js';
import { MAX_TOKENIZER_LENGTH, parseTokenizer, type Tokenizer } from '../text/tokenizer/tokenizer.js';
import { trainTokenizer, type TokenizerKind } from '../text/tokenizer/train.js';
import { turns } from '../visitMemory.js';
import type { Assets, KeptPlan, Plan, Preparation, Preparer, Vocabulary } from './preparation.js';

export interface TextPreparation extends Preparation {
  kind: 'text';
  /** [tokens of the vocabulary] for a bag, [ids of a text] for ids. */
  shape: [number];
  range: [0, 1] | null;
  features: TextOptions['features'];
  /** Of the asset {@link TOKENIZER_FILE}, in hexadecimal digits. */
  sha256: string;
}

/** A Hugging Face tokenizer.json. */
export const TOKENIZER_FILE = 'tokenizer.json';

/** A tokenizer is trained on at most so much text, and what is told of the texts is counted in it. */
const LEARNED_BYTES = 64 * 1024 ** 2;
const GLANCED_BYTES = 2 * 1024 ** 2;
/** Of the texts, so many are not cut off by default, but at so many ids. */
const WHOLE_SHARE = 0.95;
const LONGEST_USUAL = 256;
/** More unknown tokens than this are told. */
const UNKNOWN_SHARE = 0.01;

const kinds: readonly string[] = ['word', 'character', 'bytePair'] satisfies TokenizerKind[];

export const text: Preparer<'text', TextPreparation> = {
  kind: 'text',
  typeOf: ({ features }) => (features === 'bag' ? 'uint8' : 'int32'),
  parallel: false,

  async plan(collection, { text: options }, training, { glance, kept, ...open }): Promise<Plan<TextPreparation>> {
    if (kept) return { ...restored(kept), notes: [] };
    const texts = collection as TextCollection;
    const sample = sampleOf(texts, training, glance ? GLANCED_BYTES : LEARNED_BYTES);
    const isTrained = kinds.includes(options.tokenizer);
    const tokenizer = isTrained ? await trained(texts, sample, options, open) : await readTokenizer(options.tokenizer);
    const content = JSON.stringify(tokenizer);
    const { vocabularySize } = tokenizer;
    const counts = await count(texts, sample, tokenizer, options.features, open);
    const notes = unknownNotes(counts, isTrained);
    // What training learns from, also where it is looked at only.
    const learned = glance ? sampleOf(texts, training, LEARNED_BYTES) : sample;
    if (isTrained && learned.positions.length < training.length)
      notes.push(
        t(
          'The tokenizer is learned from {0} of {1} training texts, taken evenly.',
          grouped(learned.positions.length),
          grouped(training.length),
        ),
      );
    const common = {
      kind: 'text',
      features: options.features,
      sha256: createHash('sha256').update(content).digest('hex'),
    } as const;
    let preparation: TextPreparation;
    if (options.features === 'bag') preparation = { ...common, shape: [vocabularySize], range: [0, 1] };
    else {
      const vocabulary = vocabularyOf(tokenizer, options.tokenizer);
      const length = options.length ?? (texts.info.sequential ? longest(counts.lengths) : usualLength(counts.lengths));
      notes.push(...cutNotes(counts.lengths, length));
      preparation = { ...common, shape: [length], range: null, vocabulary };
    }
    return { preparation, notes, assets: { [TOKENIZER_FILE]: content } };
  },

  open({ features, shape: [width] }, assets) {
    const tokenizer = parseTokenizer(assets[TOKENIZER_FILE] ?? '', TOKENIZER_FILE);
    if (features === 'bag')
      return (example) => {
        const bag = new Uint8Array(width);
        for (const id of tokenizer.encode(example)) bag[id] = 1;
        return bag;
      };
    const pad = padOf(tokenizer, TOKENIZER_FILE);
    return (example) => {
      const ids = new Int32Array(width).fill(pad);
      ids.set(tokenizer.encode(example, { specialTokens: true, length: width }));
      return ids;
    };
  },
};

/** Part of the texts at these positions, taken evenly from all of them. */
interface Sample {
  positions: number[];
  /** Of each text, characters from here on are left out: one text alone may be more than is looked at. */
  longest: number;
}

/** @param training ascending */
function sampleOf(texts: TextCollection, training: ArrayLike<number>, most: number): Sample {
  let total = 0;
  for (let i = 0; i < training.length; i++) total += texts.bytesOf(training[i] as number);
  if (total <= most) return { positions: Array.from(training), longest: Infinity };
  const positions: number[] = [];
  const share = most / total;
  let taken = 0;
  let passed = 0;
  for (let i = 0; i < training.length; i++) {
    const position = training[i] as number;
    passed += texts.bytesOf(position);
    if (taken >= passed * share) continue; // of what was passed, enough is taken
    positions.push(position);
    taken += texts.bytesOf(position);
  }
  return { positions, longest: most };
}

async function* read(
  texts: TextCollection,
  { positions, longest }: Sample,
  { signal, onProgress }: OpenOptions,
): AsyncGenerator<string> {
  const turn = turns();
  let left = longest;
  for (const [i, position] of positions.entries()) {
    if (left <= 0) return;
    const whole = texts.text(position);
    yield whole.length > left ? whole.slice(0, left) : whole;
    left -= whole.length;
    const over = turn();
    if (!over) continue;
    onProgress?.(i / positions.length);
    await over;
    signal?.throwIfAborted();
  }
}

async function trained(
  texts: TextCollection,
  sample: Sample,
  { tokenizer, vocabularySize, lowercase }: TextOptions,
  open: OpenOptions,
): Promise<Tokenizer> {
  if (tokenizer === 'bytePair' && vocabularySize < LEAST_BYTE_PAIRS)
    throw new DataError(
      t('A vocabulary of byte pairs has at least {0} tokens, not {1}.', LEAST_BYTE_PAIRS, vocabularySize),
      texts.info.path,
      t('Raise "vocabularySize" in the recipe’s "text".'),
    );
  return trainTokenizer(read(texts, sample, open), {
    kind: tokenizer as TokenizerKind,
    vocabularySize,
    lowercase,
    signal: open.signal,
  });
}

/** @throws DataError */
async function readTokenizer(file: string): Promise<Tokenizer> {
  if ((await look(file)).size > MAX_TOKENIZER_LENGTH)
    throw new DataError(t('{0} is too large for a tokenizer.', path.basename(file)), file, t('Name a tokenizer.json.'));
  return parseTokenizer((await readWhole(file)).toString('utf8'), file);
}

interface Counts {
  /** Ids of each text. */
  lengths: number[];
  tokens: number;
  unknown: number;
}

async function count(
  texts: TextCollection,
  sample: Sample,
  tokenizer: Tokenizer,
  features: TextOptions['features'],
  open: OpenOptions,
): Promise<Counts> {
  const { unk } = tokenizer.special;
  const counts: Counts = { lengths: [], tokens: 0, unknown: 0 };
  for await (const one of read(texts, sample, open)) {
    const ids = tokenizer.encode(one, { specialTokens: features === 'ids' });
    counts.lengths.push(ids.length);
    counts.tokens += ids.length;
    for (const id of ids) if (id === unk) counts.unknown++;
  }
  return counts;
}

function unknownNotes({ tokens, unknown }: Counts, isTrained: boolean): string[] {
  const share = tokens === 0 ? 0 : unknown / tokens;
  if (share <= UNKNOWN_SHARE) return [];
  const percent = decimal(100 * share, 2);
  return [
    isTrained
      ? t(
          '{0} % of the tokens are not in the vocabulary and count as unknown ("text": "vocabularySize" in the recipe’s data raises it, "tokenizer": "bytePair" has none).',
          percent,
        )
      : t('{0} % of the tokens are not in the tokenizer’s vocabulary and count as unknown.', percent),
  ];
}

function cutNotes(lengths: readonly number[], length: number): string[] {
  const cut = lengths.filter((one) => one > length).length;
  if (cut === 0) return [];
  return [
    t(
      '{0} of {1} texts are longer than {2} tokens and are cut off there ("text": "length" in the recipe’s data changes it).',
      grouped(cut),
      grouped(lengths.length),
      grouped(length),
    ),
  ];
}

function usualLength(lengths: readonly number[]): number {
  const sorted = Int32Array.from(lengths).sort();
  const whole = sorted[Math.min(sorted.length - 1, Math.floor(WHOLE_SHARE * sorted.length))] ?? 1;
  return Math.max(1, Math.min(LONGEST_USUAL, whole));
}

/** Texts that go on one after the other are one text, of which nothing is to be lost. */
function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 1);
}

/** @throws DataError when it has no token for padding */
function vocabularyOf(tokenizer: Tokenizer, file: string): Vocabulary {
  return { size: tokenizer.vocabularySize, pad: padOf(tokenizer, file), mask: tokenizer.special.mask };
}

/** @throws DataError */
function padOf({ special: { pad } }: Tokenizer, file: string): number {
  if (pad !== null) return pad;
  throw new DataError(
    t('{0} has no token for padding, which fills up short texts.', path.basename(file)),
    file,
    t(
      'Add one with the Python library “tokenizers” (tokenizer.add_special_tokens(["<pad>"])), or use another tokenizer.',
    ),
  );
}

/** The preparation of a run that goes on. @throws DataError when its tokenizer is missing or not what it was */
function restored({ preparation, assets, folder }: KeptPlan): { preparation: TextPreparation; assets: Assets } {
  const file = path.join(folder, TOKENIZER_FILE);
  const refuse = (message: string): DataError =>
    new DataError(message, file, t('Bring it back from a copy of the run, or start the recipe again.'));
  const content = assets[TOKENIZER_FILE];
  if (content === undefined) throw refuse(t('The tokenizer of this run, {0}, is missing.', file));
  const { features, shape, sha256 } = preparation as Partial<TextPreparation>;
  if (createHash('sha256').update(content).digest('hex') !== sha256)
    throw refuse(t('The tokenizer {0} is not the one that this run began with: its SHA-256 differs.', file));
  const tokenizer = parseTokenizer(content, file);
  const [width] = shape ?? [];
  const isWidth =
    features === 'bag' ? width === tokenizer.vocabularySize : Number.isInteger(width) && Number(width) > 0;
  if ((features !== 'bag' && features !== 'ids') || width === undefined || !isWidth)
    throw refuse(t('What this run says of its texts does not fit its tokenizer, {0}.', file));
  const common = { kind: 'text' as const, shape: [width] as [number], features, sha256 };
  return {
    preparation:
      features === 'bag'
        ? { ...common, range: [0, 1] }
        : { ...common, range: null, vocabulary: vocabularyOf(tokenizer, file) },
    assets,
  };
}
