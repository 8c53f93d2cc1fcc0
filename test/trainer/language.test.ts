import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SAMPLE_KINDS } from '../../src/data/sampleKinds.js';
import { englishWords, pseudoBundle } from '../unit/pseudo.js';
import { readRun, Workspace } from './trainer.js';

/** What is typed or named, and therefore the same in all languages. */
const NAMES = `pretrain RECIPE DIR NAME KIND PATH RUN --help --json --data
  --epochs --engine --out --parallel --stdin --install --only --to wasm cpu tensorflow ${SAMPLE_KINDS.join(' ')} strokeDigits image completed
  node min MB GB error warning train-images-idx3-ubyte`;

describe('A trainer that is told a language', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  let texts: string;
  let commands: string;
  beforeEach(async () => {
    workspace = new Workspace();
    commands = (await workspace.start(['help']).ended).stdout.match(/^ {2}\w+/gm)?.join('') ?? '';
    texts = path.join(workspace.folder, 'bundle.json');
    writeFileSync(texts, JSON.stringify(pseudoBundle()));
  });
  afterEach(() => workspace.remove());

  /** What a command says to people, in which nothing may be English. */
  async function say(...args: string[]): Promise<{ said: string; code: number | null }> {
    const env = { PRETRAIN_LANGUAGE: 'en', PRETRAIN_TEXTS: texts };
    const { stdout, stderr, code } = await workspace.start(args, { env }).ended;
    const said = stdout + stderr;
    const sentences = said.replaceAll(/^ {2}\S.*?(?= {2})/gm, ''); // without the help's column of commands and options
    assert.deepEqual(englishWords(sentences, `${NAMES} ${commands} ${args.join(' ')}`), [], said);
    return { said, code };
  }

  it('speaks it in help and in what is wrong with a command', async () => {
    for (const args of [['help'], ['run', '--help'], ['check', '--help'], ['engines', '--help'], ['sample', '--help']])
      assert.equal((await say(...args)).code, 0, args.join(' '));
    for (const args of [['bogus'], ['resume'], ['runs', 'nowhere'], ['sample', 'zebras', 'zebras'], ['resume', '.']])
      assert.notEqual((await say(...args)).code, 0, args.join(' '));
  });

  it('speaks it in what is wrong with recipes and data', async () => {
    mkdirSync(path.join(workspace.folder, 'empty'));
    writeFileSync(path.join(workspace.folder, 'train-images-idx3-ubyte'), 'no');
    const recipes = [
      '',
      '{ "data": { "path": "sample:digits" }, "pretrain": { "epoch": 3 } }',
      ...['minst', 'empty', 'train-images-idx3-ubyte', 'digits.pretrain.json'].map((name) => ({
        data: { path: name },
      })),
    ];
    for (const recipe of recipes) {
      workspace.write(recipe);
      assert.equal((await say('check', workspace.recipe)).code, 1);
      assert.equal((await say('run', workspace.recipe)).code, 1);
    }
    assert.deepEqual(workspace.runFolders(), []);
  });

  it('speaks it while it trains, in the record of the run and in what it prints for programs', async () => {
    assert.equal((await say('check', workspace.recipe)).code, 0);
    const { code, said } = await say('run', workspace.recipe, '--epochs', '2');
    assert.equal(code, 0);
    assert.match(said, /Ｄｏｎｅ/);
    const [run = ''] = workspace.runFolders();
    assert.match(readRun(run).summary, /^Ａｕｔｏｅｎｃｏｄｅｒ/);
    assert.equal((await say('runs')).code, 0);
    assert.equal((await say('resume', run)).code, 1);
    const { lines } = await workspace.start(['resume', run, '--json'], { env: { PRETRAIN_TEXTS: texts } }).ended;
    assert.deepEqual(englishWords(String(lines.at(-1)?.['error']), NAMES), []);
  });

  it('speaks English when there is no translation, and says when one cannot be read', async () => {
    const english = await workspace.start(['help'], { env: { PRETRAIN_LANGUAGE: 'tlh' } }).ended;
    assert.match(english.stdout, /^Pretrain models on your own data/);
    assert.equal(english.stderr, '');
    writeFileSync(texts, '{');
    const damaged = await workspace.start(['help'], { env: { PRETRAIN_TEXTS: texts } }).ended;
    assert.equal(damaged.stdout, english.stdout);
    assert.equal(damaged.code, 0);
    assert.ok(damaged.stderr.startsWith(`The translation ${texts} cannot be read`), damaged.stderr);
  });
});
