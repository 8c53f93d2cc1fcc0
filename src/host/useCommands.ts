import * as vscode from 'vscode';
import { Command } from './contributions.js';
import type { Host } from './host.js';
import type { Used, UsePanel } from './usePanel.js';

/** Predict, Find Similar and Embed: a trained network is asked about files. What they do is read when first asked for. */
export function registerUse(host: Host): vscode.Disposable {
  const panels = new Set<UsePanel>();
  const show = async (used: Used | undefined): Promise<void> => {
    if (used === undefined) return;
    const { UsePanel } = await import('./usePanel.js');
    const panel = new UsePanel(host, used);
    panels.add(panel);
    panel.onClose(() => panels.delete(panel));
  };
  return vscode.Disposable.from(
    { dispose: () => panels.forEach((panel) => panel.dispose()) },
    vscode.commands.registerCommand(Command.predict, async (target?: unknown, selected?: unknown) => {
      const { predict } = await import('./use.js');
      await show(await predict(host, target, selected));
    }),
    vscode.commands.registerCommand(Command.findSimilar, async (target?: unknown) => {
      const { findSimilar } = await import('./use.js');
      await show(await findSimilar(host, target));
    }),
    vscode.commands.registerCommand(Command.embed, async (target?: unknown) => {
      const { embed } = await import('./use.js');
      await embed(host, target);
    }),
  );
}
