import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Command, EFFICIENCY } from './contributions.js';
import type { EfficiencyPanel } from './efficiencyPanel.js';
import { EfficiencyResult, readEfficiency } from './efficiencyResults.js';
import type { Host } from './host.js';
import { plain } from './message.js';
import { webviewOptions } from './webviewPage.js';

/** Measure Label Efficiency, and its page: one a measurement, which comes back after a reload of the window. */
export function registerEfficiency(host: Host): vscode.Disposable {
  const panels = new Map<string, EfficiencyPanel>();
  const take = async (panel: vscode.WebviewPanel, folder: string): Promise<EfficiencyPanel> => {
    const { EfficiencyPanel } = await import('./efficiencyPanel.js');
    const made = new EfficiencyPanel(host, panel, folder);
    panels.set(folder, made);
    panel.onDidDispose(() => panels.delete(folder));
    return made;
  };
  const open = async (folder: string, notes?: string[]): Promise<void> => {
    const known = panels.get(folder);
    if (known !== undefined) return known.show(notes);
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const title = t('Label Efficiency');
    const made = await take(vscode.window.createWebviewPanel(EFFICIENCY, title, place, webviewOptions(host)), folder);
    if (notes !== undefined) await made.show(notes);
  };
  return vscode.Disposable.from(
    { dispose: () => panels.forEach((panel) => panel.dispose()) },
    vscode.commands.registerCommand(Command.measureEfficiency, async (target?: unknown) => {
      const { measureEfficiency } = await import('./efficiency.js');
      const measured = await measureEfficiency(host, target);
      await host.runs.scan(); // it stands under its run now, also when it was stopped
      if (measured !== undefined) await open(measured.folder, measured.notes);
    }),
    vscode.commands.registerCommand(Command.openEfficiency, async (target: unknown) => {
      if (typeof target === 'string') return open(target);
      if (!(target instanceof EfficiencyResult)) return;
      if (target.problem === null) return open(target.folder);
      void vscode.window.showErrorMessage(plain(target.problem));
    }),
    vscode.window.registerWebviewPanelSerializer(EFFICIENCY, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const folder = typeof state === 'object' && state !== null && 'folder' in state ? state.folder : null;
        panel.webview.options = webviewOptions(host);
        const isThere = typeof folder === 'string' && !panels.has(folder) && (await readEfficiency(folder)) !== null;
        if (isThere) await take(panel, folder);
        else panel.dispose();
      },
    }),
  );
}
