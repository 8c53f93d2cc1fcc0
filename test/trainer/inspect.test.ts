import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Inspection } from '../../src/protocol/inspection.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import { wavFile } from '../unit/data/sound/wavFile.js';
import { Workspace } from './trainer.js';

describe('pretrain inspect', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  beforeEach(() => (workspace = new Workspace()));
  afterEach(() => workspace.remove());

  const at = (...names: string[]) => path.join(workspace.folder, ...names);

  async function inspect(...args: string[]) {
    const { code, lines } = await workspace.start(['inspect', ...args, '--json']).ended;
    return { code, lines, last: lines.at(-1) as unknown as Inspection };
  }

  it('tells people what is in a dataset, with bars for the classes', async () => {
    await workspace.start(['sample', 'digits', 'digits']).ended;
    const { code, stdout, stderr } = await workspace.start(['inspect', 'digits']).ended;
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /Examples +6,000 of 28 × 28 × 1/);
    assert.match(stdout, /Splits in the data +5,000 training · 1,000 test/);
    assert.match(stdout, /\n {2}7 +600 {2}█{40}\n/);
    assert.match(stdout, /What to know/);
  });

  it('ends its output for programs with the whole inspection, after progress', async () => {
    const { code, lines, last } = await inspect('sample:digits');
    assert.equal(code, 0);
    assert.deepEqual(
      [last.kind, last.count, last.shape, last.splits, last.problems],
      ['image', 6000, [28, 28, 1], { train: 5000, validation: 0, test: 1000 }, []],
    );
    assert.deepEqual(last.classes, Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [String(digit), 600])));
    assert.ok(lines.length > 2 && lines.slice(0, -1).every(({ type }) => type === 'progress'));
  });

  it('writes Markdown, and pictures of the examples', async () => {
    const { code, last } = await inspect('sample:digits', '--markdown', 'digits.md', '--samples', 'digits.safetensors');
    assert.equal(code, 0);
    assert.match(readFileSync(at('digits.md'), 'utf8'), /\| 7 \| 600 \| 10 % \| 500 \| 100 \| █{30} \|/);
    const { tensors } = decodeSafetensors(readFileSync(at('digits.safetensors')));
    assert.deepEqual(tensors[`image/${last.typical[0]}`]?.shape, [28, 28, 1]);
    const views = Object.keys(tensors).filter((name) => name.startsWith('view/'));
    assert.equal(views.length, 36, 'of six examples themselves and five views');
    assert.match(readFileSync(at('digits.md'), 'utf8'), /\*\*Augmentation\*\* \| .*crop 0\.6, /);
    assert.deepEqual(last.augmentation?.strengths, { crop: 0.6, brightness: 0.4, contrast: 0.4 });
  });

  it('reads data as its options say, or as a recipe does', async () => {
    mkdirSync(at('spoken'));
    for (let i = 0; i < 24; i++)
      writeFileSync(
        at('spoken', `${i % 4}_${['ann', 'bob'][i % 2]}_${i}.wav`),
        wavFile({ data: new Uint8Array(800 + 2 * i) }),
      );
    const classes = async (...args: string[]) => Object.keys((await inspect(...args)).last.classes);
    assert.deepEqual(await classes('spoken'), ['0', '1', '2', '3']);
    const pattern = '{index}_{label}_{index2}.wav';
    assert.deepEqual(await classes('spoken', '--file-pattern', pattern), ['ann', 'bob']);
    const recipe = { data: { path: 'spoken', filePattern: '{label}_{speaker}_{index}.wav', groups: 'speaker' } };
    writeFileSync(at('spoken.pretrain.json'), JSON.stringify(recipe));
    const { last } = await inspect('spoken.pretrain.json');
    assert.deepEqual([last.groups, Object.keys(last.classes).length], [{ ann: 12, bob: 12 }, 4]);
    assert.match(last.reason, /says "filePattern": "\{label\}_\{speaker\}_\{index\}\.wav"\.$/);
    const { code, lines } = await inspect('spoken', '--format', 'nonsense');
    assert.equal(code, 1);
    assert.match(String(lines.at(-1)?.['error']), /no format "nonsense"/);
  });

  it('changes examples as a recipe says, and not at all where its method makes no views', async () => {
    const recipe = (pretrain: object) => {
      writeFileSync(at('x.pretrain.json'), JSON.stringify({ data: { path: 'sample:digits' }, pretrain }));
      return inspect('x.pretrain.json');
    };
    const image = { crop: 0, brightness: 0, contrast: 0, rotation: 20 };
    const { last } = await recipe({ method: 'contrastive', seed: 5, augmentation: { image } });
    assert.equal(
      last.augmentation?.sentence,
      'As the recipe’s "augmentation" changes examples with the seed 5: rotation 20.',
    );
    assert.equal((await recipe({ method: 'autoencoder' })).last.augmentation, null);
  });

  it('says what cannot be opened, and ends with an error', async () => {
    mkdirSync(at('empty'));
    writeFileSync(at('x.npy'), 'nonsense');
    for (const [target, says] of [
      ['nowhere', /nowhere/],
      ['empty', /empty/],
      ['x.npy', /x\.npy/],
    ] as const) {
      const { code, lines } = await workspace.start(['inspect', target, '--json']).ended;
      assert.equal(code, 1, target);
      assert.match(String(lines.at(-1)?.['error']), says);
    }
  });

  it('says when its document cannot be written', async () => {
    const { code, stderr } = await workspace.start(['inspect', 'sample:digits', '--markdown', 'no/such/folder.md'])
      .ended;
    assert.equal(code, 1);
    assert.match(stderr, /no\/such\/folder\.md could not be written.*Choose another place\./);
  });

  it('ends at Ctrl-C with the exit code that shells have for it', async () => {
    const trainer = workspace.start(['inspect', 'sample:digits', '--json']);
    trainer.child.stdout!.once('data', () => trainer.child.kill('SIGINT'));
    const { code, lines } = await trainer.ended;
    assert.equal(code, 130);
    assert.match(String(lines.at(-1)?.['error']), /cancelled/);
  });

  it('shows an example in its help', async () => {
    const { stdout } = await workspace.start(['inspect', '--help']).ended;
    assert.match(stdout, /Example: pretrain inspect digits --markdown digits\.md/);
  });

  const shared = path.resolve('../shared/data');
  const sets: [name: string, kind: string, count: number, splits: number[], classes: number][] = [
    ['mnist', 'image', 70_000, [60_000, 0, 10_000], 10],
    ['fashion-mnist', 'image', 70_000, [60_000, 0, 10_000], 10],
    ['sign-language-digits/sign-language-digits.tar.gz', 'image', 2062, [2062, 0, 0], 10],
    ['clothing-small/clothing-small.tar.gz', 'image', 3408, [3067, 341, 0], 10],
    ['fsdd/recordings.tar.gz', 'sound', 3000, [3000, 0, 0], 10],
    ['banking77', 'text', 13_083, [10_003, 0, 3080], 77],
    ['tinyshakespeare', 'text', 7222, [7222, 0, 0], 0],
    ['penguins', 'table', 344, [344, 0, 0], 3],
  ];
  for (const [name, kind, count, splits, classes] of sets)
    it(`counts what the README of the real data says: ${name.split('/')[0]}`, async function () {
      if (!existsSync(shared)) {
        console.log('      skipped: there is no ../shared/data with the real data sets');
        this.skip();
      }
      const { code, last } = await inspect(path.join(shared, name));
      assert.deepEqual([code, last.kind, last.count, last.problems], [0, kind, count, []]);
      assert.deepEqual([last.splits.train, last.splits.validation, last.splits.test], splits);
      assert.equal(Object.keys(last.classes).length, classes);
    });
});
