import path from 'node:path';
import * as vscode from 'vscode';
import type { EfficiencyOutput, EfficiencySummary } from '../protocol/efficiency.js';
import { counted, formatCount, t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import { EfficiencyResult } from './efficiencyResults.js';
import type { Host } from './host.js';
import { activeRecipe, saveRecipe } from './recipeFiles.js';
import { chooseRun, ownFirst, recipeOf } from './runChoice.js';
import { pickRecipe } from './startCommand.js';
import { TrackedRun } from './trackedRun.js';
import { withTrainer } from './trainerProgress.js';
import { canStartFrom } from './trainers.js';
import { requireTrust } from './trust.js';

/** How much is measured. */
interface Effort {
  title: string;
  labels: number[];
  seeds: number;
}

/** Ways to learn that the trainer measures where nothing else is said. */
const MODES = 4;

function efforts(): Effort[] {
  return [
    { title: t('Quick'), labels: [1, 10, 50], seeds: 1 },
    { title: t('Standard'), labels: [1, 2, 5, 10, 20, 50, 100], seeds: 3 },
    { title: t('Thorough'), labels: [1, 2, 5, 10, 20, 50, 100, 200, 500], seeds: 10 },
  ];
}

export interface MeasuredEfficiency {
  folder: string;
  notes: string[];
}

/**
 * Asks for what is not known (the run, the recipe, how much), and measures how many labels the run's encoder saves.
 * @param target the run, or an earlier measurement of it
 * @returns undefined when a question was closed, or nothing came of it and the person knows
 */
export async function measureEfficiency(host: Host, target: unknown): Promise<MeasuredEfficiency | undefined> {
  if (!(await requireTrust())) return undefined;
  const given =
    target instanceof TrackedRun
      ? target
      : target instanceof EfficiencyResult
        ? await host.runs.open(target.run)
        : undefined;
  const intended = given === undefined ? activeRecipe() : undefined;
  const run = given ?? (await pretrainedRun(host, intended));
  if (run === undefined) return undefined;
  const recipe = intended ?? (await recipeOf(run)) ?? (await pickRecipe(host, t('Measure Label Efficiency')));
  if (recipe === undefined || !(await saveRecipe(recipe))) return undefined;
  const effort = await askEffort();
  return effort && measure(host, run, recipe, effort);
}

/** Undefined when none was picked, or there is none and the person was told. */
async function pretrainedRun(host: Host, recipe: vscode.Uri | undefined): Promise<TrackedRun | undefined> {
  await host.runs.ready();
  const { runs } = host.runs;
  const fit = await Promise.all(runs.map(canStartFrom));
  const candidates = runs.filter((_, index) => fit[index]);
  if (candidates.length > 0)
    return chooseRun(host, ownFirst(candidates, recipe), {
      title: t('Measure Label Efficiency: Run'),
      placeHolder: t('Whose encoder?'),
    });
  const start = t('Start Pretraining');
  const answer = await vscode.window.showInformationMessage(
    t('There is no run with a checkpoint yet whose encoder could be measured. Pretrain first.'),
    start,
  );
  if (answer === start) await vscode.commands.executeCommand(Command.start, recipe);
  return undefined;
}

async function askEffort(): Promise<Effort | undefined> {
  const items = efforts().map((effort) => {
    const { title, labels, seeds } = effort;
    return {
      label: title,
      description: counted(MODES * labels.length * seeds, '{0} network', '{0} networks'),
      detail: `${t('{0} labels per class', labels.map(formatCount).join(', '))} · ${counted(
        seeds,
        '{0} seed: no intervals',
        '{0} seeds, for 95 % intervals',
      )}`,
      effort,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Measure Label Efficiency'),
    placeHolder: t('How much should be measured? What is there already is not measured again.'),
    matchOnDetail: true,
  });
  return picked?.effort;
}

async function measure(
  host: Host,
  run: TrackedRun,
  recipe: vscode.Uri,
  { labels, seeds }: Effort,
): Promise<MeasuredEfficiency | undefined> {
  const notes: string[] = [];
  let planned: Extract<EfficiencyOutput, { type: 'planned' }> | undefined;
  let measured = 0;
  const args = ['efficiency', recipe.fsPath, '--from', run.folder, '--out', path.dirname(run.folder)];
  args.push('--labels', labels.join(','), '--seeds', String(seeds));
  const title = t('Measuring label efficiency of {0}', run.record?.name ?? run.id);
  const summary = await withTrainer(host, title, args, {
    onLine(line) {
      if (!('type' in line)) return;
      if (line.type === 'planned') planned = line;
      else if (line.type === 'point') measured++;
      else if (line.type === 'note') notes.push(line.message);
    },
    onCancelled() {
      if (planned) void tellStopped(run, planned.folder, planned.finished + measured, planned.points);
    },
  });
  return summary === undefined ? undefined : { folder: (summary as EfficiencySummary).folder, notes };
}

async function tellStopped(run: TrackedRun, folder: string, measured: number, points: number): Promise<void> {
  const goOn = t('Go On');
  const open = t('Show Results');
  const text = t(
    'Measuring was stopped with {0} of {1} points. Measured again, it goes on where it was.',
    formatCount(measured),
    formatCount(points),
  );
  const answer = await vscode.window.showInformationMessage(text, goOn, ...(measured > 0 ? [open] : []));
  if (answer === goOn) await vscode.commands.executeCommand(Command.measureEfficiency, run);
  else if (answer === open) await vscode.commands.executeCommand(Command.openEfficiency, folder);
}
