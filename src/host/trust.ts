import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';

/** Whether a trainer may start here. If not, says why and offers to manage trust. */
export async function requireTrust(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = t('Manage Workspace Trust');
  const answer = await vscode.window.showWarningMessage(
    t(
      'This workspace is not trusted, so Pretrain Studio starts no trainer in it: a recipe could name any file on this computer. Trust the workspace to go on.',
    ),
    manage,
  );
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return vscode.workspace.isTrusted;
}
