import path from 'node:path';
import * as vscode from 'vscode';
import { EfficiencyFile, type FromEfficiency, type ShowEfficiency } from '../protocol/efficiency.js';
import { t } from '../protocol/l10n.js';
import { pageHtml } from '../protocol/page.js';
import { Command } from './contributions.js';
import { readDrawing, readEfficiency } from './efficiencyResults.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import { modes } from './methods.js';
import { webviewPage } from './webviewPage.js';

/** The page of a measurement, beside the editor: it shows what is in the measurement's folder. */
export class EfficiencyPanel implements vscode.Disposable {
  private notes: string[] = [];

  constructor(
    private readonly host: Host,
    private readonly panel: vscode.WebviewPanel,
    private readonly folder: string,
  ) {
    panel.title = t('Label Efficiency');
    panel.webview.onDidReceiveMessage((message: FromEfficiency) => this.receive(message));
    const { strings, ...page } = webviewPage(host, panel, {
      script: 'efficiency.js',
      styles: ['monitor.css', 'inspection.css', 'efficiency.css'],
      title: panel.title,
    });
    panel.webview.html = pageHtml(page, 'efficiency', { strings });
  }

  /** Comes to the front with what there is now. @param notes what was told while it was measured */
  async show(notes: string[] = this.notes): Promise<void> {
    this.notes = notes;
    this.panel.reveal(undefined, true);
    await this.send();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async receive(message: FromEfficiency): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      this.host.log.warn(`${message.type}: ${reason(error)}`);
      void vscode.window.showErrorMessage(plain(reason(error)));
    }
  }

  private answer(message: FromEfficiency): Thenable<unknown> {
    const file = (name: string) => vscode.Uri.file(path.join(this.folder, name));
    switch (message.type) {
      case 'ready':
        return this.send();
      case 'measure':
        return this.measure();
      case 'open':
        return vscode.window.showTextDocument(file(EfficiencyFile[message.what]), {
          viewColumn: vscode.ViewColumn.One,
        });
      case 'reveal':
        return vscode.commands.executeCommand('revealFileInOS', file(EfficiencyFile.drawing));
    }
  }

  private async measure(): Promise<void> {
    const result = await readEfficiency(this.folder);
    if (result !== null) await vscode.commands.executeCommand(Command.measureEfficiency, result);
  }

  /** @throws Error saying what cannot be read */
  private async send(): Promise<void> {
    const { folder, notes } = this;
    const result = await readEfficiency(folder);
    if (result === null) throw new Error(t('There are no results in {0}.', folder));
    const { record, problem, at } = result;
    if (record === null) throw new Error(problem ?? '');
    this.panel.title = t('{0}: Label Efficiency', record.name);
    const titles = Object.fromEntries((await modes()).map(({ name, title }) => [name, title]));
    const drawing = await readDrawing(folder).catch((error: unknown) => {
      this.host.log.warn(`${folder}: ${reason(error)}`);
      return null; // words and table are of use without it: the page says that it is not there
    });
    const message: ShowEfficiency = { type: 'show', folder, at, record, titles, drawing, notes };
    await this.panel.webview.postMessage(message);
  }
}
