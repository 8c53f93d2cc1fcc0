import assert from 'node:assert/strict';
import { checkRecipe, type DataFacts } from '../../../src/recipe/check.js';
import { parseRecipe } from '../../../src/recipe/parse.js';
import { compileValidator } from '../../../src/recipe/validator.js';
import { currentSchema } from '../../../src/trainer/schema.js';
import { applied } from './fixture.js';

const schema = currentSchema();
const language = { schema, validate: compileValidator(schema) };
const mnist: DataFacts = { exists: true, shape: [28, 28, 1], count: 70_000, trainingCount: 60_000 };

function check(pretrain: string, encoder = '{}') {
  const text = `{ "data": { "path": "d" }, "encoder": ${encoder}, "pretrain": ${pretrain} }`;
  const parsed = parseRecipe(text, language, 'fixture');
  assert.deepEqual(parsed.problems, [], text);
  return checkRecipe(parsed, mnist).map(({ severity, code, column, endColumn, message, fixes }) => {
    const place = text.slice(column - 1, endColumn - 1);
    return { severity, code, place, message, mended: fixes.map((fix) => applied(text, fix)) };
  });
}

/** Severity, code and the text it is about. */
function told(pretrain: string, encoder?: string): string[] {
  return check(pretrain, encoder).map(({ severity, code, place }) => `${severity} ${code} ${place}`);
}

describe('The check of a method with its encoder and data', () => {
  it('has nothing against any method with its defaults', () => {
    for (const name of methodNames()) assert.deepEqual(told(`{ "method": ${JSON.stringify(name)} }`), [], String(name));
  });

  it('refuses noise that leaves nothing to see, and warns of none', () => {
    const denoising = (options: string) => told(`{ "method": "denoising", ${options} }`);
    assert.deepEqual(denoising('"amount": 1'), ['error nothing-left-to-see 1']);
    assert.deepEqual(denoising('"noise": "saltAndPepper", "amount": 1'), ['error nothing-left-to-see 1']);
    assert.deepEqual(denoising('"noise": "gaussian", "amount": 1'), []);
    assert.deepEqual(denoising('"noise": "gaussian", "amount": 0'), ['warning no-noise 0']);
    assert.deepEqual(denoising('"amount": 0.99'), []);
    const [found] = check('{ "method": "denoising", "amount": 1 }');
    assert.match(found!.mended[0]!, /"amount": 0.25 /);
  });

  it('lets denoising have a code wider than its input', () =>
    assert.deepEqual(told('{ "method": "denoising" }', '{ "units": [1024] }'), []));
});

function methodNames(): unknown[] {
  const { pretrain } = schema.properties!;
  const method = typeof pretrain === 'object' ? pretrain.properties?.['method'] : undefined;
  return typeof method === 'object' ? (method.enum ?? []) : [];
}
