import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { RUNS_FOLDER } from '../protocol/run.js';
import { TASK_TYPE } from './contributions.js';
import type { Host } from './host.js';
import { recipeName } from './recipeFiles.js';
import { folderOf } from './trainers.js';

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
  const args = [program.script, 'run', recipe.fsPath, '--out', path.join(folderOf(recipe), RUNS_FOLDER)];
  for (const option of ['epochs', 'engine']) {
    const value: unknown = definition[option];
    if (typeof value === 'string' || typeof value === 'number') args.push(`--${option}`, String(value));
  }
  const execution = new vscode.ProcessExecution(program.execPath, args, {
    cwd: path.dirname(recipe.fsPath),
    env: program.env,
  });
  const result = new vscode.Task(definition, scope, t('Pretrain {0}', recipeName(recipe)), TASK_TYPE, execution, []);
  result.isBackground = false;
  result.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated };
  return result;
}
