import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'node:v8';
import { KeptInspections, type InspectedDataset } from '../../../src/host/keptInspections.js';
import type { Inspection } from '../../../src/protocol/inspection.js';

describe('Inspections that are kept for a reload', () => {
  let folder: string;
  let kept: KeptInspections;
  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'pretrain-kept-')), 'inspections');
    kept = new KeptInspections(folder);
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  const inspected = (target: string, count = 1): InspectedDataset => ({
    target,
    at: '2026-11-28T10:30:00.000Z',
    inspection: { count, classes: { cat: 1 }, findings: [] } as unknown as Inspection,
    pictures: Uint8Array.of(1, 2, 255),
  });

  it('are found as they were, also by another window, and the latest of each dataset alone', async () => {
    await kept.keep(inspected('/data/a'));
    await kept.keep(inspected('/data/b'));
    await kept.keep({ ...inspected('/data/a', 2), pictures: null });
    const later = new KeptInspections(folder);
    assert.deepEqual(await later.find('/data/b'), inspected('/data/b'));
    assert.deepEqual(await later.find('/data/a'), { ...inspected('/data/a', 2), pictures: null });
    assert.equal(readdirSync(folder).length, 2);
  });

  it('are none where none was kept, or what lies there is broken or of something else', async () => {
    assert.equal(await kept.find('/data/a'), null);
    await kept.keep(inspected('/data/a'));
    const [name = ''] = readdirSync(folder);
    const file = path.join(folder, name);
    const ofNoTime = { ...inspected('/data/a'), at: undefined };
    for (const content of [{ target: '/data/a' }, inspected('/data/b'), ofNoTime, null, 7]) {
      writeFileSync(file, serialize(content));
      assert.equal(await kept.find('/data/a'), null);
    }
    await kept.keep(inspected('/data/a'));
    truncateSync(file, 40);
    assert.equal(await kept.find('/data/a'), null);
  });

  it('are twenty at most: the oldest go', async () => {
    for (let i = 0; i < 20; i++) {
      await kept.keep(inspected(`/data/${i}`));
      for (const name of readdirSync(folder)) {
        const { mtimeMs } = statSync(path.join(folder, name));
        utimesSync(path.join(folder, name), mtimeMs / 1000 - 10, mtimeMs / 1000 - 10);
      }
    }
    await kept.keep(inspected('/data/20'));
    assert.equal(readdirSync(folder).length, 20);
    assert.deepEqual([await kept.find('/data/0'), (await kept.find('/data/20'))?.target], [null, '/data/20']);
    assert.ok(await kept.find('/data/1'));
  });

  it('leave nothing half-written behind', async () => {
    await kept.keep(inspected('/data/a'));
    const [name = ''] = readdirSync(folder);
    rmSync(path.join(folder, name));
    mkdirSync(path.join(folder, name, 'in the way'), { recursive: true });
    await assert.rejects(kept.keep(inspected('/data/a')));
    assert.deepEqual(readdirSync(folder), [name]);
  });
});
