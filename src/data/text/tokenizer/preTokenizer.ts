/** How a text is split into pieces that tokens never cross: the pre-tokenizers of tokenizer.json. */
import { t } from '../../../protocol/l10n.js';
import { GPT2_PATTERN, toByteCharacters } from './byteLevel.js';
import type { Component } from './component.js';
import { patternOf, WORDS_AND_MARKS } from './regex.js';

export type PreTokenizer = (text: string) => string[];

const KNOWN = [
  'BertPreTokenizer',
  'ByteLevel',
  'Digits',
  'Punctuation',
  'Sequence',
  'Split',
  'Whitespace',
  'WhitespaceSplit',
];

type Behavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';
const BEHAVIORS: readonly string[] = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

/** BERT's: the categories P of Unicode, and ASCII's symbols. */
const PUNCTUATION = /[\p{P}$+<=>^`|~]/gu;

/** @throws DataError naming a part that is not supported */
export function preTokenizerOf(component: Component): PreTokenizer {
  switch (component.type) {
    case 'Sequence': {
      const steps = component.components('pretokenizers').map(preTokenizerOf);
      return (text) => steps.reduce((pieces, step) => pieces.flatMap(step), [text]);
    }
    case 'ByteLevel': {
      const prefix = component.flag('add_prefix_space', true);
      const split = component.flag('use_regex', true);
      return (text) => {
        const begun = prefix && !text.startsWith(' ') ? ` ${text}` : text;
        return (split ? (begun.match(GPT2_PATTERN) ?? []) : [begun]).map(toByteCharacters);
      };
    }
    case 'Whitespace':
      return (text) => text.match(WORDS_AND_MARKS) ?? [];
    case 'WhitespaceSplit':
      return (text) => text.match(/\P{White_Space}+/gu) ?? [];
    case 'BertPreTokenizer':
      return (text) =>
        (text.match(/\P{White_Space}+/gu) ?? []).flatMap((word) => split(word, PUNCTUATION, 'Isolated', false));
    case 'Punctuation': {
      const behavior = behaviorOf(component, 'Isolated');
      return (text) => split(text, PUNCTUATION, behavior, false);
    }
    case 'Digits': {
      const behavior = component.flag('individual_digits', false) ? 'Isolated' : 'Contiguous';
      return (text) => split(text, /\p{N}/gu, behavior, false);
    }
    case 'Split': {
      const pattern = patternOf(component);
      const behavior = behaviorOf(component);
      const invert = component.flag('invert', false);
      return (text) => split(text, pattern, behavior, invert);
    }
    default:
      throw component.unsupported(KNOWN);
  }
}

function behaviorOf(component: Component, otherwise?: Behavior): Behavior {
  const behavior = component.text('behavior', otherwise);
  if (!BEHAVIORS.includes(behavior))
    throw component.problem(t('{0} must be one of {1}', component.at('behavior'), BEHAVIORS.join(', ')));
  return behavior as Behavior;
}

/** Splits where the pattern matches, or, inverted, where it does not. */
function split(text: string, pattern: RegExp, behavior: Behavior, invert: boolean): string[] {
  const parts: { text: string; match: boolean }[] = [];
  const add = (start: number, end: number, match: boolean): void => {
    if (end > start) parts.push({ text: text.slice(start, end), match: match !== invert });
  };
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    add(at, found.index, false);
    add(found.index, found.index + found[0].length, true);
    at = found.index + found[0].length;
  }
  add(at, text.length, false);
  if (behavior === 'Removed') return parts.flatMap((part) => (part.match ? [] : [part.text]));
  if (behavior === 'Isolated') return parts.map((part) => part.text);
  const pieces: string[] = [];
  if (behavior === 'MergedWithNext') {
    parts.reverse().forEach((part, i) => {
      if (part.match && i > 0 && parts[i - 1]?.match === false)
        pieces[pieces.length - 1] = part.text + (pieces.at(-1) as string);
      else pieces.push(part.text);
    });
    return pieces.reverse();
  }
  parts.forEach((part, i) => {
    const before = parts[i - 1];
    const join = behavior === 'Contiguous' ? before?.match === part.match : part.match && before?.match === false;
    if (join) pieces[pieces.length - 1] = (pieces.at(-1) as string) + part.text;
    else pieces.push(part.text);
  });
  return pieces;
}
