import assert from 'node:assert/strict';
import { rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { RunStore } from '../../../src/host/runStore.js';
import { FakeTrainer, runRecord, temporaryFolder, writeRun } from './support.js';

describe('The runs of a workspace', () => {
  let root: string;
  let remove: () => Promise<void>;
  let store: RunStore;

  beforeEach(async () => {
    ({ folder: root, remove } = await temporaryFolder());
    store = new RunStore({ mayConnect: () => true, lookAgain: 20 });
  });
  afterEach(async () => {
    store.dispose();
    await remove();
  });

  const add = (id: string, created: string) =>
    writeRun(path.join(root, id), runRecord({ id, created, state: 'completed' }));
  const ids = () => store.runs.map(({ id }) => id);

  it('are found, newest first', async () => {
    await add('a', '2026-01-01T00:00:00Z');
    await add('b', '2026-01-03T00:00:00Z');
    await add('c', '2026-01-02T00:00:00Z');
    await store.setRoots([root]);
    assert.deepEqual(ids(), ['b', 'c', 'a']);
  });

  it('come and go with their folders', async () => {
    await store.setRoots([root]);
    let changes = 0;
    store.listChanged.add(() => changes++);
    await add('a', '2026-01-01T00:00:00Z');
    await store.touched(path.join(root, 'a'));
    assert.deepEqual(ids(), ['a']);
    await rm(path.join(root, 'a'), { recursive: true });
    await store.scan();
    assert.deepEqual(ids(), []);
    assert.equal(changes, 2);
    await store.setRoots([]);
  });

  it('are left with the folder they belong to', async () => {
    await add('a', '2026-01-01T00:00:00Z');
    await store.setRoots([root]);
    await store.setRoots([]);
    assert.deepEqual(ids(), []);
  });

  it('with the same id are told apart by the name of the folder: a copy is not taken for the original', async () => {
    await writeRun(path.join(root, 'a'), runRecord({ id: 'a', state: 'completed' }));
    await writeRun(path.join(root, 'z copy of a'), runRecord({ id: 'a', state: 'completed' }));
    await store.setRoots([root]);
    assert.equal(store.find('a')?.folder, path.join(root, 'a'));
  });

  it('know which of them are alive', async () => {
    await add('a', '2026-01-01T00:00:00Z');
    const trainer = await FakeTrainer.start(path.join(root, 'b'), { id: 'b' });
    await store.setRoots([root]);
    assert.deepEqual(
      store.alive.map(({ id }) => id),
      ['b'],
    );
    await trainer.die();
  });

  it('are found though one of them cannot be read or names no address', async () => {
    await add('a', '2026-01-01T00:00:00Z');
    for (const address of ['', 'a\0b', 'x'.repeat(5000), '/dev/null'])
      await writeRun(path.join(root, `b${address.length}`), runRecord({ id: `b${address.length}`, address }));
    await writeRun(path.join(root, 'c'), runRecord({ id: 'c' }));
    await rm(path.join(root, 'c/run.json'));
    await symlink('run.json', path.join(root, 'c/run.json')); // a link to itself
    await store.setRoots([root]);
    assert.deepEqual(ids().sort(), ['a', 'b0', 'b3', 'b5000', 'b9', 'c']);
    assert.match(store.find('c')?.problem ?? '', /cannot be read/);
  });

  it('are found again after their list could not be read', async () => {
    const list = path.join(root, 'list');
    await symlink('list', list); // a link to itself
    await store.setRoots([list]);
    assert.match(store.problems.join(), /list cannot be read: .*ELOOP/);
    await rm(list);
    await writeRun(path.join(list, 'a'), runRecord({ id: 'a', state: 'completed' }));
    await store.scan();
    assert.deepEqual(ids(), ['a']);
    assert.deepEqual(store.problems, []);
  });

  it('of one workspace folder are found though those of another cannot be listed, and stay when theirs no longer can', async () => {
    const [good, list] = [path.join(root, 'good'), path.join(root, 'list')];
    await writeRun(path.join(good, 'a'), runRecord({ id: 'a', state: 'completed' }));
    await writeRun(path.join(list, 'b'), runRecord({ id: 'b', state: 'completed' }));
    await store.setRoots([list, good]);
    assert.deepEqual(ids().sort(), ['a', 'b']);
    await rename(list, path.join(root, 'aside'));
    await symlink('list', list); // a link to itself
    await writeRun(path.join(good, 'c'), runRecord({ id: 'c', state: 'completed' }));
    await store.scan();
    assert.deepEqual(ids().sort(), ['a', 'b', 'c']);
    assert.equal(store.problems.length, 1);
  });

  it('are one object each, however they are asked for', async () => {
    await add('a', '2026-01-01T00:00:00Z');
    await store.setRoots([root]);
    const run = await store.open(path.join(root, 'a'));
    await store.scan();
    assert.equal(store.find('a'), run);
    assert.equal(store.runs.length, 1);
  });
});
