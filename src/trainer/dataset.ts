import { openDataset } from '../data/index.js';
import { fingerprint } from '../data/fingerprint.js';
import { prepare, type Preparation, preparationOf } from '../data/prepare.js';
import { chooseSplits } from '../data/split.js';
import type { Reader } from '../data/reader.js';
import type { Source } from '../learn/loop.js';
import type { RunDataset } from '../protocol/run.js';
import type { Recipe } from '../recipe/recipe.js';
import { UserError } from './errors.js';

/** From a recipe's data to what the loop takes. */

/** How many examples previews show. */
const PREVIEW_EXAMPLES = 10;

export interface LoadedDataset {
  facts: RunDataset;
  training: Source;
  validation: Source | null;
  /** Positions in the validation source, or in the training source without one. */
  previewPositions: Int32Array;
  close(): Promise<void>;
}

/** @throws DataError, UserError naming the file, what is wrong with it and what to do */
export async function loadDataset(
  recipe: Recipe,
  dataPath: string,
  onProgress: (fraction: number) => void,
): Promise<LoadedDataset> {
  const reader = await openDataset(dataPath, { onProgress });
  const { info } = reader;
  const labels = recipe.data.labels === 'none' ? null : reader.labels;
  if (info.shape.includes(-1))
    throw new UserError(`The examples in ${dataPath} differ in size.`, {
      file: dataPath,
      advice: 'This version trains on examples of one size.',
    });
  const splits = chooseSplits(info, labels, recipe.data, recipe.pretrain.seed);
  const preparation = await preparationOf(reader, splits.training);
  const source = (positions: Int32Array): Source => ({
    count: positions.length,
    shape: info.shape,
    batch: (of) => prepared(reader, gather(positions, of), preparation),
  });
  const shown = splits.validation.length > 0 ? splits.validation : splits.training;
  return {
    facts: {
      path: dataPath,
      kind: info.kind,
      format: info.format,
      trainingCount: splits.training.length,
      validationCount: splits.validation.length,
      validationFrom: splits.validationFrom,
      shape: info.shape,
      classes: labels && info.classes,
      fingerprint: await fingerprint(reader),
      range: preparation.range,
    },
    training: source(splits.training),
    validation: splits.validation.length > 0 ? source(splits.validation) : null,
    previewPositions: previewPositions(shown, labels),
    close: () => reader.close(),
  };
}

function prepared(
  reader: Reader,
  positions: Int32Array,
  preparation: Preparation,
): Float32Array | Promise<Float32Array> {
  const batch = reader.read(positions);
  return batch instanceof Promise ? batch.then((read) => prepare(read, preparation)) : prepare(batch, preparation);
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
