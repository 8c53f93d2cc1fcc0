import * as assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { DataError } from '../../../../src/data/reader.js';
import { openTree, type DataFile } from '../../../../src/data/tree/tree.js';
import { put, rejectsWith, temporaryFolder } from '../make.js';

const namesOf = (files: readonly DataFile[]): string[] => files.map(({ name }) => name);

describe('A folder as a tree', () => {
  const at = temporaryFolder();

  it('holds all files in and below it by name, hidden ones left out', async () => {
    for (const name of ['b/2.txt', 'b/1.txt', 'a.txt', 'b/c/d/3.txt', '.git/config', 'b/.hidden'])
      put(at('plain', name), name);
    const tree = await openTree(at('plain'));
    assert.equal(tree.kind, 'folder');
    assert.deepEqual(namesOf(tree.files), ['a.txt', 'b/1.txt', 'b/2.txt', 'b/c/d/3.txt']);
    assert.deepEqual(tree.problems, []);
    const [, file] = tree.files;
    assert.equal(file?.path, at('plain', 'b', '1.txt'));
    assert.equal(String(await file.read()), 'b/1.txt');
    assert.equal(String(await file.start(3)), 'b/1');
    assert.equal(String(await file.start(99)), 'b/1.txt');
  });

  it('reads what is packed by gzip unpacked, whatever its name, and without ".gz" in its name', async () => {
    const text = 'some text '.repeat(1000);
    put(at('packed', 'one.csv.gz'), Buffer.concat([gzipSync(text), gzipSync('and more')]));
    put(at('packed', 'two.csv'), gzipSync(text));
    put(at('packed', 'three.csv.gz'), text);
    put(at('packed', 'four.csv.gz'), gzipSync('packed'));
    put(at('packed', 'four.csv'), 'plain');
    const tree = await openTree(at('packed'));
    assert.deepEqual(namesOf(tree.files), ['four.csv', 'one.csv', 'three.csv', 'two.csv']);
    const contents = await Promise.all(tree.files.map(async (file) => String(await file.read())));
    assert.deepEqual(contents, ['plain', `${text}and more`, text, text]);
    for (const file of tree.files) {
      const pieces: Buffer[] = [];
      for await (const piece of file.stream()) pieces.push(piece);
      assert.equal(String(Buffer.concat(pieces)), String(await file.read()));
      assert.equal(String(await file.start(4)), String(await file.read()).slice(0, 4));
    }
    assert.deepEqual(
      tree.problems.map(({ file }) => file),
      [at('packed', 'four.csv.gz')],
    );
  });

  it('follows links within it once, and tells of those that lead out, nowhere or back up', async () => {
    put(at('links', 'real', 'x.txt'), 'x');
    put(at('outside.txt'), 'secret');
    mkdirSync(at('links', 'real', 'deep'));
    symlinkSync('real', at('links', 'alias'));
    symlinkSync('../..', at('links', 'real', 'deep', 'top'));
    symlinkSync('..', at('links', 'real', 'deep', 'up'));
    symlinkSync('.', at('links', 'real', 'self'));
    symlinkSync('../outside.txt', at('links', 'out.txt'));
    symlinkSync('nowhere', at('links', 'broken'));
    symlinkSync('circle', at('links', 'circle'));
    const tree = await openTree(at('links'));
    assert.deepEqual(namesOf(tree.files), ['alias/x.txt', 'real/x.txt']);
    assert.deepEqual(
      tree.problems.map(({ file }) => file),
      [
        'alias/deep/top',
        'alias/deep/up',
        'alias/self',
        'broken',
        'circle',
        'out.txt',
        'real/deep/top',
        'real/deep/up',
        'real/self',
      ].map((name) => at('links', name)),
    );
  });

  it('is refused when it holds too many files, and told where it is too deep', async () => {
    await rejectsWith(openTree(at('plain'), { maxFiles: 3 }), 'plain', /more than 3 files/);
    put(at('deep', ...Array.from({ length: 40 }, () => 'd'), 'x.txt'), 'x');
    const tree = await openTree(at('deep'));
    assert.deepEqual(tree.files, []);
    assert.match(tree.problems[0]?.reason ?? '', /32 folders deep/);
  });

  it('gives every file to the visit, and those that cannot be read as their error', async () => {
    for (let i = 0; i < 50; i++) put(at('many', `${i}.txt`), `content ${i}`);
    put(at('many', 'broken.txt.gz'), gzipSync('abc').subarray(0, 15));
    const tree = await openTree(at('many'));
    rmSync(at('many', '7.txt'));
    const seen = new Map<string, string | DataError>();
    let under = 0;
    let most = 0;
    const fractions: number[] = [];
    await tree.contents(
      tree.files,
      async (file, content) => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.set(file.name, Buffer.isBuffer(content) ? String(content) : content);
        under--;
      },
      { concurrency: 3, onProgress: (fraction) => fractions.push(fraction) },
    );
    assert.equal(seen.size, 51);
    assert.equal(seen.get('12.txt'), 'content 12');
    assert.match((seen.get('7.txt') as DataError).message, /7\.txt is not there/);
    assert.match((seen.get('broken.txt') as DataError).message, /broken\.txt\.gz is cut off/);
    assert.equal(most, 3);
    assert.equal(fractions.at(-1), 1);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
  });

  it('ends its visits when one fails or the signal says so', async () => {
    const tree = await openTree(at('plain'));
    const reason = new Error('enough');
    const fail = (): never => {
      throw reason;
    };
    await assert.rejects(tree.contents(tree.files, fail), reason);
    await assert.rejects(
      tree.contents(tree.files, () => undefined, { signal: AbortSignal.abort(reason) }),
      reason,
    );
    await assert.rejects(openTree(at('plain'), { signal: AbortSignal.abort(reason) }), reason);
    await assert.rejects(tree.files[0]!.read({ signal: AbortSignal.abort(reason) }), reason);
  });

  it('refuses to read more than is asked for into memory', async () => {
    const tree = await openTree(at('packed'));
    for (const file of tree.files.slice(1)) {
      await rejectsWith(file.read({ most: 100 }), file.path, /100/);
    }
  });
});

describe('A single file as a tree', () => {
  const at = temporaryFolder();

  it('holds itself, unpacked', async () => {
    put(at('corpus.txt.gz'), gzipSync('text'));
    const tree = await openTree(at('corpus.txt.gz'));
    assert.equal(tree.kind, 'file');
    assert.deepEqual(namesOf(tree.files), ['corpus.txt']);
    assert.equal(tree.files[0]?.path, at('corpus.txt.gz'));
    assert.equal(tree.files[0].size, null);
    assert.equal(String(await tree.files[0].read()), 'text');
    put(at('corpus.txt'), 'text');
    assert.equal((await openTree(at('corpus.txt'))).files[0]?.size, 4);
    put(at('empty.txt'), '');
    assert.equal((await (await openTree(at('empty.txt'))).files[0]!.read()).length, 0);
  });

  it('is refused when it is packed in a way that is not read, or named as an archive that it is not', async () => {
    for (const [name, start] of [
      ['a.tar.bz2', 'BZh91AY'],
      ['a.tar.xz', '\xfd7zXZ\0'],
      ['a.7z', '7z\xbc\xaf\x27\x1c'],
      ['a.rar', 'Rar!\x1a\x07\x01'],
      ['a.txt.zst', '\x28\xb5\x2f\xfd'],
      ['a.txt.Z', '\x1f\x9d\x90'],
    ] as const)
      await rejectsWith(
        openTree(put(at(name), Buffer.from(start, 'latin1'))),
        name,
        /not read here.*\.zip or \.tar\.gz/,
      );
    for (const name of ['b.zip', 'b.tar', 'b.tgz', 'b.tar.gz'])
      await rejectsWith(
        openTree(put(at(name), '<!DOCTYPE html>')),
        name,
        /named as a \..* archive but is none.*3c21444f/,
      );
    await rejectsWith(openTree(at('none')), 'none', /not there/);
  });
});
