import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../protocol/l10n.js';
import { RunFile } from '../protocol/run.js';
import type { Recipe } from '../recipe/recipe.js';

/** The recipe of a run, with all its defaults, as it was written. @throws Error saying why it cannot be read */
export async function readRunRecipe(folder: string): Promise<Recipe> {
  return asRecipe(JSON.parse(await readFile(path.join(folder, RunFile.recipe), 'utf8')));
}

/** @throws Error when a part of it is not there. */
function asRecipe(value: unknown): Recipe {
  const recipe = partOf({ recipe: value }, 'recipe');
  partOf(partOf(recipe, 'data'), 'image');
  partOf(recipe, 'encoder');
  const pretrain = partOf(recipe, 'pretrain');
  for (const name of ['options', 'optimizer', 'schedule']) partOf(pretrain, name);
  return value as Recipe;
}

function partOf(whole: Record<string, unknown>, name: string): Record<string, unknown> {
  const part = whole[name];
  if (typeof part !== 'object' || part === null) throw new Error(t('it has no "{0}"', name));
  return part as Record<string, unknown>;
}
