import type { KeptPlan } from '../data/prepare/preparation.js';
import type { Arrays } from '../learn/engine/engine.js';
import { modes } from '../learn/task/index.js';
import type { FinetuneOptions, Recipe, TrainingOptions } from '../recipe/recipe.js';
import type { AugmentationOptions } from '../recipe/augmentation.js';

/** What a run does with a recipe: one of its stages. */
export type Work = Pretraining | Finetuning;

export interface Pretraining {
  stage: 'pretrain';
}

export interface Finetuning {
  stage: 'finetune';
  /** What it starts from; null when it starts from nothing, and when it goes on from a checkpoint of its own. */
  parent: Parent | null;
}

/** A run whose encoder is taken over. */
export interface Parent {
  id: string;
  folder: string;
  /** The recipe that it ran by. */
  recipe: Pick<Recipe, 'encoder'>;
  /** The checkpoint's. */
  weights: Arrays;
  step: number;
  /** Of the file with its weights: "sha256:" and 64 hexadecimal digits. */
  fingerprint: string;
  /** How its data were prepared. */
  kept: KeptPlan;
}

export const pretraining: Pretraining = { stage: 'pretrain' };

/** Of a fine-tuning whose recipe leaves its epochs open. */
const USUAL_STEPS = 1500;
const LEAST_EPOCHS = 15;
const MOST_EPOCHS = 200;

/** What a stage trains by. @param trainingCount null where it is not known yet: epochs may then be 0, for undecided ones */
export function trainingOptions(
  recipe: Recipe,
  { stage }: Pick<Work, 'stage'>,
  trainingCount: number | null = null,
): TrainingOptions {
  const options = recipe[stage];
  const { epochs, batchSize } = options;
  if (epochs !== null) return { ...options, epochs };
  if (trainingCount === null) return { ...options, epochs: 0 };
  const wanted = Math.ceil(USUAL_STEPS / Math.ceil(trainingCount / batchSize));
  return { ...options, epochs: Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, wanted)) };
}

/** How its examples are changed at random; null for not at all. */
export function augmentationOptions(recipe: Recipe, { stage }: Pick<Work, 'stage'>): AugmentationOptions | null {
  if (stage === 'finetune') return recipe.finetune.augmentation;
  return (recipe.pretrain.options['augmentation'] as AugmentationOptions | undefined) ?? null; // as its schema says
}

/** The same fine-tuning in another mode, which must be one: what both modes have stays as it is. */
export function inMode(finetune: FinetuneOptions, mode: string): FinetuneOptions {
  if (mode === finetune.mode) return finetune;
  const { options: own } = modes[mode as keyof typeof modes].description;
  const options = Object.fromEntries(
    Object.entries(own).map(([name, { default: standard }]) => [name, finetune.options[name] ?? standard]),
  );
  return { ...finetune, mode, options };
}
