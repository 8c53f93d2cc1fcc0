import assert from 'node:assert/strict';
import { parse as parseJsonc } from 'jsonc-parser';
import type { JsonSchema } from '../../../src/recipe/description.js';
import realSchema from '../../../src/recipe/recipe.schema.json';
import { newRecipeText } from '../../../src/recipe/newRecipe.js';
import { parse, schema } from './fixture.js';
import { generator } from './random.js';

describe('A new recipe', () => {
  const text = newRecipeText(schema, { name: 'digits', dataPath: '../data/mnist' });

  it('is what its file says and otherwise the default', () => {
    const { recipe, problems } = parse(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(recipe, parse('{ "name": "digits", "data": { "path": "../data/mnist" } }').recipe);
  });

  it('shows the properties that people change first', () => {
    const value = parse(text).document.value as Record<string, object>;
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(value).map(([name, section]) => [
          name,
          typeof section === 'object' ? Object.keys(section) : section,
        ]),
      ),
      {
        name: 'digits',
        data: ['path', 'validation'],
        encoder: ['type', 'units', 'activation'],
        pretrain: ['method', 'loss', 'optimizer', 'epochs', 'batchSize', 'shuffle', 'seed'],
      },
    );
  });

  it('has a comment above each of them, and no line too long to read', () => {
    const lines = text.trimEnd().split('\n');
    assert.equal(lines[0], '// Squeezes each example into a short code and learns to rebuild it.');
    lines.forEach((line, i) => {
      assert.ok(line.length <= 100, line);
      if (/^ {2,4}"/.test(line) && !line.startsWith('  "name"')) assert.match(lines[i - 1] ?? '', /^ *\/\//, line);
    });
    assert.ok(text.includes('// Activation after each layer. Possible: "relu", "gelu", "tanh", "sigmoid", "linear".'));
  });

  it('has the options of its method', () => {
    const denoising = newRecipeText(schema, { name: 'a', dataPath: 'b', method: 'denoising' });
    assert.deepEqual(parse(denoising).problems, []);
    assert.deepEqual(parse(denoising).recipe?.pretrain.options, { loss: 'meanSquaredError', noise: 0.3 });
    assert.ok(denoising.includes('"noise": 0.3'));
    const noisier = newRecipeText(schema, { name: 'a', dataPath: 'b', method: 'denoising', options: { noise: 0.5 } });
    assert.deepEqual(parse(noisier).recipe?.pretrain.options, { loss: 'meanSquaredError', noise: 0.5 });
  });

  it('says how its data is read where that was chosen, with what it means', () => {
    const chosen = { filePattern: '{index}_{label}.wav', format: 'soundFolder' };
    const text = newRecipeText(schema, { name: 'a', dataPath: 'b', data: chosen });
    const { recipe, problems, document } = parse(text);
    assert.deepEqual(problems, []);
    assert.deepEqual([recipe?.data.filePattern, recipe?.data.format], [chosen.filePattern, chosen.format]);
    assert.deepEqual(Object.keys((document.value as { data: object }).data), [
      ...['path', 'format', 'filePattern', 'validation'],
    ]);
    assert.match(text, /\/\/ What the names of files tell, in braces\..*\n *"filePattern"/);
  });

  it('reads texts as was chosen and as the method needs', () => {
    const text = newRecipeText(realSchema as JsonSchema, {
      name: 'a',
      dataPath: 'b.txt',
      kind: 'text',
      method: 'causalLanguageModel',
      data: { text: { unit: 'window' } },
    });
    const { data } = parseJsonc(text) as { data: Record<string, unknown> };
    assert.deepEqual(data['text'], { features: 'ids', unit: 'window' });
  });

  it('is not written for a method that does not exist', () => {
    for (const method of ['gan', '', '__proto__'])
      assert.throws(() => newRecipeText(schema, { name: 'a', dataPath: 'b', method }), /There is no method/);
  });

  it('means its own folder by an empty path, and leaves an empty name to the file', () => {
    const { recipe, problems } = parse(newRecipeText(schema, { name: '', dataPath: '' }));
    assert.deepEqual(problems, []);
    assert.deepEqual([recipe?.data.path, recipe?.name], ['.', 'fixture']);
  });

  it('parses without a problem whatever name, path and description it gets', () => {
    const random = generator(3);
    const characters = [
      'a',
      'é',
      '字',
      '\u{1f600}',
      ' ',
      '"',
      '\\',
      '/',
      '*/',
      '//',
      '{',
      '}',
      ',',
      '\n',
      '\r',
      '\t',
      '\u2028',
      '\u0000',
      '${1}',
      "'",
    ];
    const text = () =>
      Array.from(
        { length: 1 + Math.floor(random() * 30) },
        () => characters[Math.floor(random() * characters.length)],
      ).join('');
    for (let round = 0; round < 500; round++) {
      const given = {
        name: `n${text()}`,
        dataPath: `p${text()}`,
        description: text(),
        method: random() < 0.5 ? 'autoencoder' : 'denoising',
      };
      const { recipe, problems } = parse(newRecipeText(schema, given));
      assert.deepEqual(problems, [], JSON.stringify(given));
      assert.deepEqual(
        [recipe?.name, recipe?.data.path, recipe?.pretrain.method],
        [given.name, given.dataPath, given.method],
      );
    }
  });
});
