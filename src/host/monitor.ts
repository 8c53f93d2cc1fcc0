import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import type { FromMonitor, ToMonitor } from '../protocol/monitor.js';
import { monitorHtml } from '../protocol/monitorPage.js';
import { RunFile } from '../protocol/run.js';
import { Command, MONITOR } from './contributions.js';
import { stateText } from './format.js';
import type { Host } from './host.js';
import { reason } from './message.js';
import { openRecipe } from './openRecipe.js';
import { findRun } from './runCommands.js';
import { RunFeed } from './runFeed.js';
import { readExamples, readSample } from './runFolder.js';
import type { TrackedRun } from './trackedRun.js';
import { resumeRun } from './trainers.js';
import { webviewOptions, webviewPage } from './webviewPage.js';

/** One panel a run, beside the editor; it comes back after a reload of the window. */
export function registerMonitor(host: Host): vscode.Disposable {
  const panels = new Map<TrackedRun, MonitorPanel>();
  const show = (run: TrackedRun, panel: vscode.WebviewPanel) => {
    const monitor = new MonitorPanel(host, panel, run);
    panels.set(run, monitor);
    panel.onDidDispose(() => {
      panels.delete(run);
      monitor.dispose();
    });
  };
  return vscode.Disposable.from(
    { dispose: () => panels.forEach((panel) => panel.dispose()) },
    vscode.Disposable.from(
      host.runs.listChanged.add(() => {
        for (const [run, monitor] of panels) if (!host.runs.has(run)) monitor.close();
      }),
    ),
    vscode.commands.registerCommand(Command.openMonitor, async (target?: unknown) => {
      const run = await findRun(host, target, () => true);
      if (run === undefined) return;
      const open = panels.get(run);
      if (open !== undefined) {
        open.reveal();
        return;
      }
      const options = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      show(run, vscode.window.createWebviewPanel(MONITOR, run.record?.name ?? run.id, options, webviewOptions(host)));
    }),
    vscode.window.registerWebviewPanelSerializer(MONITOR, {
      deserializeWebviewPanel: (panel) => {
        panel.webview.options = webviewOptions(host);
        const waiting = panel.webview.onDidReceiveMessage(async (message: FromMonitor) => {
          if (message.type !== 'ready') return;
          waiting.dispose();
          await host.runs.ready();
          const run = message.runId === null ? undefined : host.runs.find(message.runId);
          if (run === undefined || panels.has(run)) panel.dispose();
          else show(run, panel);
        });
        panel.webview.html = html(host, panel);
        return Promise.resolve();
      },
    }),
  );
}

class MonitorPanel {
  private feed: RunFeed | null = null;
  private disposed = false;
  private readonly listening: vscode.Disposable[];

  /** Shows the run in a panel, at once when its page is there already. */
  constructor(
    private readonly host: Host,
    private readonly panel: vscode.WebviewPanel,
    private readonly run: TrackedRun,
  ) {
    this.listening = [
      panel.webview.onDidReceiveMessage((message: FromMonitor) => this.receive(message)),
      panel.onDidChangeViewState(() => this.viewChanged()),
      vscode.Disposable.from(run.changed.add(() => this.entitle())),
    ];
    this.entitle();
    this.viewChanged();
    if (panel.webview.html === '') panel.webview.html = html(host, panel, run);
    else this.restartFeed();
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  /** The run was deleted. */
  close(): void {
    this.panel.dispose();
  }

  dispose(): void {
    this.disposed = true;
    this.feed?.dispose();
    vscode.Disposable.from(...this.listening).dispose();
    this.host.visibleRuns.delete(this.run);
    if (this.host.activeRun === this.run) this.host.activeRun = undefined;
  }

  /** A hidden panel has no page: nothing is sent until it is shown again and says that it is ready. */
  private viewChanged(): void {
    if (this.panel.visible) this.host.visibleRuns.add(this.run);
    else {
      this.host.visibleRuns.delete(this.run);
      this.feed?.dispose();
      this.feed = null;
    }
    if (this.panel.active) this.host.activeRun = this.run;
    else if (this.host.activeRun === this.run) this.host.activeRun = undefined;
  }

  private entitle(): void {
    const name = this.run.record?.name ?? this.run.id;
    this.panel.title = t('{0}: {1}', name, stateText(this.run.state));
  }

  private async receive(message: FromMonitor): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      const text = reason(error);
      this.host.log.warn(`${message.type}: ${text}`);
      await this.post({ type: 'failed', message: text });
    }
  }

  private async answer(message: FromMonitor): Promise<unknown> {
    const { run } = this;
    switch (message.type) {
      case 'ready': {
        this.restartFeed();
        return;
      }
      case 'pause':
        return run.request({ type: 'pause' });
      case 'resume':
        return resumeRun(this.host, run);
      case 'stop':
        return run.request({ type: 'stop' });
      case 'sampleNow':
        return run.request({ type: 'sample' });
      case 'setLearningRate':
        return run.request({ type: 'setLearningRate', learningRate: message.learningRate });
      case 'requestSample':
        return this.post({ type: 'sample', step: message.step, bytes: await readSample(run.folder, message.step) });
      case 'requestExamples':
        return this.post({ type: 'examples', bytes: await readExamples(run.folder) });
      case 'openRecipe':
        return openRecipe(run, message.path);
      case 'openLog':
        return openLog(this.host, run);
    }
  }

  private restartFeed(): void {
    this.feed?.dispose();
    const feed = new RunFeed(this.run, (message) => this.post(message));
    this.feed = feed;
    feed.start().catch(async (error: unknown) => {
      const text = t('{0} cannot be read: {1}', this.run.folder, reason(error));
      this.host.log.error(text);
      await this.post({ type: 'failed', message: text });
    });
  }

  /** A panel that was closed meanwhile takes nothing, and must not be asked. */
  private post(message: ToMonitor): Thenable<boolean> {
    if (this.disposed) return Promise.resolve(false);
    return this.panel.webview.postMessage(message);
  }
}

/** The trainer's own log, where it wrote one; else what it said to this window. */
async function openLog(host: Host, run: TrackedRun): Promise<void> {
  const uri = vscode.Uri.file(path.join(run.folder, RunFile.log));
  await vscode.workspace.fs.stat(uri).then(
    () => vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One }),
    () => host.log.show(),
  );
}

/** @param run whose first picture is in the page already; not known before a page that comes back has told it */
function html(host: Host, panel: vscode.WebviewPanel, run?: TrackedRun): string {
  const record = run?.shown;
  return monitorHtml({
    ...webviewPage(host, panel, { script: 'monitor.js', styles: ['monitor.css'], title: t('Monitor') }),
    ...(record ? { first: { type: 'show', run: record, state: run.state } } : {}),
  });
}
