import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import type { CheckResult } from '../protocol/trainer.js';
import { sectionAt, stagePositions } from '../recipe/edit.js';
import { Command, RECIPE_GLOB, SHOW_PROBLEMS } from './contributions.js';
import { costText } from './format.js';
import type { Host } from './host.js';

/**
 * Above the data of a recipe: look at it. Above its stage: start it, and what it costs; or how many mistakes keep it from
 * starting.
 */
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
        provideCodeLenses: (document) => [...dataLenses(document), ...stageLenses(document, checks.latest(document))],
      },
    ),
  );
}

function dataLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const data = sectionAt(document.getText(), 'data');
  if (data === null) return [];
  const inspect = {
    title: `$(inspect) ${t('Inspect Dataset')}`,
    tooltip: t('Shows what is in the data, as this recipe reads it.'),
    command: Command.inspectDataset,
    arguments: [document.uri],
  };
  return [new vscode.CodeLens(document.lineAt(data.line - 1).range, inspect)];
}

function stageLenses(document: vscode.TextDocument, result: CheckResult | null): vscode.CodeLens[] {
  const stage = stagePositions(document.getText()).find((position) => position.stage === 'pretrain');
  if (stage === undefined) return [];
  const range = document.lineAt(stage.range.line - 1).range;
  const errors = (result?.problems ?? []).filter(({ severity }) => severity === 'error').length;
  if (errors > 0)
    return [
      new vscode.CodeLens(range, {
        title: `$(error) ${errors === 1 ? t('1 problem') : t('{0} problems', errors)}`,
        tooltip: t('The recipe can start when they are mended.'),
        command: SHOW_PROBLEMS,
      }),
    ];
  const start = new vscode.CodeLens(range, {
    title: `$(play) ${t('Start Pretraining')}`,
    command: Command.start,
    arguments: [document.uri],
  });
  const cost = result?.cost ?? null;
  return cost === null
    ? [start]
    : [start, new vscode.CodeLens(range, { title: costText(cost, vscode.env.language), command: '' })];
}
