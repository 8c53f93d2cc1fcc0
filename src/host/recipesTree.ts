import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import type { Stage } from '../protocol/run.js';
import { parseDocument } from '../recipe/document.js';
import { stagePositions } from '../recipe/edit.js';
import { View } from './contributions.js';
import type { Host } from './host.js';
import { methods } from './methods.js';
import { recipeName } from './recipeFiles.js';
import { taskText, writtenTask } from './taskChoice.js';

interface RecipeElement {
  kind: 'recipe' | Stage;
  uri: vscode.Uri;
}

/** Recipes of the workspace, each with its stages. */
export function registerRecipesTree({ recipes }: Host): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    recipes.onDidChange(() => changed.fire()),
    vscode.window.createTreeView<RecipeElement>(View.recipes, {
      treeDataProvider: {
        onDidChangeTreeData: changed.event,
        getChildren: async (parent) => {
          if (parent === undefined) return (await recipes.list()).map((uri) => ({ kind: 'recipe', uri }));
          if (parent.kind !== 'recipe') return [];
          const stages = stagePositions(await textOf(parent.uri)).map(({ stage }) => stage);
          // One that cannot be read has at least the stage that each recipe has.
          return (stages.length > 0 ? stages : ['pretrain' as const]).map((kind) => ({ kind, uri: parent.uri }));
        },
        getTreeItem: (element) =>
          element.kind === 'recipe' ? recipeItem(element) : stageItem(element.uri, element.kind),
      },
    }),
  );
}

function recipeItem({ uri }: RecipeElement): vscode.TreeItem {
  const item = new vscode.TreeItem(recipeName(uri), vscode.TreeItemCollapsibleState.Collapsed);
  const relative = vscode.workspace.asRelativePath(uri);
  const folder = relative.slice(0, relative.lastIndexOf('/') + 1);
  item.id = uri.toString();
  item.resourceUri = uri;
  item.description = folder.slice(0, -1);
  item.tooltip = uri.fsPath;
  item.iconPath = new vscode.ThemeIcon('notebook-template');
  item.contextValue = 'recipe';
  item.command = open(uri);
  return item;
}

async function stageItem(uri: vscode.Uri, stage: Stage): Promise<vscode.TreeItem> {
  const isTask = stage === 'finetune';
  const item = new vscode.TreeItem(isTask ? t('Fine-tuning') : t('Pretraining'));
  const text = await textOf(uri);
  item.id = `${uri.toString()}#${stage}`;
  item.description = isTask ? taskText(await writtenTask(text), vscode.env.language) : await methodTitle(text);
  item.iconPath = new vscode.ThemeIcon(isTask ? 'mortar-board' : 'play-circle');
  item.contextValue = isTask ? 'finetune' : 'stage';
  item.command = open(uri);
  return item;
}

/** Empty when the recipe cannot be read, which its own editor says better. */
function textOf(uri: vscode.Uri): Thenable<string> {
  return vscode.workspace.fs.readFile(uri).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
}

/** The method as people know it. */
async function methodTitle(text: string): Promise<string> {
  const { document } = parseDocument(text);
  if (document.root === null) return '';
  const known = await methods();
  const name: unknown = document.node(['pretrain', 'method'])?.value ?? known[0]?.name;
  return known.find((method) => method.name === name)?.title ?? (typeof name === 'string' ? name : '');
}

function open(uri: vscode.Uri): vscode.Command {
  return { command: 'vscode.open', title: t('Open Recipe'), arguments: [uri] };
}
