import type { UnreadableFile } from '../../data/reader.js';
import type { Source } from '../../learn/loop.js';
import { t } from '../../protocol/l10n.js';
import { RUNS_FOLDER } from '../../protocol/run.js';
import { MOST_SHOWN, type SimilarLine } from '../../protocol/use.js';
import { Stopped, UserError } from '../errors.js';
import type { Output } from '../output.js';
import { openRun, type UsedRun } from '../use/run.js';
import type { Examples } from '../use/examples.js';
import type { Showing } from '../use/showing.js';
import { told, TrainingExamples, type Similar } from '../use/training.js';
import { jsonOption, type Option, type Options } from './command.js';
import { engineOf, runsFolder, wholeNumber } from './startedRecipe.js';

/** What the commands that use a run have in common: options, Ctrl-C, and what could not be read. */

export const usingOptions: Record<string, Option> = {
  checkpoint: { type: 'string', value: 'STEP', summary: t("the run's checkpoint of this step, instead of its last") },
  engine: { type: 'string', value: 'NAME', summary: t("tensorflow, wasm, cpu or auto, instead of the run's") },
  out: {
    type: 'string',
    value: 'DIR',
    summary: t('folder of the runs; without it {0} in the current folder', RUNS_FOLDER),
  },
  ...jsonOption,
};

export const samplesOption: Record<string, Option> = {
  samples: {
    type: 'string',
    value: 'FILE',
    summary: t('also write what the examples look or sound like, as safetensors; of the first {0}', MOST_SHOWN),
  },
};

/** What a command does with a run. */
export interface Using {
  run: UsedRun;
  signal: AbortSignal;
  onProgress: (message: string) => (fraction: number) => void;
}

/** Opens the run, and closes it afterwards. Ctrl-C ends it. @throws Stopped, and what `action` throws */
export async function withRun<T>(
  run: string,
  options: Options,
  output: Output,
  action: (used: Using) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
  const { signal } = abort;
  const { checkpoint } = options;
  const used = await openRun(run, {
    runs: runsFolder(options),
    step: typeof checkpoint === 'string' ? wholeNumber('--checkpoint', checkpoint) : null,
    engine: engineOf(options),
  });
  try {
    return await action({
      run: used,
      signal,
      onProgress: (message) => {
        let last = -1;
        return (fraction) => {
          const hundredth = Math.round(100 * fraction);
          if (hundredth === last) return;
          last = hundredth;
          output.object({ type: 'progress', message, fraction });
          output.transient(`${message} ${hundredth} %`);
        };
      },
    });
  } catch (error) {
    if (signal.aborted) throw new Stopped(t('Stopped.'));
    throw error;
  } finally {
    used.close();
  }
}

/** Tells each file that could not be read, with the reason. */
export function tellUnreadable(unreadable: readonly UnreadableFile[], output: Output): void {
  for (const { file, reason } of unreadable)
    output.error(new UserError(t('{0} was left out: {1}', file, reason), { file }));
}

/** @throws DataError, UserError */
export async function openTraining({ run, signal, onProgress }: Using, output: Output): Promise<TrainingExamples> {
  const { path: data } = run.dataset;
  const training = await TrainingExamples.open(run, { signal, onProgress: onProgress(t('Reading {0}', data)) });
  if (training.change !== null) tellNote(training.change, output);
  return training;
}

export function tellNote(message: string, output: Output): void {
  output.object({ type: 'note', message });
  output.line(message);
}

/** The examples [from, from + count) of a source. */
export function sliceOf(source: Source, from: number, count: number): Source {
  return { ...source, count, batch: (of) => source.batch(of.map((position) => from + position)) };
}

/** Rows of text beneath their heads, columns aligned. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Of a batch of examples, what is told besides: how those look that there is room for, and what is like each.
 * @param from position of the first in the source
 */
export async function shownBatch(
  { signal }: Using,
  examples: Examples,
  { from, count }: { from: number; count: number },
  similar: readonly Similar[][] | null,
  { training, showing }: { training: TrainingExamples | null; showing: Showing | null },
): Promise<Pick<SimilarLine, 'similar' | 'shown'>[]> {
  const room = showing?.roomFor(count) ?? 0;
  const positions = Array.from({ length: room }, (_, i) => examples.inDataset(from + i));
  const looks = room > 0 ? await showing?.of(examples.dataset, positions, signal) : undefined;
  const found = showing && similar && training ? await training.shown(similar.slice(0, room), showing, signal) : [];
  return Array.from({ length: count }, (_, i) => {
    const shown = i < room ? looks?.get(positions[i] ?? -1) : undefined;
    const own = found[i] ?? similar?.[i]?.map((one) => told(one));
    return { ...(own && { similar: own }), ...(shown && { shown }) };
  });
}
