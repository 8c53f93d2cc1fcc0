import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { openTree, type Tree, type TreeOptions } from '../../../../src/data/tree/tree.js';
import { put, rejectsWith, temporaryFolder } from '../make.js';
import { pax, tar, tarPart, zip, type ZipPart } from './make.js';

const fixtures = 'test/fixtures/archives';
const expected = JSON.parse(readFileSync(`${fixtures}/expected.json`, 'utf8')) as Record<
  string,
  Record<string, string>
>;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Hashes of all files in three ways, which must agree. */
async function hashes(tree: Tree, ways = ['contents', 'read', 'stream']): Promise<Record<string, string>> {
  const found: Record<string, string>[] = [];
  for (const way of ways) {
    const of: Record<string, string> = {};
    if (way === 'contents')
      await tree.contents(tree.files, ({ name }, content) => {
        assert.ok(Buffer.isBuffer(content), String(content));
        of[name] = sha256(content);
      });
    for (const file of tree.files) {
      if (way === 'read') of[file.name] = sha256(await file.read());
      if (way !== 'stream') continue;
      const pieces: Buffer[] = [];
      for await (const piece of file.stream()) pieces.push(piece);
      of[file.name] = sha256(Buffer.concat(pieces));
    }
    found.push(Object.fromEntries(Object.entries(of).sort()));
  }
  const [first = {}] = found;
  for (const other of found) assert.deepEqual(other, first);
  return first;
}

describe('An archive as a tree', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const opened: Tree[] = [];
  after(() => Promise.all(opened.map((tree) => tree.close())));
  const open = async (file: string, options: TreeOptions = {}): Promise<Tree> => {
    const tree = await openTree(file, options);
    opened.push(tree);
    return tree;
  };
  const openBytes = (name: string, bytes: Uint8Array): Promise<Tree> => open(put(at(name), bytes));
  const textsOf = async (tree: Tree): Promise<Record<string, string>> => {
    const texts: Record<string, string> = {};
    for (const file of tree.files) texts[file.name] = String(await file.read());
    return texts;
  };

  for (const [name, files] of Object.entries(expected))
    it(`holds what Python finds in it: ${name}`, async () => {
      const tree = await open(path.join(fixtures, name));
      assert.equal(tree.kind, name.endsWith('.zip') ? 'zip' : 'tar');
      assert.deepEqual(await hashes(tree), Object.fromEntries(Object.entries(files).sort()));
      const links = name.endsWith('.zip') ? [] : ['hard', 'symbolic'];
      assert.deepEqual(
        tree.problems.map(({ file }) => path.basename(file)),
        links,
      );
      for (const { reason } of tree.problems) assert.match(reason, /a link\..*dereference/);
      for (const file of tree.files) {
        const whole = await file.read();
        assert.equal(file.size, whole.length);
        for (const length of [0, 1, 512, 5000]) assert.deepEqual(await file.start(length), whole.subarray(0, length));
        assert.equal(file.path, `${tree.path}/${file.name}`);
      }
    });

  for (const file of ['clothing-small/clothing-small', 'fsdd/recordings', 'sign-language-digits/sign-language-digits'])
    it(`holds what Python finds in it: ${path.basename(file)}.tar.gz, where it is`, async function () {
      const archive = `../shared/data/${file}.tar.gz`;
      if (!existsSync(archive)) this.skip();
      const script =
        'import sys,tarfile,hashlib,json\nt=tarfile.open(sys.argv[1])\nprint(json.dumps({m.name:hashlib.sha256(t.extractfile(m).read()).hexdigest() for m in t if m.isreg()}))';
      let python: string;
      try {
        python = execFileSync('python3', ['-c', script, archive], { encoding: 'utf8', maxBuffer: 1e8 });
      } catch {
        return this.skip();
      }
      const tree = await open(archive);
      const told = JSON.parse(python) as Record<string, string>;
      assert.deepEqual(await hashes(tree, ['contents']), Object.fromEntries(Object.entries(told).sort()));
    });

  it('is told by its first bytes, whatever its name', async () => {
    const text = Buffer.from('text');
    assert.equal((await openBytes('zip.data', zipSync({ a: text }))).kind, 'zip');
    assert.equal((await openBytes('none.data', zipSync({}))).kind, 'zip');
    assert.equal((await openBytes('tar.data', tar({ content: text }))).kind, 'tar');
    assert.equal((await openBytes('tgz.data', gzipSync(tar({ content: text })))).kind, 'tar');
    assert.equal((await openBytes('gz.data', gzipSync(text))).kind, 'file');
    assert.equal((await openBytes('old.data', tar({ content: text, magic: '\0\0\0\0\0\0\0\0' }))).kind, 'tar');
  });

  it('has files that are packed themselves, and these are read unpacked', async () => {
    const inner = { 'a.csv.gz': gzipSync('one'), 'b.csv': Buffer.from('two') };
    const parts = Object.entries(inner).map(([name, content]) => ({ name, content }));
    for (const [name, bytes] of [
      ['p.zip', zipSync(inner)],
      ['p.tar', tar(...parts)],
      ['p.tgz', gzipSync(tar(...parts))],
    ] as const) {
      const tree = await openBytes(name, bytes);
      assert.deepEqual(await textsOf(tree), { 'a.csv': 'one', 'b.csv': 'two' });
      assert.deepEqual(
        tree.files.map(({ size }) => size),
        [null, 3],
      );
      assert.equal((await hashes(tree))['a.csv'], sha256(Buffer.from('one')));
      assert.equal(String(await tree.files[0]!.start(2)), 'on');
    }
  });

  it('of ZIP has names in UTF-8, flagged or not, and in code page 437', async () => {
    const parts: ZipPart[] = [
      { name: 'flagged/ü.txt', content: '1' },
      { name: 'macOS/猫.txt', content: '2', flags: 0 },
      { name: Buffer.from('DOS/\x81\xe1.txt', 'latin1'), content: '3', flags: 0, system: 0 },
      { name: 'win\\dows.txt', content: '4', system: 0 },
      { name: './here/./x.txt', content: '5' },
      { name: 'no folder/', content: '6' },
      { name: 'folder/' },
    ];
    assert.deepEqual(await textsOf(await openBytes('names.zip', zip(parts).bytes)), {
      'DOS/üß.txt': '3',
      'flagged/ü.txt': '1',
      'here/x.txt': '5',
      'macOS/猫.txt': '2',
      'no folder': '6',
      'win/dows.txt': '4',
    });
  });

  it('of ZIP may have more entries than its count can tell, a comment, and long extra fields', async () => {
    const many = Array.from({ length: 70_000 }, (_, i) => ({ name: `${i}`, method: 0 }));
    const tree = await openBytes('many.zip', zip(many, { count: 70_000 % 65_536 }).bytes);
    assert.equal(tree.files.length, 70_000);
    const one = { name: 'a', content: 'text', extra: Buffer.alloc(300) };
    assert.deepEqual(await textsOf(await openBytes('comment.zip', zip([one], { comment: 'PK: a comment' }).bytes)), {
      a: 'text',
    });
  });

  it('of tar has names and sizes from attributes before the entry', async () => {
    const long = 'n'.repeat(300);
    const big = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    const archive = tar(
      pax({ comment: 'all', path: 'overridden' }, 'g'),
      pax({ path: 'pax/名前.txt', size: '3', mtime: '1.5' }),
      tarPart({ name: 'short', content: 'pax', size: '00000000000\0' }),
      { name: '././@LongLink', type: 'L', content: `${long}\0` },
      { name: long.slice(0, 100), content: 'gnu' },
      pax({ path: '' }, 'g'),
      { name: 'big', content: 'base', size: big },
      { name: 'name', prefix: 'pre/fix', content: 'ustar' },
      { name: 'gnu', prefix: 'no prefix', magic: 'ustar  \0', content: 'old' },
      { name: 'old\0garbage', type: '\0', content: 'v7' },
      { name: Buffer.from('gr\xfc\xdfe', 'latin1'), content: 'latin' },
      { name: 'folder/', content: '' },
    );
    assert.deepEqual(await textsOf(await openBytes('attributes.tar', archive)), {
      big: 'base',
      gnu: 'old',
      grüße: 'latin',
      [long]: 'gnu',
      old: 'v7',
      'pax/名前.txt': 'pax',
      'pre/fix/name': 'ustar',
    });
  });

  it('leaves out what is hidden without a word', async () => {
    const names = ['.DS_Store', '__MACOSX/a/._1.txt', 'a/.git/config', 'a/1.txt', './._x'];
    const parts = names.map((name) => ({ name, content: name }));
    for (const tree of [await openBytes('h.zip', zip(parts).bytes), await openBytes('h.tar', tar(...parts))]) {
      assert.deepEqual(await textsOf(tree), { 'a/1.txt': 'a/1.txt' });
      assert.deepEqual(tree.problems, []);
    }
  });

  it('keeps the last of several files with one name, as unpacking would', async () => {
    const parts = ['first', 'second', 'third'].map((content) => ({ name: 'same.txt', content }));
    for (const tree of [await openBytes('d.zip', zip(parts).bytes), await openBytes('d.tar', tar(...parts))]) {
      assert.deepEqual(await textsOf(tree), { 'same.txt': 'third' });
      assert.equal(tree.problems.length, 2);
      assert.match(tree.problems[0]?.reason ?? '', /same name/);
    }
  });

  it('is refused with too many files in it, and when it is too large for what is asked', async () => {
    const parts = Array.from({ length: 5 }, (_, i) => ({ name: `${i}`, content: 'x'.repeat(100 * i) }));
    for (const [name, bytes] of [
      ['m.zip', zip(parts).bytes],
      ['m.tar', tar(...parts)],
      ['m.tgz', gzipSync(tar(...parts))],
    ] as const) {
      put(at(name), bytes);
      await rejectsWith(openTree(at(name), { maxFiles: 4 }), name, /more than 4 files/);
      const tree = await open(at(name), { maxFiles: 5 });
      const told: string[] = [];
      await tree.contents(tree.files, (file, content) => void told.push(`${file.name} ${content instanceof Error}`), {
        most: 200,
      });
      assert.deepEqual(told.sort(), ['0 false', '1 false', '2 false', '3 true', '4 true']);
    }
  });

  describe('that is a large .tar.gz', () => {
    const size = 700_000;
    const content = (i: number): Buffer => Buffer.alloc(size, `${i} `);
    let tree: Tree;
    before(async () => {
      // In the archive from the last name to the first, as no order of names is.
      const parts = Array.from({ length: 120 }, (_, i) => ({ name: `${999 - i}.bin`, content: content(999 - i) }));
      put(at('large.tar.gz'), gzipSync(tar(...parts), { level: 1 }));
      tree = await open(at('large.tar.gz'));
    });

    it('is visited in its own order in one pass, a few at once', async () => {
      const seen: string[] = [];
      const fractions: number[] = [];
      let under = 0;
      let most = 0;
      let three = (): void => undefined;
      const threeUnderWay = new Promise<void>((resolve) => (three = resolve));
      await tree.contents(
        tree.files,
        async ({ name }, bytes) => {
          most = Math.max(most, ++under);
          seen.push(name);
          if (under === 3) setTimeout(three, 50); // a fourth would have begun by then
          await threeUnderWay;
          assert.ok(Buffer.isBuffer(bytes) && bytes.equals(content(Number.parseInt(name))));
          under--;
        },
        { concurrency: 3, onProgress: (fraction) => fractions.push(fraction) },
      );
      assert.deepEqual(
        seen,
        Array.from({ length: 120 }, (_, i) => `${999 - i}.bin`),
      );
      assert.equal(most, 3);
      assert.equal(fractions.at(-1), 1);
    });

    it('gives single files too, and their first bytes at once', async () => {
      const file = tree.files.find(({ name }) => name === '950.bin')!;
      assert.ok((await file.read()).equals(content(950)));
      assert.ok((await file.start(10)).equals(content(950).subarray(0, 10)));
      assert.ok((await file.start(10_000)).equals(content(950).subarray(0, 10_000)));
    });

    it('ends its visits when one fails or the signal says so', async () => {
      const reason = new Error('enough');
      let visits = 0;
      const fail = (): never => {
        visits++;
        throw reason;
      };
      await assert.rejects(tree.contents(tree.files, fail, { concurrency: 2 }), reason);
      assert.ok(visits < 10, `${visits} visits`);
      const control = new AbortController();
      const stop = (): void => control.abort(reason);
      await assert.rejects(tree.contents(tree.files, stop, { signal: control.signal }), reason);
      await assert.rejects(openTree(at('large.tar.gz'), { signal: AbortSignal.abort(reason) }), reason);
    });

    it('is not read on when the file has changed meanwhile', async () => {
      utimesSync(at('large.tar.gz'), 1, 1);
      await rejectsWith(tree.files[0]!.read(), 'large.tar.gz', /changed while it was in use/);
      await rejectsWith(
        tree.contents(tree.files, () => undefined),
        'large.tar.gz',
        /changed/,
      );
    });
  });
});
