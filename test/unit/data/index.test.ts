import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { formats, openDataset, SAMPLE_DIGITS } from '../../../src/data/index.js';
import { fileError } from '../../../src/data/files.js';
import { DataError } from '../../../src/data/reader.js';
import { counting, float32, idx, npy, png, put, readAll, rejectsWith, temporaryFolder, whileClosed } from './make.js';
import { parquet } from './parquet/make.js';
import { wavFile } from './sound/wavFile.js';
import { tar, zip } from './tree/make.js';

describe('Opening a dataset', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const images = idx(8, [2, 3, 3], counting(18));

  it('finds the format of files and folders by names and first bytes', async () => {
    put(at('mnist', 'train-images-idx3-ubyte'), images);
    put(at('unnamed.bin'), images);
    put(at('x.npy'), npy('<f4', [2, 3], float32(counting(6))));
    put(at('arrays', 'x_train.npy'), npy('<f4', [2, 3], float32(counting(6))));
    put(at('pets', 'cat', '1.png'), png(2, 2, [1, 2, 3]));
    const formatOf = async (target: string): Promise<string> => (await openDataset(target)).info.format;
    assert.equal(await formatOf(at('mnist')), 'idx');
    assert.equal(await formatOf(at('mnist', 'train-images-idx3-ubyte')), 'idx');
    assert.equal(await formatOf(at('unnamed.bin')), 'idx');
    assert.equal(await formatOf(at('x.npy')), 'npy');
    assert.equal(await formatOf(at('arrays')), 'npy');
    assert.equal(await formatOf(at('pets')), 'imageFolder');
    assert.equal(await formatOf(SAMPLE_DIGITS), 'strokeDigits');
    assert.equal(formats.length, 10);
  });

  it('takes a folder with one archive in it as that archive', async () => {
    put(at('archive', 'readme.txt'), 'x');
    put(at('archive', 'stored.npz'), readFileSync('test/fixtures/numpy/stored.npz'));
    assert.equal((await openDataset(at('archive'))).info.path, at('archive', 'stored.npz'));
  });

  it('reads arrays from archives and packed by gzip as from their folder', async () => {
    put(at('inside', 'v1', 'train-images-idx3-ubyte.gz'), gzipSync(images));
    put(at('inside', 'v1', 'train-labels-idx1-ubyte'), idx(8, [2], [3, 5]));
    put(at('numbers', 'x_train.npy'), npy('<f4', [2, 3], float32(counting(6))));
    put(at('numbers', 'y_train.npy'), npy('<f4', [2], float32([1, 0])));
    execFileSync('tar', ['-czf', at('inside.tar.gz'), '-C', at('inside'), 'v1']);
    execFileSync('tar', ['-cf', at('numbers.tar'), '-C', at('numbers'), '.']);
    put(at('x.npy.gz'), gzipSync(npy('<f4', [2, 3], float32(counting(6)))));
    for (const [packed, folder] of [
      ['inside.tar.gz', ['inside', 'v1']],
      ['numbers.tar', ['numbers']],
      ['x.npy.gz', ['x.npy']],
    ] as const) {
      const [one, other] = [await openDataset(at(packed)), await openDataset(at(...folder))];
      assert.equal(one.info.format, other.info.format, packed);
      assert.deepEqual(one.labels, other.labels);
      assert.deepEqual(await readAll(one), await readAll(other));
      assert.deepEqual(one.info.files, [at(packed)]);
    }
  });

  it('reads what is packed by gzip, one by one, from its folder as if it were unpacked', async () => {
    const table = ['a,b,c', ...counting(30).map((i) => `${i % 7},${i % 5}.5,${i % 2 ? 'u' : 'v'}`)].join('\n');
    const text = '{"text":"How do I pay?"}\n';
    const record = Buffer.concat([Buffer.of(1), Buffer.alloc(3072)]);
    const whole: Record<string, Record<string, string | Uint8Array>> = {
      csv: { 'train.csv': table, 'test.csv': table },
      'one csv': { 'data.csv': table },
      jsonl: { 'train.jsonl': text, 'test.jsonl': text },
      text: { 'input.txt': 'one\ntwo\n' },
      documents: { 'a/1.txt': 'one', 'b/1.txt': 'two' },
      npy: {
        'x_train.npy': npy('<f4', [2, 3], float32(counting(6))),
        'y_train.npy': npy('|u1', [2], Uint8Array.of(0, 1)),
      },
      idx: { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': idx(8, [2], [1, 0]) },
      cifar: { 'data_batch_1.bin': record, 'test_batch.bin': record },
      images: { 'a/1.png': png(3, 3, [1, 2, 3]), 'b/2.png': png(3, 3, [3, 2, 1]) },
      sounds: { 'a/1.wav': wavFile(), 'b/2.wav': wavFile() },
      parquet: { 'train.parquet': parquet(), 'test.parquet': parquet() },
    };
    for (const [name, files] of Object.entries(whole)) {
      for (const [file, content] of Object.entries(files)) {
        put(at('whole', name, file), content);
        put(at('packed', name, `${file}.gz`), gzipSync(content));
        if (name === 'csv') put(at('packed', name, file), content); // beside itself
      }
      const [plain, packed] = [await openDataset(at('whole', name)), await openDataset(at('packed', name))];
      const facts = ({ info: { format, count, classes, splits } }: typeof plain) => ({
        format,
        count,
        classes,
        splits,
      });
      assert.deepEqual(facts(packed), facts(plain), name);
      assert.deepEqual((await readAll(packed)).data, (await readAll(plain)).data, name);
      await plain.close();
      await packed.close();
    }
  });

  it('follows a link that the person named', async () => {
    symlinkSync(at('mnist'), at('link'));
    assert.equal((await openDataset(at('link'))).info.count, 2);
  });

  it('ends with the reason when it is stopped', async () => {
    const reason = new Error('stopped');
    await assert.rejects(openDataset(at('mnist'), { signal: AbortSignal.abort(reason) }), reason);
    await assert.rejects(openDataset(SAMPLE_DIGITS, { signal: AbortSignal.abort(reason) }), reason);
  });

  describe('that cannot be used tells with what to do', () => {
    it('a missing path', () => rejectsWith(openDataset(at('gone', 'mnist')), 'mnist', /not there/, /Check the path/));
    it('an empty file', () => rejectsWith(openDataset(put(at('empty.npz'), '')), 'empty.npz', /empty \(0 bytes\)/));
    it('an empty folder', () => {
      mkdirSync(at('void'));
      return rejectsWith(openDataset(at('void')), 'void', /empty folder/, /Put the data there/);
    });
    it('a folder of something else', async () => {
      for (const name of ['a.md', 'b.md', 'c.docx', 'sub/d.rtf']) put(at('documents', name), 'x');
      await rejectsWith(
        openDataset(at('documents')),
        'documents',
        /2 \.md files, 1 \.docx file and 1 folder/,
        /Read are images/,
      );
    });
    it('a folder with pictures somewhere in it', async () => {
      for (const name of ['src/a.ts', 'docs/b.md', 'media/logo.png']) put(at('project', name), 'x');
      await rejectsWith(openDataset(at('project')), 'project', /media in it looks like one/);
    });
    it('a folder with an archive in it', async () => {
      put(at('archived', 'pets.zip'), 'PK\x03\x04');
      await rejectsWith(openDataset(at('archived')), 'pets.zip', /damaged/);
      put(at('archived', 'pets.zip'), zip([{ name: 'cat/1.png', content: png(2, 2, [1, 2, 3]) }]).bytes);
      await rejectsWith(openDataset(at('archived')), 'archived', /pets.zip in it looks like one/, /archived.pets.zip/);
    });
    it('a folder far above the dataset', async () => {
      put(at('torch', 'data', 'MNIST', 'raw', 'train-images-idx3-ubyte'), images);
      const says = [/MNIST.raw in it looks like one/, /Name .*MNIST.raw instead/];
      await rejectsWith(openDataset(at('torch', 'data')), 'data', ...says);
    });
    it('several tables that could be meant', async () => {
      for (const name of ['a.csv', 'b.csv.gz']) put(at('tables', name), 'x,y\n1,2\n');
      await rejectsWith(openDataset(at('tables')), 'tables', /which belong together/, /train, validation and test/);
    });
    for (const [what, names, ...says] of [
      [
        'images of another format',
        ['cat/1.gif', 'dog/2.gif'],
        /cat\/1\.gif is in a format/,
        /Convert the images to PNG/,
      ],
      ['sounds of another format', ['1.mp3', '2.mp3'], /1\.mp3/, /WAV or FLAC/],
      ['a workbook', ['data.xlsx'], /1 \.xlsx file; data\.xlsx/, /as CSV/],
      ['JSON', ['data.json'], /data\.json/, /JSON Lines/],
      ['arrays of Python', ['x.pkl'], /x\.pkl/, /numpy\.savez/],
      ['CIFAR for Python', ['batches.meta', 'data_batch_1'], /data_batch_1/, /cifar-10-binary/],
    ] as const)
      it(`${what}, in a folder or an archive`, async () => {
        for (const name of names) put(at('other', what, name), 'GIF89a, or what begins otherwise');
        await rejectsWith(openDataset(at('other', what)), what, ...says);
        const packed = zip(names.map((name) => ({ name: `all/${name}`, content: 'GIF89a' }))).bytes;
        const file = put(at('other', `${what.replaceAll(' ', '-')}.zip`), packed);
        await rejectsWith(openDataset(file), path.basename(file), says.at(-1) as RegExp);
      });
    it('an archive within an archive', async () => {
      const inner = zip([{ name: 'cat/1.png', content: png(2, 2, [1, 2, 3]) }]).bytes;
      for (const [file, bytes] of [
        ['outer.zip', zip([{ name: 'inner.zip', content: inner }]).bytes],
        ['outer.tar.gz', gzipSync(tar({ name: 'set/inner.zip', content: inner }))],
      ] as const) {
        const says = [/inner\.zip in it is in a format that is not read/, /archives within archives/];
        await rejectsWith(openDataset(put(at('nested', file, file), bytes)), file, ...says);
        await rejectsWith(openDataset(at('nested', file)), file, ...says);
      }
    });
    it('a folder above the dataset', async () => {
      put(at('above', 'arrays', 'x_train.npy'), npy('<f4', [2, 3], float32(counting(6))));
      await rejectsWith(openDataset(at('above')), 'above', /arrays in it looks like one/, /Name .*arrays instead/);
    });
    it('a file of something else', () =>
      rejectsWith(openDataset(put(at('letter.doc'), 'Dear')), 'letter.doc', /44656172/, /Read are/));
    it('a single image', () =>
      rejectsWith(openDataset(put(at('one.png'), png(1, 1, [1, 2, 3]))), 'one.png', /single image/, /folder/));
    it('a pipe', () => {
      execFileSync('mkfifo', [at('pipe')]);
      return rejectsWith(openDataset(at('pipe')), 'pipe', /neither a file nor a folder/);
    });
    it('links that lead in a circle', () => {
      symlinkSync(at('circle'), at('circle'));
      return rejectsWith(openDataset(at('circle')), 'circle', /circle/);
    });

    it('no permission to read', function () {
      const file = put(at('closed.npy'), 'x');
      mkdirSync(at('closed'));
      return whileClosed(this, at(), [file, at('closed')], async () => {
        await rejectsWith(openDataset(at('closed')), 'closed', /no permission/);
        await rejectsWith(openDataset(file), 'closed.npy', /no permission/);
      });
    });

    it('whatever the file system reports', () => {
      const report = (code: string): string =>
        (fileError(Object.assign(new Error('raw'), { code, syscall: 'read' }), '/data/x') as DataError).message;
      for (const [code, says] of [
        ['EACCES', /no permission/],
        ['EMFILE', /too many files/],
        ['ENOSPC', /disk is full/],
        ['EROFS', /read-only/],
        ['EIO', /EIO/],
      ] as const)
        assert.match(report(code), says);
      const other = new TypeError('a programming error');
      assert.equal(fileError(other, '/data/x'), other);
    });
  });
});
