import * as assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fingerprint } from '../../../src/data/fingerprint.js';
import { HashCache } from '../../../src/data/hashCache.js';
import { openDataset } from '../../../src/data/index.js';
import { png, put, temporaryFolder } from './make.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

describe('Hashes of files', function () {
  this.timeout(20_000);
  const at = temporaryFolder();
  const old = new Date('2020-01-01T00:00:00Z');
  /** What the cache says of the file, in a new process's eyes; B where it is read. */
  const ask = async (file: string, folder = 'cache', saying = B): Promise<string> => {
    const cache = await HashCache.open(at(folder));
    const hash = await cache.hash(file, () => Promise.resolve(saying));
    await cache.save();
    return hash;
  };
  /** Files that were written long enough ago to be remembered: their time of change cannot be set. */
  const names = ['same', 'rewritten', 'replaced', 'longer', 'touched', 'week'];
  before(async () => {
    for (const name of names) put(at(name), Buffer.from('12345'));
    for (const name of names) utimesSync(at(name), old, old);
    await setTimeout(2100);
    for (const name of names) assert.equal(await ask(at(name), 'cache', A), A);
  });

  it('are kept while nobody touches them', async () => {
    assert.equal(await ask(at('same')), A);
    assert.equal(readFileSync(at('cache', '.gitignore'), 'utf8'), '*\n');
    assert.deepEqual(readdirSync(at('cache')).sort(), ['.gitignore', 'hashes.json']);
  });

  it('are made anew for another content of the same length and time of modification', async () => {
    writeFileSync(at('rewritten'), '54321');
    utimesSync(at('rewritten'), old, old);
    assert.equal(await ask(at('rewritten')), B);
    put(at('other'), Buffer.from('54321'));
    renameSync(at('other'), at('replaced'));
    utimesSync(at('replaced'), old, old);
    assert.equal(await ask(at('replaced')), B);
    writeFileSync(at('longer'), '123456');
    assert.equal(await ask(at('longer')), B);
    utimesSync(at('touched'), old, new Date());
    assert.equal(await ask(at('touched')), B);
  });

  it('are made anew after a week, and when the clock went back', async () => {
    const file = at('cache', 'hashes.json');
    for (const days of [8, -1]) {
      const written = JSON.parse(readFileSync(file, 'utf8')) as { files: [string, { at: number; hash: string }][] };
      const entry = written.files.find(([name]) => name === at('week'))![1];
      Object.assign(entry, { at: Date.now() - days * 24 * 3600 * 1000, hash: A });
      writeFileSync(file, JSON.stringify(written));
      assert.equal(await ask(at('week')), B);
    }
    assert.equal(await ask(at('week'), 'cache', A), B, 'kept again');
  });

  it('are not kept of a file that was written just now, or while it was read', async () => {
    put(at('fresh'), Buffer.from('1'));
    assert.equal(await ask(at('fresh'), 'cache', A), A);
    assert.equal(await ask(at('fresh')), B);
    const cache = await HashCache.open(at('cache2'));
    await cache.hash(at('same'), () => Promise.resolve((writeFileSync(at('same'), '1234567'), A)));
    assert.equal(await cache.hash(at('same'), () => Promise.resolve(B)), B);
  });

  it('are made anew where the cache is damaged, and nothing is lost where it cannot be written', async () => {
    for (const damaged of ['{', '[]', '{"version":1,"files":[3,["x"],["y",null],["z",{"hash":7}]]}', '{"version":2}']) {
      put(at('damaged', 'hashes.json'), Buffer.from(damaged));
      assert.equal(await ask(at('week'), 'damaged'), B);
    }
    writeFileSync(at('no folder'), '');
    assert.equal(await ask(at('week'), 'no folder'), B);
    mkdirSync(at('taken', 'hashes.json'), { recursive: true });
    assert.equal(await ask(at('week'), 'taken'), B);
    assert.deepEqual(readdirSync(at('taken')).sort(), ['.gitignore', 'hashes.json']);
  });

  it('serve a fingerprint only where it is told of the cache', async () => {
    put(at('images', 'a', '1.png'), png(1, 1, [1, 2, 3]));
    await setTimeout(2100);
    const dataset = await openDataset(at('images'));
    const { value } = await fingerprint(dataset);
    assert.equal((await fingerprint(dataset, { cache: at('fp') })).value, value);
    const file = at('fp', 'hashes.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${A}"`));
    assert.notEqual((await fingerprint(dataset, { cache: at('fp') })).value, value, 'it was not read again');
    assert.equal((await fingerprint(dataset)).value, value);
  });
});
