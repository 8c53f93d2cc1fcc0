import * as vscode from 'vscode';
import { Command } from './contributions.js';
import type { Host } from './host.js';

/** Show Log, and Refresh for folders that change where no watcher sees it. */
export function registerLogCommands({ log, runs }: Host): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(Command.showLog, () => log.show()),
    vscode.commands.registerCommand(Command.refresh, async () => {
      await runs.scan();
      await runs.refreshAll();
    }),
  );
}
