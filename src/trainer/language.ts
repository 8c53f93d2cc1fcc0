import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SAMPLE_DIGITS } from '../data/detect.js';
import { t } from '../protocol/l10n.js';
import type { JsonSchema } from '../recipe/description.js';
import { parseRecipe, type ParsedRecipe, type RecipeLanguage } from '../recipe/parse.js';
import type { DataOptions, Recipe } from '../recipe/recipe.js';
import { translatedSchema } from '../recipe/translation.js';
import { compileValidator } from '../recipe/validator.js';
import schema from '../recipe/recipe.schema.json';
import { UserError } from './errors.js';

/** The recipe's language as this version speaks it. */

let language: RecipeLanguage | null = null;

export function recipeLanguage(): RecipeLanguage {
  const english = schema as JsonSchema;
  language ??= { schema: translatedSchema(english, t), validate: compileValidator(english) };
  return language;
}

/** e.g. "mnist" for "/data/mnist.pretrain.json". */
export function recipeName(file: string): string {
  return path.basename(file).replace(/(\.pretrain)?\.jsonc?$/i, '');
}

export interface LoadedRecipe {
  recipe: Recipe;
  parsed: ParsedRecipe;
}

/** @throws UserError with the first error's place when the file cannot be read or is no recipe. */
export async function loadRecipe(file: string): Promise<LoadedRecipe> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new UserError(
      missing
        ? t('There is no recipe {0}.', file)
        : t('The recipe {0} cannot be read: {1}.', file, error instanceof Error ? error.message : String(error)),
      { file, advice: missing ? t('Give the path of a *.pretrain.json file.') : '' },
    );
  }
  return checkedRecipe(text, file);
}

/** @throws UserError with the first error's place. */
export function checkedRecipe(text: string, file: string): LoadedRecipe {
  const parsed = parseRecipe(text, recipeLanguage(), recipeName(file));
  const [error, ...more] = parsed.problems.filter(({ severity }) => severity === 'error');
  if (error || !parsed.recipe)
    throw new UserError(error?.message ?? t('This is not a recipe.'), {
      file,
      ...(error ? { line: error.line, column: error.column } : {}),
      ...(more.length === 0 ? {} : { more: more.length }),
    });
  return { recipe: parsed.recipe, parsed };
}

/** The data with the path of a tokenizer.json absolute: relative paths start at the recipe's folder. */
export function withTokenizerPath(data: DataOptions, recipeFile: string): DataOptions {
  const { tokenizer } = data.text;
  if (!tokenizer.endsWith('.json')) return data; // a kind
  return { ...data, text: { ...data.text, tokenizer: path.resolve(path.dirname(recipeFile), tokenizer) } };
}

/** Where a recipe's data are: relative paths start at the recipe's folder. */
export function dataPathOf(data: DataOptions, recipeFile: string): string {
  if (data.path === SAMPLE_DIGITS) return SAMPLE_DIGITS;
  return path.resolve(path.dirname(recipeFile), data.path);
}
