import type { Problem } from '../protocol/trainer.js';
import { fillRecipe } from './defaults.js';
import type { Json, JsonSchema } from './description.js';
import { parseDocument, type RecipeDocument } from './document.js';
import type { DataOptions, Recipe } from './recipe.js';
import { sentences } from './sentences.js';
import type { Validate } from './validator.js';

/** What a recipe can say: the schema and its compiled check (validator.ts). */
export interface RecipeLanguage {
  schema: JsonSchema;
  validate: Validate;
}

export interface ParsedRecipe {
  /** With all defaults; null when a problem is an error. */
  recipe: Recipe | null;
  /** What is sound of its data, with defaults for the rest, whatever is wrong elsewhere; null without a path. */
  data: DataOptions | null;
  /** In the order of their places. */
  problems: Problem[];
  document: RecipeDocument;
}

/**
 * From the text of a recipe to the recipe. Never throws, whatever the text: everything that is wrong becomes a problem
 * with its place, and where there is a plain remedy with a fix.
 * Codes of problems that every JSON editor finds by itself begin with "json/", those against the schema with "schema/".
 * @param fileName what runs are called when the recipe has no "name", e.g. the file's name without ".pretrain.json"
 */
export function parseRecipe(text: string, { schema, validate }: RecipeLanguage, fileName = 'recipe'): ParsedRecipe {
  const { document, problems } = parseDocument(text);
  const { value } = document;
  if (value === undefined) return { recipe: null, data: null, problems, document };
  const errors = sentences(document, schema, validate(value));
  const all = [...problems, ...errors].sort((a, b) => a.line - b.line || a.column - b.column);
  const recipe = errors.length === 0 ? fillRecipe(schema, value, fileName) : null;
  const data = recipe === null ? soundData(document, { schema, validate }) : recipe.data;
  return { recipe, data, problems: all, document };
}

function soundData(document: RecipeDocument, { schema, validate }: RecipeLanguage): DataOptions | null {
  const given = document.valueAt(['data']);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const { path } = given;
  const isSound = (data: Record<string, Json | undefined>) => validate({ data } as Json).length === 0;
  if (path === undefined || !isSound({ path })) return null;
  const sound = Object.entries(given).filter(([name, value]) => isSound({ path, [name]: value }));
  return fillRecipe(schema, { data: Object.fromEntries(sound) }, '').data;
}
