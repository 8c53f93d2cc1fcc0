import path from 'node:path';
import * as vscode from 'vscode';
import { formatCount, t } from '../protocol/l10n.js';
import { RunFile, isResumable, type RunState } from '../protocol/run.js';
import { Command } from './contributions.js';
import { drawSample } from './drawSample.js';
import { runText } from './format.js';
import type { Host } from './host.js';
import { plain, reason } from './message.js';
import { openRecipe } from './openRecipe.js';
import { TrackedRun } from './trackedRun.js';
import { resumeRun } from './trainers.js';

/** A message in the status bar goes away after so many milliseconds. */
const SHOWN_MILLISECONDS = 6000;

/** Whether something can be done with a run in this state. */
type Fits = (state: RunState) => boolean;

const isTraining = (state: RunState) => state === 'running' || state === 'preparing';
const isAlive = (state: RunState) => isTraining(state) || state === 'paused';

/** Commands for one run: the one they are called for, the one whose monitor is in front, the only fitting, or a pick. */
export function registerRunCommands(host: Host): vscode.Disposable {
  const command = (id: Command, fits: Fits | Fits[], action: (run: TrackedRun) => unknown) =>
    vscode.commands.registerCommand(id, async (target?: unknown) => {
      const run = await findRun(host, target, fits);
      if (run === undefined) return;
      try {
        await action(run);
      } catch (error) {
        const text = t('{0}: {1}', run.record?.name ?? run.id, reason(error));
        host.log.error(text);
        void vscode.window.showErrorMessage(plain(text));
      }
    });
  return vscode.Disposable.from(
    command(Command.pause, isTraining, (run) => run.request({ type: 'pause' })),
    command(Command.resume, [(state) => state === 'paused', isResumable], (run) => resumeRun(host, run)),
    command(Command.stop, isAlive, (run) => run.request({ type: 'stop' })),
    command(Command.sampleNow, isAlive, sampleNow),
    command(Command.setLearningRate, isAlive, setLearningRate),
    command(
      Command.openRunFolder,
      () => true,
      ({ folder }) => vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(path.join(folder, RunFile.run))),
    ),
    command(
      Command.openRecipe,
      () => true,
      (run) => openRecipe(run),
    ),
    command(
      Command.reproduce,
      (state) => !isAlive(state),
      async (run) => (await import('./reproduce.js')).reproduce(host, run),
    ),
    command(
      Command.deleteRun,
      (state) => !isAlive(state),
      (run) => deleteRun(host, run),
    ),
  );
}

/**
 * The run a command is for; undefined when there is none or none was picked, and then the person knows. Of several
 * kinds that fit, e.g. paused and stopped runs, the first is meant where there is one.
 */
export async function findRun(host: Host, target: unknown, fits: Fits | Fits[]): Promise<TrackedRun | undefined> {
  if (target instanceof TrackedRun) return target;
  const kinds = Array.isArray(fits) ? fits : [fits];
  const { activeRun } = host;
  if (activeRun !== undefined && kinds.some((kind) => kind(activeRun.state))) return activeRun;
  const readable = host.runs.runs.filter((run) => run.record !== null);
  const candidates =
    kinds.map((kind) => readable.filter((run) => kind(run.state))).find((found) => found.length > 0) ?? [];
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage(t('There is no run this can be done with.'));
    return undefined;
  }
  if (candidates.length === 1) return candidates[0];
  const items = candidates.map((run) => ({
    label: run.record?.name ?? run.id,
    description: run.record === null ? '' : runText(run.record, run.state, vscode.env.language),
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: t('Which run?') }))?.run;
}

async function sampleNow(run: TrackedRun): Promise<void> {
  const step = await drawSample(run);
  if (step === null) throw new Error(t('The trainer ended before it drew a sample.'));
  const text = t('A sample of {0} was drawn after step {1}.', run.record?.name ?? run.id, formatCount(step));
  vscode.window.setStatusBarMessage(`$(check) ${text}`, SHOWN_MILLISECONDS);
}

async function setLearningRate(run: TrackedRun): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: t('Set Learning Rate'),
    prompt: t('Takes effect at the next step of {0}.', run.record?.name ?? run.id),
    value: String(run.record?.learningRate ?? ''),
    validateInput: (value) => (isLearningRate(Number(value)) ? undefined : t('Enter a number above 0, e.g. 0.001.')),
  });
  if (text !== undefined) await run.request({ type: 'setLearningRate', learningRate: Number(text) });
}

function isLearningRate(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

async function refuseLiving(run: TrackedRun): Promise<void> {
  await run.refresh();
  if (run.isAlive) throw new Error(t('It is still training. Stop it before it is deleted.'));
}

async function deleteRun({ runs }: Host, run: TrackedRun): Promise<void> {
  await refuseLiving(run);
  const confirm = t('Delete');
  const answer = await vscode.window.showWarningMessage(
    t('Delete the run {0}?', run.record?.name ?? run.id),
    {
      modal: true,
      detail: t('Its curves, samples and checkpoints in {0} are deleted. This cannot be undone.', run.folder),
    },
    confirm,
  );
  if (answer !== confirm) return;
  await refuseLiving(run); // it may have been resumed while the question stood there
  await vscode.workspace.fs.delete(vscode.Uri.file(run.folder), { recursive: true });
  runs.removed(run.folder);
}
