import path from 'node:path';
import { readFile, readdir, stat } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { openDataset } from '../../data/index.js';
import { SAMPLE_DIGITS } from '../../data/detect.js';
import { planPreparation } from '../../data/prepare/index.js';
import { chooseSplits } from '../../data/split.js';
import type { CheckResult, StageCost } from '../../protocol/trainer.js';
import { checkRecipe, type DataFacts } from '../../recipe/check.js';
import { parseRecipe } from '../../recipe/parse.js';
import type { DataOptions, Recipe } from '../../recipe/recipe.js';
import { bytesText, costOf, memoryTrouble } from '../cost.js';
import { describeError, UserError } from '../errors.js';
import { dataPathOf, recipeLanguage, recipeName } from '../language.js';
import { jsonOption, type Command } from './command.js';

export const check: Command = {
  name: 'check',
  summary: 'Checks a recipe and its data without training, and tells what the training would cost.',
  usage: 'RECIPE',
  words: [1, 1],
  options: {
    stdin: { type: 'boolean', summary: 'take the text from the standard input; RECIPE only says where it belongs' },
    ...jsonOption,
  },
  example: 'pretrain check mnist.pretrain.json',

  async run([file], { stdin }, output) {
    const recipePath = path.resolve(file as string);
    const text = stdin === true ? await readText(process.stdin) : await readRecipe(recipePath);
    const { problems, cost } = await checkText(text, recipePath);
    output.object({ problems, cost });
    for (const { line, column, severity, message } of problems)
      output.line(`${file}:${line}:${column} ${severity}: ${message}`);
    if (cost)
      output.line(
        `${cost.parameters.toLocaleString('en')} parameters · ${(cost.epochs * cost.stepsPerEpoch).toLocaleString('en')} steps · about ${bytesText(cost.memoryBytes)}`,
      );
    return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

async function readRecipe(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UserError(`There is no recipe ${file}.`, { file, advice: 'Give the path of a *.pretrain.json file.' });
  }
}

export async function checkText(text: string, recipePath: string): Promise<CheckResult> {
  const parsed = parseRecipe(text, recipeLanguage(), recipeName(recipePath));
  if (!parsed.data) return { problems: parsed.problems, cost: null };
  const { facts, cost } = await factsOf(parsed.data, parsed.recipe, recipePath);
  const beyond = checkRecipe(parsed, { ...facts, tooLarge: cost && memoryTrouble(cost) });
  return { problems: [...parsed.problems, ...beyond], cost };
}

/** @param recipe null when parts of it other than these data are wrong */
async function factsOf(
  data: DataOptions,
  recipe: Recipe | null,
  recipePath: string,
): Promise<{ facts: DataFacts; cost: StageCost | null }> {
  const dataPath = dataPathOf(data, recipePath);
  const missing = dataPath === SAMPLE_DIGITS ? null : await missingStep(data.path, path.dirname(recipePath));
  if (missing) return { facts: { exists: false, ...missing }, cost: null };
  let facts: DataFacts = { exists: true };
  try {
    const dataset = await openDataset(dataPath, data);
    try {
      const { info, labels } = dataset;
      const splits = info.splits.map(({ name }) => name);
      facts = { ...facts, count: info.count, labels: labels !== null, splits };
      const { validation } = data;
      // A split that is not there is told with its fix, by the check of the recipe.
      const lacksSplit = typeof validation === 'string' && validation !== 'auto' && !splits.includes(validation);
      if (lacksSplit) return { facts, cost: null };
      const chosen = chooseSplits(dataset, labels, data, recipe?.pretrain.seed ?? 1);
      const { shape } = (await planPreparation(dataset, data, chosen)).preparation;
      const trainingCount = chosen.training.length;
      facts = { ...facts, shape, trainingCount };
      return { facts, cost: recipe && costOf(recipe, shape, info.count, trainingCount) };
    } finally {
      await dataset.close();
    }
  } catch (error) {
    const { told } = describeError(error);
    return { facts: { ...facts, error: `${told.message}${told.advice ? ` ${told.advice}` : ''}` }, cost: null };
  }
}

/** The first step of the path that is not there, and what stands in the folder where it was looked for; null when all are. */
async function missingStep(
  dataPath: string,
  from: string,
): Promise<{ missingStep: number; siblings: string[] } | null> {
  const steps = dataPath.split(/[/\\]+/);
  let folder = path.isAbsolute(dataPath) ? path.parse(dataPath).root : from;
  for (const [index, step] of steps.entries()) {
    if (step === '' && (index === 0 || index === steps.length - 1)) continue;
    const next = path.join(folder, step);
    if ((await stat(next).catch(() => null)) === null)
      return { missingStep: index, siblings: await readdir(folder).catch(() => []) };
    folder = next;
  }
  return null;
}
