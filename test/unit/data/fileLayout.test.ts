import * as assert from 'node:assert/strict';
import { layoutFiles } from '../../../src/data/fileLayout.js';
import type { DatasetOptions } from '../../../src/data/reader.js';
import type { DataFile, Tree } from '../../../src/data/tree/tree.js';

async function layout(names: string[], options?: DatasetOptions) {
  const files = names.sort().map((name) => ({ name, path: `/data/${name}` }) as DataFile);
  const tree = { path: '/data', kind: 'folder', files, problems: [] } as unknown as Tree;
  const { files: found, problems, pattern } = await layoutFiles(tree, (name) => name.endsWith('.png'), options);
  return {
    files: found.map(({ file, split, label, group }) => [file.name, split, label, group].join(' ')),
    problems: problems.map(({ file }) => file),
    pattern,
  };
}

describe('The layout of files', () => {
  it('takes labels from folders, and passes through folders that hold nothing but another', async () => {
    const { files } = await layout(['set/v1/cat/1.png', 'set/v1/dog/2.png', 'set/v1/3.png', 'readme.txt']);
    assert.deepEqual(files, ['set/v1/3.png train  ', 'set/v1/cat/1.png train cat ', 'set/v1/dog/2.png train dog ']);
  });

  it('takes splits above classes, in their order', async () => {
    const { files } = await layout(['test/a/1.png', 'train/b/1.png', 'val/b/1.png', 'train/0.png']);
    assert.deepEqual(files, [
      'train/0.png train  ',
      'train/b/1.png train b ',
      'val/b/1.png validation b ',
      'test/a/1.png test a ',
    ]);
  });

  it('takes a folder called train as a class where it stands among classes', async () => {
    assert.deepEqual((await layout(['train/1.png', 'bus/1.png'])).files, [
      'bus/1.png train bus ',
      'train/1.png train train ',
    ]);
  });

  it('takes folders called "training_set", "Test Set" and "valset" as splits', async () => {
    const files = ['training_set/cat/1.png', 'Test Set/cat/2.png', 'valset/dog/3.png'];
    assert.deepEqual((await layout(files)).files, [
      'training_set/cat/1.png train cat ',
      'valset/dog/3.png validation dog ',
      'Test Set/cat/2.png test cat ',
    ]);
  });

  it('tells what is left out beside splits and within classes', async () => {
    assert.deepEqual((await layout(['train/a/1.png', 'train/b/2.png', 'extra/a/3.png', 'test/a/x/4.png'])).problems, [
      'extra',
      'test/a/x',
    ]);
  });

  it('gives no label to files that stand alone', async () => {
    assert.deepEqual((await layout(['a/1.png', 'a/2.png'])).files, ['a/1.png train  ', 'a/2.png train  ']);
  });

  it('takes labels, groups and splits from names by a pattern, and tells what does not fit', async () => {
    const { files, problems } = await layout(['x/train_cat_ann.png', 'test_dog_bob.png', 'other.png'], {
      filePattern: '{split}_{label}_{who}.png',
      groups: 'who',
    });
    assert.deepEqual(files, ['x/train_cat_ann.png train cat ann', 'test_dog_bob.png test dog bob']);
    assert.deepEqual(problems, ['/data/other.png']);
  });

  it('guesses the pattern of files in one folder', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `in/${i % 3}_ann_${i}.png`);
    const { pattern, files } = await layout(names);
    assert.equal(pattern, '{label}_{index}_{index2}.png');
    assert.equal(files[0], 'in/0_ann_0.png train 0 ');
  });

  it('refuses groups that nothing tells, and a pattern that nothing fits', async () => {
    await assert.rejects(layout(['a/1.png', 'b/2.png'], { groups: 'who' }), /groups "who" cannot be found/);
    await assert.rejects(layout(['a_1.png'], { filePattern: '{label}_*.png', groups: 'who' }), /no part "who"/);
    await assert.rejects(layout(['a.png'], { filePattern: '{label}_*.png' }), /No file fits .*a\.png/);
  });
});
