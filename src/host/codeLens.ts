import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import type { CheckResult } from '../protocol/trainer.js';
import { sectionAt, stagePositions, type StagePosition } from '../recipe/edit.js';
import { Command, RECIPE_GLOB, SHOW_PROBLEMS } from './contributions.js';
import { costText } from './format.js';
import type { Host } from './host.js';
import { taskText, writtenTask } from './taskChoice.js';

/**
 * Above the data of a recipe: look at it. Above a stage: start it, and what it costs or does; or how many mistakes keep it
 * from starting.
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
        provideCodeLenses: async (document) => {
          const result = checks.latest(document);
          const stages = stagePositions(document.getText()).map((position) => stageLenses(document, position, result));
          return [...dataLenses(document), ...(await Promise.all(stages)).flat()];
        },
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

async function stageLenses(
  document: vscode.TextDocument,
  { stage, range: { line } }: StagePosition,
  result: CheckResult | null,
): Promise<vscode.CodeLens[]> {
  const { range } = document.lineAt(line - 1);
  const errors = (result?.problems ?? []).filter(({ severity }) => severity === 'error').length;
  if (errors > 0)
    return [
      new vscode.CodeLens(range, {
        title: `$(error) ${errors === 1 ? t('1 problem') : t('{0} problems', errors)}`,
        tooltip: t('The recipe can start when they are mended.'),
        command: SHOW_PROBLEMS,
      }),
    ];
  const { language } = vscode.env;
  const isTask = stage === 'finetune';
  const start = new vscode.CodeLens(range, {
    title: isTask ? `$(mortar-board) ${t('Fine-Tune')}` : `$(play) ${t('Start Pretraining')}`,
    ...(isTask && { tooltip: t('Starts from the newest complete run of this recipe.') }),
    command: isTask ? Command.fineTune : Command.start,
    arguments: [document.uri],
  });
  const cost = result?.cost?.stage === stage ? costText(result.cost, language) : null;
  const task = isTask ? taskText(await writtenTask(document.getText()), language) : null;
  const facts = [task, cost].filter((text) => text !== null).join(' · ');
  return facts === '' ? [start] : [start, new vscode.CodeLens(range, { title: facts, command: '' })];
}
