import * as vscode from 'vscode';
import { RECIPE_LANGUAGE } from './contributions.js';
import type { Host } from './host.js';
import { reason } from './message.js';

/** VS Code's extension for JSON, which the manifest lets take part in recipes (jsonLanguageParticipants). */
const JSON_FEATURES = 'vscode.json-language-features';

/** Completion and hover in recipes are those of VS Code's JSON extension, which starts by itself for JSON only. */
export function registerRecipeLanguage({ log }: Host): vscode.Disposable {
  const start = (document: vscode.TextDocument) => {
    if (document.languageId !== RECIPE_LANGUAGE) return;
    listening.dispose();
    vscode.extensions
      .getExtension(JSON_FEATURES)
      ?.activate()
      .then(undefined, (error: unknown) => log.warn(`No completion in recipes: ${reason(error)}`));
  };
  const listening = vscode.workspace.onDidOpenTextDocument(start);
  vscode.workspace.textDocuments.forEach(start);
  return listening;
}
