import path from 'node:path';
import * as vscode from 'vscode';
import { factsOf } from '../data/inspect/describe.js';
import { inspectionMarkdown } from '../data/inspect/markdown.js';
import type { FromInspection, Inspection, ShowInspection } from '../protocol/inspection.js';
import { t } from '../protocol/l10n.js';
import { pageHtml } from '../protocol/page.js';
import { Command, INSPECTION } from './contributions.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import { webviewOptions, webviewPage } from './webviewPage.js';

export interface InspectedDataset {
  data: vscode.Uri;
  inspection: Inspection;
  /** See {@link ShowInspection}. */
  pictures: Uint8Array | null;
}

/** The page of an inspection, beside the editor. */
export class InspectionPanel implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;

  constructor(
    private readonly host: Host,
    private inspected: InspectedDataset,
    onClosed: () => void,
  ) {
    const title = t('{0}: Dataset', path.basename(inspected.data.fsPath));
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.panel = vscode.window.createWebviewPanel(INSPECTION, title, place, webviewOptions(host));
    this.panel.webview.onDidReceiveMessage((message: FromInspection) => this.receive(message));
    this.panel.onDidDispose(onClosed);
    const { strings, ...page } = webviewPage(host, this.panel, {
      script: 'inspection.js',
      styles: ['monitor.css', 'inspection.css'],
      title,
    });
    this.panel.webview.html = pageHtml(page, 'inspection', { strings });
  }

  /** Another look at the same data. */
  async show(inspected: InspectedDataset): Promise<void> {
    this.inspected = inspected;
    this.panel.reveal(undefined, true);
    await this.send();
  }

  dispose(): void {
    this.panel.dispose();
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
        return vscode.commands.executeCommand(Command.newRecipe, this.inspected.data);
    }
  }

  private async send(): Promise<void> {
    const { inspection, pictures } = this.inspected;
    const message: ShowInspection = { type: 'show', inspection, facts: factsOf(inspection), pictures };
    await this.panel.webview.postMessage(message);
  }

  private async export(as: 'markdown' | 'json'): Promise<void> {
    const { data, inspection } = this.inspected;
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
