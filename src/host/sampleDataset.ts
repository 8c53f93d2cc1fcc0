import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import type { Host } from './host.js';
import { withTrainer } from './trainerProgress.js';
import { requireTrust } from './trust.js';

/** What the folder of the sample is called. */
const NAME = 'digits';

/** Create Sample Dataset: draws digits into a new folder of the workspace, and returns it. */
export function registerSampleDataset(host: Host): vscode.Disposable {
  return vscode.commands.registerCommand(
    Command.createSampleDataset,
    async (options?: unknown): Promise<vscode.Uri | undefined> => {
      if (!(await requireTrust())) return undefined;
      const parent = await chooseFolder();
      if (parent === undefined) return undefined;
      const folder = await freeFolder(parent);
      const title = t('Drawing digits into {0}', vscode.workspace.asRelativePath(folder));
      if ((await withTrainer(host, title, ['sample', 'digits', folder.fsPath])) === undefined) return undefined;
      if (!isForRecipe(options)) void offerRecipe(folder);
      return folder;
    },
  );
}

/** New Recipe asks for a dataset and goes on with it itself. */
function isForRecipe(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'forRecipe' in options && options.forRecipe === true;
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick())?.uri;
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: t('Create Here'),
  });
  return chosen?.[0];
}

async function freeFolder(parent: vscode.Uri): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(parent)).map(([name]) => name));
  let name = NAME;
  for (let number = 2; taken.has(name); number++) name = `${NAME}-${number}`;
  return vscode.Uri.joinPath(parent, name);
}

async function offerRecipe(folder: vscode.Uri): Promise<void> {
  const create = t('New Recipe');
  const text = t(
    'The sample dataset is in {0}. A recipe says how to learn from it.',
    vscode.workspace.asRelativePath(folder),
  );
  if ((await vscode.window.showInformationMessage(text, create)) === create) {
    await vscode.commands.executeCommand(Command.newRecipe, folder);
  }
}
