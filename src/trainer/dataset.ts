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
