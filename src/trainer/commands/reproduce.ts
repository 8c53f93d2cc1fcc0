import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { t } from '../../protocol/l10n.js';
import type { ReproductionRecord } from '../../protocol/reproduction.js';
import { RUNS_FOLDER, RunFile, type RunRecord } from '../../protocol/run.js';
import type { RunSummary } from '../../protocol/trainer.js';
import { EngineError } from '../../learn/engine/index.js';
import type { Recipe } from '../../recipe/recipe.js';
import { STOPPED, UserError } from '../errors.js';
import type { Output } from '../output.js';
import { findRun, readParent, recipeOf } from '../parent.js';
import type { Deviations } from '../reproduce/circumstances.js';
import { readReplay, type Replay } from '../reproduce/replay.js';
import { noDeviation } from '../reproduce/report.js';
import { startRun } from '../session.js';
import { pretraining, type Work } from '../work.js';
import { jsonOption, type Command } from './command.js';
import { givenData, runsFolder } from './startedRecipe.js';
import { sessionListener } from './training.js';

export const reproduce: Command = {
  name: 'reproduce',
  summary: t('Does a run again, and says whether it comes out the same, bit by bit.'),
  usage: 'RUN',
  words: [1, 1],
  options: {
    data: {
      type: 'string',
      value: 'PATH',
      summary: t('file or folder where the data are now, if they were moved'),
    },
    out: {
      type: 'string',
      value: 'DIR',
      summary: t("folder that gets the new run's folder; without it the one that RUN lies in"),
    },
    anyway: {
      type: 'boolean',
      summary: t('do it even if the data, the checkpoint it starts from or the engine are not those of then'),
    },
    ...jsonOption,
  },
  example: 'pretrain reproduce .pretrain/runs/20261124-201530-mnist-3f9a',

  async run([word], options, output) {
    const folder = await findRun(word as string, path.resolve(RUNS_FOLDER));
    const anyway = options['anyway'] === true;
    const replay = await readReplay(folder, (found) => allow(found, anyway, output));
    const { record } = replay;
    const recipe = await recipeOf(folder);
    const summary = await withEngine(record, recipe, anyway, (recipe) =>
      start(
        replay,
        recipe,
        givenData(options),
        typeof options['out'] === 'string' ? runsFolder(options) : null,
        output,
      ),
    );
    return report(summary, output);
  },
};

async function start(
  replay: Replay,
  recipe: Recipe,
  data: string | null,
  out: string | null,
  output: Output,
): Promise<RunSummary> {
  const { folder, record } = replay;
  return startRun(
    {
      recipe,
      recipePath: record.recipePath,
      dataPath: data ?? recipe.data.path,
      runs: out ?? path.dirname(folder),
      parallel: true,
      work: await workOf(replay),
      replay,
    },
    sessionListener(output),
  );
}

async function workOf({ folder, record }: Replay): Promise<Work> {
  const { stage, parent, start } = record;
  if (stage === 'pretrain') return pretraining;
  if (parent === null) return { stage, parent: null };
  const runs = path.dirname(folder);
  const known = start && existsSync(start.path) ? start.path : parent;
  return { stage, parent: await readParent(known, runs, start?.step ?? null) };
}

/**
 * With the engine that computed the run; where it does not load, with `anyway`, the fastest there is.
 * @throws UserError
 */
async function withEngine<T>(
  { engine }: Pick<RunRecord, 'engine'>,
  recipe: Recipe,
  anyway: boolean,
  action: (recipe: Recipe) => Promise<T>,
): Promise<T> {
  if (engine === null) return action(recipe);
  try {
    return await action({ ...recipe, engine: engine.name });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (anyway) return action({ ...recipe, engine: 'auto' });
    throw new UserError(t('The run was computed by the engine {0}. {1}', engine.name, error.message), {
      advice: t('With --anyway another engine does it again, whose last bits differ.'),
      anyway: true,
    });
  }
}

/** Tells what is otherwise than then; what makes it another computation only goes on when that is wanted. */
async function allow({ grave, slight }: Deviations, anyway: boolean, output: Output): Promise<void> {
  for (const sentence of [...slight, ...(anyway ? grave : [])]) output.line(t('Note: {0}', sentence));
  if (anyway || grave.length === 0) return;
  const found = grave.join(' ');
  if (process.stdin.isTTY && output.isTerminal && (await confirmed(`${found} ${t('Reproduce it anyway? (y/N)')} `)))
    return;
  throw new UserError(t('It would not be the same run: {0}', found), {
    advice: t('Bring back what it was, or add --anyway to see how much that changes.'),
    anyway: true,
  });
}

async function confirmed(question: string): Promise<boolean> {
  const dialogue = createInterface({ input: process.stdin, output: process.stdout });
  const given = new AbortController();
  dialogue.on('SIGINT', () => given.abort());
  try {
    return /^y/i.test(await dialogue.question(question, { signal: given.signal }));
  } catch (error) {
    if (given.signal.aborted) return false;
    throw error;
  } finally {
    dialogue.close();
  }
}

/** @returns the exit code: 0 when all is the same, 1 when something differs, 130 when it was stopped before its end. */
async function report(summary: RunSummary, output: Output): Promise<number> {
  const text = await readFile(path.join(summary.run, RunFile.reproduction), 'utf8');
  const record = JSON.parse(text) as ReproductionRecord;
  output.object({ type: 'summary', ...summary });
  output.object({ type: 'reproduction', ...record });
  output.line(record.verdict);
  for (const sentence of record.compared) output.line(`  ${sentence}`);
  for (const sentence of record.circumstances) output.line(`  ${sentence}`);
  if (!record.same && record.circumstances.length === 0) output.line(`  ${noDeviation()}`);
  output.line(t('Report: {0}', path.relative('', path.join(summary.run, RunFile.reproductionReport))));
  if (!record.same) return 1;
  return record.complete ? 0 : STOPPED;
}
