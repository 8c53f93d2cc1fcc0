import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

describe('the embedded WebAssembly module', () => {
  it('is what its sources compile to', function () {
    this.timeout(120_000);
    const build = path.join(__dirname, '../../../../src/learn/engine/wasm/assembly/build.mjs');
    const { status, stderr } = spawnSync(process.execPath, [build, '--check'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
});
