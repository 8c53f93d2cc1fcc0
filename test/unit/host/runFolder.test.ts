import assert from 'node:assert/strict';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  hasCheckpoint,
  listRunFolders,
  parseRunRecord,
  readRunRecord,
  readExamples,
  readSample,
} from '../../../src/host/runFolder.js';
import { runRecord, temporaryFolder, writeRun } from './support.js';

describe('A run folder', () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  it('is read as it was written', async () => {
    const record = runRecord();
    await writeRun(folder, record);
    assert.deepEqual(await readRunRecord(folder), record);
  });

  it('of a newer version is refused with what to do', () => {
    const text = JSON.stringify({ ...runRecord(), format: 99 });
    assert.throws(
      () => parseRunRecord(text, 'run.json'),
      /run\.json was written by a newer version .* \(format 99, .* up to 1\)\. Update the extension/,
    );
  });

  for (const [what, text, expected] of [
    ['is not JSON', '{"format": 1,', /run\.json is not valid JSON/],
    ['is something else', '[1, 2]', /run\.json is not the record of a run/],
    ['has an unknown state', JSON.stringify({ ...runRecord(), state: 'dancing' }), /damaged: "state"/],
    ['has no number of epochs', JSON.stringify({ ...runRecord(), epochs: null }), /damaged: "epochs"/],
    ['has no engine', JSON.stringify({ ...runRecord(), engine: undefined }), /damaged: "engine"/],
    ['has a number for its summary', JSON.stringify({ ...runRecord(), summary: 5 }), /damaged: "summary"/],
    ['has an error without words', JSON.stringify({ ...runRecord(), error: {} }), /damaged: "error"/],
    ['has a list for metrics', JSON.stringify({ ...runRecord(), metrics: [] }), /damaged: "metrics"/],
  ] as const) {
    it(`whose record ${what} is refused with the file's name`, () => {
      assert.throws(() => parseRunRecord(text, 'run.json'), expected);
    });
  }

  it('that is missing is said to be', async () => {
    await assert.rejects(readRunRecord(path.join(folder, 'none')), /run\.json cannot be read/);
  });

  it('is not read when its record is far too large, or no file', async () => {
    await writeRun(folder, { ...runRecord(), summary: 'x'.repeat(2_000_000) });
    await assert.rejects(readRunRecord(folder), /run\.json .*too large/);
    await rm(path.join(folder, 'run.json'));
    await mkdir(path.join(folder, 'run.json'));
    await assert.rejects(readRunRecord(folder), /run\.json .*not a file/);
  });

  it('gives no sample that is far too large', async () => {
    await mkdir(path.join(folder, 'samples'));
    const file = path.join(folder, 'samples', '00000001.safetensors');
    await writeFile(file, '');
    await truncate(file, 300_000_000);
    await assert.rejects(readSample(folder, 1), /00000001\.safetensors .*too large/);
  });

  it('is found among others by its run.json', async () => {
    await writeRun(path.join(folder, 'a'), runRecord());
    await mkdir(path.join(folder, 'empty'));
    await writeFile(path.join(folder, 'run.json'), '{}');
    assert.deepEqual(await listRunFolders(folder), [path.join(folder, 'a')]);
    assert.deepEqual(await listRunFolders(path.join(folder, 'none')), []);
  });

  it('gives the bytes of a sample, or null', async () => {
    await mkdir(path.join(folder, 'samples'));
    await writeFile(path.join(folder, 'samples', '00000470.safetensors'), Buffer.from([1, 2, 3]));
    assert.deepEqual(await readSample(folder, 470), new Uint8Array([1, 2, 3]));
    assert.equal(await readSample(folder, 471), null);
  });

  it('gives what the points of its maps are, or null', async () => {
    assert.equal(await readExamples(folder), null);
    await writeFile(path.join(folder, 'examples.safetensors'), Buffer.from([4, 5]));
    assert.deepEqual(await readExamples(folder), new Uint8Array([4, 5]));
  });

  it('has a checkpoint when one is complete', async () => {
    assert.equal(await hasCheckpoint(folder), false);
    await mkdir(path.join(folder, 'checkpoints', '.00000004.12.tmp'), { recursive: true });
    assert.equal(await hasCheckpoint(folder), false);
    await mkdir(path.join(folder, 'checkpoints', '00000004'));
    assert.equal(await hasCheckpoint(folder), true);
  });

  it('gives no file for what is not a step', async () => {
    for (const step of [-1, 1.5, NaN, '../../etc/passwd' as unknown as number])
      await assert.rejects(readSample(folder, step), /is not a step/);
  });
});
