import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { Context } from 'mocha';
import type { PeerSet } from '../../bench/peers.js';
import { openDataset } from '../../../src/data/index.js';
import { decodeImage } from '../../../src/data/image/decode.js';
import type { Collection, Reader } from '../../../src/data/reader.js';
import { decodeSound } from '../../../src/data/sound/decode.js';
import type { TableCollection } from '../../../src/data/table/collection.js';
import { runPeer } from './peer.js';

const DATA = path.resolve('../shared/data');

const digest = (values: NodeJS.ArrayBufferView): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

describe('The values of the real data sets, read by others', function () {
  this.timeout(600_000);
  before(function () {
    if (existsSync(DATA)) return;
    console.log('      skipped: there is no ../shared/data with the real data sets');
    this.skip();
  });

  const read = async <Found>(test: Context, set: PeerSet, kind: string, file: string): Promise<Found> =>
    JSON.parse(await runPeer(test, ['test/fixtures/real/values.py', kind, path.join(DATA, file)], set)) as Found;

  for (const name of ['mnist', 'fashion-mnist'])
    it(`${name}: pixels and labels are NumPy's, byte for byte`, async function () {
      const expected = await read<Record<string, string>>(this, 'images', 'idx', name);
      const dataset = (await openDataset(path.join(DATA, name))) as Reader;
      const found: Record<string, string> = {};
      for (const { name: split, start, count } of dataset.info.splits) {
        const named = split === 'train' ? 'train' : 't10k';
        const { data } = await dataset.read(Array.from({ length: count }, (_, i) => start + i));
        found[`${named} images-idx3`] = digest(data);
        found[`${named} labels-idx1`] = digest(Uint8Array.from(dataset.labels!.subarray(start, start + count)));
      }
      assert.deepEqual(found, expected);
      await dataset.close();
    });

  for (const name of ['clothing-small/clothing-small', 'sign-language-digits/sign-language-digits'])
    it(`${path.basename(name)}: every photograph is Pillow's, byte for byte`, async function () {
      const expected = await read<Record<string, unknown>>(this, 'images', 'images', `${name}.tar.gz`);
      const found = await each(`${name}.tar.gz`, (stored) => {
        const { width, height, data } = decodeImage(stored as Buffer, { channels: 3 });
        return [width, height, digest(data)];
      });
      assert.deepEqual(found, expected);
    });

  it("fsdd: the samples of every sound are libsndfile's, byte for byte", async function () {
    const expected = await read<Record<string, unknown>>(this, 'sound', 'sounds', 'fsdd/recordings.tar.gz');
    const found = await each('fsdd/recordings.tar.gz', (stored, name) => {
      const { sampleRate, data } = decodeSound(stored as Buffer, name);
      return [sampleRate, digest(data)];
    });
    assert.deepEqual(found, expected);
  });

  it("banking77: every text and intent is pandas'", async function () {
    const dataset = (await openDataset(path.join(DATA, 'banking77'))) as Collection;
    const found: [string, string | undefined][] = [];
    await dataset.visit(null, (position, text) => {
      found[position] = [text as string, dataset.info.classes?.[dataset.labels?.[position] ?? -1]];
    });
    const expected = await read<string[][]>(this, 'tables', 'texts', 'banking77/train.csv');
    expected.push(...(await read<string[][]>(this, 'tables', 'texts', 'banking77/test.csv')));
    assert.deepEqual(found, expected);
  });

  it("penguins: every cell and label is pandas'", async function () {
    const dataset = (await openDataset(path.join(DATA, 'penguins/penguins.csv'))) as TableCollection;
    const { species, ...expected } = await read<Record<string, unknown[]>>(
      this,
      'tables',
      'table',
      'penguins/penguins.csv',
    );
    const found: Record<string, unknown[]> = {};
    await dataset.visit(null, (_, cells) => {
      (cells as unknown[]).forEach((cell, column) => (found[dataset.columns[column]!.name] ??= []).push(cell));
    });
    assert.deepEqual(found, expected);
    assert.deepEqual(
      Array.from(dataset.labels!, (label) => dataset.info.classes![label]),
      species,
    );
  });

  /** Of each file, by its name within the archive. */
  async function each(
    file: string,
    look: (stored: unknown, name: string) => unknown,
  ): Promise<Record<string, unknown>> {
    const dataset = (await openDataset(path.join(DATA, file))) as Collection;
    const found: Record<string, unknown> = {};
    await dataset.visit(null, (position, stored) => {
      const name = dataset.name(position);
      found[name.slice(name.indexOf('/') + 1)] = look(stored, name);
    });
    await dataset.close();
    return found;
  }
});
