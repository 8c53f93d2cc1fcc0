import { existsSync } from 'node:fs';
import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { RUNS_FOLDER } from '../../protocol/run.js';
import type { EngineChoice, FinetuneOptions, Recipe, TrainingOptions } from '../../recipe/recipe.js';
import { UserError } from '../errors.js';
import { dataPathOf, loadRecipe, withTokenizerPath } from '../language.js';
import type { Output } from '../output.js';
import type { Options } from './command.js';

/** What the commands that start by a recipe have in common: its file, and the options that stand above it. */

export const trainingOptions = {
  data: {
    type: 'string',
    value: 'PATH',
    summary: t('train on this file or folder instead of the data that the recipe names'),
  },
  epochs: { type: 'string', value: 'N', summary: t("epochs, instead of the recipe's") },
  engine: { type: 'string', value: 'NAME', summary: t("tensorflow, wasm, cpu or auto, instead of the recipe's") },
  out: {
    type: 'string',
    value: 'DIR',
    summary: t("folder that gets the run's folder; without it {0} in the current folder", RUNS_FOLDER),
  },
} as const;

/** A recipe as it is started. */
export interface StartedRecipe {
  recipe: Recipe;
  /** Absolute, as all paths here. */
  recipePath: string;
  dataPath: string;
  /** Folder that gets the folder of a run. */
  runs: string;
}

/**
 * Reads a recipe, tells its warnings, and puts the options of the command line above it.
 * @param stage whose epochs --epochs says
 * @throws UserError for what is no recipe, no data, or no value that a recipe could have
 */
export async function startedRecipe(
  file: string,
  stage: 'pretrain' | 'finetune',
  options: Options,
  output: Output,
): Promise<StartedRecipe> {
  const recipePath = path.resolve(file);
  const { recipe, parsed } = await loadRecipe(recipePath);
  for (const { line, column, message } of parsed.problems) output.line(`${file}:${line}:${column} ${message}`);
  override(recipe, recipe[stage], options);
  recipe.data = withTokenizerPath(recipe.data, recipePath);
  return {
    recipe,
    recipePath,
    dataPath: givenData(options) ?? dataPathOf(recipe.data, recipePath),
    runs: runsFolder(options),
  };
}

/** The absolute path of --data, which starts at the current folder; null without it. @throws UserError when nothing is there */
export function givenData({ data }: Options): string | null {
  if (typeof data !== 'string') return null;
  const file = path.resolve(data);
  if (!existsSync(file))
    throw new UserError(t('There is no file or folder {0}.', file), {
      file,
      advice: t('--data starts at the current folder.'),
    });
  return file;
}

export function runsFolder(options: Options): string {
  return path.resolve(typeof options['out'] === 'string' ? options['out'] : RUNS_FOLDER);
}

/** Options of the command line stand above the recipe. @throws UserError for a value that no recipe could have. */
export function override(
  recipe: Recipe,
  stage: Pick<TrainingOptions, 'epochs'> | Pick<FinetuneOptions, 'epochs'>,
  options: Options,
): void {
  const { epochs } = options;
  if (typeof epochs === 'string') {
    const count = Number(epochs);
    if (!Number.isInteger(count) || count < 1 || count > 1_000_000)
      throw new UserError(t('--epochs must be a whole number from 1 to 1,000,000, but is "{0}".', epochs));
    stage.epochs = count;
  }
  recipe.engine = engineOf(options) ?? recipe.engine;
}

/** What --engine says; null without it. @throws UserError when there is no such engine */
export function engineOf({ engine }: Options): EngineChoice | null {
  if (typeof engine !== 'string') return null;
  const names: EngineChoice[] = ['auto', 'tensorflow', 'wasm', 'cpu'];
  const name = names.find((candidate) => candidate === engine);
  if (!name) throw new UserError(t('There is no engine "{0}". There are: {1}.', engine, names.join(', ')));
  return name;
}

/** @param name of the option @throws UserError */
export function wholeNumber(name: string, text: string, least = 1): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > 4_294_967_295)
    throw new UserError(t('{0} must be a whole number from {1}, but is "{2}".', name, least, text));
  return number;
}
