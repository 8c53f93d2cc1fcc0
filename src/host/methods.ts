import type { JsonSchema } from '../recipe/description.js';
import schema from '../recipe/recipe.schema.json';

/** The schema of recipes, as the editor has it. */
export const recipeSchema = schema as JsonSchema;

/** A way to pretrain, as the schema describes it. */
export interface MethodChoice {
  name: string;
  title: string;
  summary: string;
}

const {
  enum: names,
  enumDescriptions: summaries,
  markdownEnumDescriptions: texts,
} = schema.properties.pretrain.properties.method;

/** In the order of the schema; the first is the default. */
export const methods: readonly MethodChoice[] = names.map((name, index) => ({
  name,
  title: /^\*\*(.+?)\*\*/.exec(texts[index] ?? '')?.[1] ?? name,
  summary: summaries[index] ?? '',
}));
