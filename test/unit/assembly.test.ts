import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

describe('the embedded WebAssembly modules', () => {
  it('are what their sources compile to', function () {
    this.timeout(120_000);
    const build = path.join(__dirname, '../../scripts/assembly.mjs');
    const { status, stderr } = spawnSync(process.execPath, [build, '--check'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
});
