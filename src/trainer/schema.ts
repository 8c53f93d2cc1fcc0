import { recipeSchema } from '../recipe/schema.js';
import type { JsonSchema } from '../recipe/description.js';
import { encoders } from '../learn/encoder/index.js';
import { methods } from '../learn/method/index.js';
import { modes } from '../learn/task/index.js';

/** The recipe's schema with every encoder, method and mode that there is. `npm run generate` writes it to recipe/recipe.schema.json. */
export function currentSchema(): JsonSchema {
  return recipeSchema({
    encoders: Object.values(encoders).map(({ description }) => description),
    methods: Object.values(methods).map(({ description }) => description),
    modes: Object.values(modes).map(({ description }) => description),
  });
}
