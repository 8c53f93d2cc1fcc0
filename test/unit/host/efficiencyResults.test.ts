import assert from 'node:assert/strict';
import { mkdir, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { listEfficiency, readDrawing, readEfficiency } from '../../../src/host/efficiencyResults.js';
import type { EfficiencyRecord } from '../../../src/protocol/efficiency.js';
import { temporaryFolder } from './support.js';

const record: EfficiencyRecord = {
  format: 1,
  id: 'one',
  run: 'run-1',
  step: 10,
  recipePath: null,
  name: 'digits',
  dataPath: '/data/digits',
  fingerprint: 'sha256:1',
  engine: 'wasm',
  from: 'test',
  count: 1000,
  measure: 'accuracy',
  classes: ['a', 'b'],
  modes: ['scratch', 'probe'],
  labelsPerClass: [1, 10],
  seeds: [1],
  complete: true,
  means: [{ mode: 'probe', labelsPerClass: 1, seeds: 1, mean: 0.5, low: null, high: null, gain: null }],
  verdicts: [{ labelsPerClass: 1, verdict: 'unclear' }],
  sentence: 'With 1 label per class ...',
};

describe('What was measured of a run’s encoder', () => {
  let run: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ folder: run, remove } = await temporaryFolder());
  });
  afterEach(() => remove());

  async function put(id: string, content: unknown, minutes = 0): Promise<string> {
    const folder = path.join(run, 'efficiency', id);
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'efficiency.json');
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    const time = new Date(Date.UTC(2026, 0, 1, 12, minutes));
    await utimes(file, time, time);
    return folder;
  }

  it('is nothing where nothing was measured, or nothing is finished yet', async () => {
    assert.deepEqual(await listEfficiency(run), []);
    await mkdir(path.join(run, 'efficiency', 'begun'), { recursive: true });
    await writeFile(path.join(run, 'efficiency', 'begun.17.ab.flag'), '');
    assert.deepEqual(await listEfficiency(run), []);
    assert.equal(await readEfficiency(path.join(run, 'efficiency', 'begun')), null);
  });

  it('is listed with its record, the latest first, and knows its run', async () => {
    await put('one', record, 1);
    const later = await put('two', { ...record, id: 'two' }, 2);
    const found = await listEfficiency(run);
    assert.deepEqual(
      found.map((one) => one.record?.id),
      ['two', 'one'],
    );
    assert.deepEqual([found[0]?.folder, found[0]?.run, found[0]?.at], [later, run, '2026-01-01T12:02:00.000Z']);
  });

  it('that cannot be read is listed with the file and the reason', async () => {
    const wrong: [unknown, RegExp][] = [
      ['{ "format": 1', /efficiency\.json cannot be read: .*JSON/],
      [7, /it is no record of a measurement/],
      [{ ...record, format: 2 }, /a newer version of Pretrain Studio wrote it; update the extension/],
      [{ ...record, means: [{ ...record.means[0], mean: '50 %' }] }, /"means" is missing or has a wrong type/],
      [{ ...record, sentence: undefined }, /"sentence" is missing/],
    ];
    for (const [content, expected] of wrong) {
      const result = await readEfficiency(await put('one', content));
      assert.equal(result?.record, null);
      assert.match(result?.problem ?? '', expected);
    }
  });

  it('does not fill the memory with what is no record or no drawing', async () => {
    const folder = await put('one', record);
    await truncate(path.join(folder, 'efficiency.json'), 3e9);
    assert.match((await readEfficiency(folder))?.problem ?? '', /it is too large \(3,000,000,000 bytes\)/);
    await mkdir(path.join(folder, 'efficiency.svg'));
    await assert.rejects(readDrawing(folder), /it is not a file/);
  });
});
