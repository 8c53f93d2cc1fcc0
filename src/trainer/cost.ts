import os from 'node:os';
import { formatCount, t } from '../protocol/l10n.js';
import { encoders } from '../learn/encoder/index.js';
import { methods } from '../learn/method/index.js';
import { trainedShapes, type Learner } from '../learn/method/method.js';
import { countParameters, sizeOf } from '../learn/parameters.js';
import type { StageCost } from '../protocol/trainer.js';
import type { Recipe } from '../recipe/recipe.js';
import { UserError } from './errors.js';

/** What a recipe makes of the data it meets: the network, and what its training costs. */

const FLOAT_BYTES = 4;
/** What a trainer needs before it holds any data: Node, TensorFlow's library and its buffers, measured. */
const BASE_BYTES = 250e6;

/** @throws UserError when there is no such method */
export function buildLearner(recipe: Recipe, shape: number[]): Learner {
  const method = methods[recipe.pretrain.method];
  if (!method)
    throw new UserError(
      t('There is no method "{0}". There are: {1}.', recipe.pretrain.method, Object.keys(methods).join(', ')),
    );
  const { options } = recipe.pretrain;
  return method.build({ family: encoders[recipe.encoder.type], encoder: recipe.encoder, shape, options });
}

/** @param count all examples, as bytes in memory @param trainingCount those that are trained on */
export function costOf(recipe: Recipe, shape: number[], count: number, trainingCount: number): StageCost {
  const learner = buildLearner(recipe, shape);
  const { epochs, batchSize, optimizer } = recipe.pretrain;
  const parameters = countParameters(trainedShapes(learner));
  // Weights and their gradients, and what the optimizer keeps for each weight.
  const copies = optimizer.name === 'adam' ? 4 : 3;
  const memoryBytes =
    BASE_BYTES +
    count * sizeOf(shape) +
    copies * parameters * FLOAT_BYTES +
    Math.min(batchSize, trainingCount) * learner.activationsPerExample * FLOAT_BYTES;
  const stepsPerEpoch = Math.ceil(trainingCount / batchSize);
  return { stage: 'pretrain', parameters, epochs, stepsPerEpoch, memoryBytes };
}

/** What to tell when the training cannot fit into this machine's memory; null when it can. */
export function memoryTrouble({ memoryBytes, parameters }: StageCost): string | null {
  const total = os.totalmem();
  if (memoryBytes <= total) return null;
  return t(
    'Training this network ({0} parameters) takes about {1} of memory, and this machine has {2}. Use fewer units or a smaller batch.',
    formatCount(parameters),
    bytesText(memoryBytes),
    bytesText(total),
  );
}

/** e.g. "310 MB" or "139.5 GB". */
export function bytesText(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
