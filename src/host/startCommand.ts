import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import { epochText } from './format.js';
import type { Host } from './host.js';
import { activeRecipe, recipeName, saveRecipe } from './recipeFiles.js';
import { uriOf } from './target.js';
import type { TrackedRun } from './trackedRun.js';
import { startPretraining } from './trainers.js';

/** Start Pretraining: of the recipe it is called for, the one in the editor, the only one, or the one picked. */
export function registerStartCommand(host: Host): vscode.Disposable {
  return vscode.commands.registerCommand(Command.start, async (target?: unknown) => {
    const recipe = uriOf(target) ?? activeRecipe() ?? (await pickRecipe(host, t('Start Pretraining')));
    if (recipe === undefined) return;
    if (!(await saveRecipe(recipe))) return;
    const running = runningOf(host, recipe);
    if (running === undefined || (await wantsAnother(running, recipe)))
      await startPretraining(host, recipe, { parallel: running !== undefined });
  });
}

/** The run of a recipe that is trained now. */
export function runningOf({ runs }: Host, recipe: vscode.Uri): TrackedRun | undefined {
  return runs.alive.find((run) => run.record?.recipePath === recipe.fsPath);
}

/** The only one, or the one picked; undefined when there is none or none was picked, and then the person knows. */
export async function pickRecipe({ recipes }: Host, title: string): Promise<vscode.Uri | undefined> {
  const found = await recipes.list();
  if (found.length === 0) {
    const create = t('New Recipe');
    const answer = await vscode.window.showInformationMessage(t('There is no recipe in this workspace yet.'), create);
    if (answer === create) await vscode.commands.executeCommand(Command.newRecipe);
    return undefined;
  }
  if (found.length === 1) return found[0];
  const items = found.map((uri) => ({
    label: recipeName(uri),
    description: vscode.workspace.asRelativePath(uri),
    uri,
  }));
  return (
    await vscode.window.showQuickPick(items, {
      title,
      placeHolder: t('Which recipe?'),
    })
  )?.uri;
}

/** Asks, because the same recipe is training already. */
export async function wantsAnother(running: TrackedRun, recipe: vscode.Uri): Promise<boolean> {
  const open = t('Open Monitor');
  const another = t('Start Another Run');
  const answer = await vscode.window.showWarningMessage(
    t(
      '{0} is training already ({1}).',
      recipeName(recipe),
      running.record === null ? running.id : epochText(running.record, vscode.env.language),
    ),
    {
      modal: true,
      detail: t('Two runs share the processor and both become slower. Their results are kept apart.'),
    },
    open,
    another,
  );
  if (answer === open) await vscode.commands.executeCommand(Command.openMonitor, running);
  return answer === another;
}
