import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import * as vscode from 'vscode';
import { Command, RECIPE_GLOB } from './contributions.js';
import { costText } from './format.js';
import type { Host } from './host.js';

/** Above the stage of a recipe: start it, and what it costs. */
export function registerCodeLens({ checks }: Host): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    checks.onDidChange(() => changed.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(
      { pattern: RECIPE_GLOB },
      {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses: (document) => {
          const range = document.lineAt(document.positionAt(stageOffset(document.getText())).line).range;
          const start = new vscode.CodeLens(range, {
            title: `$(play) ${vscode.l10n.t('Start Pretraining')}`,
            command: Command.start,
            arguments: [document.uri],
          });
          const cost = checks.result(document)?.cost ?? null;
          return cost === null
            ? [start]
            : [start, new vscode.CodeLens(range, { title: costText(cost, vscode.l10n.t, vscode.env.language), command: '' })];
        },
      },
    ),
  );
}

/** Where "pretrain" stands; the beginning when all of it is left to the defaults. */
function stageOffset(text: string): number {
  const root = parseTree(text);
  const stage = root === undefined ? undefined : findNodeAtLocation(root, ['pretrain']);
  return stage?.parent?.offset ?? root?.offset ?? 0;
}
