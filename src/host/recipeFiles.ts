import * as vscode from 'vscode';
import { RECIPE_ENDING, RECIPE_GLOB } from './contributions.js';

/** The recipes of the workspace, found once and watched from then on. */
export class RecipeFiles implements vscode.Disposable {
  private readonly changedEmitter = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changedEmitter.event;
  private readonly watcher = vscode.workspace.createFileSystemWatcher(RECIPE_GLOB);
  private found: Promise<vscode.Uri[]> | null = null;

  constructor() {
    const forget = () => {
      this.found = null;
      this.changedEmitter.fire();
    };
    this.watcher.onDidCreate(forget);
    this.watcher.onDidDelete(forget);
    this.watcher.onDidChange(() => this.changedEmitter.fire());
  }

  /** Sorted by path. */
  list(): Promise<vscode.Uri[]> {
    this.found ??= Promise.resolve(vscode.workspace.findFiles(RECIPE_GLOB, '**/{node_modules,.pretrain}/**')).then(
      (uris) => uris.sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
    return this.found;
  }

  dispose(): void {
    this.watcher.dispose();
    this.changedEmitter.dispose();
  }
}

export function isRecipe(uri: vscode.Uri): boolean {
  return uri.path.endsWith(RECIPE_ENDING);
}

/** The one in the editor. */
export function activeRecipe(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri !== undefined && isRecipe(uri) ? uri : undefined;
}

/** The trainer reads the file, so what is in the editor goes there first. False when it could not be written. */
export async function saveRecipe(recipe: vscode.Uri): Promise<boolean> {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === recipe.toString());
  return document === undefined || !document.isDirty || document.save();
}

/** What a recipe is called in lists: its file name without the ending. */
export function recipeName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1).slice(0, -RECIPE_ENDING.length);
}
