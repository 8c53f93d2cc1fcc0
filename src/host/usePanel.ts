import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { pageHtml } from '../protocol/page.js';
import type { FromUse, ShowUse } from '../protocol/use.js';
import { Command, USE } from './contributions.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import type { TrackedRun } from './trackedRun.js';
import type { UseAnswers } from './useAnswers.js';
import { webviewOptions, webviewPage } from './webviewPage.js';

/** What came of asking a run about files. */
export interface Used {
  command: ShowUse['command'];
  run: TrackedRun;
  /** As they were given. */
  files: readonly string[];
  /** What to call them. */
  shown: string;
  /** ISO 8601. */
  at: string;
  answers: UseAnswers;
  pictures: Uint8Array | null;
  /** All predictions as CSV; the page removes it in the end. Null where there are none. */
  table: string | null;
}

/** The page of it, beside the editor. It does not come back after a reload: asking again is quick, and always true. */
export class UsePanel implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;

  constructor(
    private readonly host: Host,
    private readonly used: Used,
  ) {
    const name = path.basename(used.files[0] ?? '');
    const title = used.command === 'predict' ? t('{0}: Prediction', name) : t('{0}: Similar', name);
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.panel = vscode.window.createWebviewPanel(USE, title, place, webviewOptions(host));
    this.panel.webview.onDidReceiveMessage((message: FromUse) => this.receive(message));
    this.panel.onDidDispose(() => this.removeTable());
    const { strings, ...page } = webviewPage(host, this.panel, {
      script: 'use.js',
      styles: ['monitor.css', 'inspection.css', 'use.css'],
      title,
    });
    this.panel.webview.html = pageHtml(page, 'use', { strings });
  }

  dispose(): void {
    this.panel.dispose();
  }

  onClose(listener: () => void): void {
    this.panel.onDidDispose(listener);
  }

  private async receive(message: FromUse): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      this.host.log.warn(`${message.type}: ${reason(error)}`);
      void vscode.window.showErrorMessage(plain(reason(error)));
    }
  }

  private async answer(message: FromUse): Promise<unknown> {
    const { run, answers } = this.used;
    switch (message.type) {
      case 'ready':
        return this.send();
      case 'export':
        return this.export();
      case 'openFile':
        if (!answers.answers.some(({ file }) => file === message.file)) return; // the page names what it was sent only
        return vscode.commands.executeCommand('vscode.open', vscode.Uri.file(message.file), vscode.ViewColumn.One);
      case 'openRun':
        return vscode.commands.executeCommand(Command.openMonitor, run);
    }
  }

  private async send(): Promise<void> {
    const { command, run, shown, at, answers, pictures } = this.used;
    const { record, id } = run;
    const message: ShowUse = {
      type: 'show',
      command,
      run: { id, name: record?.name ?? id, summary: record?.summary ?? '' },
      target: shown,
      at,
      answers: answers.answers,
      count: answers.count,
      classes: answers.classes,
      unreadable: answers.unreadable,
      notes: answers.notes,
      pictures,
    };
    await this.panel.webview.postMessage(message);
  }

  private async export(): Promise<void> {
    const { files, table } = this.used;
    const [first] = files;
    if (table === null || first === undefined) return;
    const data = vscode.Uri.file(first);
    const folder = vscode.workspace.getWorkspaceFolder(data)?.uri ?? vscode.Uri.joinPath(data, '..');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(folder, `${path.basename(first).replace(/\.\w+$/, '')}-predictions.csv`),
      filters: { CSV: ['csv'] },
      title: t('Export the Predictions'),
    });
    if (target === undefined) return;
    await copyFile(table, target.fsPath);
    await vscode.window.showTextDocument(target, { viewColumn: vscode.ViewColumn.One });
  }

  private async removeTable(): Promise<void> {
    const { table } = this.used;
    if (table === null) return;
    await rm(table, { force: true }).catch((error: unknown) => this.host.log.warn(`${table}: ${reason(error)}`));
  }
}
