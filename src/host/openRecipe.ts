import path from 'node:path';
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import * as vscode from 'vscode';
import { RunFile } from '../protocol/run.js';
import type { TrackedRun } from './trackedRun.js';

/** Opens the recipe that a run was started from, at a property if one is named; the run's own copy if it is gone. */
export async function openRecipe(run: TrackedRun, property: (string | number)[] = []): Promise<void> {
  const document = await recipeDocument(run);
  const root = parseTree(document.getText());
  const node = root === undefined ? undefined : nearest(property, (part) => findNodeAtLocation(root, part));
  const at = document.positionAt(node?.offset ?? 0);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, selection: new vscode.Range(at, at) });
}

async function recipeDocument(run: TrackedRun): Promise<vscode.TextDocument> {
  const original = run.record?.recipePath;
  if (typeof original === 'string') {
    const uri = vscode.Uri.file(original);
    const isThere = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (isThere) return vscode.workspace.openTextDocument(uri);
  }
  return vscode.workspace.openTextDocument(vscode.Uri.file(path.join(run.folder, RunFile.recipe)));
}

/** What is found for the whole path, else for the longest beginning of it that stands in the file. */
function nearest<T>(whole: (string | number)[], find: (part: (string | number)[]) => T | undefined): T | undefined {
  for (let length = whole.length; length > 0; length--) {
    const found = find(whole.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
}
