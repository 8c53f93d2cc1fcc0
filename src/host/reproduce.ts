import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import type { ReproductionRecord } from '../protocol/reproduction.js';
import { RunFile } from '../protocol/run.js';
import { Command } from './contributions.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import type { TrackedRun } from './trackedRun.js';
import { launch } from './trainers.js';
import { requireTrust } from './trust.js';

/** Outcomes that were told, by folder and end: a quick run ends while its monitor opens. */
const told = new Set<string>();

/** Reproduce Run: the trainer asks, by an error, where something is not what it was. */
export async function reproduce(host: Host, run: TrackedRun): Promise<void> {
  if (!(await requireTrust())) return;
  const title = t('Reproducing {0}', run.record?.name ?? run.id);
  const again = await launch(host, title, undefined, ['reproduce', run.folder]);
  if (again !== undefined && !again.isAlive) await tellReproduction(host, again);
}

/** Says whether a run that did another one again came out the same. */
export async function tellReproduction(host: Host, run: TrackedRun): Promise<void> {
  const end = `${run.folder} ${run.record?.ended ?? ''}`;
  if (told.has(end)) return;
  told.add(end);
  const name = run.record?.name ?? run.id;
  let record: ReproductionRecord;
  try {
    record = JSON.parse(await readFile(path.join(run.folder, RunFile.reproduction), 'utf8')) as ReproductionRecord;
  } catch (error) {
    // It was stopped before its first step, or by a power cut.
    host.log.warn(`${run.folder}: ${reason(error)}`);
    void vscode.window.showWarningMessage(plain(t('{0} ended before it could be compared.', name)));
    return;
  }
  const { same, verdict, compared, circumstances } = record;
  host.log.info([verdict, ...compared, ...circumstances].join(' '));
  const details = t('Show Details');
  const open = t('Open Monitor');
  const tell = same ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const answer = await tell(plain(t('{0}: {1}', name, verdict)), details, open);
  if (answer === open) await vscode.commands.executeCommand(Command.openMonitor, run);
  if (answer === details)
    await vscode.commands.executeCommand(
      'markdown.showPreview',
      vscode.Uri.file(path.join(run.folder, RunFile.reproductionReport)),
    );
}
