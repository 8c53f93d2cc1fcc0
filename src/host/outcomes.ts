import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import { accuracyText, formatLoss } from './format.js';
import type { Host } from './host.js';
import { plain } from './message.js';
import type { TrackedRun } from './trackedRun.js';

/** Milliseconds after a trainer is gone in which its process may still tell how it ended. */
const LAST_WORD = 500;

/** Says once how a run ended that was seen alive in this window. */
export function registerOutcomes(host: Host): vscode.Disposable {
  const alive = new Set<TrackedRun>();
  return vscode.Disposable.from(
    host.runs.runChanged.add((run) => {
      if (run.isAlive) alive.add(run);
      else if (alive.delete(run)) setTimeout(() => void tellOutcome(host, run), LAST_WORD);
    }),
  );
}

async function tellOutcome(host: Host, run: TrackedRun): Promise<void> {
  const { shown, state } = run;
  if (shown === null) return;
  if (shown.reproduces !== undefined && (state === 'completed' || state === 'stopped'))
    return (await import('./reproduce.js')).tellReproduction(host, run);
  const resume = t('Resume');
  const open = t('Open Monitor');
  const log = t('Show Log');
  let answer: string | undefined;
  if (state === 'failed' || state === 'interrupted') {
    const title = state === 'failed' ? t('{0} failed.', shown.name) : t('{0} was interrupted.', shown.name);
    const text = [title, shown.error?.message, shown.error?.advice].filter((part) => part !== undefined).join(' ');
    host.log.error(text);
    answer = await vscode.window.showErrorMessage(plain(text), resume, open, log);
  } else if (state === 'completed' && !(host.visibleRuns.has(run) && vscode.window.state.focused)) {
    const loss = shown.metrics['validationLoss'] ?? shown.metrics['loss'];
    const { language } = vscode.env;
    const accuracy = shown.stage === 'finetune' ? accuracyText(shown.metrics, language) : null;
    const result = accuracy ?? (loss === undefined ? null : t('loss {0}', formatLoss(loss, language)));
    const text = result === null ? t('{0} is complete.', shown.name) : t('{0} is complete: {1}.', shown.name, result);
    answer = await vscode.window.showInformationMessage(plain(text), open);
  }
  if (answer === resume) await vscode.commands.executeCommand(Command.resume, run);
  else if (answer === open) await vscode.commands.executeCommand(Command.openMonitor, run);
  else if (answer === log) host.log.show();
}
