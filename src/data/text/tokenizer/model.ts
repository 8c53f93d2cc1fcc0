/** From a piece of text to ids: the models of tokenizer.json other than byte-pair encoding. */
import { t } from '../../../protocol/l10n.js';
import { BytePairModel } from './bytePair.js';
import { problem, type Component } from './component.js';
import { Vocabulary } from './vocabulary.js';

export interface Model {
  readonly vocabulary: Vocabulary;
  /** What stands for the unknown; null when the model has none. */
  readonly unknown: string | null;
  /** Appends the ids of a piece. */
  encode(piece: string, out: number[]): void;
}

const KNOWN = ['BPE', 'WordLevel', 'WordPiece'];

/** @throws DataError naming what is not supported, or wrong */
export function modelOf(component: Component): Model {
  switch (component.type) {
    case 'BPE':
      return new BytePairModel(component);
    case 'WordPiece':
      return new WordPieceModel(component);
    case 'WordLevel':
      return new WordLevelModel(component);
    default:
      throw component.unsupported(KNOWN);
  }
}

/** Whole pieces or unknown. */
class WordLevelModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknown: string;

  constructor(private readonly component: Component) {
    this.vocabulary = Vocabulary.of(component);
    this.unknown = component.text('unk_token', '<unk>');
  }

  encode(piece: string, out: number[]): void {
    out.push(this.vocabulary.id(piece) ?? unknownId(this, piece, this.component.file));
  }
}

/** The longest token that fits, then the longest that fits after it (Devlin et al. 2019, BERT). */
class WordPieceModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknown: string;
  private readonly prefix: string;
  private readonly longest: number;

  constructor(private readonly component: Component) {
    this.vocabulary = Vocabulary.of(component);
    this.unknown = component.text('unk_token', '[UNK]');
    this.prefix = component.text('continuing_subword_prefix', '##');
    this.longest = component.number('max_input_chars_per_word', 100);
  }

  encode(piece: string, out: number[]): void {
    const before = out.length;
    const characters = Array.from(piece);
    let at = 0;
    while (at < characters.length && characters.length <= this.longest) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > at; end--) {
        id = this.vocabulary.id((at > 0 ? this.prefix : '') + characters.slice(at, end).join(''));
        if (id !== undefined) break;
      }
      if (id === undefined) break;
      out.push(id);
      at = end;
    }
    if (at === characters.length) return;
    out.length = before;
    out.push(unknownId(this, piece, this.component.file));
  }
}

function unknownId({ vocabulary, unknown }: Model, piece: string, file: string): number {
  const id = unknown === null ? undefined : vocabulary.id(unknown);
  if (id === undefined)
    throw problem(
      file,
      t(
        '{0} is not in the vocabulary, and neither is the token for the unknown, {1}',
        JSON.stringify(piece.slice(0, 40)),
        JSON.stringify(unknown),
      ),
    );
  return id;
}
