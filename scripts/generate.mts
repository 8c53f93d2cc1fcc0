import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { recipeReference } from '../src/recipe/reference.js';
import { currentSchema } from '../src/trainer/schema.js';
import { bundleOf } from './texts.mjs';

/**
 * Writes what is derived from the code: the recipe's schema and reference, and the texts to translate. Run it after a method, an
 * encoder or a text has changed.
 */
writeFileSync(
  'src/recipe/recipe.schema.json',
  await format(JSON.stringify(currentSchema()), { parser: 'json', printWidth: 120 }),
);
writeFileSync('docs/recipe.md', recipeReference(currentSchema()));
writeFileSync(
  'l10n/bundle.l10n.json',
  await format(JSON.stringify(bundleOf('src')), { parser: 'json', printWidth: 120 }),
);
