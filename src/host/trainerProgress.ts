import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import type { TrainerLine } from '../protocol/trainer.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import { Cancelled, TrainerFailure, runCommand } from './trainerProcess.js';

export interface TrainerListener {
  /** Hears each line but progress. */
  onLine?: (line: TrainerLine) => void;
  /** Called when the cancelled command has ended, its tidying up included. */
  onCancelled?: () => void;
}

/**
 * Runs a trainer command to its end, with its progress and a way to cancel it. Resolves to the last line it printed;
 * undefined when it was cancelled, or failed and the person was told.
 */
export function withTrainer(
  host: Host,
  title: string,
  args: string[],
  { onLine, onCancelled }: TrainerListener = {},
): Thenable<unknown> {
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
          ...(onLine && { onLine }),
          onText: (text) => host.log.info(text),
        });
      } catch (error) {
        if (error instanceof Cancelled) {
          onCancelled?.();
          return undefined;
        }
        const advice = error instanceof TrainerFailure ? error.detail?.advice : undefined;
        const text = [reason(error), advice].filter((part) => part !== undefined).join(' ');
        host.log.error(text);
        const log = t('Show Log');
        void vscode.window
          .showErrorMessage(plain(text), log)
          .then((answer) => (answer === log ? host.log.show() : undefined));
        return undefined;
      }
    },
  );
}
