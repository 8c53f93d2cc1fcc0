import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { editorSchema } from '../src/recipe/editorSchema.js';
import { recipeReference } from '../src/recipe/reference.js';
import { currentSchema } from '../src/trainer/schema.js';
import { bundleOf } from './texts.mjs';

/**
 * Writes what is derived from the code: the recipe's schemas and reference, and the texts to translate. Run it after a method, an
 * encoder or a text has changed.
 */
await writeJson('src/recipe/recipe.schema.json', currentSchema());
await writeJson('src/recipe/editor.schema.json', editorSchema(currentSchema()));
await writeJson('l10n/bundle.l10n.json', bundleOf('src'));
writeFileSync('docs/recipe.md', recipeReference(currentSchema()));

async function writeJson(file: string, value: object): Promise<void> {
  writeFileSync(file, await format(JSON.stringify(value), { parser: 'json', printWidth: 120 }));
}
