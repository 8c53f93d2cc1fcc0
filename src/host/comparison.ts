import path from 'node:path';
import * as vscode from 'vscode';
import type { FromComparison, ToComparison } from '../protocol/comparisonPage.js';
import { t } from '../protocol/l10n.js';
import { pageHtml } from '../protocol/page.js';
import { Command, COMPARISON } from './contributions.js';
import { runText } from './format.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import { RunFeed } from './runFeed.js';
import { readRecipe } from './runFolder.js';
import { TrackedRun } from './trackedRun.js';
import { webviewOptions, webviewPage } from './webviewPage.js';

/**
 * Compare Runs: those that are selected in the tree, or the ones picked; at least two.
 * @param target the run of a menu @param selected all that are selected with it
 */
export async function compareRuns(host: Host, target: unknown, selected: unknown): Promise<void> {
  await host.runs.ready();
  const given = [target, ...(Array.isArray(selected) ? (selected as unknown[]) : [])];
  const named = [...new Set(given.filter((one) => one instanceof TrackedRun))].filter(({ record }) => record !== null);
  const runs = named.length >= 2 ? named : await pickRuns(host, named, 2);
  if (runs === undefined) return;
  const options = { viewColumn: vscode.ViewColumn.Active };
  new Comparison(host, vscode.window.createWebviewPanel(COMPARISON, '', options, webviewOptions(host)), runs);
}

/** A panel that comes back after a reload, whose page is there already. */
export async function restore(host: Host, panel: vscode.WebviewPanel, folders: readonly string[]): Promise<void> {
  await host.runs.ready();
  const runs = folders.flatMap((folder) => host.runs.runs.find((run) => run.folder === folder) ?? []);
  if (runs.length === 0) panel.dispose();
  else new Comparison(host, panel, runs);
}

export function comparisonHtml(host: Host, panel: vscode.WebviewPanel): string {
  const { strings, ...page } = webviewPage(host, panel, {
    script: 'comparison.js',
    styles: ['monitor.css', 'inspection.css', 'comparison.css'],
    title: t('Compare Runs'),
  });
  return pageHtml(page, 'comparison', { strings });
}

/** Undefined when none were picked, or there are too few, which is told. @param chosen those that are ticked already */
async function pickRuns(host: Host, chosen: readonly TrackedRun[], least: number): Promise<TrackedRun[] | undefined> {
  const readable = host.runs.runs.filter(({ record }) => record !== null);
  if (readable.length < least) {
    void vscode.window.showInformationMessage(
      t('There are fewer than two runs to compare. Train a recipe again with something changed in it.'),
    );
    return undefined;
  }
  const items = readable.map((run) => ({
    label: run.record?.name ?? run.id,
    description: run.record === null ? '' : runText(run.record, run.state, vscode.env.language),
    detail: `${run.record?.summary ?? ''} · ${run.id}`,
    picked: chosen.includes(run),
    run,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Compare Runs'),
    placeHolder: t('Which runs? At least two.'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked === undefined) return undefined;
  if (picked.length >= least) return picked.map(({ run }) => run);
  void vscode.window.showInformationMessage(t('Pick at least two runs to compare.'));
  return undefined;
}

/** The page that compares some runs, and what feeds it. */
class Comparison {
  private readonly feeds = new Map<TrackedRun, RunFeed>();
  private readonly listening: vscode.Disposable[];
  private disposed = false;

  constructor(
    private readonly host: Host,
    private readonly panel: vscode.WebviewPanel,
    private runs: TrackedRun[],
  ) {
    this.listening = [
      panel.webview.onDidReceiveMessage((message: FromComparison) => this.receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.stopFeeds(); // a hidden panel has no page
      }),
      vscode.Disposable.from(
        host.runs.listChanged.add(() => {
          const left = this.runs.filter((run) => host.runs.has(run));
          if (left.length < this.runs.length) void this.show(left);
        }),
      ),
    ];
    panel.onDidDispose(() => {
      this.disposed = true;
      this.stopFeeds();
      for (const one of this.listening) one.dispose();
    });
    panel.title = t('Compare Runs');
    if (panel.webview.html === '') panel.webview.html = comparisonHtml(host, panel);
    else void this.show(runs);
  }

  private async receive(message: FromComparison): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      this.host.log.warn(`${message.type}: ${reason(error)}`);
      await this.post({ type: 'trouble', message: reason(error) });
    }
  }

  private async answer(message: FromComparison): Promise<unknown> {
    switch (message.type) {
      case 'ready':
        return this.show(this.runs);
      case 'add': {
        const picked = await pickRuns(this.host, this.runs, 1);
        return picked && this.show([...this.runs.filter((run) => picked.includes(run)), ...picked]);
      }
      case 'takeOut': {
        const run = this.find(message.folder);
        this.runs = this.runs.filter((other) => other !== run);
        if (run) this.feeds.get(run)?.dispose();
        return;
      }
      case 'openMonitor':
        return vscode.commands.executeCommand(Command.openMonitor, this.find(message.folder));
      case 'export':
        return this.export(message);
    }
  }

  private find(folder: string): TrackedRun | undefined {
    return this.runs.find((run) => run.folder === folder);
  }

  /** From the beginning: the page forgets what it knew. */
  private async show(runs: readonly TrackedRun[]): Promise<void> {
    this.stopFeeds();
    this.runs = [...new Set(runs)];
    const shown = await Promise.all(
      this.runs.map(async (run) => ({
        folder: run.folder,
        record: run.shown,
        state: run.state,
        recipe: await this.recipe(run),
      })),
    );
    await this.post({
      type: 'compare',
      runs: shown.flatMap(({ record, ...one }) => (record === null ? [] : [{ ...one, run: record }])),
    });
    for (const run of this.runs) this.feed(run);
  }

  /** A run whose recipe cannot be read is compared without, and the person is told. */
  private async recipe({ folder }: TrackedRun): Promise<unknown> {
    try {
      return await readRecipe(folder);
    } catch (error) {
      this.host.log.warn(reason(error));
      void vscode.window.showWarningMessage(plain(reason(error)));
      return null;
    }
  }

  private feed(run: TrackedRun): void {
    if (this.disposed || !this.panel.visible) return;
    const { folder } = run;
    const feed = new RunFeed(run, (message) => this.post({ type: 'feed', folder, message }));
    this.feeds.set(run, feed);
    feed.start().catch(async (error: unknown) => {
      const text = t('{0} cannot be read: {1}', folder, reason(error));
      this.host.log.error(text);
      await this.post({ type: 'trouble', message: text });
    });
  }

  private stopFeeds(): void {
    for (const feed of this.feeds.values()) feed.dispose();
    this.feeds.clear();
  }

  private async export({ as, text }: Extract<FromComparison, { type: 'export' }>): Promise<void> {
    const ending = as === 'csv' ? 'csv' : 'md';
    const [first] = this.runs;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(path.dirname(first?.folder ?? ''));
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(folder, `comparison.${ending}`),
      filters: { [as === 'csv' ? 'CSV' : 'Markdown']: [ending] },
      title: t('Export the Comparison'),
    });
    if (target === undefined) return;
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    await vscode.window.showTextDocument(target, { viewColumn: vscode.ViewColumn.Beside });
  }

  /** A panel that was closed meanwhile takes nothing, and must not be asked. */
  private post(message: ToComparison): Thenable<boolean> {
    if (this.disposed) return Promise.resolve(false);
    return this.panel.webview.postMessage(message);
  }
}
