import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { currentSchema } from '../src/trainer/schema.js';

/** Writes what is derived from the code: the recipe's schema. Run it after a method or an encoder has changed. */
writeFileSync(
  'src/recipe/recipe.schema.json',
  await format(JSON.stringify(currentSchema()), { parser: 'json', printWidth: 120 }),
);
