/** Regular expressions of tokenizer.json (Oniguruma) as JavaScript's. */
import { t } from '../../../protocol/l10n.js';
import type { Component } from './component.js';

/** What \w is to Oniguruma, and what the Rust crate adds for pre-tokenizers of its own. */
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}';
const SCRIPTS =
  /^(Arabic|Armenian|Bengali|Cyrillic|Devanagari|Georgian|Greek|Han|Hangul|Hebrew|Hiragana|Katakana|Latin|Thai)$/;
/** Letters that fold to an ASCII letter without being its other case. */
const FOLDED: Readonly<Record<string, string>> = { s: 'ſ', k: '\u212a' };

/** Whitespace's pattern: runs of word characters, runs of others. */
export const WORDS_AND_MARKS = new RegExp(
  `[${WORD}\\p{Join_Control}]+|[^${WORD}\\p{Join_Control}\\p{White_Space}]+`,
  'gu',
);

/** The member "pattern": {"String": ...} or {"Regex": ...}. */
export function patternOf(component: Component): RegExp {
  const pattern = component.component('pattern');
  const literal = pattern.value('String');
  if (typeof literal === 'string' && literal !== '')
    return new RegExp(literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'gu');
  const regex = pattern.value('Regex');
  if (typeof regex !== 'string')
    throw component.problem(t('{0} must be one of {1}', component.at('pattern'), '{"String": …}, {"Regex": …}'));
  const translated = translateRegex(regex);
  if (!translated) throw component.unsupportedOption('pattern');
  return translated;
}

/**
 * The same expression for JavaScript, with flags g and u. Null when it holds something whose meaning differs and that
 * is not translated (possessive quantifiers, atomic groups, POSIX classes, ...).
 */
export function translateRegex(pattern: string): RegExp | null {
  const translated = translate(pattern);
  if (translated === null) return null;
  try {
    return new RegExp(translated, 'gu');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function translate(pattern: string): string | null {
  let out = '';
  let inClass = false;
  /** For each open group whether case is ignored in it. */
  const groups: boolean[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    const fold = groups.at(-1) ?? false;
    if (character === '\\') {
      const escaped = escape(pattern, i + 1, inClass);
      if (!escaped) return null;
      out += escaped.text;
      i += escaped.length;
    } else if (inClass) {
      if (character === '[' || (character === '&' && pattern[i + 1] === '&')) return null;
      if (character === ']') inClass = false;
      out += fold ? folded(character, true) : character;
    } else if (character === '[') {
      inClass = true;
      out += character;
      if (pattern[i + 1] === '^') out += pattern[++i] as string;
      if (pattern[i + 1] === ']') return null;
    } else if (character === '(') {
      const kind = /^\(\?(?:i:|[:=!]|<[=!])/.exec(pattern.slice(i, i + 5))?.[0];
      if (pattern[i + 1] === '?' && kind === undefined) return null;
      groups.push(fold || kind === '(?i:');
      out += kind === '(?i:' ? '(?:' : (kind ?? '(');
      i += (kind?.length ?? 1) - 1;
    } else if (character === ')') {
      if (groups.pop() === undefined) return null;
      out += character;
    } else if (character === '.') out += '[^\\n]';
    else if (character === '^') out += '(?<![^\\n])';
    else if (character === '$') out += '(?![^\\n])';
    else out += fold ? folded(character, false) : character;
  }
  return inClass || groups.length > 0 ? null : out;
}

/** What stands for the escape whose letter is at `at`, and how many characters it had. */
function escape(pattern: string, at: number, inClass: boolean): { text: string; length: number } | null {
  const letter = pattern[at];
  if (letter === undefined) return null;
  const simple: Record<string, string> = {
    s: '\\p{White_Space}',
    S: '\\P{White_Space}',
    d: '\\p{Nd}',
    D: '\\P{Nd}',
    w: inClass ? WORD : `[${WORD}]`,
    W: `[^${WORD}]`,
  };
  const known = simple[letter];
  if (known !== undefined) return letter === 'W' && inClass ? null : { text: known, length: 1 };
  if (letter === 'p' || letter === 'P') {
    const name = /^\{(\w+)\}/.exec(pattern.slice(at + 1));
    if (name?.[1] === undefined) return null;
    const property = SCRIPTS.test(name[1]) ? `Script=${name[1]}` : name[1];
    return { text: `\\${letter}{${property}}`, length: 1 + name[0].length };
  }
  if ('ntrfv'.includes(letter)) return { text: `\\${letter}`, length: 1 };
  if (/[0-9A-Za-z]/.test(letter)) return null;
  return {
    text: /[\^$\\.*+?()[\]{}|/-]/.test(letter) ? (letter === '-' && !inClass ? '-' : `\\${letter}`) : letter,
    length: 1,
  };
}

/** A character with its other case. */
function folded(character: string, inClass: boolean): string {
  if (!/[A-Za-z]/.test(character)) return character;
  const lower = character.toLowerCase();
  const both = lower + lower.toUpperCase() + (FOLDED[lower] ?? '');
  return inClass ? both : `[${both}]`;
}
