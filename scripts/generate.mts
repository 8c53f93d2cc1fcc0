import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { editorSchema } from '../src/recipe/editorSchema.js';
import { recipeReference } from '../src/recipe/reference.js';
import { translatedSchema } from '../src/recipe/translation.js';
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
// What the editor shows of the schema in each other language; package.nls.<language>.json names its file.
for (const name of readdirSync('l10n')) {
  const language = /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1];
  if (language === undefined) continue;
  const texts = JSON.parse(readFileSync(`l10n/${name}`, 'utf8')) as Record<string, string>;
  const schema = translatedSchema(currentSchema(), (text) => texts[text] ?? text);
  await writeJson(`src/recipe/recipe.schema.${language}.json`, schema);
  await writeJson(`src/recipe/editor.schema.${language}.json`, editorSchema(schema, `recipe.schema.${language}.json`));
}

async function writeJson(file: string, value: object): Promise<void> {
  writeFileSync(file, await format(JSON.stringify(value), { parser: 'json', printWidth: 120 }));
}
