import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import type { Json, JsonSchema } from '../../../src/recipe/description.js';
import { editorSchema } from '../../../src/recipe/editorSchema.js';
import { recipeSchema } from '../../../src/recipe/schema.js';
import { currentSchema } from '../../../src/trainer/schema.js';
import { descriptions, language, schema, withPretrain } from './fixture.js';

const accepts = (text: string) => language.validate(JSON.parse(text) as Json).length === 0;

/** Every subschema that stands for a property, with its path. */
function* properties(inner: JsonSchema, path = ''): Generator<[string, JsonSchema]> {
  for (const [name, property] of Object.entries(inner.properties ?? {}))
    if (property !== true) {
      // The condition of an "if" describes nothing.
      yield [`${path}/${name}`, property];
      yield* properties(property, `${path}/${name}`);
    }
  for (const branch of inner.anyOf ?? []) yield* properties(branch, path);
  for (const { then } of inner.allOf ?? []) if (then) yield* properties(then, path);
}

describe('The schema of recipes', () => {
  it('is a JSON schema, draft-07', () => {
    const ajv = new Ajv({ strict: false });
    assert.equal(ajv.validateSchema(schema), true, ajv.errorsText());
    assert.equal(schema.$schema, 'http://json-schema.org/draft-07/schema#');
  });

  it('takes the smallest recipe', () => assert.ok(accepts('{ "data": { "path": "digits" } }')));

  it('describes each property', () => {
    const bare = [...properties(schema)].filter(
      ([, { description, markdownDescription }]) => !(description ?? markdownDescription),
    );
    assert.deepEqual(
      bare.map(([path]) => path),
      [],
    );
  });

  it('gives each property a default, but what only the person can know', () => {
    const bare = [...properties(schema)].filter(([, property]) => property.default === undefined).map(([path]) => path);
    assert.deepEqual(bare, ['/$schema', '/name', '/data', '/data/path']);
  });

  it('has defaults that it accepts itself', () => {
    const validators = new Ajv({ strict: false });
    for (const [path, property] of properties(schema))
      if (property.default !== undefined)
        assert.ok(validators.validate(property, property.default), `${path}: ${validators.errorsText()}`);
  });

  for (const [name, good, bad] of [
    ['epochs', ['1', '1000000'], ['0', '1000001', '1.5', '"3"', 'null']],
    ['batchSize', ['1', '256'], ['0', '-1', '0.5']],
    ['seed', ['0', '4294967295'], ['-1', '4294967296', '0.1']],
    ['shuffle', ['true', 'false'], ['0', '"true"']],
    [
      'optimizer',
      ['"adam"', '"sgd"', '{}', '{ "name": "sgd", "momentum": 0.9 }', '{ "learningRate": 1e-9 }'],
      [
        '"adamw"',
        '3',
        'null',
        '{ "momentum": 0.9 }',
        '{ "name": "sgd", "beta1": 0.9 }',
        '{ "learningRate": 0 }',
        '{ "learningRate": -1 }',
        '{ "beta1": 1 }',
      ],
    ],
    [
      'schedule',
      ['"cosine"', '{ "name": "cosine", "warmupEpochs": 2.5, "final": 0.1 }', '{ "name": "step", "factor": 0.5 }'],
      ['"cosinus"', '{ "factor": 0.5 }', '{ "name": "step", "factor": 0 }'],
    ],
    [
      'earlyStopping',
      ['null', 'false', '{}', '{ "patience": 0, "minDelta": 0.001 }'],
      ['true', '3', '{ "patience": -1 }', '{ "patients": 3 }'],
    ],
    ['globalClipNorm', ['null', '0.5'], ['0', '-1', '"1"']],
    ['checkpointEpochs', ['1'], ['0']],
    ['keepCheckpoints', ['0', '3'], ['-1']],
    ['loss', ['"meanSquaredError"', '"binaryCrossentropy"'], ['"mse"']],
    ['method', ['"autoencoder"', '"denoising"'], ['"gan"', 'null']],
    ['noise', [], ['0.5']],
  ] as const) {
    it(`takes ${[...good].join(', ') || 'no'} as "${name}"`, () => {
      for (const value of good) assert.ok(accepts(withPretrain(`"${name}": ${value}`)), value);
    });
    it(`refuses ${bad.join(', ')} as "${name}"`, () => {
      for (const value of bad) assert.ok(!accepts(withPretrain(`"${name}": ${value}`)), value);
    });
  }

  it('takes 1 to 64 layers of 1 to 65,536 units', () => {
    const units = (list: number[]) => accepts(JSON.stringify({ data: { path: 'a' }, encoder: { units: list } }));
    assert.ok(units([1]) && units([65536]) && units(Array<number>(64).fill(8)));
    assert.ok(!units([]) && !units([0]) && !units([65537]) && !units([1.5]) && !units(Array<number>(65).fill(8)));
  });

  it('takes a part between 0 and 1 or the name of a split for validation', () => {
    const validation = (value: Json) => accepts(JSON.stringify({ data: { path: 'a', validation: value } }));
    for (const value of [0.1, 0.999, 'auto', 'validation', 'test']) assert.ok(validation(value), String(value));
    for (const value of [0, 1, -0.1, 10, 'train', null]) assert.ok(!validation(value), String(value));
  });

  it('allows the options of the chosen method and of no other', () => {
    assert.ok(accepts(withPretrain('"method": "denoising", "noise": 0.5')));
    assert.ok(!accepts(withPretrain('"method": "autoencoder", "noise": 0.5')));
    assert.ok(!accepts(withPretrain('"method": "denoising", "loss": "binaryCrossentropy"')));
  });

  it('takes "$schema"', () => assert.ok(accepts('{ "$schema": "x", "data": { "path": "a" } }')));

  it('allows the options of the chosen mode and of no other', () => {
    const finetune = (inner: string) => `{ "data": { "path": "a" }, "finetune": { ${inner} } }`;
    assert.ok(accepts(finetune('"mode": "probe", "labelsPerClass": 10, "penalty": 0.1')));
    assert.ok(accepts(finetune('"freeze": ["encoder/dense_1"], "epochs": null, "schedule": "constant"')));
    assert.ok(!accepts(finetune('"mode": "full", "penalty": 0.1')));
    assert.ok(!accepts(finetune('"mode": "other"')));
    assert.ok(!accepts(finetune('"labelsPerClass": 0')));
  });

  it('is refused for descriptions that could not stand in a recipe', () => {
    const [method] = descriptions.methods;
    assert.ok(method);
    const build =
      (options: typeof method.options, more = [method]) =>
      () =>
        recipeSchema({ ...descriptions, methods: [{ ...method, name: 'new', options }, ...more] });
    assert.throws(build({ epochs: { type: 'integer', default: 1 } }), /"epochs" of "new" has the name of a property/);
    assert.throws(build({ width: { type: 'integer' } }), /"width" of "new" has no default/);
    assert.throws(build({}, [method, method]), /Two choices are called "autoencoder"/);
    assert.throws(() => recipeSchema({ ...descriptions, encoders: [] }), /at least one/);
  });

  for (const [name, now] of [
    ['recipe', currentSchema()],
    ['editor', editorSchema(currentSchema())],
  ] as const)
    it(`stands in ${name}.schema.json as the code has it now`, () => {
      const file = new URL(`../../../src/recipe/${name}.schema.json`, import.meta.url);
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(now)));
    });
});

describe("VS Code's JSON language with the schema for it", () => {
  const service = getLanguageService({
    schemaRequestService: (uri) =>
      uri === 'file:///dist/recipe.schema.json'
        ? Promise.resolve(JSON.stringify(schema))
        : Promise.reject(new Error(uri)),
    workspaceContext: { resolveRelativePath: (relative, base) => new URL(relative, base).href },
  });
  service.configure({
    validate: true,
    schemas: [{ uri: 'file:///dist/editor.schema.json', fileMatch: ['*'], schema: editorSchema(schema) }],
  });

  /** A document and the place of the bar in it. */
  function at(text: string) {
    const offset = text.indexOf('|');
    const document = TextDocument.create('file:///a.pretrain.json', 'pretrain-recipe', 1, text.replace('|', ''));
    return { document, json: service.parseJSONDocument(document), position: document.positionAt(Math.max(0, offset)) };
  }
  async function completions(text: string): Promise<string[]> {
    const { document, json, position } = at(text);
    return ((await service.doComplete(document, position, json))?.items ?? []).map(({ label }) => label);
  }
  async function problems(text: string): Promise<string[]> {
    const { document, json } = at(text);
    return (await service.doValidation(document, json)).map(({ message }) => JSON.stringify(message));
  }

  it('finds nothing wrong in a good recipe with comments and trailing commas', async () =>
    assert.deepEqual(
      await problems(
        '// mine\n{ "data": { "path": "a", }, "pretrain": { "optimizer": "sgd", "earlyStopping": null, }, }',
      ),
      [],
    ));

  it('offers the sections, and a whole recipe where there is nothing', async () => {
    assert.deepEqual(await completions('{ | }'), [
      '$schema',
      'name',
      'engine',
      'map',
      'data',
      'encoder',
      'pretrain',
      'finetune',
    ]);
    assert.ok((await completions('|')).includes('Recipe: Autoencoder'));
  });

  it('offers what all methods share, and the options of the chosen one only', async () => {
    const offered = await completions('{ "pretrain": { "method": "denoising", | } }');
    assert.ok(offered.includes('epochs') && offered.includes('noise'), offered.join());
    assert.ok(!(await completions('{ "pretrain": { "method": "autoencoder", | } }')).includes('noise'));
  });

  it('offers names of optimizers and their options', async () => {
    const offered = await completions('{ "pretrain": { "optimizer": | } }');
    assert.ok(offered.includes('"adam"') && offered.includes('SGD'), offered.join());
    const options = await completions('{ "pretrain": { "optimizer": { "name": "sgd", | } } }');
    assert.ok(options.includes('momentum') && !options.includes('beta1'), options.join());
  });

  it('tells on hover what a property means and what Keras calls it', async () => {
    const { document, json, position } = at('{ "pretrain": { "epo|chs": 3 } }');
    const contents = JSON.stringify((await service.doHover(document, position, json))?.contents);
    assert.match(contents, /goes through all examples/);
    assert.match(contents, /Keras: `fit\(epochs\)`/);
  });

  it('leaves mistakes to the check of the recipe, which says them better', async () => {
    for (const text of ['"epoch": 3', '"epochs": "3"', '"method": "gan"', '"optimizer": { "name": 1 }', '"seed": -1'])
      assert.deepEqual(await problems(withPretrain(text)), [], text);
    assert.deepEqual(await problems('{}'), []);
  });

  it('offers values also where a wrong one stands', async () => {
    const offered = await completions('{ "date": 1, "pretrain": { "epoch": 3, "method": "gan|" } }');
    assert.ok(offered.includes('"denoising"'), offered.join());
  });

  it('has snippets that give recipes it accepts', () => {
    let snippets = 0;
    for (const snippet of schema.defaultSnippets ?? []) {
      assert.ok(accepts(filledIn(snippet.body)), filledIn(snippet.body));
      snippets++;
    }
    for (const [path, property] of properties(schema))
      for (const { body, label } of property.defaultSnippets ?? []) {
        const text = path
          .split('/')
          .slice(1)
          .reduceRight((inner, name) => `{ "${name}": ${inner} }`, filledIn(body));
        const recipe = { data: { path: 'a' }, ...(JSON.parse(text) as object) };
        assert.ok(accepts(JSON.stringify(recipe)), `${path} ${label}: ${text}`);
        snippets++;
      }
    assert.ok(snippets > 10);
  });
});

/** What remains of a snippet when each place keeps its proposal. */
function filledIn(body: Json): string {
  return JSON.stringify(body)
    .replaceAll(/"\^\$\{\d+:([^}"]*)\}"/g, '$1')
    .replaceAll(/\$\{\d+:([^}"]*)\}/g, '$1');
}
