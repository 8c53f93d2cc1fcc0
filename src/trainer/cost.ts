import os from 'node:os';
import { formatCount, t } from '../protocol/l10n.js';
import type { EncoderFamily } from '../learn/encoder/encoder.js';
import { encoders } from '../learn/encoder/index.js';
import { methods } from '../learn/method/index.js';
import { trainedShapes, type ExampleFacts, type Learner, type Method, type Setting } from '../learn/method/method.js';
import { countParameters } from '../learn/parameters.js';
import { buildTask, checkTask, encoderMisfit, type TaskSetting } from '../learn/task/index.js';
import type { StageCost } from '../protocol/trainer.js';
import type { Finding } from '../recipe/finding.js';
import type { Recipe } from '../recipe/recipe.js';
import { UserError } from './errors.js';
import { pretraining, trainingOptions, type Finetuning, type Work } from './work.js';

/** What a recipe makes of the data it meets: the network, and what its training costs. */

const FLOAT_BYTES = 4;
/** What a trainer needs before it holds any data: Node, TensorFlow's library and its buffers, measured. */
const BASE_BYTES = 250e6;

/** @throws UserError when there is no such method or encoder, or they cannot learn from such examples */
export function buildLearner(recipe: Recipe, example: ExampleFacts, work: Work = pretraining): Learner {
  const wrong = findingsOf(recipe, example, work).find(({ severity }) => severity === 'error');
  if (wrong) throw new UserError(wrong.message);
  if (work.stage === 'finetune') return buildTask(taskSettingOf(recipe, example, work));
  const { method, setting } = settingOf(recipe, example);
  return method.build(setting);
}

/** What encoder and method, or mode, say of a recipe with such examples. @throws UserError when there are no such */
export function findingsOf(recipe: Recipe, example: ExampleFacts, work: Work = pretraining): Finding[] {
  if (work.stage === 'finetune') return taskFindings(taskSettingOf(recipe, example, work));
  const { method, setting } = settingOf(recipe, example);
  const { family, encoder, shape, vocabulary } = setting;
  if (vocabulary && !method.takesIds) return [idsNotLearned(method)];
  const found = family.check?.(encoder, shape, setting) ?? [];
  if (found.some(({ severity }) => severity === 'error')) return found;
  return [...found, ...(method.check?.(setting) ?? [])];
}

function taskFindings(setting: TaskSetting): Finding[] {
  const { family, encoder, shape, start } = setting;
  const found = family.check?.(encoder, shape, setting) ?? [];
  if (found.some(({ severity }) => severity === 'error')) return found;
  const misfit = start && encoderMisfit(start, family.encoder(encoder, shape, setting));
  if (misfit !== null)
    found.push({
      path: ['encoder'],
      severity: 'error',
      code: 'other-encoder',
      message: t('The checkpoint that this starts from does not fit the encoder of its own recipe: {0}', misfit),
    });
  return [...found, ...checkTask(setting)];
}

function taskSettingOf({ encoder, finetune }: Recipe, example: ExampleFacts, { parent }: Finetuning): TaskSetting {
  return { family: familyOf(encoder), encoder, ...example, options: finetune, start: parent?.weights ?? null };
}

function idsNotLearned({ description: { title } }: Method): Finding {
  return {
    path: ['data', 'text', 'features'],
    severity: 'error',
    code: 'ids-not-learned',
    message: t(
      'The method "{0}" learns from quantities, and the ids of tokens are none. Set "features": "bag" in "text" of the recipe’s data.',
      title,
    ),
    fixes: ['bag'],
  };
}

function settingOf({ encoder, pretrain }: Recipe, example: ExampleFacts): { method: Method; setting: Setting } {
  const { options, batchSize } = pretrain;
  const setting = { family: familyOf(encoder), encoder, ...example, options, batchSize };
  return { method: named(methods, pretrain.method), setting };
}

/** @throws UserError when there is no such encoder */
export function familyOf({ type }: Recipe['encoder']): EncoderFamily {
  return named<EncoderFamily>(encoders, type);
}

function named<T>(choices: Record<string, T>, name: string): T {
  const choice = Object.hasOwn(choices, name) ? choices[name] : undefined;
  if (choice !== undefined) return choice;
  throw new UserError(t('There is no "{0}". There are: {1}.', name, Object.keys(choices).join(', ')));
}

/** @param heldBytes of the examples that are in memory @param trainingCount those that are trained on */
export function costOf(
  recipe: Recipe,
  example: ExampleFacts,
  heldBytes: number,
  trainingCount: number,
  work: Work = pretraining,
): StageCost {
  const learner = buildLearner(recipe, example, work);
  const { epochs, batchSize, optimizer } = trainingOptions(recipe, work, trainingCount);
  const parameters = countParameters(trainedShapes(learner));
  // Weights and their gradients, and what the optimizer keeps for each weight.
  const copies = optimizer.name === 'adam' ? 4 : 3;
  const memoryBytes =
    BASE_BYTES +
    heldBytes +
    copies * parameters * FLOAT_BYTES +
    Math.min(batchSize, trainingCount) * learner.activationsPerExample * FLOAT_BYTES;
  const stepsPerEpoch = Math.ceil(trainingCount / batchSize);
  return { stage: work.stage, parameters, epochs, stepsPerEpoch, memoryBytes };
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
