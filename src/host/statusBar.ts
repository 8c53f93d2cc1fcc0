import * as vscode from 'vscode';
import { Command } from './contributions.js';
import { statusText } from './format.js';
import type { Host } from './host.js';
import type { TrackedRun } from './trackedRun.js';

const { l10n } = vscode;

/** Milliseconds between two updates: faster cannot be read. */
const INTERVAL = 500;

/** While something runs: what, how far, how well, how long still. A click opens its monitor. */
export function registerStatusBar({ runs }: Host): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pretrain.status', vscode.StatusBarAlignment.Left, 10);
  item.name = l10n.t('Pretrain Studio: Training');
  let timer: NodeJS.Timeout | undefined;
  const update = () => {
    timer = undefined;
    const alive = runs.alive;
    const run = alive.find(({ state }) => state !== 'paused') ?? alive[0];
    if (run === undefined || run.record === null) {
      item.hide();
      return;
    }
    show(item, run, alive.length - 1);
  };
  const later = () => {
    timer ??= setTimeout(update, INTERVAL);
  };
  return vscode.Disposable.from(
    item,
    { dispose: () => clearTimeout(timer) },
    vscode.Disposable.from(runs.runChanged.add(later), runs.listChanged.add(later)),
  );
}

function show(item: vscode.StatusBarItem, run: TrackedRun, others: number): void {
  if (run.record === null) return;
  const text = statusText(run.record, run.state, l10n.t, vscode.env.language);
  item.text = `${run.state === 'paused' ? '$(debug-pause)' : '$(sync~spin)'} ${text}${others > 0 ? ` (+${others})` : ''}`;
  item.accessibilityInformation = { label: text, role: 'button' };
  item.tooltip = l10n.t('Open Monitor');
  item.command = { command: Command.openMonitor, title: l10n.t('Open Monitor'), arguments: [run] };
  item.show();
}
