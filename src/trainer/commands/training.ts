import path from 'node:path';
import { counted, formatCount, t } from '../../protocol/l10n.js';
import { RunFile } from '../../protocol/run.js';
import type { RunSummary } from '../../protocol/trainer.js';
import type { Recipe } from '../../recipe/recipe.js';
import { howToResume } from '../callAgain.js';
import { reasonOf, STOPPED, UserError } from '../errors.js';
import type { Output } from '../output.js';
import { writeReconstructions } from '../picture.js';
import { ProgressBar } from '../progressBar.js';
import { readRecord } from '../runFolder.js';
import { readRunRecipe } from '../runRecipe.js';
import type { SessionListener } from '../carryOut.js';
import { resumeRun } from '../session.js';

/** What the commands that train have in common: progress, Ctrl-C, the report at the end. */

/** npm passes on a Ctrl-C that the terminal has sent to all: what follows the first within this time is the same one. */
const ONE_PRESS_MILLISECONDS = 1000;

/** Shows progress, and lets Ctrl-C stop with a checkpoint; a second Ctrl-C ends at once. */
export function sessionListener(output: Output): SessionListener {
  return {
    display: output.json ? null : new ProgressBar(output),
    onCreated(run, address) {
      output.object({ type: 'created', run, address });
      output.line(t('Run {0}', run));
    },
    onProgress({ message, fraction }) {
      output.object({ type: 'progress', message, fraction });
      output.transient(fraction === null ? `${message} ...` : `${message} ${Math.round(fraction * 100)} %`);
    },
    onStoppable: (stop) => onStopSignal(output, stop),
  };
}

/** Ctrl-C calls `stop`, a second one ends this process at once. */
export function onStopSignal(output: Output, stop: () => void): void {
  let stoppedAt: number | null = null;
  const onSignal = () => {
    if (stoppedAt === null) {
      stoppedAt = performance.now();
      output.line(t('Stopping ... Press Ctrl-C again to end at once.'));
      stop();
    } else if (performance.now() - stoppedAt > ONE_PRESS_MILLISECONDS) process.exit(STOPPED);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  process.on('SIGHUP', () => undefined); // the terminal or window closes: the work goes on
}

/** @returns the exit code: 0 when the run is complete, 130 when it was stopped. */
export async function reportRun(summary: RunSummary, output: Output): Promise<number> {
  const { state, epochs } = await readRecord(summary.run);
  const picture = await writeReconstructions(summary.run);
  output.object({ type: 'summary', ...summary });
  const { loss, validationLoss, probeAccuracy, testAccuracy, validationAccuracy } = summary.metrics;
  const { testMacroF1, validationMacroF1 } = summary.metrics;
  const { validationMeanAbsoluteError, validationR2, testMeanAbsoluteError, testR2 } = summary.metrics;
  const isTask = summary.stage === 'finetune';
  const losses = [
    loss === undefined ? null : t('loss {0}', loss.toFixed(4)),
    validationLoss === undefined ? null : t('validation loss {0}', validationLoss.toFixed(4)),
    isTask || probeAccuracy === undefined ? null : t('probe {0} %', (100 * probeAccuracy).toFixed(1)),
    isTask && validationAccuracy !== undefined
      ? t('validation accuracy {0} %', (100 * validationAccuracy).toFixed(1))
      : null,
    testAccuracy === undefined ? null : t('test accuracy {0} %', (100 * testAccuracy).toFixed(1)),
    isTask && validationAccuracy === undefined && validationMacroF1 !== undefined
      ? t('validation macro F1 {0} %', (100 * validationMacroF1).toFixed(1))
      : null,
    testAccuracy === undefined && testMacroF1 !== undefined
      ? t('test macro F1 {0} %', (100 * testMacroF1).toFixed(1))
      : null,
    validationMeanAbsoluteError === undefined
      ? null
      : t('validation MAE {0}', validationMeanAbsoluteError.toPrecision(3)),
    isTask && validationR2 !== undefined ? t('R² {0}', validationR2.toFixed(2)) : null,
    testMeanAbsoluteError === undefined ? null : t('test MAE {0}', testMeanAbsoluteError.toPrecision(3)),
    isTask && testR2 !== undefined ? t('R² {0}', testR2.toFixed(2)) : null,
  ]
    .filter((text) => text !== null)
    .join(', ');
  const speed = formatCount(Math.round(summary.examplesPerSecond));
  if (state === 'completed')
    output.line(
      t(
        'Done: {0} after {1} in {2} s on {3}{4}.',
        losses || t('no loss'),
        counted(summary.epochs, '{0} epoch', '{0} epochs'),
        summary.seconds.toFixed(1),
        summary.engine,
        summary.examplesPerSecond > 0 ? ` (${t('{0} examples/s', speed)})` : '',
      ),
    );
  else
    output.line(
      t(
        'Stopped after {0} of {1} at step {2}. {3}',
        summary.epochs,
        counted(epochs, '{0} epoch', '{0} epochs'),
        formatCount(summary.steps),
        howToResume(summary.run),
      ),
    );
  if (picture) output.line(t('Reconstructions: {0}', path.relative('', picture)));
  output.line(t('Run: {0}', path.relative('', summary.run)));
  return state === 'completed' ? 0 : STOPPED;
}

export async function resumeFolder(folder: string, output: Output): Promise<number> {
  await readRecord(folder); // says in words when this is no run folder
  let recipe: Recipe;
  try {
    recipe = await readRunRecipe(folder);
  } catch (error) {
    const file = path.join(folder, RunFile.recipe);
    throw new UserError(t('The run cannot be resumed: {0} cannot be read ({1}).', file, reasonOf(error)), { file });
  }
  return reportRun(await resumeRun(folder, recipe, sessionListener(output)), output);
}
