import path from 'node:path';
import { codesInBatches } from '../../learn/evaluate/codes.js';
import { predict as predictAll, type Predicting } from '../../learn/evaluate/predict.js';
import { decimal, t } from '../../protocol/l10n.js';
import type { ClassAnswer, PredictionLine, SimilarExample, UseSummary } from '../../protocol/use.js';
import { DataError } from '../../data/reader.js';
import { UserError } from '../errors.js';
import type { Output } from '../output.js';
import { answersOf } from '../use/answers.js';
import { examplesOf, nameText } from '../use/examples.js';
import type { UsedRun } from '../use/run.js';
import { PredictionTable } from '../use/predictionTable.js';
import { Showing } from '../use/showing.js';
import type { TrainingExamples } from '../use/training.js';
import type { Command, Options } from './command.js';
import { wholeNumber } from './startedRecipe.js';
import {
  openTraining,
  samplesOption,
  shownBatch,
  sliceOf,
  tableLines,
  tellNote,
  tellUnreadable,
  withRun,
  usingOptions,
  type Using,
} from './using.js';

const USUAL_SIMILAR = 3;
/** Classes that are shown after the likeliest, and from which probability. */
const NEXT = 2;
const LEAST_SHOWN = 0.0005;
/** Digits of a predicted number that count: float32 holds seven. */
const DIGITS = 6;

export const predict: Command = {
  name: 'predict',
  summary: t(
    'Says which class files are of, which labels they have, or which number they are given, by a run that has learned these, and which training examples they are like.',
  ),
  usage: 'RUN FILE...',
  words: [2, Infinity],
  options: {
    similar: {
      type: 'string',
      value: 'N',
      summary: t('most similar training examples that are shown of each; {0} without it, 0 for none', USUAL_SIMILAR),
    },
    csv: { type: 'string', value: 'FILE', summary: t('also write a table of all predictions') },
    ...samplesOption,
    ...usingOptions,
  },
  example: 'pretrain predict .pretrain/runs/20261124-201530-mnist-3f9a seven.png drawings',

  run([run, ...files], options, output) {
    const most = similarOf(options);
    const { csv, samples } = options;
    return withRun(run as string, options, output, async (used) => {
      const predicting = predictingOf(used.run);
      const file = typeof csv === 'string' ? await PredictionTable.open(csv, predicting.learner) : null;
      const showing = typeof samples === 'string' ? new Showing() : null;
      let training: TrainingExamples | null = null;
      let [count, failed] = [0, 0];
      try {
        training = most === 0 ? null : await trainingOrNote(used, output);
        const table = new Table(output);
        const open = { signal: used.signal, onProgress: used.onProgress(t('Reading {0}', files.join(', '))) };
        for await (const examples of examplesOf(files, used.run, open)) {
          if (examples instanceof DataError) {
            output.error(examples);
            failed++;
            continue;
          }
          try {
            failed += examples.unreadable.length;
            const { encoding, values, epoch } = used.run;
            for await (const codes of codesInBatches(encoding, examples.source, values, epoch)) {
              used.signal.throwIfAborted();
              const part = sliceOf(examples.source, codes.from, codes.count);
              const predicted = await predictAll(predicting, part, values, epoch);
              const similar = (await training?.similar(codes, most)) ?? null;
              const told = await shownBatch(used, examples, codes, similar, { training, showing });
              const lines = answersOf(predicting.learner, predicted).map((answer, i) => {
                const { file, part } = examples.nameOf(codes.from + i);
                return { file, ...(part !== null && { part }), ...answer, ...told[i] };
              });
              count += lines.length;
              table.add(lines);
              await file?.add(lines);
            }
            tellUnreadable(examples.unreadable, output);
          } finally {
            await examples.close();
          }
        }
        if (typeof samples === 'string') await showing?.write(samples);
        output.object({ run: used.run.folder, count, leftOut: failed } satisfies UseSummary);
      } finally {
        await training?.close();
        await file?.close();
      }
      return failed === 0 ? 0 : 1;
    });
  },
};

function similarOf({ similar }: Options): number {
  return typeof similar === 'string' ? wholeNumber('--similar', similar, 0) : USUAL_SIMILAR;
}

/** @throws UserError for a run that names neither classes nor numbers */
function predictingOf({ predicting, record, folder }: UsedRun): Predicting {
  if (predicting) return predicting;
  throw new UserError(t('The run {0} has learned without labels: it predicts nothing.', record.id), {
    file: folder,
    advice: t(
      'Teach it: "pretrain finetune RECIPE --from {0}", and predict by that run. "pretrain similar" and "pretrain embed" need no labels.',
      path.relative('', folder),
    ),
  });
}

/** Null, and a note, where the training data cannot be read any more: classes are told without them. */
async function trainingOrNote(used: Using, output: Output): Promise<TrainingExamples | null> {
  try {
    return await openTraining(used, output);
  } catch (error) {
    if (!(error instanceof DataError || error instanceof UserError) || used.signal.aborted) throw error;
    tellNote(t('Similar training examples are not shown: {0}', error.message), output);
    return null;
  }
}

/** What is said of each example: a row, or with --json an object. */
class Table {
  private isBegun = false;

  constructor(private readonly output: Output) {}

  add(lines: readonly PredictionLine[]): void {
    const { output } = this;
    for (const line of lines) output.object(line);
    const [head = '', ...rows] = tableLines([
      [t('File'), ...headsOf(lines[0]), ...(lines.some(({ similar }) => similar) ? [t('Most similar')] : [])],
      ...lines.map((line) => {
        const { file, part = null, similar } = line;
        const cells = 'prediction' in line ? [decimal(line.prediction, DIGITS)] : classCells(line);
        return [nameText({ file, part }), ...cells, ...(similar ? [similar.map(similarText).join(', ')] : [])];
      }),
    ]);
    if (!this.isBegun) output.line(head);
    this.isBegun = true;
    for (const row of rows) output.line(row);
  }
}

function headsOf(line: PredictionLine | undefined): string[] {
  if (line && 'prediction' in line) return [t('Prediction')];
  return [...(line?.labels ? [t('Labels')] : [t('Class'), '']), t('Next')];
}

function classCells({ label, labels, probabilities }: ClassAnswer): string[] {
  const withPercent = (name: string): string => `${name} ${percent(probabilities[name] ?? 0)}`;
  const next = Object.entries(probabilities)
    .filter(([name, probability]) => !(labels?.includes(name) ?? name === label) && probability >= LEAST_SHOWN)
    .sort(([, a], [, b]) => b - a)
    .slice(0, NEXT);
  return [
    ...(labels
      ? [labels.map(withPercent).join(', ') || t('(none)')]
      : [label ?? '', percent(probabilities[label ?? ''] ?? 0).padStart(percent(1).length)]),
    next.map(([name]) => withPercent(name)).join(', '),
  ];
}

function similarText({ name, label }: SimilarExample): string {
  return label === null ? name : `${name} (${label})`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
