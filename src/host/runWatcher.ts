import path from 'node:path';
import * as vscode from 'vscode';
import { RUNS_FOLDER, RunFile } from '../protocol/run.js';
import type { Host } from './host.js';

/** Keeps the list of runs up to date with the workspace: its folders, its files, its trust. */
export function registerRunWatcher({ runs, log }: Host): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${RUNS_FOLDER}/*/${RunFile.run}`);
  const safely = (work: Promise<void>) =>
    void work.catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));
  const setRoots = () => {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    safely(runs.setRoots(folders.map(({ uri }) => path.join(uri.fsPath, RUNS_FOLDER))));
  };
  const folderOf = (uri: vscode.Uri) => path.dirname(uri.fsPath);
  setRoots();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate((uri) => safely(runs.touched(folderOf(uri)))),
    watcher.onDidChange((uri) => safely(runs.touched(folderOf(uri)))),
    watcher.onDidDelete(() => safely(runs.scan())),
    vscode.workspace.onDidChangeWorkspaceFolders(setRoots),
    vscode.workspace.onDidGrantWorkspaceTrust(() => safely(runs.refreshAll())),
  );
}
