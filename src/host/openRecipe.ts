import path from 'node:path';
import * as vscode from 'vscode';
import { RunFile } from '../protocol/run.js';
import { propertyAt } from '../recipe/edit.js';
import type { TrackedRun } from './trackedRun.js';

/** Opens the recipe that a run was started from, at a property if one is named; the run's own copy if it is gone. */
export async function openRecipe(run: TrackedRun, property: (string | number)[] = []): Promise<void> {
  const document = await recipeDocument(run);
  const place = property.length === 0 ? null : propertyAt(document.getText(), property);
  const at = place === null ? new vscode.Position(0, 0) : new vscode.Position(place.line - 1, place.column - 1);
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.One,
    selection: new vscode.Range(at, at),
  });
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
