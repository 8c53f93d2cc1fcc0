import assert from 'node:assert/strict';
import { checkRecipe, type DataFacts } from '../../../src/recipe/check.js';
import type { Finding } from '../../../src/recipe/finding.js';
import { applied, parse } from './fixture.js';

const mnist: DataFacts = {
  exists: true,
  siblings: ['mnist', 'fashion-mnist'],
  error: null,
  count: 70_000,
  trainingCount: 60_000,
  labels: true,
  splits: ['train', 'test'],
};

function check(text: string, facts: DataFacts) {
  const parsed = parse(text);
  assert.ok(parsed.recipe, 'the recipe itself must be good');
  return checkRecipe(parsed, facts);
}

/** The only problem: its place, kind and words, and the text after its first fix. */
function only(text: string, facts: DataFacts) {
  const problems = check(text, facts);
  assert.equal(problems.length, 1, problems.map(({ message }) => message).join('\n'));
  const [problem] = problems;
  assert.ok(problem);
  const [fix] = problem.fixes;
  return {
    ...problem,
    place: `${problem.line}:${problem.column}-${problem.endColumn}`,
    mended: fix ? applied(text, fix) : null,
  };
}

describe('The check of a recipe against its data', () => {
  it('finds nothing wrong with the primer on MNIST', () =>
    assert.deepEqual(check('{ "data": { "path": "../data/mnist" }, "pretrain": { "epochs": 100 } }', mnist), []));

  it('finds nothing wrong with data it knows nothing of', () =>
    assert.deepEqual(check('{ "data": { "path": "x" } }', {}), []));

  it('looks at the data also while something else is wrong, as far as what is said of them is sound', () => {
    const codes = (text: string, facts: DataFacts) => checkRecipe(parse(text), facts).map(({ code }) => code);
    const missing = { exists: false };
    assert.deepEqual(codes('{ "data": { "path": "x" }, "epochs": 1, "encoder": 3 }', missing), ['data-missing']);
    assert.deepEqual(codes('{ "data": { "path": "x", "limit": -1, "lables": "none" } }', missing), ['data-missing']);
    assert.deepEqual(codes('{ "data": { "path": "x", "validation": "test" }, "epochs": 1 }', { splits: [] }), [
      'split-missing',
    ]);
    assert.deepEqual(codes('{ "data": { "path": "x", "validation": "tset" } }', { splits: [] }), []);
    for (const data of ['{ "path": 3 }', '{ "path": " " }', '{}', '[]', 'null', '"x"'])
      assert.deepEqual(codes(`{ "data": ${data} }`, missing), [], data);
    assert.deepEqual(codes('{ "data": { "path": "x" ', missing), []);
  });

  it('says nothing about training that cannot be, of a recipe that is wrong in itself', () =>
    assert.deepEqual(
      checkRecipe(parse('{ "data": { "path": "x" }, "pretrain": { "batchSize": 512, "epoch": 1 } }'), {
        trainingCount: 1,
      }),
      [],
    ));

  it('refuses cross-entropy for a table that is not scaled to 0..1, where it stands', () => {
    const recipe = (scaling: string, loss: string) =>
      `{ "data": { "path": "x", "table": { "scaling": "${scaling}" } }${loss && `, "pretrain": { "loss": "${loss}" }`} }`;
    const table = { kind: 'table' };
    const written = only(recipe('standard', 'binaryCrossentropy'), table);
    assert.deepEqual([written.severity, written.place], ['error', '1:86-106']);
    assert.match(written.message, /values from 0 to 1.*"standard".*"meanSquaredError"/);
    assert.equal(written.mended, recipe('standard', 'meanSquaredError'));
    const left = only(recipe('none', ''), table);
    assert.deepEqual([left.place, left.mended], ['1:48-54', recipe('minMax', '')]);
    for (const [scaling, loss, kind] of [
      ['standard', 'meanSquaredError', 'table'],
      ['minMax', 'binaryCrossentropy', 'table'],
      ['none', 'binaryCrossentropy', 'image'],
    ] as const)
      assert.deepEqual(check(recipe(scaling, loss), { kind }), []);
  });

  it('names the nearest thing beside a missing folder, and puts it in', () => {
    const found = only('{ "data": { "path": "../data/minst" } }', { ...mnist, exists: false, error: 'not shown' });
    assert.deepEqual([found.severity, found.code, found.place], ['error', 'data-missing', '1:21-36']);
    assert.equal(found.message, 'There is no file or folder "../data/minst". Did you mean "mnist"?');
    assert.equal(found.mended, '{ "data": { "path": "../data/mnist" } }');
    assert.equal(
      only('{ "data": { "path": "Mnist/" } }', { exists: false, siblings: ['mnist'] }).mended,
      '{ "data": { "path": "mnist/" } }',
    );
  });

  it('mends the step of the path that is missing', () => {
    const facts = { exists: false, siblings: ['shared', 'src'], missingStep: 1 };
    const found = only('{ "data": { "path": "../shard/data/mnist" } }', facts);
    assert.equal(found.mended, '{ "data": { "path": "../shared/data/mnist" } }');
  });

  it('says how paths are meant when nothing near is there', () => {
    const found = only('{ "data": { "path": "photos" } }', { exists: false, siblings: ['mnist'] });
    assert.equal(found.message, 'There is no file or folder "photos". Paths are relative to the recipe.');
    assert.equal(found.mended, null);
  });

  it('shows why data cannot be read at the path', () => {
    const found = only('{ "data": { "path": "d" } }', {
      exists: true,
      error: 'train-images is cut off after 16 bytes.',
    });
    assert.deepEqual(
      [found.severity, found.place, found.message],
      ['error', '1:21-24', 'train-images is cut off after 16 bytes.'],
    );
  });

  it('calls absolute paths not portable, on any system', () => {
    for (const path of ['/data/mnist', 'C:/data', 'd:\\\\data', '~/data', '\\\\\\\\server\\\\share']) {
      const found = only(`{ "data": { "path": "${path}" } }`, mnist);
      assert.deepEqual([found.severity, found.code], ['information', 'path-not-portable'], path);
    }
    assert.equal(
      only('{ "data": { "path": "..\\\\data\\\\mnist" } }', mnist).mended,
      '{ "data": { "path": "../data/mnist" } }',
    );
  });

  it('sees that a backslash became a tab', () => {
    const found = only('{ "data": { "path": "..\\train" } }', { exists: false });
    assert.equal(found.severity, 'error');
    assert.match(found.message, /"\\t" is a tab/);
    assert.equal(found.mended, '{ "data": { "path": "../train" } }');
  });

  it('misses a split that is named and not there, and takes what is', () => {
    const text = '{ "data": { "path": "d", "validation": "validation" } }';
    const found = only(text, mnist);
    assert.deepEqual([found.severity, found.code, found.place], ['error', 'split-missing', '1:40-52']);
    assert.match(found.message, /no split "validation"; it has "train", "test"/);
    assert.deepEqual(
      found.fixes.map(({ text: by }) => by),
      ['"auto"', '"test"'],
    );
    assert.deepEqual(check(text, { ...mnist, splits: ['train', 'validation'] }), []);
    assert.deepEqual(check(text, { ...mnist, splits: null }), []);
  });

  it('refuses a vocabulary of byte pairs that cannot hold all bytes', () => {
    const text = (size: number) =>
      `{ "data": { "path": "d", "text": { "tokenizer": "bytePair", "vocabularySize": ${size} } } }`;
    const found = only(text(260), { exists: true, kind: 'text' });
    assert.deepEqual([found.severity, found.code, found.place], ['error', 'vocabulary-too-small', '1:79-82']);
    assert.match(found.message, /at least 261 tokens, not 260/);
    assert.equal(found.mended, text(261));
    assert.deepEqual(check(text(261), { kind: 'text' }), []);
    assert.deepEqual(check(text(260), { ...mnist, kind: 'image' }), []);
    assert.deepEqual(check(text(260).replace('bytePair', 'word'), { kind: 'text' }), []);
  });

  it('tells that a window counts only where texts are cut into windows', () => {
    const text = (unit: string) => `{ "data": { "path": "d", "text": { ${unit}"window": 64 } } }`;
    for (const unit of ['', '"unit": "line", ']) {
      const found = only(text(unit), { exists: true, kind: 'text' });
      assert.deepEqual([found.severity, found.code], ['warning', 'window-without-unit']);
      assert.match(found.message, /"unit": "window"/);
    }
    assert.deepEqual(check(text('"unit": "window", '), { kind: 'text' }), []);
  });

  it('places what is wrong with a tokenizer where it is named', () => {
    const text = '{ "data": { "path": "d", "text": { "features": "ids", "tokenizer": "t.json" } } }';
    const broken = only(text, { kind: 'text', tokenizerError: 'It is no JSON.' });
    assert.deepEqual([broken.place, broken.message], ['1:68-76', 'It is no JSON.']);
  });

  it('tells what encoder and method say, with the values that could stand there', () => {
    const finding: Finding = {
      path: ['encoder', 'units', 1],
      severity: 'warning',
      code: 'code-too-wide',
      message: 'Too wide.',
      fixes: [64],
    };
    const found = only('{ "data": { "path": "d" }, "encoder": { "units": [1024, 784] } }', {
      ...mnist,
      findings: [finding],
    });
    assert.deepEqual([found.severity, found.code, found.place], ['warning', 'code-too-wide', '1:57-60']);
    assert.equal(found.mended, '{ "data": { "path": "d" }, "encoder": { "units": [1024, 64] } }');
    const byDefault = only('{\n  "data": { "path": "d" } }', { ...mnist, findings: [finding] });
    assert.deepEqual([byDefault.line, byDefault.column, byDefault.fixes], [1, 1, []], 'where its stage stands');
  });

  it('warns of a batch larger than the training set', () => {
    const found = only('{ "data": { "path": "d" }, "pretrain": { "batchSize": 512 } }', {
      ...mnist,
      trainingCount: 300,
    });
    assert.deepEqual([found.severity, found.code, found.place], ['warning', 'batch-too-large', '1:55-58']);
    assert.equal(found.mended, '{ "data": { "path": "d" }, "pretrain": { "batchSize": 16 } }');
    assert.deepEqual(
      check('{ "data": { "path": "d" }, "pretrain": { "batchSize": 300 } }', { ...mnist, trainingCount: 300 }),
      [],
    );
  });

  it('finds a validation that leaves nothing to train on', () => {
    const found = only('{ "data": { "path": "d", "validation": 0.99 } }', { ...mnist, trainingCount: 0 });
    assert.deepEqual([found.severity, found.code, found.place], ['error', 'nothing-to-train', '1:40-44']);
  });

  it('tells that a limit above the training set changes nothing', () =>
    assert.equal(only('{ "data": { "path": "d", "limit": 70000 } }', mnist).code, 'limit-too-large'));

  it('misses labels where fine-tuning would need them', () => {
    const text = '{ "data": { "path": "d" }, "finetune": {} }';
    const found = only(text, { ...mnist, labels: false });
    assert.deepEqual([found.severity, found.code], ['warning', 'labels-missing']);
    assert.deepEqual(check(text, mnist), []);
    assert.deepEqual(check('{ "data": { "path": "d" } }', { ...mnist, labels: false }), []);
  });

  it('warns of a warm-up that is not shorter than the training', () => {
    const text = (warmup: number) =>
      `{ "data": { "path": "d" }, "pretrain": { "epochs": 20, "schedule": { "name": "cosine", "warmupEpochs": ${warmup} } } }`;
    const found = only(text(20), mnist);
    assert.deepEqual([found.severity, found.code, found.mended], ['warning', 'warmup-too-long', text(2)]);
    assert.deepEqual(check(text(19), mnist), []);
  });

  it("warns of a method's own warm-up that is not shorter than the training", () => {
    const parsed = parse('{ "data": { "path": "d" }, "pretrain": { "epochs": 20 } }');
    const codes = (warmupEpochs: number) => {
      parsed.recipe!.pretrain.options = { warmupEpochs };
      return checkRecipe(parsed, mnist).map(({ severity, code }) => `${severity} ${code}`);
    };
    assert.deepEqual(codes(20), ['warning warmup-too-long']);
    assert.deepEqual(codes(19.5), []);
  });

  it('tells what in a schedule, early stopping or checkpoints can never happen', () => {
    const codes = (inner: string) =>
      check(`{ "data": { "path": "d" }, "pretrain": { "epochs": 20, ${inner} } }`, mnist).map(({ code }) => code);
    assert.deepEqual(codes('"schedule": "step"'), ['schedule-too-slow']);
    assert.deepEqual(codes('"schedule": { "name": "step", "everyEpochs": 19 }'), []);
    assert.deepEqual(codes('"earlyStopping": { "patience": 20 }'), ['patience-too-long']);
    assert.deepEqual(codes('"earlyStopping": { "patience": 19 }'), []);
    assert.deepEqual(codes('"checkpointEpochs": 21'), ['checkpoint-too-late']);
    assert.deepEqual(codes('"checkpointEpochs": 20'), []);
  });
});
