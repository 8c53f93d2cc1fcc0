import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import type { Datasets, FoundDataset } from './datasets.js';
import { datasetIcon } from './datasetsTree.js';
import { datasetText, formatText } from './format.js';
import { recipeName } from './recipeFiles.js';

export interface DatasetQuestion {
  title: string;
  placeholder: string;
  /** Said when the workspace has no dataset. */
  nothingFound: string;
  /** On the button of the dialog for files and folders. */
  openLabel: string;
  /** One whose data can be chosen, too. */
  recipe?: vscode.Uri | undefined;
}

type DatasetItem = vscode.QuickPickItem &
  ({ kind?: undefined; choose: () => Thenable<vscode.Uri | undefined> } | { kind: vscode.QuickPickItemKind.Separator });

/** The datasets of the workspace as they are found, or any file or folder. */
export async function pickDataset(
  datasets: Datasets,
  { title, placeholder, nothingFound, openLabel, recipe }: DatasetQuestion,
): Promise<vscode.Uri | undefined> {
  const picker = vscode.window.createQuickPick<DatasetItem>();
  picker.title = title;
  picker.matchOnDescription = true;
  const show = (): void => {
    const items = [...(recipe ? [recipeItem(recipe)] : []), ...datasets.list().map(datasetItem)];
    const active = picker.activeItems[0]?.label;
    picker.items = [...items, ...otherItems(openLabel)];
    const shown = items.find(({ label }) => label === active) ?? items[0];
    if (shown) picker.activeItems = [shown];
    picker.busy = datasets.isLooking;
    picker.placeholder = items.length > 0 || datasets.isLooking ? placeholder : nothingFound;
  };
  const listener = datasets.onDidChange(show);
  const chosen = new Promise<DatasetItem | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0]));
    picker.onDidHide(() => resolve(undefined));
  });
  show();
  picker.show();
  const item = await chosen;
  listener.dispose();
  picker.dispose();
  return item?.kind === undefined ? item?.choose() : undefined;
}

function recipeItem(recipe: vscode.Uri): DatasetItem {
  return {
    label: t('The data of {0}', recipeName(recipe)),
    description: t('as the recipe reads it'),
    iconPath: new vscode.ThemeIcon('notebook-template'),
    choose: () => Promise.resolve(recipe),
  };
}

function datasetItem({ uri, label, detection, summary }: FoundDataset): DatasetItem {
  return {
    label,
    description: datasetText(formatText(detection), summary, vscode.env.language),
    detail: detection.reason,
    iconPath: datasetIcon(detection.kind),
    choose: () => Promise.resolve(uri),
  };
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
