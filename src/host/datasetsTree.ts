import * as vscode from 'vscode';
import { otherReadingText } from '../data/otherReadings.js';
import type { DataKind, Detection } from '../data/reader.js';
import { t } from '../protocol/l10n.js';
import { Command, View } from './contributions.js';
import type { FoundDataset } from './datasets.js';
import { datasetText, formatText } from './format.js';
import type { Host } from './host.js';

/** Milliseconds between two updates while datasets are found. */
const INTERVAL = 150;

/** Datasets of the workspace, as they are found. */
export function registerDatasetsTree({ datasets }: Host): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let timer: NodeJS.Timeout | undefined;
  const view = vscode.window.createTreeView<FoundDataset>(View.datasets, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (parent) => {
        if (parent) return [];
        // The view shows progress meanwhile, rather than that there is nothing.
        while (datasets.list().length === 0 && datasets.isLooking) await oneChange(datasets.onDidChange);
        return [...datasets.list()];
      },
      getTreeItem: treeItem,
    },
  });
  const update = (): void => {
    timer = undefined;
    view.message = datasets.hint;
    changed.fire();
  };
  const progress = (): void => {
    void vscode.window.withProgress({ location: { viewId: View.datasets } }, () => datasets.ended());
  };
  return vscode.Disposable.from(
    changed,
    view,
    { dispose: () => clearTimeout(timer) },
    datasets.onDidChange(() => {
      timer ??= setTimeout(update, INTERVAL);
    }),
    datasets.onDidBegin(progress),
    vscode.commands.registerCommand(Command.refreshDatasets, () => datasets.refresh()),
    vscode.commands.registerCommand(Command.revealDataset, async (dataset?: FoundDataset) => {
      if (dataset) await vscode.commands.executeCommand('revealInExplorer', dataset.uri);
    }),
  );
}

function oneChange(event: vscode.Event<void>): Promise<void> {
  return new Promise((resolve) => {
    const listener = event(() => {
      listener.dispose();
      resolve();
    });
  });
}

function treeItem(dataset: FoundDataset): vscode.TreeItem {
  const { uri, label, detection, summary } = dataset;
  const item = new vscode.TreeItem(label);
  const text = datasetText(formatText(detection), summary, vscode.env.language);
  item.id = uri.toString();
  item.description = text;
  item.tooltip = tooltip(uri, detection);
  item.iconPath = datasetIcon(detection.kind);
  item.contextValue = 'dataset';
  item.command = { command: Command.inspectDataset, title: t('Inspect Dataset'), arguments: [dataset] };
  item.accessibilityInformation = { label: `${label}, ${text}` };
  return item;
}

/** What it is taken for and why, and how else it could be read. */
function tooltip(uri: vscode.Uri, { reason, others = [] }: Detection): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  for (const line of [uri.fsPath, reason, ...others.map(otherReadingText)])
    text.appendText(line).appendMarkdown('\n\n');
  return text;
}

export function datasetIcon(kind: DataKind): vscode.ThemeIcon {
  const icons: Record<DataKind, string> = {
    image: 'file-media',
    sound: 'unmute',
    text: 'whole-word',
    table: 'table',
    array: 'symbol-array',
  };
  return new vscode.ThemeIcon(icons[kind]);
}
