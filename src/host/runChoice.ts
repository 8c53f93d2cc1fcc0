import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { runText } from './format.js';
import type { Host } from './host.js';
import type { TrackedRun } from './trackedRun.js';

/** Which run, and its recipe: questions that several commands ask. */

/** Of some runs, at least one: that in front, the only one, or the one picked; undefined when none was picked. */
export async function chooseRun(
  { activeRun }: Pick<Host, 'activeRun'>,
  runs: readonly TrackedRun[],
  question: RunQuestion,
): Promise<TrackedRun | undefined> {
  if (activeRun !== undefined && runs.includes(activeRun)) return activeRun;
  return runs.length === 1 ? runs[0] : pickRun(runs, question);
}

/** Those that were started by a recipe come first. */
export function ownFirst(runs: readonly TrackedRun[], recipe: vscode.Uri | undefined): TrackedRun[] {
  return [...runs.filter((run) => isOf(run, recipe)), ...runs.filter((run) => !isOf(run, recipe))];
}

/** Whether it was started by that recipe. */
export function isOf({ record }: TrackedRun, recipe: vscode.Uri | undefined): boolean {
  return recipe !== undefined && record?.recipePath === recipe.fsPath;
}

interface RunQuestion {
  title: string;
  placeHolder: string;
}

/** Asks for one of several; undefined when none was picked. */
export async function pickRun(
  runs: readonly TrackedRun[],
  { title, placeHolder }: RunQuestion,
): Promise<TrackedRun | undefined> {
  const picked = await vscode.window.showQuickPick(runs.map(runItem), {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.run;
}

function runItem(run: TrackedRun): vscode.QuickPickItem & { run: TrackedRun } {
  const { record, id, state } = run;
  if (record === null) return { label: id, run };
  const { language } = vscode.env;
  const probe = record.metrics['probeAccuracy'];
  const created = new Date(record.created);
  return {
    label: record.name,
    description: [
      runText(record, state, language),
      ...(probe === undefined ? [] : [t('probe {0} %', (100 * probe).toFixed(1))]),
    ].join(' · '),
    detail: `${record.summary} · ${Number.isNaN(created.getTime()) ? record.created : created.toLocaleString(language)}`,
    run,
  };
}

/** The recipe that a run was started from, where it still is. */
export async function recipeOf(run: TrackedRun | null): Promise<vscode.Uri | undefined> {
  const file = run?.record?.recipePath;
  if (typeof file !== 'string') return undefined;
  const uri = vscode.Uri.file(file);
  return vscode.workspace.fs.stat(uri).then(
    () => uri,
    () => undefined,
  );
}
