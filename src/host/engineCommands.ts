import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import type { EngineDiagnosis } from '../protocol/trainer.js';
import { Command } from './contributions.js';
import { engineReport } from './format.js';
import type { Host } from './host.js';
import { withTrainer } from './trainerProgress.js';
import { requireTrust } from './trust.js';

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
      const result = await withTrainer(host, t('Diagnosing engines: each does a few training steps'), ['engines']);
      if (result === undefined) return;
      const engines = (result as { engines: EngineDiagnosis[] }).engines;
      report = engineReport(engines, vscode.env.language);
      const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `${t('Engines')}.md` });
      changed.fire(uri);
      await showReport(uri);
    }),
    vscode.commands.registerCommand(Command.installNativeEngine, async () => {
      if (!(await requireTrust())) return;
      const args = ['engines', '--install', '--to', host.program.nativeDir];
      const result = await withTrainer(host, t('Installing the native engine'), args, {
        onCancelled: () =>
          void vscode.window.showInformationMessage(
            t('The installation of the native engine was cancelled; nothing of it is left.'),
          ),
      });
      if (result === undefined) return;
      void vscode.window.showInformationMessage(
        t('The native engine is installed. The next run whose recipe says "engine": "auto" uses it.'),
      );
    }),
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
