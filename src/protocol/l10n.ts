/** Texts for people, in the language of whoever reads them: the same in the editor's host and in the trainer. */

export interface Language {
  /** A BCP 47 tag, e.g. "pt-BR", by which numbers are written. */
  name: string;
  /** Translations by their English, as in l10n/bundle.l10n.<name>.json. */
  bundle: Readonly<Record<string, string>>;
}

let language: Language = { name: 'en', bundle: {} };

/** Sets the language of all that is said from now on; what has no translation stays English. */
export function setLanguage(name: Language['name'], bundle: Language['bundle']): void {
  language = { name, bundle };
}

/** For a thread that is to speak the same. */
export function currentLanguage(): Language {
  return language;
}

/**
 * A text in the reader's language.
 * @param text English, a literal: `npm run generate` collects it into l10n/bundle.l10n.json
 * @param values for {0}, {1}, ...
 */
export function t(text: string, ...values: (string | number)[]): string {
  return translated(text, values);
}

/** One of two texts by a count, which is {0} in both, e.g. counted(3, '{0} file', '{0} files'); `more` for {1}, ... */
export function counted(count: number, one: string, many: string, ...more: (string | number)[]): string {
  return translated(count === 1 ? one : many, [formatCount(count), ...more]);
}

/** A count with the language's separators, e.g. "1,204". */
export function formatCount(count: number): string {
  return count.toLocaleString(language.name);
}

/** A number that could stand in a recipe: only a large one has separators, e.g. "1024", "60,000". */
export function grouped(value: number): string {
  return Math.abs(value) >= 10_000 ? formatCount(value) : String(value);
}

/** A measured number for a text, in the language's decimal signs, e.g. "0.1307". @param digits that count, at most */
export function decimal(value: number, digits = 4): string {
  return value.toLocaleString(language.name, { maximumSignificantDigits: digits });
}

function translated(text: string, values: readonly (string | number)[]): string {
  return (language.bundle[text] ?? text).replace(/\{(\d+)\}/g, (hole, index: string) =>
    String(values[Number(index)] ?? hole),
  );
}
