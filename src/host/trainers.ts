import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { RUNS_FOLDER, isResumable } from '../protocol/run.js';
import { Command, SHOW_PROBLEMS, Setting } from './contributions.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import { hasCheckpoint } from './runFolder.js';
import type { TrackedRun } from './trackedRun.js';
import { Cancelled, TrainerFailure, describeEnd, startRun, type StartedRun } from './trainerProcess.js';
import { requireTrust } from './trust.js';

/** Starts the recipe's pretraining in a trainer of its own, `parallel` to another run of it; resolves when it runs, or the person was told why not. */
export async function startPretraining(
  host: Host,
  recipe: vscode.Uri,
  { parallel = false } = {},
): Promise<TrackedRun | undefined> {
  if (!(await requireTrust())) return undefined;
  const out = path.join(folderOf(recipe), RUNS_FOLDER);
  return launch(host, t('Starting {0}', path.basename(recipe.fsPath)), recipe, [
    'run',
    recipe.fsPath,
    '--out',
    out,
    ...(parallel ? ['--parallel'] : []),
  ]);
}

/** Starts a fine-tuning, as {@link startPretraining} does. @param args what it starts from, and what is otherwise than in the recipe */
export async function startFinetuning(
  host: Host,
  recipe: vscode.Uri,
  args: readonly string[],
  { parallel = false } = {},
): Promise<TrackedRun | undefined> {
  if (!(await requireTrust())) return undefined;
  return launch(host, t('Starting {0}', path.basename(recipe.fsPath)), recipe, [
    'finetune',
    recipe.fsPath,
    '--out',
    path.join(folderOf(recipe), RUNS_FOLDER),
    ...args,
    ...(parallel ? ['--parallel'] : []),
  ]);
}

/** Whether a fine-tuning can take over the run's encoder. */
export async function canStartFrom({ record, folder }: TrackedRun): Promise<boolean> {
  return record?.stage === 'pretrain' && (await hasCheckpoint(folder));
}

/** Goes on after a pause, or from the last checkpoint in a new trainer. */
export async function resumeRun(host: Host, run: TrackedRun): Promise<void> {
  if (run.state === 'paused') return run.request({ type: 'resume' });
  if (!isResumable(run.state)) throw new Error(t('Only a paused, stopped, failed or interrupted run can be resumed.'));
  if (!(await requireTrust())) return;
  const recipe = run.record?.recipePath;
  await launch(
    host,
    t('Resuming {0}', run.record?.name ?? run.id),
    typeof recipe === 'string' ? vscode.Uri.file(recipe) : undefined,
    ['resume', run.folder],
  );
}

/** The workspace folder that a recipe belongs to; the recipe's own folder when it lies outside of all. */
export function folderOf(recipe: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(recipe)?.uri.fsPath ?? path.dirname(recipe.fsPath);
}

/** Starts a trainer with its progress; undefined when it was cancelled, or failed and the person was told. */
export async function launch(
  host: Host,
  title: string,
  recipe: vscode.Uri | undefined,
  args: string[],
): Promise<TrackedRun | undefined> {
  try {
    host.log.info(`trainer ${args.join(' ')}`);
    const location = vscode.ProgressLocation.Notification; // reading the data may take long, and must be possible to end
    const started = await vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return startRun(host.program, args, {
        cwd: path.dirname(host.program.script),
        signal: abort.signal,
        onProgress: (message, fraction) =>
          progress.report({ message: fraction === null ? message : `${message} ${Math.round(fraction * 100)} %` }),
        onText: (text) => host.log.info(text),
      });
    });
    const run = await host.runs.open(started.folder);
    void watchEnd(host, run, started);
    if (vscode.workspace.getConfiguration().get<boolean>(Setting.openMonitorOnStart) !== false) {
      await vscode.commands.executeCommand(Command.openMonitor, run);
    }
    return run;
  } catch (error) {
    if (error instanceof Cancelled || !(await showFailure(host, error, recipe))) return undefined;
    return launch(host, title, recipe, [...args, '--anyway']);
  }
}

/** A trainer that dies without a word of its own cannot write why: what this process saw of it is said instead. */
async function watchEnd(host: Host, run: TrackedRun, { ended, pid }: StartedRun): Promise<void> {
  const end = await ended;
  host.log.info(`trainer ${pid} ended: ${end.signal ?? `exit code ${end.code ?? '?'}`}`);
  if (end.code === 0) return;
  run.explainEnd({
    message: end.error?.error ?? describeEnd(end),
    advice: end.error?.advice ?? t('Resume goes on from the last checkpoint.'),
  });
}

/**
 * Says why a trainer did not start, with a way to the place in the recipe. Resolves to whether it is to be done all the
 * same, where that can be.
 */
async function showFailure(host: Host, error: unknown, recipe: vscode.Uri | undefined): Promise<boolean> {
  const {
    file,
    line,
    column = 1,
    more = 0,
    advice,
    anyway: can = false,
  } = (error instanceof TrainerFailure ? error.detail : null) ?? {};
  const others = more === 1 ? t('There is 1 more problem.') : t('There are {0} more problems.', more);
  const text = [reason(error), ...(more > 0 ? [others] : []), ...(advice === undefined ? [] : [advice])].join(' ');
  host.log.error(text);
  const open = t('Open Recipe');
  const problems = t('Show Problems');
  const log = t('Show Log');
  const anyway = t('Do It Anyway');
  const isRecipe =
    recipe !== undefined && (file === undefined || vscode.Uri.file(file).toString() === recipe.toString());
  const buttons = isRecipe ? [open, line === undefined ? log : problems] : can ? [anyway, log] : [log];
  const answer = await vscode.window.showErrorMessage(plain(text), ...buttons);
  if (answer === log) host.log.show();
  if (recipe === undefined || (answer !== open && answer !== problems)) return answer === anyway;
  const at = new vscode.Position((line ?? 1) - 1, column - 1);
  await vscode.window.showTextDocument(recipe, { selection: new vscode.Range(at, at) }); // what is open is checked
  if (answer === problems) await vscode.commands.executeCommand(SHOW_PROBLEMS);
  return false;
}
