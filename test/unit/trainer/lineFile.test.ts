import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LineFile } from '../../../src/trainer/lineFile.js';
import { appendLog } from '../../../src/trainer/log.js';
import { writeFileAtomic } from '../../../src/trainer/files.js';

describe('Files of a run', () => {
  let folder: string;
  let elsewhere: string;
  beforeEach(function () {
    if (process.platform === 'win32') return this.skip();
    folder = mkdtempSync(path.join(os.tmpdir(), 'pretrain-lines-'));
    elsewhere = path.join(folder, 'elsewhere');
    writeFileSync(elsewhere, 'mine\n');
  });
  afterEach(() => folder && rmSync(folder, { recursive: true, force: true }));

  it('are not appended to through a symbolic link', async () => {
    const link = path.join(folder, 'metrics.jsonl');
    symlinkSync(elsewhere, link);
    await assert.rejects(LineFile.open(link), { code: 'ELOOP' });
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine\n');
  });

  it('are not logged to through a symbolic link: the log goes to the error output', async () => {
    const link = path.join(folder, 'trainer.log');
    symlinkSync(elsewhere, link);
    const said: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
    try {
      await appendLog(link, 'details');
    } finally {
      process.stderr.write = write;
    }
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine\n');
    assert.match(said.join(''), /trainer\.log could not be written: .*\ndetails/);
  });

  it('are not written aside through a symbolic link, which is replaced', async () => {
    const file = path.join(folder, 'run.json');
    symlinkSync(elsewhere, path.join(folder, `.run.json.${process.pid}.tmp`));
    await assert.rejects(writeFileAtomic(file, 'new'), { code: 'ELOOP' });
    await writeFileAtomic(file, 'new');
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine\n');
    assert.equal(readFileSync(file, 'utf8'), 'new');
  });
});
