import * as vscode from 'vscode';
import { Command } from './contributions.js';
import type { Host } from './host.js';

/** Fine-Tune. Its questions are read when they are first asked. */
export function registerFineTuneCommand(host: Host): vscode.Disposable {
  return vscode.commands.registerCommand(Command.fineTune, async (target?: unknown) => {
    const { fineTune } = await import('./fineTune.js');
    await fineTune(host, target);
  });
}
