import * as vscode from 'vscode';
import type { EngineDiagnosis } from '../protocol/trainer.js';
import { Command } from './contributions.js';
import { engineReport } from './format.js';
import type { Host } from './host.js';
import { tell } from './message.js';
import { Cancelled, TrainerFailure, runCommand } from './trainerProcess.js';
import { requireTrust } from './trust.js';

const { l10n } = vscode;

const REPORT_SCHEME = 'pretrain-report';

/** Diagnose Engines and Install Native Engine: both run in a process of their own and can be cancelled. */
export function registerEngineCommands(host: Host): vscode.Disposable {
  let report = '';
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => report,
    }),
    vscode.commands.registerCommand(Command.diagnoseEngines, async () => {
      if (!(await requireTrust())) return;
      const result = await withTrainer(host, l10n.t('Diagnosing engines: each does a few training steps'), ['engines']);
      if (result === undefined) return;
      const engines = (result as { engines: EngineDiagnosis[] }).engines;
      report = engineReport(engines, l10n.t, vscode.env.language);
      const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `${l10n.t('Engines')}.md` });
      changed.fire(uri);
      await showReport(uri);
    }),
    vscode.commands.registerCommand(Command.installNativeEngine, async () => {
      if (!(await requireTrust())) return;
      const result = await withTrainer(host, l10n.t('Installing the native engine'), [
        'engines',
        '--install',
        '--to',
        host.program.nativeDir,
      ]);
      if (result === undefined) return;
      void vscode.window.showInformationMessage(
        l10n.t('The native engine is installed. The next run whose recipe says "engine": "auto" uses it.'),
      );
    }),
  );
}

/** Undefined when it was cancelled, or failed and the person was told. */
function withTrainer(host: Host, title: string, args: string[]): Thenable<unknown> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      let done = 0;
      try {
        return await runCommand(host.program, args, {
          signal: abort.signal,
          onProgress: (message, fraction) => {
            const increment = fraction === null ? 0 : Math.max(0, fraction * 100 - done);
            done += increment;
            progress.report({ message, increment });
          },
          onText: (text) => host.log.info(text),
        });
      } catch (error) {
        if (error instanceof Cancelled) return undefined;
        const advice = error instanceof TrainerFailure ? error.detail?.advice : undefined;
        const text = [tell(error, l10n.t), advice].filter((part) => part !== undefined).join(' ');
        host.log.error(text);
        const log = l10n.t('Show Log');
        void vscode.window.showErrorMessage(text, log).then((answer) => (answer === log ? host.log.show() : undefined));
        return undefined;
      }
    },
  );
}

/** As a rendered page where Markdown can be shown, else as text. */
async function showReport(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    await vscode.window.showTextDocument(uri);
  }
}
