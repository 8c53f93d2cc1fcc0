import * as vscode from 'vscode';

/** What a menu, a code lens or another command names: a file or folder, or an element of a tree. */
export function uriOf(target: unknown): vscode.Uri | undefined {
  const named: unknown = typeof target === 'object' && target !== null && 'uri' in target ? target.uri : target;
  return named instanceof vscode.Uri ? named : undefined;
}
