import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { openImageFolder } from '../../../src/data/imageFolder.js';
import { readHeader } from '../../../src/data/image/header.js';
import type { DataOptions } from '../../../src/recipe/recipe.js';
import { jpg, png, prepared, put, readAll, rejectsWith, temporaryFolder } from './make.js';

function chunk(name: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const bytes = Buffer.alloc(8 + named.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.set(named, 4);
  bytes.writeUInt32BE(crc32(named), 4 + named.length);
  return bytes;
}

/** An interlaced grey PNG of the given size whose data is `content`. */
function interlacedPng(width: number, height: number, content: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 1], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(content)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('Image folders', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const names = (files: string[], root: string): string[] =>
    files.map((file) => path.relative(root, file).split(path.sep).join('/'));

  it('take the class from the folder, in alphabetical order, and RGB from coloured images', async () => {
    put(at('pets', 'dog', 'b.png'), png(3, 2, [10, 20, 30]));
    put(at('pets', 'cat', 'a.png'), png(3, 2, [200, 100, 50], 2));
    put(at('pets', 'dog', '.hidden.png'), 'no image');
    put(at('pets', 'dog', 'notes.txt'), 'text');
    const reader = await openImageFolder(at('pets'));
    const { kind, count, shape, range, classes, splits, problems, files } = reader.info;
    assert.deepEqual(
      { kind, count, shape, range, classes, splits, problems, files: names(files, at('pets')) },
      {
        kind: 'image',
        count: 2,
        shape: [2, 3, 3],
        range: [0, 255],
        classes: ['cat', 'dog'],
        splits: [{ name: 'train', start: 0, count: 2 }],
        problems: [],
        files: ['cat/a.png', 'dog/b.png'],
      },
    );
    assert.deepEqual([...reader.labels!], [0, 1]);
    const { data } = await readAll(reader);
    assert.deepEqual([...data].slice(0, 6), [200, 100, 50, 200, 100, 50]);
    assert.deepEqual([...data].slice(18, 21), [10, 20, 30]);
  });

  it('keep one channel when every image is grey, else give grey images three', async () => {
    put(at('grey', 'a.png'), png(2, 2, [90, 90, 90], 0));
    put(at('grey', 'b.png'), png(2, 2, [40, 40, 40, 128], 4));
    const grey = await openImageFolder(at('grey'));
    assert.deepEqual(grey.info.shape, [2, 2, 1]);
    // 40 at 128/255 over white: 40 · 0.502 + 255 · 0.498 = 147.08
    assert.deepEqual([...(await readAll(grey)).data], [90, 90, 90, 90, 147, 147, 147, 147]);
    put(at('grey', 'c.jpg'), jpg(2, 2, [10, 200, 10]));
    const mixed = await openImageFolder(at('grey'));
    assert.deepEqual(mixed.info.shape, [2, 2, 3]);
    assert.deepEqual([...(await readAll(mixed)).data].slice(0, 3), [90, 90, 90]);
  });

  it('compose transparency on white', async () => {
    put(at('alpha', 'clear.png'), png(1, 1, [0, 0, 0, 0]));
    put(at('alpha', 'half.png'), png(1, 1, [0, 100, 200, 51]));
    const { data } = await readAll(await openImageFolder(at('alpha')));
    // 51/255 is a fifth: 0.2 · 100 + 0.8 · 255 = 224
    assert.deepEqual([...data], [255, 255, 255, 204, 224, 244]);
  });

  it('read JPEG to within its own loss', async () => {
    put(at('jpeg', 'a.JPG'), jpg(16, 16, [200, 30, 90]));
    const { data } = await readAll(await openImageFolder(at('jpeg')));
    for (const [i, value] of [200, 30, 90].entries())
      assert.ok(Math.abs(data[i]! - value) <= 3, `${data[i]} for ${value}`);
  });

  it('refuse a JPEG that is cut off anywhere', async () => {
    const whole = jpg(40, 40, [200, 30, 90]);
    put(at('cutJpeg', 'whole.jpg'), whole);
    for (let part = 1; part < 10; part++)
      put(at('cutJpeg', `${part}.jpg`), whole.subarray(0, Math.floor((whole.length * part) / 10)));
    const { splits, notes } = await prepared(await openImageFolder(at('cutJpeg'), { onError: 'skip' }), {
      onError: 'skip',
    });
    const dataset = await openImageFolder(at('cutJpeg'), { onError: 'skip' });
    assert.deepEqual(
      Array.from(splits.training, (position) => dataset.name(position)),
      ['whole.jpg'],
    );
    assert.match(notes.join(), /examples that cannot be read were left out/);
  });

  it('find the frame header of a JPEG behind long comments', async () => {
    const image = jpg(24, 8, [1, 2, 3]);
    const comment = Buffer.alloc(60_000);
    comment.set([0xff, 0xfe]);
    comment.writeUInt16BE(comment.length - 2, 2);
    const file = put(at('comment.jpg'), Buffer.concat([image.subarray(0, 2), comment, image.subarray(2)]));
    const { width, height, channels } = readHeader(readFileSync(file));
    assert.deepEqual([width, height, channels], [24, 8, 3]);
  });

  it('take train, validation and test folders above the classes as splits', async () => {
    const image = png(1, 1, [1, 2, 3]);
    for (const name of ['test/a/1', 'train/b/1', 'train/a/1', 'val/b/1', 'train/b/2'])
      put(at('splits', `${name}.png`), image);
    put(at('splits', 'loose.png'), image);
    const { info, labels } = await openImageFolder(at('splits'));
    assert.deepEqual(info.splits, [
      { name: 'train', start: 0, count: 4 },
      { name: 'validation', start: 4, count: 1 },
      { name: 'test', start: 5, count: 1 },
    ]);
    assert.deepEqual(
      [info.classes, [...labels!]],
      [
        ['a', 'b'],
        [-1, 0, 1, 1, 1, 0],
      ],
    );
  });

  it('take names for the same that Unicode does, as macOS and others write them', async () => {
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
    put(at('unicode', 'train', composed, '1.png'), png(2, 2, [1, 2, 3]));
    put(at('unicode', 'train', 'bar', '2.png'), png(2, 2, [1, 2, 3]));
    put(at('unicode', 'test', decomposed, '3.png'), png(2, 2, [1, 2, 3]));
    const { info, labels } = await openImageFolder(at('unicode'));
    assert.deepEqual(
      [info.classes, [...labels!]],
      [
        ['bar', composed],
        [0, 1, 1],
      ],
    );
    put(at('named', `${decomposed}.png`), png(2, 2, [1, 2, 3]));
    put(at('named', 'labels.csv'), `file,label\n${composed}.png,x\n`);
    const table = await openImageFolder(at('named'));
    assert.deepEqual([table.info.classes, [...table.labels!]], [['x'], [0]]);
  });

  it('take a class called "train" among others as a class', async () => {
    for (const name of ['train/1', 'bus/1']) put(at('vehicles', `${name}.png`), png(1, 1, [1, 2, 3]));
    assert.deepEqual((await openImageFolder(at('vehicles'))).info.classes, ['bus', 'train']);
  });

  it('have no labels when all images are in one folder, and -1 beside class folders', async () => {
    for (const name of ['1', '2']) put(at('flat', `${name}.png`), png(1, 1, [1, 2, 3]));
    const flat = await openImageFolder(at('flat'));
    assert.deepEqual([flat.info.classes, flat.labels, flat.info.count], [null, null, 2]);
    put(at('flat', 'dog', '3.png'), png(1, 1, [1, 2, 3]));
    const some = await openImageFolder(at('flat'));
    assert.deepEqual([some.info.classes, [...some.labels!]], [['dog'], [-1, -1, 0]]);
  });

  it('leave out what cannot be read and tell why; the others keep their place and label', async () => {
    const good = png(2, 2, [5, 5, 5], 0);
    put(at('some', 'a', '1.png'), good);
    put(at('some', 'a', '2.png'), good.subarray(0, good.length - 20));
    put(at('some', 'a', '3.png'), 'no image at all');
    put(at('some', 'b', '4.png'), png(2, 2, [9, 9, 9], 0));
    put(at('some', 'b', '5.jpg'), jpg(2, 2, [0, 0, 0]).subarray(0, 300));
    put(at('some', 'b', '6.png'), '');
    put(at('some', 'b', '7.gif'), 'GIF89a');
    const dataset = await openImageFolder(at('some'), { onError: 'skip' });
    const { reader, splits, notes } = await prepared(dataset, { onError: 'skip' });
    assert.deepEqual(
      Array.from(splits.training, (i) => dataset.name(i)),
      ['a/1.png', 'b/4.png'],
    );
    assert.deepEqual(
      Array.from(splits.training, (i) => dataset.labels![i]!),
      [0, 1],
    );
    const { data } = await reader.read(splits.training);
    assert.deepEqual([...data].filter((_, i) => i % (data.length / 8) === 0).map(Number), [5, 5, 5, 5, 9, 9, 9, 9]);
    const problems = dataset.info.problems.map(({ file, reason }) => `${path.basename(file)}: ${reason}`);
    const [three, six, seven] = problems;
    assert.match(three!, /^3\.png: it is neither PNG nor JPEG/);
    assert.match(six!, /^6\.png: it is empty/);
    assert.match(seven!, /^7\.gif: Left out: images of this format/);
    assert.match(notes.join(), /2\.png.*damaged or cut off/);
  });

  it('stop at what cannot be read unless it is to be skipped, and say how many there are', async () => {
    await rejectsWith(
      openImageFolder(at('some')),
      'a/3.png',
      /2 of the 6 files in .*some cannot be read \(.*3\.png: it is neither/,
      /"onError": "skip"/,
    );
    put(at('torn', 'a.png'), png(2, 2, [5, 5, 5], 0));
    put(at('torn', 'b.png'), readFileSync(at('some', 'a', '2.png')));
    await rejectsWith(
      prepared(await openImageFolder(at('torn'))),
      'b.png',
      /b\.png cannot be used: its PNG data is damaged/,
    );
  });

  it('do not follow links out of the folder, and follow those inside', async () => {
    put(at('outside', 'secret.png'), png(1, 1, [1, 2, 3]));
    put(at('inside', 'a', '1.png'), png(1, 1, [1, 2, 3]));
    symlinkSync(at('outside', 'secret.png'), at('inside', 'a', '2.png'));
    symlinkSync(at('outside'), at('inside', 'b'));
    symlinkSync(at('inside', 'a', '1.png'), at('inside', 'a', '3.png'));
    const { info } = await openImageFolder(at('inside'));
    assert.deepEqual(names(info.files, at('inside')), ['a/1.png', 'a/3.png']);
    assert.deepEqual(info.problems.map(({ file }) => path.relative(at('inside'), file)).sort(), ['a/2.png', 'b']);
  });

  it('tell progress from 0 to 1, and stop when asked to', async () => {
    const fractions: number[] = [];
    await openImageFolder(at('pets'), { onProgress: (fraction) => fractions.push(fraction) });
    assert.ok(fractions[0]! < 0.6 && fractions.at(-1)! <= 1);
    assert.deepEqual(fractions, [...fractions].sort());
    const controller = new AbortController();
    const reason = new Error('stopped');
    const opened = openImageFolder(at('pets'), {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await assert.rejects(opened, reason);
  });

  it('of unequal size get the size that nearly all have, else a square; it is told, and can be chosen', async () => {
    for (let i = 0; i < 20; i++) put(at('sizes', `${10 + i}.png`), png(3, 2, [10, 20, 30]));
    put(at('sizes', '30.png'), png(9, 6, [200, 100, 50]));
    const most = await prepared(await openImageFolder(at('sizes')));
    assert.deepEqual(most.preparation.shape, [2, 3, 3]);
    assert.match(most.notes.join(), /^1 of 21 images have another size than 2 × 3/);
    assert.deepEqual([...(await most.reader.read([20])).data].slice(0, 6), [200, 100, 50, 200, 100, 50]);
    for (let i = 0; i < 5; i++) put(at('sizes', `${40 + i}.png`), png(4, 4, [1, 2, 3]));
    assert.deepEqual((await prepared(await openImageFolder(at('sizes')))).preparation.shape, [2, 2, 3]);
    const chosen = { image: { size: [5, 7], colour: 'grey', fit: 'stretch' } } as const;
    const { reader, preparation } = await prepared(
      await openImageFolder(at('sizes')),
      chosen as unknown as Partial<DataOptions>,
    );
    assert.deepEqual(preparation.shape, [5, 7, 1]);
    assert.equal((await reader.read([0, 20])).data.length, 70);
  });

  it('are read from archives as from folders', async () => {
    for (const name of ['train/cat/1', 'train/dog/2', 'test/cat/3'])
      put(at('packed', 'set', `${name}.png`), png(2, 2, [7, 8, 9]));
    execFileSync('tar', ['-czf', at('packed.tar.gz'), '-C', at('packed'), 'set']);
    const [folder, tar] = [await openImageFolder(at('packed')), await openImageFolder(at('packed.tar.gz'))];
    const facts = ({ info: { count, shape, classes, splits } }: typeof tar) => ({ count, shape, classes, splits });
    assert.deepEqual(facts(tar), facts(folder));
    assert.deepEqual(
      facts(tar).splits.map(({ name, count }) => [name, count]),
      [
        ['train', 2],
        ['test', 1],
      ],
    );
    assert.deepEqual((await readAll(tar)).data, (await readAll(folder)).data);
    assert.deepEqual(tar.info.files, [at('packed.tar.gz')]);
  });

  describe('that cannot be used are told with what to do', () => {
    it('images of which none can be read', async () => {
      put(at('bad', '1.png'), 'x');
      put(at('bad', '2.jpg'), 'y');
      await assert.rejects(
        openImageFolder(at('bad')),
        /None of the 2 files in .*bad can be read \(.*1\.png: it is neither.*2\.jpg/,
      );
    });
    it('a folder of something else', async () => {
      for (const name of ['a.txt', 'b.txt', 'c.csv', 'sub/d.txt']) put(at('else', name), 'x');
      await rejectsWith(openImageFolder(at('else')), 'else', /2 \.txt files, 1 \.csv file and 1 folder/, /PNG, JPEG/);
    });
    it('an interlaced image that would unpack to more than its size', async () => {
      put(at('bomb', '1.png'), interlacedPng(4, 4, Buffer.alloc(300_000_000)));
      const before = process.memoryUsage.rss();
      await assert.rejects(prepared(await openImageFolder(at('bomb'))), /1\.png cannot be used/);
      assert.ok(process.memoryUsage.rss() - before < 150_000_000);
    });
    it('an image that claims to be huge', async () => {
      const bytes = png(1, 1, [1, 2, 3]);
      bytes.writeUInt32BE(60_000, 16);
      bytes.writeUInt32BE(60_000, 20);
      put(at('huge', '1.png'), bytes);
      await assert.rejects(openImageFolder(at('huge')), /million/);
    });
  });
});
