/** Tokens that are found in the text as they are, before it is split: special ones and added ones. */
import { t } from '../../../protocol/l10n.js';
import type { Component } from './component.js';
import type { Normalizer } from './normalizer.js';
import type { Vocabulary } from './vocabulary.js';

export interface AddedToken {
  id: number;
  content: string;
  /** Only where neither neighbour is a word's character. */
  singleWord: boolean;
  /** Takes the white space before it, after it, with it. */
  leftStrip: boolean;
  rightStrip: boolean;
  /** Whether it is looked for in the normalized text. */
  normalized: boolean;
  /** Left out of decoded text. */
  special: boolean;
}

const SPACE = /\p{White_Space}/u;

/** A stretch of text, or the id of a token that stood there. */
export type Stretch = string | number;

/** The file's "added_tokens", entered into the vocabulary. */
export function addedTokensOf(root: Component, vocabulary: Vocabulary): AddedToken[] {
  return root.components('added_tokens', []).map((token) => {
    const content = token.text('content');
    if (content === '') throw token.problem(t('{0} is empty', token.at('content')));
    const id = token.number('id');
    const special = token.flag('special', false);
    vocabulary.add(content, id, token.place);
    return {
      id,
      content,
      singleWord: token.flag('single_word', false),
      leftStrip: token.flag('lstrip', false),
      rightStrip: token.flag('rstrip', false),
      normalized: token.flag('normalized', !special),
      special,
    };
  });
}

/** Looks for some tokens: the leftmost, of those the longest. */
export class TokenSplitter {
  private readonly pattern: RegExp | null;
  private readonly byContent: Map<string, AddedToken>;

  /** @param normalize what the contents are changed by first */
  constructor(tokens: readonly AddedToken[], normalize: Normalizer) {
    this.byContent = new Map(tokens.map((token) => [normalize(token.content), token]));
    this.byContent.delete('');
    const contents = [...this.byContent.keys()].sort((a, b) => b.length - a.length);
    const escaped = contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    this.pattern = escaped.length > 0 ? new RegExp(escaped.join('|'), 'gu') : null;
  }

  split(text: string): Stretch[] {
    if (!this.pattern) return text === '' ? [] : [text];
    const out: Stretch[] = [];
    let at = 0;
    for (const found of text.matchAll(this.pattern)) {
      const token = this.byContent.get(found[0]);
      let start = found.index;
      let end = start + found[0].length;
      if (!token || start < at || (token.singleWord && !standsAlone(text, start, end))) continue;
      while (token.leftStrip && start > at && SPACE.test(text[start - 1] as string)) start--;
      while (token.rightStrip && end < text.length && SPACE.test(text[end] as string)) end++;
      if (start > at) out.push(text.slice(at, start));
      out.push(token.id);
      at = end;
    }
    if (at < text.length) out.push(text.slice(at));
    return out;
  }
}

function standsAlone(text: string, start: number, end: number): boolean {
  const word = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
  return (
    !word.test(Array.from(text.slice(Math.max(0, start - 2), start)).at(-1) ?? '') &&
    !word.test(Array.from(text.slice(end, end + 2))[0] ?? '')
  );
}
