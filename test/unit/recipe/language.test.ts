import assert from 'node:assert/strict';
import { checkRecipe, type DataFacts } from '../../../src/recipe/check.js';
import { t } from '../../../src/protocol/l10n.js';
import type { JsonSchema } from '../../../src/recipe/description.js';
import { parseRecipe } from '../../../src/recipe/parse.js';
import json from '../../../src/recipe/recipe.schema.json';
import { translatedSchema } from '../../../src/recipe/translation.js';
import { compileValidator } from '../../../src/recipe/validator.js';
import { englishWords, speakEnglish, speakPseudo } from '../pseudo.js';
import { withPretrain } from './fixture.js';

const english = json as JsonSchema;

const validate = compileValidator(english);

function parse(text: string) {
  return parseRecipe(text, { schema: translatedSchema(english, t), validate });
}

const broken = [
  '',
  '[1]',
  '{ "data": { "path": "a" }',
  '{ "data": { "path": "a" ] }',
  '{ "data": { "path": "a" "labels": "auto" } }',
  '{ "data" { "path": "a" } }',
  '{ "data": }',
  '{ "data": { "path": "a\\q" } }',
  "{ 'data': { 'path': 'a' } }",
  '{ "data": { "path": None } }',
  '{ "data": { "path": "a" } } }',
  '{ "data": { "path": 1. } }',
  '{ data: { "path": "a" } }',
  '{ "data": { "path": "a" }, /* ',
  `{ "a": ${'['.repeat(200)}`,
  '{ "data": { "path": "a" }, "data": { "path": "a" } }',
  '{ "pretrain": {} }',
  '{ "data": {} }',
  '{ "data": { "path": "a" }, "epochs": 3, "encodr": {}, "zzzzzz": 1, "finetune": {} }',
  '{ "data": { "path": "a", "validation": true, "limit": 0.5 }, "encoder": { "units": [] } }',
  '{ "data": { "path": "a" }, "encoder": { "units": ["x", 0], "activation": "rellu", "pretrain": 1 } }',
  withPretrain('"lr": 3, "epochs": "many", "batchSize": -1, "shuffle": 1, "optimizer": { "learningRate": 0 }'),
  withPretrain('"schedule": [], "earlyStopping": 1e999, "clipNorm": {}'),
];

const facts: DataFacts[] = [
  { exists: false, siblings: ['mnist'] },
  { exists: false },
  { splits: [], labels: false, trainingCount: 0 },
  { splits: ['test'], trainingCount: 20_000 },
];

const unwise = ['"minst"', '"/mnist"', '"a\\\\b"', '"a\\tb"'].map(
  (path) =>
    `{ "data": { "path": ${path}, "validation": "validation", "limit": 50000 }, "finetune": {},
       "pretrain": { "epochs": 2, "batchSize": 30000, "checkpointEpochs": 3, "earlyStopping": { "patience": 3 },
       "schedule": { "name": "cosine", "warmupEpochs": 3 } } }`,
);

describe('What is said about a recipe', () => {
  before(speakPseudo);
  after(speakEnglish);

  it('is in the language that was set, whatever is wrong with it', () => {
    for (const text of broken) {
      const { problems } = parse(text);
      assert.notEqual(problems.length, 0, text);
      for (const { message, fixes } of problems)
        for (const said of [message, ...fixes.map(({ title }) => title)])
          assert.deepEqual(englishWords(said, text), [], said);
    }
  });

  it('is so too where only the data make it wrong', () => {
    const said = unwise.flatMap((text) =>
      facts.flatMap((known) => checkRecipe(parse(text), known).map(({ message }) => message)),
    );
    assert.ok(new Set(said).size > 12);
    for (const text of said) assert.deepEqual(englishWords(text), [], text);
  });

  it('is so in what the editor shows of the schema, but for what Keras calls it and papers', () => {
    const schema = JSON.stringify(translatedSchema(english, t));
    for (const [, key, text] of schema.matchAll(
      /"(\w*[dD]escription|patternErrorMessage|label)":"((?:[^"\\]|\\.)*)"/g,
    )) {
      const [plain = ''] = (JSON.parse(`"${text ?? ''}"`) as string).split('\n\nKeras: ');
      assert.deepEqual(englishWords(plain), [], `${key ?? ''}: ${plain}`);
    }
    const { pretrain } = translatedSchema(english, t).properties ?? {};
    assert.ok(pretrain && pretrain !== true && pretrain.properties?.['method']);
    const { method } = pretrain.properties;
    assert.ok(method !== true);
    const [first = ''] = method.markdownEnumDescriptions ?? [];
    assert.match(first, /^\*\*Ａｕｔｏｅｎｃｏｄｅｒ\*\*: [^A-Za-z]+\n\nHinton & Salakhutdinov \(2006\)/);
    assert.deepEqual(method.enum, json.properties.pretrain.properties.method.enum);
  });

  it('leaves everything of the schema but texts as it is', () => {
    assert.deepEqual(
      translatedSchema(english, (text) => text),
      english,
    );
  });
});
