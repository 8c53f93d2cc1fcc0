import * as vscode from 'vscode';
import { isResumable, predicts } from '../protocol/run.js';
import { ContextKey } from './contributions.js';
import type { Host } from './host.js';

/** Tells the manifest's when clauses what can be done now. */
export function registerContextKeys({ runs }: Host): vscode.Disposable {
  const shown = new Map<string, boolean>();
  const set = (key: string, value: boolean) => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const update = () => {
    const readable = runs.runs.filter(({ record }) => record !== null);
    const states = readable.map(({ state }) => state);
    set(ContextKey.hasRuns, states.length > 0);
    set(
      ContextKey.predicts,
      readable.some(({ record }) => record !== null && predicts(record)),
    );
    set(
      ContextKey.running,
      states.some((state) => state === 'running' || state === 'preparing'),
    );
    set(ContextKey.paused, states.includes('paused'));
    set(ContextKey.resumable, states.some(isResumable));
  };
  return vscode.Disposable.from(runs.runChanged.add(update), runs.listChanged.add(update));
}
