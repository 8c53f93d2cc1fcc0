import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { removeLeftovers } from '../../../src/trainer/leftovers.js';

describe('What killed trainers left in a run folder', () => {
  let run: string;
  const put = (name: string) => {
    const file = path.join(run, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, name);
  };
  beforeEach(() => (run = mkdtempSync(path.join(os.tmpdir(), 'pretrain-leftovers-'))));
  afterEach(() => rmSync(run, { recursive: true, force: true }));

  it('is removed; what is whole, or not of a trainer, stays', async () => {
    const whole = [
      'run.json',
      'samples/00000000.safetensors',
      'checkpoints/00000008/state.json',
      '.notes',
      '.draft.tmp',
    ];
    for (const name of [
      ...whole,
      '.run.json.123.tmp',
      'samples/.00000001.safetensors.4567.tmp',
      'checkpoints/.00000016.89.tmp/weights.safetensors',
      'checkpoints/.00000008.89.tmp.old/weights.safetensors',
    ])
      put(name);
    await removeLeftovers(run);
    const left = readdirSync(run, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(run, path.join(entry.parentPath, entry.name)));
    assert.deepEqual(left.sort(), whole.map((name) => path.normalize(name)).sort());
    assert.deepEqual(readdirSync(path.join(run, 'checkpoints')), ['00000008']);
  });

  it('is put back where it is the only whole checkpoint of its step', async () => {
    put('checkpoints/.00000008.89.tmp.old/state.json');
    put('checkpoints/.00000008.89.tmp/state.json');
    await removeLeftovers(run);
    assert.deepEqual(readdirSync(path.join(run, 'checkpoints')), ['00000008']);
    const kept = readFileSync(path.join(run, 'checkpoints/00000008/state.json'), 'utf8');
    assert.equal(kept, 'checkpoints/.00000008.89.tmp.old/state.json');
  });

  it('may be nothing, in a folder that has no samples yet', async () => {
    await removeLeftovers(run);
    assert.ok(existsSync(run));
  });
});
