import { augmentationOf } from '../data/augment/ofDataset.js';
import { openDataset } from '../data/index.js';
import { fingerprint, type FileHash } from '../data/fingerprint.js';
import { areQuantities } from '../data/quantities.js';
import { PackCache } from '../data/pack/cache.js';
import { prepareDataset, type PrepareOptions } from '../data/prepare/index.js';
import type { Assets, Preparation } from '../data/prepare/preparation.js';
import { networkValues } from '../data/prepare/scale.js';
import { chooseSplits, labelledSplits, type ChosenSplits, type LabelBudget } from '../data/split.js';
import type { Batch, Collection, OpenOptions, Reader } from '../data/reader.js';
import type { ExampleData, Source } from '../learn/loop.js';
import type { ExampleFacts, Labels } from '../learn/method/method.js';
import { exampleOf } from './example.js';
import { taskKind } from '../learn/task/index.js';
import { stream } from '../protocol/random.js';
import type { RunDataset } from '../protocol/run.js';
import type { FinetuneOptions, Recipe } from '../recipe/recipe.js';
import { labelsOf } from './labels.js';
import { Views } from './views.js';
import { augmentationOptions, pretraining, trainingOptions, type Work } from './work.js';

/** From a recipe's data to what the loop takes. */

/** How many examples previews show. */
const PREVIEW_EXAMPLES = 10;

/** A task is measured on at least so many validation examples after each epoch, and on as many as train. */
const LEAST_WATCHED = 1000;

export interface LoadedDataset {
  facts: RunDataset;
  /** What each file of the data is. */
  files: FileHash[];
  preparation: Preparation;
  /** Files that belong to the preparation, by name. */
  assets: Assets;
  /** One prepared example. */
  example: ExampleFacts;
  /** What a person should know of the data. */
  notes: string[];
  training: Source;
  /** The training examples at those positions of `training`, as if there were no others. */
  part(positions: Int32Array): Source;
  validation: Source | null;
  /** In the dataset, of the examples of each source. */
  positions: Pick<ChosenSplits, 'training' | 'validation'> & { watched: Int32Array };
  /** As they are stored. */
  dataset: Reader | Collection;
  /** What to call an example. @param position in the dataset */
  name(position: number): string;
  /**
   * What is measured of `validation` after each epoch. Few labels take many short epochs, so a task takes a part where
   * that is enough; all are measured in the end.
   */
  watched: Source | null;
  /** Labelled examples that no choice depends on; null where there are none, and where nothing is fine-tuned. */
  test: Source | null;
  /** Positions in the watched source, or in the training source without one. */
  previewPositions: Int32Array;
  close(): Promise<void>;
}

export interface LoadOptions extends OpenOptions, Pick<PrepareOptions, 'kept'> {
  work?: Pick<Work, 'stage'>;
  /** Hears what will be made of the examples before any is prepared; what it throws ends that. */
  onPlanned: (
    preparation: Preparation,
    labels: Labels | null,
    splits: ChosenSplits,
    heldBytes: number,
    count: number,
  ) => void;
}

/**
 * @param cache folder for prepared examples
 * @throws DataError, UserError naming the file, what is wrong with it and what to do
 */
export async function loadDataset(
  recipe: Recipe,
  dataPath: string,
  cache: string,
  { work = pretraining, kept, onPlanned, ...open }: LoadOptions,
): Promise<LoadedDataset> {
  const { data, finetune } = recipe;
  const { seed } = trainingOptions(recipe, work);
  const dataset = await openDataset(dataPath, { ...data, ...open });
  try {
    const { info } = dataset;
    const labels = data.labels === 'none' ? null : dataset.labels;
    const classes = info.classes ?? [];
    // All may differ, and what the recipe makes of them may change: then validation must not, and chance draws it.
    const isClassified = labels !== null && (info.labelSets !== undefined || !areQuantities(classes));
    const { test, ...learned } = chooseSplits(dataset, isClassified ? labels : null, data, seed);
    const isTask = work.stage === 'finetune' && labels !== null;
    const task = isTask ? taskKind(finetune, { classes, sets: info.labelSets }) : null;
    const quantities = task === null ? labels !== null && !isClassified : task === 'regression';
    // Where the task tells combinations apart, each is a class.
    const labelSets = (task === null || task === 'multiLabel' ? info.labelSets : null) ?? null;
    const planned: PrepareOptions['onPlanned'] = (preparation, chosen, heldBytes) =>
      onPlanned(preparation, labelsOf(dataset, data, chosen), chosen, heldBytes, info.count);
    const { value: identity, files } = await fingerprint(dataset, { ...open, cache });
    const { reader, preparation, assets, splits, notes } = await prepareDataset(
      dataset,
      data,
      isTask
        ? labelledSplits(
            dataset,
            quantities ? alike(labels) : labels,
            test ? { ...learned, test } : learned,
            budgetOf(finetune),
            seed,
            labelSets,
          )
        : learned,
      { ...open, kept, onPlanned: planned, cache: new PackCache(cache), fingerprint: identity },
    );
    const { shape } = preparation;
    const read = batchesOf(reader, preparation);
    const augmentation = augmentationOptions(recipe, work);
    const views = augmentation && new Views(augmentationOf(info, preparation, augmentation), read);
    const source = (positions: Int32Array, among = splits.training): Source => ({
      count: positions.length,
      shape,
      labels: labels && gather(labels, positions),
      quantities,
      several: labelSets !== null,
      batch: (of) => read(gather(positions, of)),
      ...(views && {
        views: (of, seed, step, count) => views.of(gather(positions, of), among, seed, step, count),
      }),
    });
    const watched = isTask ? watchedOf(splits, seed) : splits.validation;
    const shown = watched.length > 0 ? watched : splits.training;
    return {
      facts: {
        path: dataPath,
        kind: info.kind,
        format: info.format,
        trainingCount: splits.training.length,
        validationCount: splits.validation.length,
        validationFrom: splits.validationFrom,
        shape,
        classes: labels && !quantities ? (labelSets?.names ?? info.classes) : null,
        ...(labels && labelSets && { severalLabels: true }),
        fingerprint: identity,
        preparation: { ...preparation },
      },
      files,
      preparation,
      assets,
      example: { ...exampleOf(preparation), labels: labelsOf(dataset, data, splits) },
      notes,
      training: source(splits.training),
      part: (positions) => {
        const chosen = gather(splits.training, positions);
        return source(chosen, chosen);
      },
      validation: splits.validation.length > 0 ? source(splits.validation) : null,
      positions: { ...splits, watched },
      dataset,
      name: (position) => dataset.name(position),
      watched: watched.length > 0 ? source(watched) : null,
      test: splits.test && splits.test.length > 0 ? source(splits.test) : null,
      previewPositions: previewPositions(shown, quantities ? null : labels),
      close: async () => {
        await views?.close();
        await reader.close();
      },
    };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

/** Prepared examples at these positions, as a network takes them. */
export function batchesOf(
  reader: Pick<Reader, 'read'>,
  preparation: Pick<Preparation, 'range' | 'vocabulary'>,
): (positions: Int32Array) => ExampleData | Promise<ExampleData> {
  const packed = (batch: Batch): ExampleData => networkValues(batch, preparation);
  return (positions) => {
    const batch = reader.read(positions);
    return batch instanceof Promise ? batch.then(packed) : packed(batch);
  };
}

/** Labels of one class, or none: in regression none is drawn for what it is. */
function alike(labels: Int32Array): Int32Array {
  return labels.map((label) => Math.min(0, label));
}

/** Null for all labels. */
function budgetOf({ labelsPerClass, labelFraction }: FinetuneOptions): LabelBudget | null {
  if (labelsPerClass !== null) return { perClass: labelsPerClass };
  return labelFraction === null ? null : { fraction: labelFraction };
}

/** Ascending. */
function watchedOf({ training, validation }: ChosenSplits, seed: number): Int32Array {
  const most = Math.max(LEAST_WATCHED, training.length);
  if (validation.length <= most) return validation;
  return gather(validation, stream(seed, 'watched').permutation(validation.length).subarray(0, most)).sort();
}

function gather(positions: Int32Array, of: Int32Array): Int32Array {
  const gathered = new Int32Array(of.length);
  for (let i = 0; i < of.length; i++) gathered[i] = positions[of[i] as number] as number;
  return gathered;
}

/** One example of each class where there are labels, in the order of the classes, then the first ones. */
function previewPositions(positions: Int32Array, labels: Int32Array | null): Int32Array {
  const chosen: number[] = [];
  if (labels) {
    const firsts = new Map<number, number>();
    for (let i = 0; i < positions.length && firsts.size < PREVIEW_EXAMPLES; i++) {
      const label = labels[positions[i] as number] as number;
      if (label >= 0 && !firsts.has(label)) firsts.set(label, i);
    }
    chosen.push(
      ...Array.from(firsts)
        .sort(([a], [b]) => a - b)
        .map(([, i]) => i),
    );
  }
  for (let i = 0; chosen.length < Math.min(PREVIEW_EXAMPLES, positions.length); i++)
    if (!chosen.includes(i)) chosen.push(i);
  return Int32Array.from(chosen);
}
