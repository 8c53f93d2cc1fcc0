/** From text to ids and back, as a Hugging Face tokenizer.json says; ids are those of the Python library "tokenizers". */
import * as path from 'node:path';
import { formatCount, t } from '../../../protocol/l10n.js';
import { DataError } from '../../reader.js';
import { jsonErrorPlace } from '../json.js';
import { addedTokensOf, TokenSplitter, type AddedToken } from './addedTokens.js';
import { Component } from './component.js';
import { decoderOf, type Decoder } from './decoder.js';
import { modelOf, type Model } from './model.js';
import { normalizerOf, type Normalizer } from './normalizer.js';
import { preTokenizerOf, type PreTokenizer } from './preTokenizer.js';
import { templateOf, type Template } from './template.js';

/** Longest tokenizer.json that is read, in UTF-16 units. */
export const MAX_TOKENIZER_LENGTH = 256 * 1024 ** 2;

/** Ids of the tokens with a meaning; null where there is none. */
export interface SpecialIds {
  pad: number | null;
  unk: number | null;
  bos: number | null;
  eos: number | null;
  mask: number | null;
}

/** By which names the special tokens go. */
const SPECIAL_NAMES: Record<keyof SpecialIds, string[]> = {
  pad: ['<pad>', '[PAD]', '<|pad|>'],
  unk: ['<unk>', '[UNK]', '<|unk|>'],
  bos: ['<bos>', '<s>', '[CLS]', '<|startoftext|>', '<|begin_of_text|>', '<|endoftext|>'],
  eos: ['<eos>', '</s>', '[SEP]', '<|endoftext|>', '<|end_of_text|>'],
  mask: ['<mask>', '[MASK]', '<|mask|>'],
};

const NOTHING_AROUND: Template = { before: [], after: [] };

export class Tokenizer {
  readonly special: SpecialIds;
  /** One more than the largest id. */
  readonly vocabularySize: number;
  private readonly model: Model;
  private readonly added: AddedToken[];
  private readonly normalize: Normalizer;
  private readonly split: PreTokenizer;
  private readonly decoder: Decoder | null;
  private readonly template: Template;
  private readonly rawSplitter: TokenSplitter;
  private readonly normalizedSplitter: TokenSplitter;
  private readonly skipped: Set<number>;

  /**
   * @param json a tokenizer.json as parsed. Its truncation and padding are a batch's matter and not applied.
   * @param file for messages
   * @throws DataError naming a part that is not supported, or what is wrong where
   */
  constructor(
    private readonly json: unknown,
    file: string,
  ) {
    const root = Component.of(json, '', file);
    const part = <T>(name: string, make: (component: Component) => T): T | null =>
      (root.value(name) ?? null) === null ? null : make(root.component(name));
    this.model = modelOf(root.component('model'));
    this.added = addedTokensOf(root, this.model.vocabulary);
    this.model.vocabulary.checkDense();
    this.normalize = part('normalizer', normalizerOf) ?? ((text) => text);
    this.split = part('pre_tokenizer', preTokenizerOf) ?? ((text) => [text]);
    this.decoder = part('decoder', decoderOf);
    this.template = part('post_processor', templateOf) ?? NOTHING_AROUND;
    for (const id of [...this.template.before, ...this.template.after])
      if (this.tokenOf(id) === undefined)
        throw root.problem(t('{0} refers to id {1}, which has no token', 'post_processor', id));
    this.rawSplitter = new TokenSplitter(
      this.added.filter(({ normalized }) => !normalized),
      (text) => text,
    );
    this.normalizedSplitter = new TokenSplitter(
      this.added.filter(({ normalized }) => normalized),
      this.normalize,
    );
    this.skipped = new Set(this.added.flatMap(({ special, id }) => (special ? [id] : [])));
    this.vocabularySize = this.model.vocabulary.size;
    this.special = this.specialIds();
  }

  /**
   * @param specialTokens whether those that the file puts around a text are added ([CLS] and [SEP])
   * @param length ids at most: the text's last ones are left out, as by truncation in "tokenizers"
   */
  encode(
    text: string,
    { specialTokens = false, length = Infinity }: { specialTokens?: boolean; length?: number } = {},
  ): Int32Array {
    const { before, after } = specialTokens ? this.template : NOTHING_AROUND;
    const out: number[] = [...before];
    for (const stretch of this.rawSplitter.split(text.replace(/\p{Surrogate}/gu, '\ufffd'))) {
      if (typeof stretch === 'number') out.push(stretch);
      else this.encodeStretch(stretch, out);
    }
    if (out.length + after.length > length) out.length = Math.max(before.length, length - after.length);
    out.push(...after);
    return Int32Array.from(out.length > length ? out.slice(0, length) : out);
  }

  private encodeStretch(text: string, out: number[]): void {
    for (const stretch of this.normalizedSplitter.split(this.normalize(text))) {
      if (typeof stretch === 'number') out.push(stretch);
      else for (const piece of this.split(stretch)) this.model.encode(piece, out);
    }
  }

  /**
   * The text of ids; special tokens are left out unless `keepSpecial`. Ids without a token are passed over.
   */
  decode(ids: ArrayLike<number>, { keepSpecial = false }: { keepSpecial?: boolean } = {}): string {
    const tokens: string[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      const token = this.tokenOf(id);
      if (token !== undefined && (keepSpecial || !this.skipped.has(id))) tokens.push(token);
    }
    return this.decoder ? this.decoder(tokens).join('') : tokens.join(' ');
  }

  idOf(token: string): number | undefined {
    return this.model.vocabulary.id(token);
  }

  tokenOf(id: number): string | undefined {
    return this.model.vocabulary.token(id);
  }

  /** The pieces of a text that tokens never cross. */
  pieces(text: string): string[] {
    return this.split(this.normalize(text));
  }

  /** The content of a tokenizer.json that "tokenizers" reads. */
  toJSON(): unknown {
    return this.json;
  }

  private specialIds(): SpecialIds {
    const find = (names: string[]): number | null => {
      for (const name of names) {
        const id = this.idOf(name);
        if (id !== undefined) return id;
      }
      return null;
    };
    const { pad, unk, bos, eos, mask } = SPECIAL_NAMES;
    const unknown = this.model.unknown === null ? undefined : this.idOf(this.model.unknown);
    return { pad: find(pad), unk: unknown ?? find(unk), bos: find(bos), eos: find(eos), mask: find(mask) };
  }
}

/** Reads the text of a tokenizer.json. @throws DataError as {@link Tokenizer} does, and for what is no JSON */
export function parseTokenizer(text: string, file: string): Tokenizer {
  if (text.length > MAX_TOKENIZER_LENGTH)
    throw new DataError(t('{0} is too large for a tokenizer.', path.basename(file)), file, t('Name a tokenizer.json.'));
  const content = text.replace(/^\ufeff/, '');
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line, column } = jsonErrorPlace(content);
    throw new DataError(
      t(
        '{0}, column {1}: this is no JSON.',
        t('{0}, line {1}', path.basename(file), formatCount(line)),
        formatCount(column),
      ),
      file,
      t('Download or copy it again; it was probably cut off.'),
    );
  }
  return new Tokenizer(json, file);
}
