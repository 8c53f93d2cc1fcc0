import { existsSync } from 'node:fs';
import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { RUNS_FOLDER } from '../../protocol/run.js';
import type { EngineChoice, FinetuneOptions, Recipe, TrainingOptions } from '../../recipe/recipe.js';
import { UserError } from '../errors.js';
import { dataPathOf, loadRecipe, withTokenizerPath } from '../language.js';
import { startRun } from '../session.js';
import { withTeacherPath } from '../teacher.js';
import { pretraining } from '../work.js';
import { jsonOption, type Command, type Options } from './command.js';
import { reportRun, sessionListener } from './training.js';

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

export const run: Command = {
  name: 'run',
  summary: t('Pretrains by a recipe.'),
  usage: 'RECIPE',
  words: [1, 1],
  options: {
    ...trainingOptions,
    parallel: { type: 'boolean', summary: t('train even if a run of this recipe is being trained') },
    ...jsonOption,
  },
  example: 'pretrain run mnist.pretrain.json --epochs 20',

  async run([file], options, output) {
    const recipePath = path.resolve(file as string);
    const { recipe: written, parsed } = await loadRecipe(recipePath);
    const runs = runsFolder(options);
    const recipe = withTeacherPath(written, recipePath, runs);
    for (const { line, column, message } of parsed.problems) output.line(`${file}:${line}:${column} ${message}`);
    override(recipe, recipe.pretrain, options);
    recipe.data = withTokenizerPath(recipe.data, recipePath);
    const dataPath = givenData(options) ?? dataPathOf(recipe.data, recipePath);
    const summary = await startRun(
      {
        recipe,
        recipePath,
        dataPath,
        runs,
        parallel: options['parallel'] === true,
        work: pretraining,
      },
      sessionListener(output),
    );
    return reportRun(summary, output);
  },
};

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
