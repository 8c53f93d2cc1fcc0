import path from 'node:path';
import { availableParallelism } from 'node:os';
import { counted, formatCount, t } from '../../protocol/l10n.js';
import type { EfficiencyOutput, EfficiencyRecord, EfficiencySummary } from '../../protocol/efficiency.js';
import type { Recipe } from '../../recipe/recipe.js';
import { callAgain } from '../callAgain.js';
import type { Wishes } from '../efficiency/plan.js';
import { measureEfficiency, titleOf, type EfficiencyListener } from '../efficiency/measurement.js';
import { MeasurementBar } from '../efficiency/progress.js';
import { STOPPED, UserError } from '../errors.js';
import type { Output } from '../output.js';
import { readParent } from '../parent.js';
import { jsonOption, type Command, type Options } from './command.js';
import { checkMode } from './finetune.js';
import { startedRecipe, trainingOptions, wholeNumber } from './startedRecipe.js';
import { onStopSignal } from './training.js';

const LABELS = '1,2,5,10,20,50,100';
const SEEDS = '3';
const MODES = 'scratch,probe,probeThenFull,neighbours';
/** More than anybody waits for, or sees in a picture. */
const MOST_SEEDS = 100;

export const efficiency: Command = {
  name: 'efficiency',
  summary: t('Measures how many labels a pretrained encoder saves.'),
  usage: 'RECIPE',
  words: [1, 1],
  options: {
    from: { type: 'string', value: 'RUN', summary: t('folder or id of the run whose encoder is measured; needed') },
    checkpoint: { type: 'string', value: 'STEP', summary: t("the run's checkpoint of this step, instead of its last") },
    labels: { type: 'string', value: 'LIST', summary: t('labels per class, or of each label; without it {0}', LABELS) },
    seeds: { type: 'string', value: 'N', summary: t('how often each point is measured; without it {0}', SEEDS) },
    modes: { type: 'string', value: 'LIST', summary: t('without it {0}', MODES) },
    workers: { type: 'string', value: 'N', summary: t('processes that share the work; without it one a core') },
    new: { type: 'boolean', summary: t('start over instead of going on where an earlier measurement was stopped') },
    ...trainingOptions,
    ...jsonOption,
  },
  example: 'pretrain efficiency mnist.pretrain.json --from .pretrain/runs/20261124-201530-mnist-3f9a',

  async run([file], options, output) {
    const started = await startedRecipe(file as string, 'finetune', options, output);
    const wishes = wishesOf(started.recipe, options);
    const { from, checkpoint, workers } = options;
    if (typeof from !== 'string')
      throw new UserError(t('What is measured is the encoder of a run: which one does --from say.'), {
        advice: t('"pretrain runs" lists them.'),
      });
    const parent = await readParent(
      from,
      started.runs,
      typeof checkpoint === 'string' ? wholeNumber('--checkpoint', checkpoint) : null,
    );
    const { record, folder, outcome } = await measureEfficiency(
      {
        ...started,
        parent,
        wishes,
        workers: typeof workers === 'string' ? wholeNumber('--workers', workers) : availableParallelism(),
        startOver: options['new'] === true,
      },
      listenerOf(output),
    );
    return report(record, folder, parent.folder, outcome, output);
  },
};

/** @throws UserError for what is no list of budgets, seeds or modes */
function wishesOf({ finetune }: Recipe, { labels = LABELS, seeds = SEEDS, modes: named = MODES }: Options): Wishes {
  const budgets = listOf(labels).map((one) => wholeNumber('--labels', one));
  const count = wholeNumber('--seeds', String(seeds));
  if (count > MOST_SEEDS) throw new UserError(t('--seeds must be at most {0}, but is {1}.', MOST_SEEDS, count));
  const names = listOf(named);
  names.forEach(checkMode);
  return {
    modes: [...new Set(names)],
    labelsPerClass: [...new Set(budgets)].sort((a, b) => a - b),
    seeds: Array.from({ length: count }, (_, i) => (finetune.seed + i) % 2 ** 32),
  };
}

function listOf(value: string | boolean): string[] {
  return String(value)
    .split(',')
    .map((one) => one.trim());
}

function listenerOf(output: Output): EfficiencyListener {
  const bar = new MeasurementBar(output);
  return {
    onOpening({ message, fraction }) {
      output.object({ type: 'progress', message, fraction });
      output.transient(fraction === null ? `${message} ...` : `${message} ${Math.round(fraction * 100)} %`);
    },
    onNote(message) {
      output.object({ type: 'note', message });
      output.line(message);
    },
    onPlanned(folder, points, finished) {
      output.object({ type: 'planned', folder, points, finished } satisfies EfficiencyOutput);
      output.line(
        counted(points, '{0} point in {1}', '{0} points in {1}', path.relative('', folder)) +
          (finished > 0 ? counted(finished, ', {0} of them is there', ', {0} of them are there') : ''),
      );
    },
    onProgress: (progress) => bar.show(progress),
    onMeasured: ({ mode, labelsPerClass, seed, score }) =>
      output.object({ type: 'point', mode, labelsPerClass, seed, score } satisfies EfficiencyOutput),
    onStoppable: (stop) => onStopSignal(output, stop),
  };
}

type Outcome = Awaited<ReturnType<typeof measureEfficiency>>['outcome'];

function report(
  record: EfficiencyRecord,
  folder: string,
  run: string,
  { points, missing, stopped }: Outcome,
  output: Output,
): number {
  const { sentence, complete } = record;
  output.object({
    type: 'summary',
    run,
    folder,
    complete,
    sentence,
    points: points.map(({ mode, labelsPerClass, seed, score }) => ({ mode, labelsPerClass, seed, score })),
  } satisfies EfficiencySummary);
  for (const line of tableOf(record)) output.line(line);
  output.line();
  if (points.length > 0) output.line(sentence);
  output.line(t('Results: {0}', path.relative('', folder)));
  if (complete) return 0;
  output.line(
    t(
      '{0} The same command goes on with them: {1}',
      counted(missing, '{0} point is missing.', '{0} points are missing.'),
      callAgain(),
    ),
  );
  return stopped ? STOPPED : 1;
}

/** Means, with the ends of their intervals. */
function tableOf({ means, measure, labelsPerClass, modes: names }: EfficiencyRecord): string[] {
  const cellOf = (mode: string, labels: number): string => {
    const found = means.find((one) => one.mode === mode && one.labelsPerClass === labels);
    if (!found) return '-';
    const { mean, low, high } = found;
    const [value, from, to] = [mean, low, high].map((part) => (100 * (part ?? 0)).toFixed(1));
    return low === null ? `${value} %` : t('{0} % ({1} to {2})', value ?? '', from ?? '', to ?? '');
  };
  const rows = [
    [measure === 'accuracy' ? t('labels per class') : t('examples of each label'), ...names.map(titleOf)],
    ...labelsPerClass.map((labels) => [formatCount(labels), ...names.map((mode) => cellOf(mode, labels))]),
  ];
  const widths = [0, ...names.map((_, i) => i + 1)].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  '));
}
