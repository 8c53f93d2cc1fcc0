import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { compareFiles, describeChanges, fingerprint } from '../../../src/data/fingerprint.js';
import { openDataset } from '../../../src/data/index.js';
import { openStrokeDigits } from '../../../src/data/strokeDigits.js';
import { counting, idx, png, put, rejectsWith, temporaryFolder } from './make.js';

describe('A fingerprint', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const of = async (target: string): Promise<string> => (await fingerprint(await openDataset(target))).value;

  it('stays when the dataset is copied elsewhere, whatever lies beside it', async () => {
    for (const name of ['a/1', 'a/2', 'b/3']) put(at('one', `${name}.png`), png(1, 1, [name.length, 2, 3]));
    cpSync(at('one'), at('elsewhere', 'two'), { recursive: true });
    put(at('elsewhere', 'two', 'notes.txt'), 'x');
    assert.match(await of(at('one')), /^sha256:[0-9a-f]{64}$/);
    assert.equal(await of(at('elsewhere', 'two')), await of(at('one')));
  });

  it('changes when a file changes, comes, goes or is renamed', async () => {
    const seen = new Set([await of(at('one'))]);
    put(at('one', 'a', '1.png'), png(1, 1, [99, 2, 3]));
    seen.add(await of(at('one')));
    put(at('one', 'a', '4.png'), png(1, 1, [1, 2, 3]));
    seen.add(await of(at('one')));
    renameSync(at('one', 'a', '4.png'), at('one', 'a', '5.png'));
    seen.add(await of(at('one')));
    renameSync(at('one', 'a', '5.png'), at('one', 'b', '4.png'));
    seen.add(await of(at('one')));
    rmSync(at('one', 'b', '3.png'));
    seen.add(await of(at('one')));
    assert.equal(seen.size, 6);
  });

  it('keeps what each file was, so that those which changed can be named', async () => {
    const folder = at('named');
    const files = async () => (await fingerprint(await openDataset(folder))).files;
    for (const name of ['a/1', 'a/2', 'a/3', 'b/4']) put(at('named', `${name}.png`), png(1, 1, [name.length, 2, 3]));
    const before = await files();
    assert.deepEqual(
      before.map(({ name }) => name),
      ['a/1.png', 'a/2.png', 'a/3.png', 'b/4.png'],
    );
    const content = readFileSync(at('named', 'a', '1.png'));
    assert.equal(before[0]?.hash, createHash('sha256').update(content).digest('hex'));
    put(at('named', 'a', '2.png'), png(1, 1, [99, 2, 3]));
    renameSync(at('named', 'b', '4.png'), at('named', 'b', '5.png'));
    rmSync(at('named', 'a', '3.png'));
    const changes = compareFiles(before, await files());
    assert.deepEqual(changes, { added: ['b/5.png'], removed: ['a/3.png', 'b/4.png'], changed: ['a/2.png'] });
    assert.equal(describeChanges(changes), 'changed: a/2.png; added: b/5.png; removed: a/3.png, b/4.png');
    assert.equal(describeChanges(compareFiles(before, before)), '');
  });

  it('names a few of many files, and the ends of long names', () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({ name: `${'long/'.repeat(100)}${i}.png`, hash: '0' }));
    const said = describeChanges(compareFiles([], many));
    assert.match(said, /^added: …\S*\/0\.png, …\S*1\.png, …\S*2\.png and 1,997 more$/);
    assert.ok(said.length < 400);
  });

  it('of a single file covers the labels beside it', async () => {
    const images = put(at('idx', 'train-images-idx3-ubyte'), idx(8, [2, 2, 2], counting(8)));
    put(at('idx', 'train-labels-idx1-ubyte'), idx(8, [2], [1, 2]));
    const before = await of(images);
    put(at('idx', 'train-labels-idx1-ubyte'), idx(8, [2], [1, 3]));
    assert.notEqual(await of(images), before);
    assert.equal(await of(images), await of(at('idx')));
  });

  it('of generated data is that of its values', async () => {
    const [one, other] = await Promise.all([1, 2].map((seed) => openStrokeDigits({ seed })));
    assert.deepEqual(await fingerprint(one!), await fingerprint(one!));
    assert.notEqual((await fingerprint(one!)).value, (await fingerprint(other!)).value);
    assert.deepEqual((await fingerprint(one!)).files, []);
  });

  it('tells when a file has gone, and stops when it is asked to', async () => {
    const reader = await openDataset(at('idx'));
    const reason = new Error('stopped');
    await assert.rejects(fingerprint(reader, { signal: AbortSignal.abort(reason) }), reason);
    rmSync(at('idx', 'train-labels-idx1-ubyte'));
    await rejectsWith(fingerprint(reader), 'train-labels-idx1-ubyte', /not there/);
  });
});
