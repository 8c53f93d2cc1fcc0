import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import type { Host } from './host.js';
import { modes } from './methods.js';
import { activeRecipe, saveRecipe } from './recipeFiles.js';
import { isOf, ownFirst, pickRun, recipeOf } from './runChoice.js';
import { pickRecipe, runningOf, wantsAnother } from './startCommand.js';
import { uriOf } from './target.js';
import { ALL_LABELS, labelsText, taskArguments, writtenTask, type Labels, type TaskChoice } from './taskChoice.js';
import { TrackedRun } from './trackedRun.js';
import { canStartFrom, startFinetuning } from './trainers.js';
import { requireTrust } from './trust.js';

/** Budgets that are offered, in labels per class. */
const BUDGETS = [1, 5, 10, 50, 100];

/** The mode that needs no run to start from. */
const SCRATCH = 'scratch';

/**
 * Called for a recipe, it starts as the recipe says, from the newest complete run of that recipe. Called for a run, or
 * for nothing, it asks for what is not known: the run, the recipe, the mode, the labels.
 */
export async function fineTune(host: Host, target: unknown): Promise<void> {
  if (!(await requireTrust())) return;
  const named = uriOf(target);
  const given = target instanceof TrackedRun ? target : undefined;
  const intended = named ?? (given === undefined ? activeRecipe() : undefined);
  if (intended !== undefined && !(await saveRecipe(intended))) return;
  const run = given ?? (await startingRun(host, intended, named !== undefined));
  if (run === undefined) return;
  const recipe = intended ?? (await recipeOf(run)) ?? (await pickRecipe(host, t('Fine-Tune')));
  if (recipe === undefined || (recipe !== intended && !(await saveRecipe(recipe)))) return;
  const written = await writtenTask(await read(recipe));
  const task = named === undefined ? await askTask(written) : written;
  if (task === undefined) return;
  const running = runningOf(host, recipe);
  if (running !== undefined && !(await wantsAnother(running, recipe))) return;
  const args = [...(run === null ? [] : ['--from', run.folder]), ...taskArguments(task, written)];
  await startFinetuning(host, recipe, args, { parallel: running !== undefined });
}

/** Null for none, where the recipe learns from scratch; undefined when none was picked or there is none, which is told. */
async function startingRun(
  host: Host,
  recipe: vscode.Uri | undefined,
  atOnce: boolean,
): Promise<TrackedRun | null | undefined> {
  await host.runs.ready();
  const { runs } = host.runs;
  const fit = await Promise.all(runs.map(canStartFrom));
  const candidates = runs.filter((_, index) => fit[index]);
  const { activeRun } = host;
  if (activeRun !== undefined && candidates.includes(activeRun)) return activeRun;
  const newest = candidates.find((run) => isOf(run, recipe) && run.state === 'completed');
  if (atOnce && newest !== undefined) return newest;
  if (candidates.length === 0) {
    if (recipe !== undefined && (await writtenTask(await read(recipe))).mode.name === SCRATCH) return null;
    return tellNoRun(recipe);
  }
  if (!atOnce && candidates.length === 1) return candidates[0];
  return pickRun(ownFirst(candidates, recipe), {
    title: t('Fine-Tune: Run'),
    placeHolder: t('Which run has pretrained the encoder?'),
  });
}

async function tellNoRun(recipe: vscode.Uri | undefined): Promise<undefined> {
  const start = t('Start Pretraining');
  const answer = await vscode.window.showInformationMessage(
    t(
      'There is no run with a checkpoint to start from yet. Pretrain first, or write "mode": "scratch" into the recipe\'s "finetune" to learn from the labels alone.',
    ),
    start,
  );
  if (answer === start) await vscode.commands.executeCommand(Command.start, recipe);
}

async function read(recipe: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(recipe));
}

/** What the recipe says stands first, so that Enter takes it. Undefined when a question was closed. */
async function askTask(written: TaskChoice): Promise<TaskChoice | undefined> {
  const mode = await askMode(written);
  if (mode === undefined) return undefined;
  const labels = await askLabels(written);
  return labels && { mode, labels };
}

async function askMode(written: TaskChoice): Promise<TaskChoice['mode'] | undefined> {
  const all = await modes();
  const isWritten = ({ name }: TaskChoice['mode']) => name === written.mode.name;
  const items = [...all.filter(isWritten), ...all.filter((mode) => !isWritten(mode))].map((mode) => ({
    label: mode.title,
    description: isWritten(mode) ? `${mode.name} · ${t('as in the recipe')}` : mode.name,
    detail: mode.summary,
    mode,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Fine-Tune: Mode'),
    placeHolder: t('What of the network should learn from the labels?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.mode;
}

async function askLabels({ labels: written }: TaskChoice): Promise<Labels | undefined> {
  const offered = [...BUDGETS.map((perClass) => ({ perClass, fraction: null })), ALL_LABELS];
  const isOther = ({ perClass, fraction }: Labels) => perClass !== written.perClass || fraction !== written.fraction;
  const items = [written, ...offered.filter(isOther)].map((labels) => ({
    label: labelsText(labels, vscode.env.language),
    description: labels === written ? t('as in the recipe') : '',
    labels,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Fine-Tune: Labels'),
    placeHolder: t('How many labels should it learn from?'),
  });
  return picked?.labels;
}
