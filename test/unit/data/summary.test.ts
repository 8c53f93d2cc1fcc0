import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { detectDataset } from '../../../src/data/detect.js';
import { summarize } from '../../../src/data/summary.js';

/** An IDX file of bytes by hand: magic, then sizes, each of 4 bytes, big end first. */
function idx(sizes: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([
    header,
    Buffer.alloc(
      sizes.reduce((product, size) => product * size, 1),
      7,
    ),
  ]);
}

describe('What is told of a dataset before it is opened', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'pretrain-summary-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, bytes: Uint8Array | string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  };
  const summaryOf = async (target = folder) => {
    const [detection] = await detectDataset(target);
    assert.ok(detection);
    return summarize(detection);
  };

  it('is how many images of what size the splits of IDX files have, the training split first', async () => {
    write('t10k-images-idx3-ubyte', idx([3, 28, 20]));
    write('train-images-idx3-ubyte', idx([50, 28, 20]));
    write('train-labels-idx1-ubyte', idx([50]));
    assert.deepEqual(await summaryOf(), { counts: [50, 3], shape: [28, 20], classes: null });
    assert.deepEqual(await summaryOf(path.join(folder, 't10k-images-idx3-ubyte')), {
      counts: [3],
      shape: [28, 20],
      classes: null,
    });
  });

  it('is read from the beginning of compressed files, however large they are', async () => {
    const images = idx([2000, 28, 28]);
    for (let i = 16; i < images.length; i++) images[i] = (i * 2654435761) >>> 13;
    const packed = gzipSync(images);
    assert.ok(packed.length > 10_000, 'more than is looked at');
    write('train-images-idx3-ubyte.gz', packed);
    assert.deepEqual(await summaryOf(), { counts: [2000], shape: [28, 28], classes: null });
  });

  it('is how many classes a folder of folders has', async () => {
    for (const name of ['cat', 'dog', 'fox']) write(`${name}/1.png`, 'not looked at');
    assert.deepEqual(await summaryOf(), { counts: [], shape: [], classes: 3 });
  });

  it('is nothing where files are not what their names promise, or too much would have to be read', async () => {
    write('train-images-idx3-ubyte', 'nonsense');
    assert.equal(await summaryOf(), null);
    write('train-images-idx3-ubyte', idx([2, 28, 28]));
    write('t10k-images-idx3-ubyte', 'nonsense');
    assert.equal(await summaryOf(), null);
    write('flat/1.png', 'not looked at');
    assert.equal(await summaryOf(path.join(folder, 'flat')), null);
    write('b/x.npy', 'nonsense');
    assert.equal(await summaryOf(path.join(folder, 'b')), null);
  });
});
