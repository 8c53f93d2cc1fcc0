import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { findDatasets } from '../data/find.js';
import type { Detection } from '../data/reader.js';
import { summarize } from '../data/summary.js';
import { newRecipeText } from '../recipe/newRecipe.js';
import { Command, RECIPE_ENDING } from './contributions.js';
import { datasetText } from './format.js';
import type { Host } from './host.js';
import { methods, recipeSchema, type MethodChoice } from './methods.js';
import { freeName, recipeFileName } from './recipeName.js';

type DatasetItem = vscode.QuickPickItem &
  ({ kind?: undefined; choose: () => Thenable<vscode.Uri | undefined> } | { kind: vscode.QuickPickItemKind.Separator });

/** New Recipe: asks for the dataset and the method, writes a commented recipe beside the data, and opens it. */
export function registerNewRecipe(host: Host): vscode.Disposable {
  return vscode.commands.registerCommand(Command.newRecipe, async (dataset?: unknown) => {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    if (folders.length === 0) {
      const open = t('Open Folder');
      const answer = await vscode.window.showInformationMessage(
        t('A recipe belongs into a folder. Open one with data first.'),
        open,
      );
      if (answer === open) await vscode.commands.executeCommand('vscode.openFolder');
      return;
    }
    const data = dataset instanceof vscode.Uri ? dataset : await pickDataset(folders);
    if (data === undefined) return;
    const method = await pickMethod();
    if (method === undefined) return;
    const folder = vscode.workspace.getWorkspaceFolder(data) ?? folders[0];
    if (folder === undefined) return;
    const recipe = await write(folder.uri, data, method);
    host.log.info(`wrote ${recipe.fsPath}`);
    await vscode.window.showTextDocument(recipe);
  });
}

/** The datasets found in the workspace as they are found, or any file or folder. */
async function pickDataset(folders: readonly vscode.WorkspaceFolder[]): Promise<vscode.Uri | undefined> {
  const picker = vscode.window.createQuickPick<DatasetItem>();
  const abort = new AbortController();
  picker.title = t('New Recipe: Dataset');
  picker.placeholder = t('What should be learned from?');
  picker.matchOnDescription = true;
  picker.step = 1;
  picker.totalSteps = 2;
  picker.items = otherItems();
  picker.busy = true;
  const found = Promise.all(
    folders.map(async ({ uri }) => {
      const detections = await findDatasets(uri.fsPath, { signal: abort.signal, exclude: ['.pretrain', '.git'] });
      return Promise.all(detections.map(datasetItem));
    }),
  );
  const chosen = new Promise<DatasetItem | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0]));
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  void found
    .then((perFolder) => {
      const items = perFolder.flat();
      picker.items = [...items, ...otherItems()];
      if (items[0] !== undefined) picker.activeItems = [items[0]];
      else picker.placeholder = t('No dataset was found in this workspace. Choose one, or have one drawn.');
    })
    .catch((error: unknown) => {
      picker.placeholder = t(
        'The workspace could not be searched: {0}',
        error instanceof Error ? error.message : String(error),
      );
    })
    .finally(() => {
      picker.busy = false;
    });
  const item = await chosen;
  abort.abort();
  picker.dispose();
  return item?.kind === undefined ? item?.choose() : undefined;
}

async function datasetItem(detection: Detection): Promise<DatasetItem> {
  const { path: file, reason } = detection;
  const uri = vscode.Uri.file(file);
  const relative = vscode.workspace.asRelativePath(uri);
  const isRoot = relative === uri.fsPath || relative === '';
  return {
    label: isRoot ? path.basename(file) : relative,
    description: datasetText(formatText(detection), await summarize(detection), vscode.env.language),
    detail: reason,
    iconPath: new vscode.ThemeIcon('database'),
    choose: () => Promise.resolve(uri),
  };
}

/** What it is called in a list: the format where people know it by that, else the kind of data. */
function formatText({ format, kind }: Detection): string {
  if (format === 'idx') return t('IDX images');
  if (format === 'npy' || format === 'npz') return t('NumPy arrays');
  const texts: Record<Detection['kind'], string> = {
    image: t('images'),
    text: t('text'),
    sound: t('sound'),
    table: t('table'),
    array: t('array'),
  };
  return texts[kind];
}

function otherItems(): DatasetItem[] {
  return [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: t('Choose a Folder...'),
      iconPath: new vscode.ThemeIcon('folder-opened'),
      choose: () => chooseOnDisk(true),
    },
    { label: t('Choose a File...'), iconPath: new vscode.ThemeIcon('file'), choose: () => chooseOnDisk(false) },
    {
      label: t('Create Sample Dataset'),
      iconPath: new vscode.ThemeIcon('sparkle'),
      choose: () =>
        vscode.commands.executeCommand<vscode.Uri | undefined>(Command.createSampleDataset, { forRecipe: true }),
    },
  ];
}

async function chooseOnDisk(folder: boolean): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: folder,
    canSelectFiles: !folder,
    openLabel: t('Learn From This'),
  });
  return chosen?.[0];
}

async function pickMethod(): Promise<MethodChoice | undefined> {
  const items = methods().map((method) => ({
    label: method.title,
    description: method.name,
    detail: method.summary,
    method,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Recipe: Method'),
    placeHolder: t('How should it be learned?'),
    matchOnDetail: true,
  });
  return picked?.method;
}

async function write(folder: vscode.Uri, data: vscode.Uri, method: MethodChoice): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  const name = freeName(recipeFileName(data.fsPath, method.name), taken);
  const recipe = vscode.Uri.joinPath(folder, name + RECIPE_ENDING);
  const dataPath = path.relative(folder.fsPath, data.fsPath).split(path.sep).join('/');
  const text = newRecipeText(recipeSchema(), { name, dataPath, method: method.name });
  await vscode.workspace.fs.writeFile(recipe, new TextEncoder().encode(text));
  return recipe;
}
