import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAddressOf } from '../../../src/protocol/address.js';
import { addressOf } from '../../../src/trainer/control.js';

describe("The address of a run's trainer", () => {
  let folder: string;
  let address: string;

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'pretrain-address-')));
    address = await addressOf(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is known as that of its folder, and of no other', () => {
    assert.ok(isAddressOf(address, folder));
    assert.ok(!isAddressOf(address, `${folder}-copy`));
  });

  it('is known whatever folder for temporary files the trainer had', () => {
    if (process.platform === 'win32') return;
    const elsewhere = path.join('/var/elsewhere', ...address.split('/').slice(-2));
    assert.ok(isAddressOf(elsewhere, folder));
  });

  it('is nothing else that may listen on this machine', () => {
    const [user, name] = address.split(/[/\\]/).slice(-2);
    for (const other of [
      '',
      '/var/run/docker.sock',
      '\\\\server\\pipe\\x',
      `\\\\server\\pipe\\${name}`,
      `${user}/${name}`,
      `/tmp/${name}`,
      `/tmp/pretrain-studio-${(process.getuid?.() ?? 0) + 1}/${name}`,
      `/tmp/../tmp/${user}/${name}`,
      `${address}/`,
      `${address}\0`,
    ])
      assert.ok(!isAddressOf(other, folder), other);
  });
});
