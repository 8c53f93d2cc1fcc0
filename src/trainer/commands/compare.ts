import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  comparisonCsv,
  comparisonMarkdown,
  fieldRows,
  haveComparableLosses,
  resultTable,
  type ComparedRun,
  type ResultKind,
  type Wording,
} from '../../protocol/comparison.js';
import { formatDuration } from '../../protocol/duration.js';
import { counted, decimal, formatCount, t } from '../../protocol/l10n.js';
import { effectiveState, RunFile, RUNS_FOLDER } from '../../protocol/run.js';
import { isTrained } from '../control.js';
import { UserError } from '../errors.js';
import type { Output } from '../output.js';
import { findRun, recipeOf } from '../parent.js';
import { metricTable } from '../reproduce/compare.js';
import { readRecord } from '../runFolder.js';
import { jsonOption, type Command, type Options } from './command.js';

/** A terminal is wide enough for so many runs side by side. */
const MOST_RUNS = 100;

export const compare: Command = {
  name: 'compare',
  summary: t('Shows runs side by side: what they came to, and what differs in their recipes.'),
  usage: 'RUN RUN ...',
  words: [2, MOST_RUNS],
  options: {
    csv: { type: 'boolean', summary: t('print a line a run for spreadsheets') },
    markdown: { type: 'boolean', summary: t('print tables in Markdown, the best values in bold') },
    ...jsonOption,
  },
  example: 'pretrain compare 20261124-201530-mnist-3f9a 20261124-203012-mnist-77b0 --markdown',

  async run(words, options, output) {
    checkFormats(options);
    const folders = await Promise.all(words.map((word) => findRun(word, path.resolve(RUNS_FOLDER))));
    const twice = folders.find((folder, index) => folders.indexOf(folder) !== index);
    if (twice !== undefined)
      throw new UserError(t('{0} is named twice.', twice), { advice: t('Name each run once, and at least two.') });
    const runs: ComparedRun[] = [];
    for (const folder of folders) runs.push(await comparedRun(folder));
    if (options['csv'] === true) output.line(comparisonCsv(runs).trimEnd());
    else if (options['markdown'] === true) output.line(comparisonMarkdown(runs, wording).trimEnd());
    else tell(runs, folders, output);
    return 0;
  },
};

function checkFormats(options: Options): void {
  const given = ['csv', 'markdown', 'json'].filter((name) => options[name] === true).map((name) => `--${name}`);
  if (given.length > 1)
    throw new UserError(t('{0} cannot be printed at once.', given.join(', ')), { advice: t('Give one of them.') });
}

/** @throws UserError when it is no run, or its recipe cannot be read */
async function comparedRun(folder: string): Promise<ComparedRun> {
  const run = await readRecord(folder);
  const text = await readFile(path.join(folder, RunFile.metrics), 'utf8').catch(() => ''); // before its first step
  const rows = [...metricTable(text).values()];
  const lowest = (name: string): number | null => {
    const values = rows.map((row) => row.get(name)).filter((value) => typeof value === 'number');
    return values.length === 0 ? null : values.reduce((least, value) => Math.min(least, value), Infinity);
  };
  return {
    run,
    state: effectiveState(run, await isTrained(folder, run)),
    recipe: await recipeOf(folder),
    best: { training: lowest('trainingLoss'), validation: lowest('validationLoss') },
  };
}

const wording: Wording = { title, cell };

/** Runs are columns: a terminal has few of them, and many lines. */
function tell(runs: readonly ComparedRun[], folders: readonly string[], output: Output): void {
  const { columns, rows, best } = resultTable(runs);
  const fields = fieldRows(runs);
  const differing = fields.filter(({ differs }) => differs);
  output.object({
    runs: runs.map(({ run: { id, name } }, index) => ({
      ...{ run: folders[index], id, name },
      results: Object.fromEntries(columns.map(({ id }, column) => [id, rows[index]?.[column] ?? null])),
      best: columns.filter((_, column) => best[index]?.[column] === true).map(({ id }) => id),
      fields: Object.fromEntries(fields.map(({ path, values }) => [path, values[index] ?? null])),
    })),
    differing: differing.map(({ path }) => path),
  });
  const results = columns.map(({ id, kind }, column) => [
    title(id),
    ...rows.map((cells, row) => `${cell(cells[column] ?? null, kind)}${best[row]?.[column] === true ? ' *' : ''}`),
  ]);
  const head = [t('run'), ...runs.map(({ run }) => run.id)];
  const recipe = differing.map(({ path, values }) => [path, ...values.map((value) => value ?? '–')]);
  for (const line of aligned([head, ...results])) output.line(line);
  output.line();
  output.line(recipe.length === 0 ? t('Their recipes are the same.') : t('What differs in their recipes:'));
  for (const line of aligned(recipe)) output.line(line);
  output.line();
  if (best.some((marks) => marks.includes(true))) output.line(t('* the best'));
  if (!haveComparableLosses(runs))
    output.line(t('Losses of other methods, tasks or data measure something else: none of them is called the best.'));
  const same = fields.length - differing.length;
  output.line(counted(same, '{0} field of the recipes is the same.', '{0} fields of the recipes are the same.'));
}

function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** @param id of a column; "run" and "recipe" of the first ones */
function title(id: string): string {
  const titles: Record<string, string> = {
    run: t('run'),
    recipe: t('recipe'),
    method: t('method'),
    state: t('state'),
    trainingLoss: t('training loss'),
    bestTrainingLoss: t('best training loss'),
    validationLoss: t('validation loss'),
    bestValidationLoss: t('best validation loss'),
    probeAccuracy: t('probe'),
    testAccuracy: t('test accuracy'),
    testBalancedAccuracy: t('test balanced accuracy'),
    testMacroF1: t('test macro F1'),
    testMicroF1: t('test micro F1'),
    testMeanAveragePrecision: t('test mean average precision'),
    testSubsetAccuracy: t('test all labels right'),
    testHammingLoss: t('test labels wrong'),
    testLogLoss: t('test log loss'),
    testMeanAbsoluteError: t('test MAE'),
    testRootMeanSquaredError: t('test RMSE'),
    testR2: t('test R²'),
    validationAccuracy: t('validation accuracy'),
    validationBalancedAccuracy: t('validation balanced accuracy'),
    validationMacroF1: t('validation macro F1'),
    validationMicroF1: t('validation micro F1'),
    validationMeanAveragePrecision: t('validation mean average precision'),
    validationSubsetAccuracy: t('validation all labels right'),
    validationHammingLoss: t('validation labels wrong'),
    validationLogLoss: t('validation log loss'),
    validationMeanAbsoluteError: t('validation MAE'),
    validationRootMeanSquaredError: t('validation RMSE'),
    validationR2: t('validation R²'),
    epochs: t('epochs'),
    steps: t('steps'),
    time: t('time'),
    stepsPerSecond: t('steps/s'),
    parameters: t('weights'),
    engine: t('engine'),
    data: t('data'),
    examples: t('training examples'),
    seed: t('seed'),
  };
  return titles[id] ?? id;
}

function cell(value: string | number | null, kind: ResultKind): string {
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  switch (kind) {
    case 'count':
      return formatCount(value);
    case 'share':
      return t('{0} %', (100 * value).toFixed(1));
    case 'seconds':
      return value < 10 ? t('{0} s', decimal(value, 2)) : formatDuration(value);
    default:
      return decimal(value);
  }
}
