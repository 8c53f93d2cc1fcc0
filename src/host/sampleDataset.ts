import * as vscode from 'vscode';
import { SAMPLE_KINDS, sampleDescription, type SampleKind } from '../data/sampleKinds.js';
import type { DataKind } from '../data/reader.js';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import { datasetIcon } from './datasetsTree.js';
import type { Host } from './host.js';
import { withTrainer } from './trainerProgress.js';
import { requireTrust } from './trust.js';

/** Create Sample Dataset: asks for the kind, makes it in a new folder of the workspace, and returns that. */
export function registerSampleDataset(host: Host): vscode.Disposable {
  return vscode.commands.registerCommand(
    Command.createSampleDataset,
    async (options?: unknown): Promise<vscode.Uri | undefined> => {
      if (!(await requireTrust())) return undefined;
      const kind = await chooseKind();
      if (kind === undefined) return undefined;
      const parent = await chooseFolder();
      if (parent === undefined) return undefined;
      const folder = await freeFolder(parent, kind);
      const title = t('Making sample data in {0}', vscode.workspace.asRelativePath(folder));
      if ((await withTrainer(host, title, ['sample', kind, folder.fsPath])) === undefined) return undefined;
      host.datasets.refresh();
      if (!isForRecipe(options)) void offerRecipe(folder);
      return folder;
    },
  );
}

/** New Recipe asks for a dataset and goes on with it itself. */
function isForRecipe(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'forRecipe' in options && options.forRecipe === true;
}

async function chooseKind(): Promise<SampleKind | undefined> {
  const icons: Record<SampleKind, DataKind> = { digits: 'image', tones: 'sound', sentences: 'text', clusters: 'table' };
  const items = SAMPLE_KINDS.map((kind) => ({
    label: kind,
    detail: sampleDescription(kind),
    iconPath: datasetIcon(icons[kind]),
    sample: kind,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Create Sample Dataset'),
    placeHolder: t('What kind of data?'),
    matchOnDetail: true,
  });
  return picked?.sample;
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

async function freeFolder(parent: vscode.Uri, wanted: string): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(parent)).map(([name]) => name));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
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
