import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CheckResult } from '../../src/protocol/trainer.js';
import { float32, npy } from '../unit/data/make.js';
import { Workspace } from './trainer.js';

describe('pretrain check', function () {
  this.timeout(30_000);
  let workspace: Workspace;
  beforeEach(() => (workspace = new Workspace()));
  afterEach(() => workspace.remove());

  async function check(recipe: unknown, input?: string): Promise<CheckResult & { code: number | null }> {
    if (input === undefined) workspace.write(recipe);
    const args = ['check', workspace.recipe, '--json', ...(input === undefined ? [] : ['--stdin'])];
    const { code, lines } = await workspace.start(args, input === undefined ? {} : { input }).ended;
    return { code, ...(lines.at(-1) as unknown as CheckResult) };
  }

  it('tells what the primer costs: 50,992 parameters; 100 epochs of 20 steps on 5,000 digits', async () => {
    const { code, problems, cost } = await check({ data: { path: 'sample:digits', validation: 'test' } });
    assert.deepEqual([code, problems], [0, []]);
    assert.deepEqual(
      { ...cost, memoryBytes: 0 },
      { stage: 'pretrain', parameters: 50_992, epochs: 100, stepsPerEpoch: 20, memoryBytes: 0 },
    );
    assert.ok(cost!.memoryBytes > 100e6 && cost!.memoryBytes < 1e9);
  });

  it('counts prepared examples as held in memory up to 512 MiB, above which they stay in a file', async () => {
    const memory = async (count: number): Promise<number> => {
      const texts = Array.from({ length: count }, (_, i) => `w${i % 9000}\n`).join('');
      writeFileSync(path.join(workspace.folder, 'words.txt'), texts);
      const { cost } = await check({ data: { path: 'words.txt', text: { vocabularySize: 8000 } } });
      return cost!.memoryBytes;
    };
    // 480,000,000 bytes and 560,000,000.
    assert.equal((await memory(60_000)) - (await memory(70_000)), 60_000 * 8000);
  });

  it('tells what data it found', async () => {
    const { data } = await check({ data: { path: 'sample:digits' } });
    const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    assert.deepEqual(data, { kind: 'image', format: 'strokeDigits', count: 6000, shape: [28, 28, 1], classes });
    const { stdout } = await workspace.start(['check', workspace.recipe]).ended;
    assert.match(
      stdout,
      /^Data: 6,000 examples \(image, strokeDigits\) of 28 × 28 × 1 · 10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n/,
    );
  });

  it('tells what data it found that cannot be split as asked, or has no labels', async () => {
    writeFileSync(path.join(workspace.folder, 'x.npy'), npy('<f4', [2, 3], float32([1, 2, 3, 4, 5, 6])));
    const { data, cost } = await check({ data: { path: 'x.npy', validation: 'test' } });
    assert.deepEqual([data, cost], [{ kind: 'array', format: 'npy', count: 2, shape: [3], classes: null }, null]);
  });

  it('checks the text that an editor has, not the file', async () => {
    const { problems } = await check(null, '{ "data": { "path": "sample:digits" }, "pretrain": { "epoch": 1 } }');
    assert.deepEqual(
      problems.map(({ code }) => code.startsWith('schema/')),
      [true],
    );
    assert.equal(problems[0]!.fixes[0]!.text, '"epochs"');
  });

  it('looks at the data also while the schema refuses something else', async () => {
    const { problems, cost } = await check({ data: { path: 'nowhere', limit: 'all' }, pretrain: { epoch: 1 } });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['schema/value', 'schema/unknown-property', 'data-missing'],
    );
    assert.equal(cost, null);
    const run = await workspace.run().ended;
    assert.equal(run.lines.at(-1)?.['more'], 1, 'a run says how many more mistakes there are');
  });

  it('finds a typo in the middle of a path and offers the name that is there', async () => {
    mkdirSync(path.join(workspace.folder, 'images/digits'), { recursive: true });
    const { code, problems } = await check({ data: { path: 'imagse/digits' } });
    assert.equal(code, 1);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['data-missing'],
    );
    assert.match(problems[0]!.fixes[0]!.text, /images\/digits/);
  });

  it('offers what there is for a split that the data has not', async () => {
    const { problems, cost } = await check({ data: { path: 'sample:digits', validation: 'validation' } });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['split-missing'],
    );
    assert.deepEqual(
      problems[0]!.fixes.map(({ text }) => text),
      ['"auto"', '"test"'],
    );
    assert.equal(cost, null);
  });

  it('names data that cannot be read, with the reason', async () => {
    writeFileSync(path.join(workspace.folder, 'x.npy'), 'nonsense');
    const { problems } = await check({ data: { path: 'x.npy' } });
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]),
      [['data-unreadable', 'error']],
    );
    assert.match(problems[0]!.message, /x\.npy/);
  });

  it('warns of a code that is wider than its input', async () => {
    const { code, problems } = await check({ data: { path: 'sample:digits' }, encoder: { units: [1000] } });
    assert.equal(code, 0);
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]),
      [['code-too-wide', 'warning']],
    );
  });

  it('finds what cannot be in a fine-tuning, and what changes nothing there', async () => {
    const found = async (finetune: object): Promise<string[]> => {
      const { problems } = await check({ data: { path: 'sample:digits' }, finetune });
      return problems.map(({ severity, code }) => `${severity} ${code}`);
    };
    assert.deepEqual(await found({ mode: 'gradual', labelsPerClass: 10 }), []);
    assert.deepEqual(await found({ mode: 'probe', epochs: 5, penalty: 2 }), ['information not-used']);
    assert.deepEqual(await found({ freeze: ['encoder/dense_7'] }), ['error no-such-layer']);
    assert.deepEqual(await found({ labelsPerClass: 2, labelFraction: 0.5 }), ['error two-budgets']);
    assert.deepEqual(await found({ labelsPerClass: 5000 }), ['warning too-few-labels']);
    assert.deepEqual(await found({ mode: 'probe', labelsPerClas: 5 }), ['error schema/unknown-property']);
  });

  it('refuses a network that this machine has no memory for, before it is built', async () => {
    const recipe = { data: { path: 'sample:digits' }, encoder: { units: [65536, 65536] }, pretrain: { epochs: 1 } };
    const { code, problems } = await check(recipe);
    assert.equal(code, 1);
    const [problem] = problems.filter(({ severity }) => severity === 'error');
    assert.equal(problem!.code, 'too-large');
    assert.match(
      problem!.message,
      /8,\d{3},\d{3},\d{3} parameters.* takes about [\d.]+ GB of memory, and this machine has [\d.]+ GB/,
    );
    const { lines } = await workspace.run().ended;
    assert.equal(lines.at(-1)!['error'], problem!.message);
  });
});
