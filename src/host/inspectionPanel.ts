import path from 'node:path';
import * as vscode from 'vscode';
import { factsOf } from '../data/inspect/describe.js';
import { inspectionMarkdown } from '../data/inspect/markdown.js';
import type { FromInspection, ShowInspection } from '../protocol/inspection.js';
import { t } from '../protocol/l10n.js';
import { pageHtml } from '../protocol/page.js';
import { Command } from './contributions.js';
import type { Host } from './host.js';
import type { InspectedDataset } from './keptInspections.js';
import { plain, reason } from './message.js';
import { isRecipe } from './recipeFiles.js';
import { webviewPage } from './webviewPage.js';

/** The page of an inspection, beside the editor. */
export class InspectionPanel implements vscode.Disposable {
  constructor(
    private readonly host: Host,
    private readonly panel: vscode.WebviewPanel,
    private inspected: InspectedDataset,
  ) {
    panel.title = t('{0}: Dataset', path.basename(inspected.target));
    panel.webview.onDidReceiveMessage((message: FromInspection) => this.receive(message));
    const { strings, ...page } = webviewPage(host, panel, {
      script: 'inspection.js',
      styles: ['monitor.css', 'inspection.css'],
      title: panel.title,
    });
    panel.webview.html = pageHtml(page, 'inspection', { strings });
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  /** Another look at the same data. */
  async show(inspected: InspectedDataset): Promise<void> {
    this.inspected = inspected;
    await this.send();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private get target(): vscode.Uri {
    return vscode.Uri.file(this.inspected.target);
  }

  private async receive(message: FromInspection): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      this.host.log.warn(`${message.type}: ${reason(error)}`);
      void vscode.window.showErrorMessage(plain(reason(error)));
    }
  }

  private answer(message: FromInspection): Thenable<unknown> {
    switch (message.type) {
      case 'ready':
        return this.send();
      case 'export':
        return this.export(message.as);
      case 'newRecipe':
        return vscode.commands.executeCommand(Command.newRecipe, this.target);
      case 'openRecipe':
        return vscode.window.showTextDocument(this.target, { viewColumn: vscode.ViewColumn.One });
    }
  }

  private async send(): Promise<void> {
    const { target, at, inspection, pictures } = this.inspected;
    const recipe = isRecipe(this.target) ? path.basename(target) : null;
    const facts = factsOf(inspection);
    const message: ShowInspection = { type: 'show', target, at, recipe, inspection, facts, pictures };
    await this.panel.webview.postMessage(message);
  }

  private async export(as: 'markdown' | 'json'): Promise<void> {
    const { target: data } = this;
    const { inspection } = this.inspected;
    const [ending, text] =
      as === 'markdown'
        ? (['md', inspectionMarkdown(inspection)] as const)
        : (['json', `${JSON.stringify(inspection, null, 2)}\n`] as const);
    const folder = vscode.workspace.getWorkspaceFolder(data)?.uri ?? vscode.Uri.joinPath(data, '..');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(folder, `${path.basename(data.fsPath).replace(/\..*$/, '')}-dataset.${ending}`),
      filters: { [as === 'markdown' ? 'Markdown' : 'JSON']: [ending] },
      title: t('Export the Inspection'),
    });
    if (target === undefined) return;
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    const { One, Beside } = vscode.ViewColumn;
    await vscode.window.showTextDocument(target, { viewColumn: this.panel.viewColumn === One ? Beside : One });
  }
}
