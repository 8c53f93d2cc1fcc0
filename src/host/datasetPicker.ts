import path from 'node:path';
import * as vscode from 'vscode';
import { findDatasets } from '../data/find.js';
import type { Detection } from '../data/reader.js';
import { summarize } from '../data/summary.js';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import { datasetText } from './format.js';

export interface DatasetQuestion {
  title: string;
  placeholder: string;
  /** Said when the workspace has no dataset. */
  nothingFound: string;
  /** On the button of the dialog for files and folders. */
  openLabel: string;
  /** How many questions there are; this is the first. */
  steps?: number;
}

type DatasetItem = vscode.QuickPickItem &
  ({ kind?: undefined; choose: () => Thenable<vscode.Uri | undefined> } | { kind: vscode.QuickPickItemKind.Separator });

/** The datasets found in the workspace as they are found, or any file or folder. */
export async function pickDataset(
  folders: readonly vscode.WorkspaceFolder[],
  { title, placeholder, nothingFound, openLabel, steps }: DatasetQuestion,
): Promise<vscode.Uri | undefined> {
  const picker = vscode.window.createQuickPick<DatasetItem>();
  const abort = new AbortController();
  picker.title = title;
  picker.placeholder = placeholder;
  picker.matchOnDescription = true;
  if (steps !== undefined) {
    picker.step = 1;
    picker.totalSteps = steps;
  }
  picker.items = otherItems(openLabel);
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
      picker.items = [...items, ...otherItems(openLabel)];
      if (items[0] !== undefined) picker.activeItems = [items[0]];
      else picker.placeholder = nothingFound;
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

function otherItems(openLabel: string): DatasetItem[] {
  return [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: t('Choose a Folder...'),
      iconPath: new vscode.ThemeIcon('folder-opened'),
      choose: () => chooseOnDisk(true, openLabel),
    },
    {
      label: t('Choose a File...'),
      iconPath: new vscode.ThemeIcon('file'),
      choose: () => chooseOnDisk(false, openLabel),
    },
    {
      label: t('Create Sample Dataset'),
      iconPath: new vscode.ThemeIcon('sparkle'),
      choose: () =>
        vscode.commands.executeCommand<vscode.Uri | undefined>(Command.createSampleDataset, { forRecipe: true }),
    },
  ];
}

async function chooseOnDisk(folder: boolean, openLabel: string): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: folder,
    canSelectFiles: !folder,
    openLabel,
  });
  return chosen?.[0];
}
