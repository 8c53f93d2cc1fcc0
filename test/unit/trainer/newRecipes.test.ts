import assert from 'node:assert/strict';
import { encoders } from '../../../src/learn/encoder/index.js';
import { methods } from '../../../src/learn/method/index.js';
import type { ExampleFacts } from '../../../src/learn/method/method.js';
import { newRecipeText } from '../../../src/recipe/newRecipe.js';
import { parseRecipe } from '../../../src/recipe/parse.js';
import { compileValidator } from '../../../src/recipe/validator.js';
import { findingsOf } from '../../../src/trainer/cost.js';
import { currentSchema } from '../../../src/trainer/schema.js';

describe('A new recipe of each method', () => {
  const schema = currentSchema();
  const language = { schema, validate: compileValidator(schema) };
  const labels = { classes: ['a', 'b'], counts: [8, 8], unlabelled: 0 };
  const vocabulary = { size: 50, pad: 0, mask: 1 };
  // New Recipe asks for the teacher of distillation.
  const teacher = { shape: [28, 28, 1], classes: ['a', 'b'], code: 32 };
  const images: ExampleFacts = { shape: [28, 28, 1], labels, teacher };
  const texts: ExampleFacts = { shape: [16], vocabulary, labels };

  for (const { description } of Object.values(methods)) {
    const { name, needs } = description;
    it(`can start as it is written: ${name}`, () => {
      const { recipe, problems } = parseRecipe(
        newRecipeText(schema, { name, dataPath: 'a', method: name }),
        language,
        '',
      );
      assert.deepEqual(problems, []);
      assert.ok(recipe !== null);
      const isIds = recipe.data.text.features === 'ids';
      assert.equal(isIds, needs?.kinds.includes('text') === true);
      const errors = findingsOf(recipe, isIds ? texts : images).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
    });
  }

  for (const { description } of Object.values(methods))
    for (const [kind, start] of Object.entries(description.starts ?? {}))
      it(`starts with what does best for data of the kind ${kind}: ${description.name}`, () => {
        const text = newRecipeText(schema, { name: 'a', dataPath: 'a', kind, method: description.name });
        const { recipe, problems } = parseRecipe(text, language, '');
        assert.deepEqual(problems, []);
        assert.ok(recipe !== null);
        assert.deepEqual({ ...recipe.encoder, ...start.encoder }, recipe.encoder);
        const given = { ...recipe.pretrain.options, ...recipe.pretrain } as Record<string, unknown>;
        for (const [option, value] of Object.entries(start.pretrain ?? {})) {
          // What it leaves out of an optimizer has its default.
          const whole = typeof value === 'object' ? { ...(given[option] as object), ...(value as object) } : value;
          assert.deepEqual(given[option], whole, option);
        }
        assert.ok(Object.keys(start.pretrain ?? {}).every((option) => text.includes(`"${option}": `)));
        const errors = findingsOf(recipe, images).filter(({ severity }) => severity === 'error');
        assert.deepEqual(errors, []);
      });

  it('shows of options for each kind of data those of its own, on a line that can be read', () => {
    const line = (kind: string) =>
      newRecipeText(schema, { name: 'a', dataPath: 'a', kind, method: 'contrastive' }).match(/"augmentation": .*/)?.[0];
    assert.equal(line('image'), '"augmentation": { "image": { "crop": 0.6, "flip": null } },');
    assert.equal(line('table'), '"augmentation": { "table": { "mask": 0.3, "replacement": "other" } },');
    assert.equal(line(''), line('image'));
  });

  it('describes an option as the encoder that it has does, where others have one of that name', () => {
    const text = newRecipeText(schema, { name: 'a', dataPath: 'a', method: 'causalLanguageModel' });
    const { width } = encoders.tokenTransformer.description.options;
    const above = text.slice(0, text.indexOf('"width"')).replaceAll(/\s*\/\/ /g, ' ');
    assert.ok(above.trimEnd().endsWith(width?.description ?? 'no description'), above);
  });
});
