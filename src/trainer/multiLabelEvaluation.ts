import { countsOfLabels } from '../data/labelSets.js';
import type { Progress } from '../learn/checkpoint.js';
import type { Values } from '../learn/engine/engine.js';
import { multiLabel, type MultiLabel } from '../learn/evaluate/multiLabel.js';
import { predict } from '../learn/evaluate/predict.js';
import type { Source } from '../learn/loop.js';
import { examplesAt } from '../learn/method/examples.js';
import type { Preview } from '../learn/method/method.js';
import type { MultiLabelClassifier } from '../learn/task/index.js';
import { targetsOf } from '../learn/task/multiLabel.js';
import type { MultiLabelEvaluation } from '../protocol/run.js';
import { EVALUATION_FORMAT, measuredSplits, type Evaluated, type Evaluating } from './evaluated.js';

/** How well a fine-tuned network tells which labels examples have. */

/** Examples that are kept of each label, and of all together. */
const MOST_OF_LABEL = 12;
const MOST_SHOWN = 600;

export async function evaluateMultiLabel(
  job: Evaluating<MultiLabelClassifier>,
  values: Values,
  { epoch }: Progress,
): Promise<Evaluated | null> {
  const { learner, dataset, options } = job;
  const { classes, sets } = learner;
  const splits: MultiLabelEvaluation['splits'] = {};
  const predictions: Evaluated['predictions'] = {};
  let preview: Preview | null = null;
  for (const [from, source] of measuredSplits(dataset)) {
    const targets = targetsOf(source.labels ?? new Int32Array(), sets);
    const probabilities = await predict(job, source, values, epoch);
    const measured = multiLabel({ targets, probabilities, labels: classes.length }, options.seed);
    splits[from] = measured;
    const shape = [source.count, classes.length];
    predictions[`${from}/labels`] = { shape, data: targets };
    predictions[`${from}/probabilities`] = { shape, data: probabilities };
    preview ??= await shown(job, { from, source, targets, probabilities, measured });
  }
  if (!preview) return null;
  const counts = new Array<number>(sets.sets.length).fill(0);
  for (const combination of dataset.training.labels ?? [])
    if (combination >= 0) counts[combination] = (counts[combination] ?? 0) + 1;
  return {
    evaluation: {
      format: EVALUATION_FORMAT,
      task: 'multiLabel',
      classes: [...classes],
      trainedOn: countsOfLabels(counts, sets),
      splits,
    },
    predictions,
    preview,
  };
}

interface Measured {
  from: string;
  source: Source;
  targets: Uint8Array;
  probabilities: Float32Array;
  measured: MultiLabel;
}

async function shown(
  { learner: { classes }, dataset: { example } }: Evaluating<MultiLabelClassifier>,
  { from, source, targets, probabilities, measured }: Measured,
): Promise<Preview> {
  const width = classes.length;
  const positions = mostWrong(targets, probabilities, width);
  const examples = await examplesAt(source, positions, example);
  const rows = <T extends Uint8Array | Float32Array>(of: T, chosen: T): T => {
    positions.forEach((position, row) =>
      chosen.set(of.subarray(position * width, (position + 1) * width), row * width),
    );
    return chosen;
  };
  const shape = [positions.length, width];
  const { macroF1, microF1, meanAveragePrecision, subsetAccuracy, hammingLoss, scores } = measured;
  return {
    views: [
      {
        kind: 'labelScores',
        from,
        names: [...classes],
        scores: 'labelScores',
        macroF1: macroF1.value,
        microF1: microF1.value,
        meanAveragePrecision,
        subsetAccuracy: subsetAccuracy.value,
        hammingLoss,
        input: 'wrongExamples',
        has: 'wrongHas',
        probabilities: 'wrongProbabilities',
      },
    ],
    tensors: {
      labelScores: {
        shape: [width, 5],
        data: Float32Array.from(
          scores.flatMap(({ support, precision, recall, f1, averagePrecision }) => [
            support,
            precision,
            recall,
            f1,
            averagePrecision,
          ]),
        ),
      },
      wrongExamples: examples,
      wrongHas: { shape, data: rows(targets, new Uint8Array(positions.length * width)) },
      wrongProbabilities: { shape, data: rows(probabilities, new Float32Array(positions.length * width)) },
    },
  };
}

/** Of each label the examples that are most surely wrong in it, as many of each as fit, ascending; one where none is wrong. */
function mostWrong(targets: Uint8Array, probabilities: Float32Array, width: number): Int32Array {
  const errorOf = (at: number): number => Math.abs((probabilities[at] as number) - (targets[at] as number));
  const all = Int32Array.from({ length: targets.length / width }, (_, i) => i);
  const each = Math.max(1, Math.min(MOST_OF_LABEL, Math.floor(MOST_SHOWN / width)));
  const chosen = new Set<number>();
  for (let label = 0; label < width && chosen.size < MOST_SHOWN; label++) {
    const errors = all.filter((position) => errorOf(position * width + label) >= 0.5);
    errors.sort((a, b) => errorOf(b * width + label) - errorOf(a * width + label) || a - b);
    for (const position of errors.subarray(0, each)) chosen.add(position);
  }
  if (chosen.size === 0) chosen.add(0);
  return Int32Array.from(chosen).sort();
}

/** e.g. { testMacroF1: 0.79, testMeanAveragePrecision: 0.83, testSubsetAccuracy: 0.61 } */
export function multiLabelMetrics({ splits }: MultiLabelEvaluation): Record<string, number> {
  return Object.fromEntries(
    Object.entries(splits).flatMap(([split, measured]) => [
      [`${split}MacroF1`, measured.macroF1.value],
      [`${split}MicroF1`, measured.microF1.value],
      [`${split}MeanAveragePrecision`, measured.meanAveragePrecision],
      [`${split}SubsetAccuracy`, measured.subsetAccuracy.value],
      [`${split}HammingLoss`, measured.hammingLoss],
      [`${split}LogLoss`, measured.logLoss],
    ]),
  );
}
