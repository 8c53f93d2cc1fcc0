import * as assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { symlinkSync } from 'node:fs';
import { openIdx, readIdx } from '../../../src/data/idx.js';
import { groupIdxFiles, parseIdxName } from '../../../src/data/idxNames.js';
import { counting, idx, put, rejectsWith, temporaryFolder } from './make.js';

describe('IDX files', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const images = (count: number): Buffer => idx(8, [count, 2, 3], counting(count * 6));

  it('are read as images [height, width, 1] with the labels and splits that their names tell', async () => {
    put(at('mnist', 'train-images-idx3-ubyte.gz'), gzipSync(images(4)));
    put(at('mnist', 'train-labels-idx1-ubyte.gz'), gzipSync(idx(8, [4], [7, 0, 9, 0])));
    put(at('mnist', 't10k-images-idx3-ubyte'), images(2));
    put(at('mnist', 't10k-labels-idx1-ubyte'), idx(8, [2], [9, 3]));
    put(at('mnist', 'README'), 'about');
    const reader = await openIdx(at('mnist'));
    assert.deepEqual(
      { ...reader.info, files: reader.info.files.length },
      {
        kind: 'image',
        format: 'idx',
        path: at('mnist'),
        count: 6,
        shape: [2, 3, 1],
        range: [0, 255],
        classes: ['0', '3', '7', '9'],
        groups: null,
        splits: [
          { name: 'train', start: 0, count: 4 },
          { name: 'test', start: 4, count: 2 },
        ],
        problems: [],
        files: 4,
      },
    );
    assert.deepEqual([...reader.labels!], [2, 0, 3, 0, 3, 1]);
    const batch = await reader.read([5, 0, 1]);
    assert.deepEqual([...batch.data], [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.ok(batch.data instanceof Uint8Array);
  });

  it('are found by all their usual names', () => {
    const cases: [string, string, string | null][] = [
      ['train-images-idx3-ubyte.gz', 'images', 'train'],
      ['train-images.idx3-ubyte', 'images', 'train'],
      ['t10k-labels.idx1-ubyte', 'labels', 'test'],
      ['emnist-letters-test-images-idx3-ubyte.gz', 'images', 'test'],
      ['validation-images-idx3-ubyte', 'images', 'validation'],
      ['digits.idx3-ubyte', 'images', null],
      ['digits.idx1-ubyte', 'labels', null],
      ['val-labels', 'labels', 'validation'],
      ['test-images.gz', 'images', 'test'],
    ];
    for (const [name, role, split] of cases) {
      const parsed = parseIdxName(name);
      assert.deepEqual([name, parsed?.role, parsed?.split], [name, role, split]);
    }
    for (const name of ['labels.txt', 'images.png', 'train.csv', 'train-images.zip', 'data'])
      assert.equal(parseIdxName(name), null, name);
    const names = ['digits.idx1-ubyte', 'digits.idx3-ubyte', 'digits.idx3-ubyte.gz'];
    assert.deepEqual(groupIdxFiles(names.map((name) => ({ name, isDirectory: false }))), [
      {
        dataset: 'digits',
        parts: [{ split: 'train', images: 'digits.idx3-ubyte', labels: 'digits.idx1-ubyte' }],
        labelsOnly: [],
        ambiguous: null,
      },
    ]);
  });

  it('of every type are read, big-endian', async () => {
    const cases: [type: number, width: number, write: string, values: number[]][] = [
      [0x08, 1, 'writeUInt8', [0, 255]],
      [0x09, 1, 'writeInt8', [-128, 127]],
      [0x0b, 2, 'writeInt16BE', [-32768, 258]],
      [0x0c, 4, 'writeInt32BE', [-2147483648, 66051]],
      [0x0d, 4, 'writeFloatBE', [-0.5, 1.25]],
      [0x0e, 8, 'writeDoubleBE', [-0.25, 3]],
    ];
    for (const [type, width, write, values] of cases) {
      const { data, shape } = await readIdx(put(at('typed'), idx(type, [1, 2], values, width, write)));
      assert.deepEqual({ type, shape, values: [...data] }, { type, shape: [1, 2], values });
    }
  });

  it('without labels have no classes', async () => {
    put(at('plain', 'images-idx3-ubyte'), images(3));
    const { info, labels } = await openIdx(at('plain'));
    assert.deepEqual([info.classes, labels, info.splits], [null, null, [{ name: 'train', start: 0, count: 3 }]]);
  });

  it('named one by one are a training split, with the labels beside them', async () => {
    const { info, labels } = await openIdx(at('mnist', 't10k-images-idx3-ubyte'));
    assert.deepEqual([info.count, info.splits[0]?.name, [...labels!]], [2, 'train', [1, 0]]);
  });

  it('with labels in one split only leave the others at -1', async () => {
    put(at('half', 'train-images-idx3-ubyte'), images(2));
    put(at('half', 'test-images-idx3-ubyte'), images(1));
    put(at('half', 'train-labels-idx1-ubyte'), idx(8, [2], [4, 5]));
    assert.deepEqual([...(await openIdx(at('half'))).labels!], [0, 1, -1]);
  });

  it('tell progress to the end, and stop when asked to', async () => {
    const fractions: number[] = [];
    await openIdx(at('mnist'), { onProgress: (fraction) => fractions.push(fraction) });
    assert.equal(fractions.at(-1), 1);
    assert.deepEqual(fractions, [...fractions].sort());
    const reason = new Error('stopped by the person');
    const stopped = (error: Error): boolean => error === reason;
    await assert.rejects(openIdx(at('mnist'), { signal: AbortSignal.abort(reason) }), stopped);
    await assert.rejects(
      openIdx(at('mnist', 't10k-images-idx3-ubyte'), { signal: AbortSignal.abort(reason) }),
      stopped,
    );
  });

  describe('that cannot be used are told with what to do', () => {
    const name = 'train-images-idx3-ubyte';
    const wrong = (folder: string, content: Uint8Array, ...says: RegExp[]): Promise<void> => {
      put(at(folder, name), content);
      return rejectsWith(openIdx(at(folder)), name, ...says);
    };
    it('cut off', () => wrong('cut', images(4).subarray(0, 30), /cut off/, /\[4, 2, 3\].*40 bytes.*30/, /again/));
    it('cut off in the header', () => wrong('cutHeader', images(4).subarray(0, 9), /header.*9 of 16/));
    it('too long', () => wrong('long', Buffer.concat([images(4), Buffer.alloc(5)]), /wrong size.*40 bytes.*45/));
    it('wrong magic', () => wrong('magic', Buffer.from('<!DOCTYPE html>'), /not an IDX file/, /3c21444f/));
    it('empty', () => wrong('empty', Buffer.alloc(0), /empty \(0 bytes\)/));
    it('no images in it', () => wrong('none', idx(8, [0, 2, 3], []), /no examples/));
    it('compressed and cut off', () =>
      wrong(
        'gzCut',
        gzipSync(Buffer.concat([images(40), Buffer.from(counting(0))])).subarray(0, -30),
        /cut off/,
        /again/,
      ));
    it('compressed, and shorter than its header promises', () =>
      wrong('gzShort', gzipSync(images(4).subarray(0, 30)), /cut off.*40 bytes.*holds 30/));
    it('compressed, and longer than its header promises', () =>
      wrong('gzLong', gzipSync(Buffer.concat([images(4), Buffer.alloc(5)])), /wrong size.*40 bytes.*more/));
    it('compressed and damaged', () => {
      const bytes = gzipSync(Buffer.concat([images(40)]));
      bytes[40] = ~bytes[40]! & 255;
      return wrong('gzDamaged', bytes, /damaged|cut off/, /again/);
    });
    it('compressed, with more promised than it can hold', () => {
      const bomb = images(1);
      bomb.writeUInt32BE(500_000_000, 4);
      return wrong('gzPromise', gzipSync(bomb), /3,000,000,016 bytes.*cannot hold/);
    });
    it('NaN in the data', () => {
      const values = [1, 2, NaN, 4, Infinity, 6];
      return wrong('nan', idx(0x0d, [2, 3], values, 4, 'writeFloatBE'), /2 values of 6 are not finite/, /\[0, 2\]/);
    });

    it('labels that are not as many as the images', async () => {
      put(at('count', name), images(4));
      put(at('count', 'train-labels-idx1-ubyte'), idx(8, [3], [1, 2, 3]));
      await rejectsWith(openIdx(at('count')), 'train-labels-idx1-ubyte', /3 labels.*train-images.*4 examples/);
    });
    it('labels without images', async () => {
      put(at('orphan', 'train-labels-idx1-ubyte.gz'), gzipSync(idx(8, [3], [1, 2, 3])));
      await rejectsWith(
        openIdx(at('orphan')),
        'train-labels-idx1-ubyte.gz',
        /images are missing/,
        /train-images-idx3-ubyte.gz/,
      );
      await rejectsWith(
        openIdx(at('orphan', 'train-labels-idx1-ubyte.gz')),
        'train-labels-idx1-ubyte.gz',
        /holds labels, not images/,
      );
    });
    it('splits of different shapes', async () => {
      put(at('shapes', name), images(2));
      put(at('shapes', 't10k-images-idx3-ubyte'), idx(8, [1, 3, 3], counting(9)));
      await rejectsWith(openIdx(at('shapes')), 't10k-images-idx3-ubyte', /2 × 3.*3 × 3/);
    });
    it('several datasets in one folder', async () => {
      put(at('several', 'a-train-images-idx3-ubyte'), images(2));
      put(at('several', 'b-train-images-idx3-ubyte'), images(2));
      await rejectsWith(openIdx(at('several')), 'several', /a-train-images.*b-train-images/, /folder of its own/);
    });
    it('two files for the same part', async () => {
      put(at('twice', 'images-idx3-ubyte'), images(2));
      put(at('twice', 'train-images-idx3-ubyte'), images(2));
      await rejectsWith(openIdx(at('twice')), 'twice', /two files for the same part/);
    });
    it('a link that leads out of the folder is not followed', async () => {
      put(at('linked', 'other.txt'), 'x');
      symlinkSync(at('mnist', 't10k-images-idx3-ubyte'), at('linked', name));
      await rejectsWith(openIdx(at('linked')), 'linked', /1 link out of the folder, not followed/);
    });
  });

  it('never unpack more than the header promises', async () => {
    const bomb = gzipSync(Buffer.concat([idx(8, [1, 2, 2], [1, 2, 3, 4]), Buffer.alloc(200_000_000)]));
    put(at('bomb', 'train-images-idx3-ubyte.gz'), bomb);
    const memoryBefore = process.memoryUsage.rss();
    await rejectsWith(openIdx(at('bomb')), 'train-images-idx3-ubyte.gz', /wrong size/);
    assert.ok(process.memoryUsage.rss() - memoryBefore < 100_000_000);
  });
});
