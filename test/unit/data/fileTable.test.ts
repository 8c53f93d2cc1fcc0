import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { detectDataset } from '../../../src/data/detect.js';
import { openDataset } from '../../../src/data/index.js';
import { otherReadingText } from '../../../src/data/otherReadings.js';
import type { DatasetOptions } from '../../../src/data/reader.js';
import { png, put, rejectsWith, temporaryFolder } from './make.js';
import { wavFile } from './sound/wavFile.js';

describe('Images and sounds with a table of labels', () => {
  const at = temporaryFolder();
  const image = png(2, 2, [1, 2, 3]);
  let folder = 0;

  /** A new folder with these files; images where nothing is said. @returns its path */
  function make(files: Record<string, string | Buffer | null>): string {
    const root = at(String(++folder));
    for (const [name, content] of Object.entries(files)) put(path.join(root, name), content ?? image);
    return root;
  }

  /** "a.png=cat" for each example, by split: { train: [...], test: [...] }. */
  async function read(root: string, options: DatasetOptions = {}): Promise<Record<string, string[]>> {
    const dataset = await openDataset(root, options);
    const { classes, splits } = dataset.info;
    const shown = (i: number): string => `${dataset.name(i)}=${classes?.[dataset.labels![i]!] ?? '?'}`;
    return Object.fromEntries(
      splits.map(({ name, start, count }) => [name, Array.from({ length: count }, (_, i) => shown(start + i))]),
    );
  }

  async function problems(root: string, options: DatasetOptions = {}): Promise<string[]> {
    const { info } = await openDataset(root, options);
    return info.problems.map(({ file, reason }) => `${path.relative(root, file)}: ${reason}`);
  }

  it('take the class from the other column', async () => {
    const root = make({
      'a.png': null,
      'b.png': null,
      'c.png': null,
      'labels.csv': 'file,label\na.png,cat\nb.png,dog\nc.png,cat\n',
    });
    assert.deepEqual(await read(root), { train: ['a.png=cat', 'b.png=dog', 'c.png=cat'] });
    assert.deepEqual(await problems(root), []);
    const { files } = (await openDataset(root)).info;
    assert.deepEqual(
      files.map((file) => path.basename(file)),
      ['a.png', 'b.png', 'c.png', 'labels.csv'],
    );
  });

  it('as Hugging Face has them: metadata.csv with file_name in the folder of each split', async () => {
    const root = make({
      'train/metadata.csv': 'file_name,label\n1.png,cat\n2.png,dog\n',
      ...{ 'train/1.png': null, 'train/2.png': null, 'test/1.png': null },
      'test/metadata.csv': 'file_name,label\n1.png,dog\n',
    });
    assert.deepEqual(await read(root), { train: ['train/1.png=cat', 'train/2.png=dog'], test: ['test/1.png=dog'] });
  });

  it('as Kaggle has them: ids without endings, a table for each split, another beside them', async () => {
    const root = make({
      'train.csv': 'id_code,diagnosis\nx1,0\nx2,4\n',
      'test.csv': 'id_code,diagnosis\nx1,4\nx9,0\n',
      'sample_submission.csv': 'id_code,diagnosis\nx9,0\n',
      ...{
        'train_images/x1.png': null,
        'train_images/x2.png': null,
        'test_images/x1.png': null,
        'test_images/x9.png': null,
      },
    });
    assert.deepEqual(await read(root), {
      train: ['train_images/x1.png=0', 'train_images/x2.png=4'],
      test: ['test_images/x1.png=4', 'test_images/x9.png=0'],
    });
    assert.deepEqual(await problems(root), [
      'sample_submission.csv: Left out: labels are taken from a table beside it.',
    ]);
  });

  it('may lie in folders, with a column for the split, semicolons and backslashes', async () => {
    const root = make({
      ...{ 'pictures/a.png': null, 'pictures/b.png': null, 'pictures/c.png': null },
      'annotations.csv':
        'class;image path;split\ncat;.\\pictures\\a.png;train\ndog;pictures/b.png;val\ncat;c.png;test\n',
    });
    assert.deepEqual(await read(root), {
      ...{ train: ['pictures/a.png=cat'], validation: ['pictures/b.png=dog'], test: ['pictures/c.png=cat'] },
    });
  });

  it('take the column that is asked for, and groups from another', async () => {
    const table = 'file,animal,colour,owner\na.png,cat,red,ann\nb.png,dog,red,bob\nc.png,cat,blue,ann\n';
    const root = make({ 'a.png': null, 'b.png': null, 'c.png': null, 'table.csv': table });
    assert.deepEqual((await read(root))['train'], ['a.png=cat', 'b.png=dog', 'c.png=cat']);
    assert.deepEqual((await read(root, { labelColumn: 'colour' }))['train'], ['a.png=red', 'b.png=red', 'c.png=blue']);
    const { info, groups } = await openDataset(root, { groups: 'owner' });
    assert.deepEqual(
      [info.groups, [...(groups ?? [])]],
      [
        ['ann', 'bob'],
        [0, 1, 0],
      ],
    );
    await rejectsWith(
      openDataset(root, { labelColumn: 'size' }),
      'table.csv',
      /no column "size"/,
      /file, animal, colour, owner/,
    );
    const bare = make({ 'a.png': null });
    await rejectsWith(openDataset(bare, { labelColumn: 'size' }), bare, /no table .* names its files/);
  });

  it('may label only some files; without a label is without one', async () => {
    const root = make({
      'a.png': null,
      'b.png': null,
      'c.png': null,
      'd.png': null,
      'labels.csv': 'file,label\na.png,cat\nb.png,\n',
    });
    assert.deepEqual(await read(root), { train: ['a.png=cat', 'b.png=?'] });
    assert.deepEqual(await problems(root), ['labels.csv: Left out: 2 files are not named in it, for example c.png.']);
  });

  it('come before classes by folders, which are the other reading', async () => {
    const root = make({
      ...{ 'cat/1.png': null, 'cat/2.png': null, 'dog/1.png': null },
      'metadata.csv': 'file_name,label\ncat/1.png,small\ncat/2.png,large\ndog/1.png,small\n',
    });
    const [detection] = await detectDataset(root);
    assert.match(detection?.reason ?? '', /Labels are taken from metadata\.csv, which names the files\./);
    const folders = detection?.others?.find(({ data }) => data.filePattern !== undefined);
    assert.match(
      folders ? otherReadingText(folders) : '',
      /names of their folders, such as "cat".*"filePattern": "\{label\}\/\*"/,
    );
    assert.deepEqual((await openDataset(root)).info.classes, ['large', 'small']);
    assert.deepEqual((await openDataset(root, folders?.data)).info.classes, ['cat', 'dog']);
  });

  it('leave alone what is about something else', async () => {
    const root = make({
      ...{ 'cat/1.png': null, 'dog/2.png': null, 'sizes.csv': 'width,height\n3,4\n', 'broken.csv': 'a,b\n1\n' },
      'old.csv': 'file,label\nx.png,cat\ny.png,dog\n',
    });
    assert.deepEqual((await openDataset(root)).info.classes, ['cat', 'dog']);
    const [detection] = await detectDataset(root);
    assert.doesNotMatch(detection?.reason ?? '', /Labels are taken/);
    assert.equal(detection?.format, 'imageFolder');
  });

  it('are not tables of numbers that happen to be the names of files', async () => {
    const metrics = 'epoch,accuracy\n1,0.5\n2,0.4\n3,0.4\n';
    const root = make({ 'cat/1.png': null, 'cat/2.png': null, 'dog/3.png': null, 'metrics.csv': metrics });
    assert.deepEqual((await openDataset(root)).info.classes, ['cat', 'dog']);
    assert.doesNotMatch((await detectDataset(root))[0]?.reason ?? '', /Labels are taken/);
    put(path.join(root, 'metrics.csv'), metrics.replace('epoch', 'image_id'));
    assert.deepEqual((await openDataset(root)).info.classes, ['0.4', '0.5']);
  });

  it('may be sounds, and lie in an archive', async () => {
    const root = make({
      'a.wav': wavFile(),
      'b.wav': wavFile(),
      'metadata.csv': 'file_name,word\na.wav,yes\nb.wav,no\n',
    });
    assert.deepEqual(await read(root), { train: ['a.wav=yes', 'b.wav=no'] });
    execFileSync('tar', ['-czf', at('sounds.tar.gz'), '-C', root, '.']);
    assert.deepEqual(await read(at('sounds.tar.gz')), { train: ['a.wav=yes', 'b.wav=no'] });
  });

  describe('that do not fit are told by line, or left out', () => {
    const cases: [what: string, line: string, message: RegExp][] = [
      ['a missing file', 'x.png,dog', /names x\.png, which is not there/],
      ['no file', ',dog', /names no file/],
      ['a path that climbs out', '../1/a.png,dog', /names \.\.\/1\/a\.png, which leads out of the dataset’s folder/],
      ['a path that climbs within', 'sub/../../secret.png,dog', /which leads out of the dataset’s folder/],
      ['an absolute path', '/etc/passwd.png,dog', /names \/etc\/passwd\.png, which leads out of the dataset’s folder/],
      ['a path of Windows', 'C:\\data\\a.png,dog', /which leads out of the dataset’s folder/],
      ['a network path', '\\\\server\\a.png,dog', /which leads out of the dataset’s folder/],
      ['a link out of the folder', 'link.png,dog', /names link\.png, which is not there/],
      ['a name that several have', 'twice.png,dog', /there are several of that name/],
      ['another label', 'a.png,dog', /says something else of a\.png than labels\.csv, line 2 does/],
      ['a name that objects have', '__proto__,dog', /names __proto__, which is not there/],
    ];
    for (const [what, line, message] of cases)
      it(what, async () => {
        const files = { 'a.png': null, 'b.png': null, 'c/twice.png': null, 'd/twice.png': null };
        const root = make({ ...files, 'labels.csv': `file,label\na.png,cat\nb.png,dog\n${line}\n` });
        symlinkSync('/etc/hostname', path.join(root, 'link.png'));
        await rejectsWith(openDataset(root), 'labels.csv', /labels\.csv, line 4: /, message, /"onError": "skip"/);
        assert.deepEqual((await read(root, { onError: 'skip' }))['train'], ['a.png=cat', 'b.png=dog']);
        const told = (await problems(root, { onError: 'skip' })).filter((one) => /labels\.csv, line 4: /.test(one));
        assert.equal(told.length, 1);
        assert.match(told[0] ?? '', message);
      });

    it('a table that is damaged', async () => {
      const root = make({ 'a.png': null, 'b.png': null, 'labels.csv': 'file,label\na.png,cat\nb.png\n' });
      await rejectsWith(openDataset(root), 'labels.csv', /line 3/);
    });

    it('a split that is none, and one file in two splits', async () => {
      const root = make({
        'a.png': null,
        'train.csv': 'file,label\na.png,cat\n',
        'test.csv': 'file,label\na.png,cat\n',
      });
      await rejectsWith(
        openDataset(root),
        'test.csv',
        /line 2: it says something else of a\.png than train\.csv, line 2/,
      );
    });

    it('thousands of lines, of which a hundred are told one by one', async () => {
      const lines = Array.from({ length: 3000 }, (_, i) => `x${i}.png,dog\n`).join('');
      const root = make({ 'a.png': null, 'labels.csv': `file,label\na.png,cat\n${lines}` });
      const told = await problems(root, { onError: 'skip' });
      assert.equal(told.length, 101);
      assert.match(told.join('\n'), /2,900 more lines/);
    });
  });
});
