import * as vscode from 'vscode';
import type { FromComparison } from '../protocol/comparisonPage.js';
import { Command, COMPARISON } from './contributions.js';
import type { Host } from './host.js';
import { webviewOptions } from './webviewPage.js';

/** Compare Runs. Its page comes back after a reload of the window; what it takes is read when it is first asked for. */
export function registerCompareCommand(host: Host): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(Command.compareRuns, async (target?: unknown, selected?: unknown) => {
      const { compareRuns } = await import('./comparison.js');
      await compareRuns(host, target, selected);
    }),
    vscode.window.registerWebviewPanelSerializer(COMPARISON, {
      deserializeWebviewPanel: async (panel) => {
        panel.webview.options = webviewOptions(host);
        const { restore, comparisonHtml } = await import('./comparison.js');
        const waiting = panel.webview.onDidReceiveMessage(async (message: FromComparison) => {
          if (message.type !== 'ready') return;
          waiting.dispose();
          await restore(host, panel, message.folders ?? []);
        });
        panel.webview.html = comparisonHtml(host, panel);
      },
    }),
  );
}
