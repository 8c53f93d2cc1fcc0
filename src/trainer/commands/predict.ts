import path from 'node:path';
import { codesInBatches } from '../../learn/evaluate/codes.js';
import { THRESHOLD } from '../../learn/evaluate/multiLabel.js';
import { predict as predictAll, type ClassPredictor, type Predicting } from '../../learn/evaluate/predict.js';
import { t } from '../../protocol/l10n.js';
import type { PredictionLine, SimilarExample, UseSummary } from '../../protocol/use.js';
import { DataError } from '../../data/reader.js';
import { UserError } from '../errors.js';
import type { Output } from '../output.js';
import { examplesOf, nameText, type ExampleName } from '../use/examples.js';
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

export const predict: Command = {
  name: 'predict',
  summary: t(
    'Says which class files are of, or which labels they have, by a run that has learned these, and which training examples they are like.',
  ),
  usage: 'RUN FILE...',
  words: [2, Infinity],
  options: {
    similar: {
      type: 'string',
      value: 'N',
      summary: t('most similar training examples that are shown of each; {0} without it, 0 for none', USUAL_SIMILAR),
    },
    csv: { type: 'string', value: 'FILE', summary: t('also write a table of all probabilities') },
    ...samplesOption,
    ...usingOptions,
  },
  example: 'pretrain predict .pretrain/runs/20261124-201530-mnist-3f9a seven.png drawings',

  run([run, ...files], options, output) {
    const most = similarOf(options);
    const { csv, samples } = options;
    return withRun(run as string, options, output, async (used) => {
      const predicting = predictingOf(used.run);
      const { classes, task } = predicting.learner;
      const isSeveral = task === 'multiLabel';
      const file = typeof csv === 'string' ? await PredictionTable.open(csv, classes, isSeveral) : null;
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
              const probabilities = await predictAll(predicting, part, values, epoch);
              const similar = (await training?.similar(codes, most)) ?? null;
              const told = await shownBatch(used, examples, codes, similar, { training, showing });
              const width = classes.length;
              const lines = told.map((besides, i) => ({
                ...lineOf(
                  examples.nameOf(codes.from + i),
                  ranked(classes, probabilities.subarray(i * width, (i + 1) * width)),
                  isSeveral,
                ),
                ...besides,
              }));
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

/** @throws UserError for a run that names no classes */
function predictingOf({ predicting, record, folder }: UsedRun): Predicting<ClassPredictor> {
  if (predicting) return predicting;
  throw new UserError(t('The run {0} has learned without labels: it names no classes.', record.id), {
    file: folder,
    advice: t(
      'Teach it some: "pretrain finetune RECIPE --from {0} --labels-per-class 10", and predict by that run. "pretrain similar" and "pretrain embed" need no classes.',
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

interface Ranked {
  name: string;
  probability: number;
}

/** The likeliest first. */
function ranked(classes: readonly string[], probabilities: Float32Array): Ranked[] {
  return classes
    .map((name, i) => ({ name, probability: probabilities[i] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}

function lineOf({ file, part }: ExampleName, classes: readonly Ranked[], isSeveral: boolean): PredictionLine {
  const given = classes.filter(({ probability }) => probability > THRESHOLD);
  return {
    file,
    ...(part !== null && { part }),
    ...(isSeveral ? { label: null, labels: given.map(({ name }) => name) } : { label: classes[0]?.name ?? null }),
    probabilities: Object.fromEntries(classes.map((one) => [one.name, one.probability])),
  };
}

/** What is said of each example: a row, or with --json an object. */
class Table {
  private isBegun = false;

  constructor(private readonly output: Output) {}

  add(lines: readonly PredictionLine[]): void {
    const { output } = this;
    for (const line of lines) output.object(line);
    const [head = '', ...rows] = tableLines([
      [
        t('File'),
        ...(lines[0]?.labels ? [t('Labels')] : [t('Class'), '']),
        t('Next'),
        ...(lines.some(({ similar }) => similar) ? [t('Most similar')] : []),
      ],
      ...lines.map(rowOf),
    ]);
    if (!this.isBegun) output.line(head);
    this.isBegun = true;
    for (const row of rows) output.line(row);
  }
}

function rowOf({ file, part, label, labels, probabilities, similar }: PredictionLine): string[] {
  const withPercent = (name: string): string => `${name} ${percent(probabilities[name] ?? 0)}`;
  const next = Object.entries(probabilities)
    .filter(([name, probability]) => !(labels?.includes(name) ?? name === label) && probability >= LEAST_SHOWN)
    .sort(([, a], [, b]) => b - a)
    .slice(0, NEXT);
  return [
    nameText({ file, part: part ?? null }),
    ...(labels
      ? [labels.map(withPercent).join(', ') || t('(none)')]
      : [label ?? '', percent(probabilities[label ?? ''] ?? 0).padStart(percent(1).length)]),
    next.map(([name]) => withPercent(name)).join(', '),
    ...(similar ? [similar.map(similarText).join(', ')] : []),
  ];
}

function similarText({ name, label }: SimilarExample): string {
  return label === null ? name : `${name} (${label})`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
