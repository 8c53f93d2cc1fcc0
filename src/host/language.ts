import * as vscode from 'vscode';
import { setLanguage } from '../protocol/l10n.js';

/** All texts of this process are in the editor's language from now on, where it has a translation. */
export function speakEditorLanguage(): void {
  const { bundle } = vscode.l10n;
  setLanguage(bundle === undefined ? 'en' : vscode.env.language, bundle ?? {});
}

/** How a trainer learns of the editor's language: see trainer/speech.ts. */
export function languageEnvironment(): Record<string, string> {
  const { uri } = vscode.l10n;
  return { PRETRAIN_LANGUAGE: vscode.env.language, ...(uri === undefined ? {} : { PRETRAIN_TEXTS: uri.fsPath }) };
}
