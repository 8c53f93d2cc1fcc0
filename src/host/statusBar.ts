import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Pace } from '../protocol/pace.js';
import { Command } from './contributions.js';
import { statusText } from './format.js';
import type { Host } from './host.js';
import type { TrackedRun } from './trackedRun.js';

/** Milliseconds between two updates: faster cannot be read. */
const INTERVAL = 500;

/** While something runs: what, how far, how well, how long still. A click opens its monitor. */
export function registerStatusBar({ runs }: Host): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pretrain.status', vscode.StatusBarAlignment.Left, 10);
  item.name = t('Pretrain Studio: Training');
  const paces = new WeakMap<TrackedRun, Pace>();
  let timer: NodeJS.Timeout | undefined;
  const update = () => {
    timer = undefined;
    const alive = runs.alive;
    const run = alive.find(({ state }) => state !== 'paused') ?? alive[0];
    if (run === undefined || run.record === null) {
      item.hide();
      return;
    }
    let pace = paces.get(run);
    if (pace === undefined) paces.set(run, (pace = new Pace()));
    pace.update(run.record.step, run.record.seconds);
    const left = pace.secondsLeft(run.record.epochs * run.record.stepsPerEpoch);
    show(item, run, statusText(run.record, run.state, left, vscode.env.language), alive.length - 1);
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

function show(item: vscode.StatusBarItem, run: TrackedRun, text: string, others: number): void {
  item.text = `${run.state === 'paused' ? '$(debug-pause)' : '$(sync~spin)'} ${text}${others > 0 ? ` (+${others})` : ''}`;
  item.accessibilityInformation = { label: text, role: 'button' };
  item.tooltip = t('Open Monitor');
  item.command = { command: Command.openMonitor, title: t('Open Monitor'), arguments: [run] };
  item.show();
}
