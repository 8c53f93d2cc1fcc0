/** Texts for people, in the language of whoever reads them: the same in the editor's host and in the trainer. */

let language = 'en';
let texts: Readonly<Record<string, string>> = {};

/**
 * Sets the language of all that is said from now on. What has no translation stays English.
 * @param name a BCP 47 tag, e.g. "pt-BR", by which numbers are written
 * @param bundle translations by their English, as in l10n/bundle.l10n.<name>.json
 */
export function setLanguage(name: string, bundle: Readonly<Record<string, string>>): void {
  language = name;
  texts = bundle;
}

/**
 * A text in the reader's language.
 * @param text English, a literal: `npm run generate` collects it into l10n/bundle.l10n.json
 * @param values for {0}, {1}, ...
 */
export function t(text: string, ...values: (string | number)[]): string {
  return (texts[text] ?? text).replace(/\{(\d+)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole));
}

/** A number for a text; large ones with the language's separators, e.g. "60,000". */
export function grouped(value: number): string {
  return Math.abs(value) >= 10_000 ? value.toLocaleString(language) : String(value);
}
