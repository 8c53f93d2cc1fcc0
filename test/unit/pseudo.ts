import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setLanguage } from '../../src/protocol/l10n.js';

/** A language that nobody speaks: each letter of the English text is a wide one, values and quotations stay. */

const FULL_WIDTH = 0xfee0; // from ASCII to Unicode's "Fullwidth Forms"

export function pseudo(english: string): string {
  return english.replace(/\{\d+\}|"[^"]*"|[A-Za-z]/g, (part) =>
    part.length > 1 ? part : String.fromCodePoint((part.codePointAt(0) ?? 0) + FULL_WIDTH),
  );
}

/** The texts of l10n/bundle.l10n.json in it. */
export function pseudoBundle(): Record<string, string> {
  const file = path.join(import.meta.dirname, '..', '..', 'l10n', 'bundle.l10n.json');
  const english = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return Object.fromEntries(Object.entries(english).map(([key, text]) => [key, pseudo(text)]));
}

export function speakPseudo(): void {
  setLanguage('en', pseudoBundle());
}

export function speakEnglish(): void {
  setLanguage('en', {});
}

/**
 * The words of a text that were said in English: all of two letters and more outside of quotations and paths, but for
 * those of `source`, which are repeated from there, and JSON's own words.
 */
export function englishWords(text: string, source = ''): string[] {
  const words = text.replaceAll(/"(?:[^"\\]|\\.)*"|\S*[/\\.]\w\S*/g, '').match(/[A-Za-z]{2,}/g);
  return (words ?? []).filter((word) => !/^(null|true|false)$/.test(word) && !source.includes(word));
}
