import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { RUNS_FOLDER } from '../protocol/run.js';
import { TASK_TYPE } from './contributions.js';
import type { Host } from './host.js';
import { recipeName } from './recipeFiles.js';
import { folderOf } from './trainers.js';

/** What a task may say in place of the recipe, by the option of the command line. */
const OPTIONS = { epochs: 'epochs', engine: 'engine' };
const FINETUNE_OPTIONS = { mode: 'mode', labelsPerClass: 'labels-per-class' };

/** A recipe as a task: the trainer's command line in a terminal, with the same run folder as everywhere. */
export function registerTasks(host: Host): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: async () => {
      if (!vscode.workspace.isTrusted) return [];
      return (await host.recipes.list()).map((uri) => {
        const scope = vscode.workspace.getWorkspaceFolder(uri) ?? vscode.TaskScope.Workspace;
        return task(host, { type: TASK_TYPE, recipe: vscode.workspace.asRelativePath(uri, false) }, scope, uri);
      });
    },
    resolveTask: (unresolved) => {
      const { definition, scope } = unresolved;
      const recipe: unknown = definition['recipe'];
      if (typeof recipe !== 'string' || !vscode.workspace.isTrusted) return undefined;
      const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
      if (folder === undefined) return undefined;
      return task(host, definition, scope ?? folder, vscode.Uri.file(path.resolve(folder.uri.fsPath, recipe)));
    },
  });
}

function task(
  { program }: Host,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  recipe: vscode.Uri,
): vscode.Task {
  const folder = folderOf(recipe);
  const isFinetuning = definition['stage'] === 'finetune';
  const args = [program.script, isFinetuning ? 'finetune' : 'run', recipe.fsPath];
  args.push('--out', path.join(folder, RUNS_FOLDER));
  for (const [name, option] of Object.entries({ ...OPTIONS, ...(isFinetuning && FINETUNE_OPTIONS) })) {
    const value: unknown = definition[name];
    if (typeof value === 'string' || typeof value === 'number') args.push(`--${option}`, String(value));
  }
  const from: unknown = definition['from'];
  if (isFinetuning && typeof from === 'string')
    args.push('--from', /[/\\]/.test(from) ? path.resolve(folder, from) : from);
  const name = recipeName(recipe);
  const title = isFinetuning ? t('Fine-tune {0}', name) : t('Pretrain {0}', name);
  const execution = new vscode.ProcessExecution(program.execPath, args, {
    cwd: path.dirname(recipe.fsPath),
    env: program.env,
  });
  const result = new vscode.Task(definition, scope, title, TASK_TYPE, execution, []);
  result.isBackground = false;
  result.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated };
  return result;
}
