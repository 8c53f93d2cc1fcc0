import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { parseDocument } from '../recipe/document.js';
import { View } from './contributions.js';
import type { Host } from './host.js';
import { methods } from './methods.js';
import { recipeName } from './recipeFiles.js';

interface RecipeElement {
  kind: 'recipe' | 'stage';
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
          return parent.kind === 'recipe' ? [{ kind: 'stage', uri: parent.uri }] : [];
        },
        getTreeItem: (element) => (element.kind === 'recipe' ? recipeItem(element) : stageItem(element)),
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

async function stageItem({ uri }: RecipeElement): Promise<vscode.TreeItem> {
  const item = new vscode.TreeItem(t('Pretraining'));
  item.id = `${uri.toString()}#pretrain`;
  item.description = await methodTitle(uri);
  item.iconPath = new vscode.ThemeIcon('play-circle');
  item.contextValue = 'stage';
  item.command = open(uri);
  return item;
}

/** The method as people know it; empty when the recipe cannot be read, which its own editor says better. */
async function methodTitle(uri: vscode.Uri): Promise<string> {
  const text = await vscode.workspace.fs.readFile(uri).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
  const { document } = parseDocument(text);
  if (document.root === null) return '';
  const known = await methods();
  const name: unknown = document.node(['pretrain', 'method'])?.value ?? known[0]?.name;
  return known.find((method) => method.name === name)?.title ?? (typeof name === 'string' ? name : '');
}

function open(uri: vscode.Uri): vscode.Command {
  return { command: 'vscode.open', title: t('Open Recipe'), arguments: [uri] };
}
