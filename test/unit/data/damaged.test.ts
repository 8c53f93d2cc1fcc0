import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { openDataset } from '../../../src/data/index.js';
import { DataError } from '../../../src/data/reader.js';
import { stream, type RandomStream } from '../../../src/protocol/random.js';
import { counting, float32, idx, jpg, npy, png, put, readAll, temporaryFolder } from './make.js';

const TRIES = 150;

/** Cuts, lengthens, or changes a few bytes; mostly near the start, where the headers are. */
function damage(bytes: Uint8Array, random: RandomStream): Buffer {
  const copy = Buffer.from(bytes);
  const kind = random.uniform();
  if (kind < 0.25) return copy.subarray(0, random.integer(copy.length));
  if (kind < 0.35) return Buffer.concat([copy, copy.subarray(0, 1 + random.integer(40))]);
  const changes = 1 + random.integer(4);
  for (let i = 0; i < changes; i++) {
    const at = random.integer(random.uniform() < 0.6 ? Math.min(96, copy.length) : copy.length);
    copy[at] = random.uniform() < 0.5 ? copy[at]! ^ (1 << random.integer(8)) : random.integer(256);
  }
  return copy;
}

describe('Damaged files', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const originals: Record<string, Uint8Array> = {
    'train-images-idx3-ubyte': idx(8, [5, 4, 4], counting(80)),
    'floats-idx2': idx(0x0d, [4, 5], counting(20), 4, 'writeFloatBE'),
    'train-images-idx3-ubyte.gz': gzipSync(idx(8, [50, 4, 4], counting(800))),
    'a.npy': npy('<f4', [4, 5], float32(counting(20))),
    'b.npy': npy('|u1', [4, 3, 3], Uint8Array.from(counting(36)), true),
    'stored.npz': readFileSync('test/fixtures/numpy/stored.npz'),
    'deflated.npz': readFileSync('test/fixtures/numpy/deflated.npz'),
    '1.png': png(9, 7, [1, 2, 3]),
    '2.jpg': jpg(16, 16, [200, 20, 10]),
  };

  for (const [name, original] of Object.entries(originals))
    it(`give a DataError or a whole dataset, nothing else: ${name}`, async () => {
      const random = stream(7, name);
      const isImage = /\.(png|jpg)$/.test(name);
      let refused = 0;
      const memory = process.memoryUsage.rss();
      for (let i = 0; i < TRIES; i++) {
        const file = put(at(name.replace('.', '-'), name), damage(original, random));
        try {
          const reader = await openDataset(isImage ? at(name.replace('.', '-')) : file);
          const { data } = await readAll(reader);
          assert.equal(
            data.length,
            reader.info.shape.reduce((product, dimension) => product * dimension, reader.info.count),
          );
          assert.ok(data.every(Number.isFinite));
        } catch (error) {
          assert.ok(error instanceof DataError, `try ${i}: ${error instanceof Error ? error.stack : String(error)}`);
          refused++;
        }
      }
      assert.ok(refused > TRIES / 5, `only ${refused} of ${TRIES} were refused`);
      assert.ok(process.memoryUsage.rss() - memory < 400_000_000);
    });
});
