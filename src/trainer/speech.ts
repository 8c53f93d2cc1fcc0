import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setLanguage } from '../protocol/l10n.js';

/**
 * The language of this process: the editor's, which says it in PRETRAIN_LANGUAGE and, when it has a translation, names
 * its file in PRETRAIN_TEXTS; else the shell's. English where there is no translation. The program's entry imports this
 * first, because some texts are made while modules load.
 */
speak(process.env);

export function speak(env: NodeJS.ProcessEnv): void {
  const language = env['PRETRAIN_LANGUAGE'] ?? new Intl.DateTimeFormat().resolvedOptions().locale;
  const file = env['PRETRAIN_TEXTS'] ?? translationOf(language);
  if (file === undefined) return setLanguage('en', {});
  try {
    setLanguage(language, JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
  } catch (error) {
    setLanguage('en', {});
    process.stderr.write(`The translation ${file} cannot be read: ${String(error)}\n`);
  }
}

/** The file with this program's texts in a language, e.g. "pt-BR", or in the language without its region. */
function translationOf(language: string): string | undefined {
  const root = [path.join(__dirname, '..'), path.join(__dirname, '..', '..')]; // of dist/, of src/trainer/
  const names = [language, language.split('-')[0] ?? ''].map((name) => `bundle.l10n.${name.toLowerCase()}.json`);
  return root.flatMap((folder) => names.map((name) => path.join(folder, 'l10n', name))).find(existsSync);
}
