import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { detectDataset } from '../../../src/data/detect.js';
import { summarize, type Summary } from '../../../src/data/summary.js';
import { npy, png } from './make.js';
import { varint } from './parquet/make.js';
import { zip } from './tree/make.js';

const told = (known: Partial<Summary>): Summary => ({
  ...{ counts: [], atLeast: false, shape: [], classes: null, bytes: null },
  ...known,
});

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

const parquet = (...names: string[]) => path.join('test/fixtures/parquet', ...names);

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
    assert.deepEqual(await summaryOf(), told({ counts: [50, 3], shape: [28, 20] }));
    assert.deepEqual(
      await summaryOf(path.join(folder, 't10k-images-idx3-ubyte')),
      told({ counts: [3], shape: [28, 20] }),
    );
  });

  it('is read from the beginning of compressed files, however large they are', async () => {
    const images = idx([2000, 28, 28]);
    for (let i = 16; i < images.length; i++) images[i] = (i * 2654435761) >>> 13;
    const packed = gzipSync(images);
    assert.ok(packed.length > 10_000, 'more than is looked at');
    write('train-images-idx3-ubyte.gz', packed);
    assert.deepEqual(await summaryOf(), told({ counts: [2000], shape: [28, 28] }));
  });

  it('is how many images there are of how many classes, and their size when it is the same', async () => {
    for (const name of ['cat', 'dog', 'fox'])
      for (let i = 0; i < 4; i++) write(`${name}/${i}.png`, png(3, 2, [9, 9, 9]));
    assert.deepEqual(await summaryOf(), told({ counts: [12], shape: [2, 3], classes: 3 }));
    for (const other of [png(4, 2, [9, 9, 9]), png(3, 4, [9, 9, 9])]) {
      write('cat/0.png', other);
      assert.deepEqual(await summaryOf(), told({ counts: [12], classes: 3 }));
    }
  });

  it('counts by splits, and is silent on folders that are none', async () => {
    for (const name of [
      'test/a/1.png',
      'train/a/1.png',
      'train/a/2.png',
      'train/b/3.png',
      'other/a/1.png',
      'val/a/1.png',
    ])
      write(name, png(3, 2, [9, 9, 9]));
    assert.deepEqual(await summaryOf(), told({ counts: [3, 1, 1], shape: [2, 3], classes: 2 }));
  });

  it('counts the labels in file names, as the reader does', async () => {
    for (let i = 0; i < 30; i++) write(`${i % 10}_${['ann', 'bob'][i % 2] ?? ''}_${i}.wav`, 'not looked at');
    assert.deepEqual(await summaryOf(), told({ counts: [30], classes: 10 }));
  });

  it('counts up to 20,000 files and says that there are more', async function () {
    this.timeout(60_000);
    for (let i = 0; i < 20_001; i++) write(`all/${i}.png`, '');
    write('more/1.png', '');
    assert.deepEqual(await summaryOf(), told({ counts: [19_998], atLeast: true, classes: 2 }));
  });

  it('is the shape of arrays of each split, in files and in an archive', async () => {
    write('x_test.npy', npy('<f4', [2, 3, 4], new Uint8Array(96)));
    write('x_train.npy', npy('<f4', [5, 3, 4], new Uint8Array(240)));
    write('y_train.npy', npy('<f4', [5], new Uint8Array(20)));
    assert.deepEqual(await summaryOf(), told({ counts: [5, 2], shape: [3, 4] }));
    const archive = zip([{ name: 'x.npy', content: npy('<f4', [7, 2], new Uint8Array(56)) }]);
    write('arrays/a.npz', archive.bytes);
    assert.deepEqual(await summaryOf(path.join(folder, 'arrays')), told({ counts: [7], shape: [2] }));
  });

  it('is the size of tables and texts, whose examples would have to be counted by reading', async () => {
    write('train.csv', 'a,b\n1,2\n');
    write('test.csv', 'a,b\n');
    assert.deepEqual(await summaryOf(), told({ bytes: 12 }));
  });

  it('is nothing where files are not what their names promise, or too much would have to be read', async () => {
    write('train-images-idx3-ubyte', 'nonsense');
    assert.equal(await summaryOf(), null);
    write('train-images-idx3-ubyte', idx([2, 28, 28]));
    write('t10k-images-idx3-ubyte', 'nonsense');
    assert.equal(await summaryOf(), null);
    write('b/x.npy', 'nonsense');
    assert.equal(await summaryOf(path.join(folder, 'b')), null);
  });

  it('are the rows that Parquet files state, of all shards of each split', async () => {
    assert.deepEqual(await summaryOf(parquet('pictures', 'data')), told({ counts: [8, 2] }));
    assert.deepEqual(await summaryOf(parquet('table.parquet')), told({ counts: [40] }));
    for (const [split, name] of [
      ['train', 'table.parquet'],
      ['test', 'texts.parquet'],
    ] as const) {
      mkdirSync(path.join(folder, split));
      copyFileSync(parquet(name), path.join(folder, split, '0000.parquet'));
    }
    assert.deepEqual(await summaryOf(), told({ counts: [40, 4] }));
  });

  it('is the size of Parquet files that do not say at once how many rows they have', async () => {
    const whole = readFileSync(parquet('table.parquet'));
    const length = whole.readUInt32LE(whole.length - 8);
    // FileMetaData: version 2, so many empty SchemaElements, 40 rows, then what is long.
    const wide = (columns: number): Buffer => {
      const elements = [0x19, 0xfc, ...varint(columns), ...new Array<number>(columns).fill(0)];
      const description = Buffer.concat([Buffer.from([0x15, 4, ...elements, 0x16, 80]), Buffer.alloc(300_000)]);
      const tail = Buffer.from('0000PAR1');
      tail.writeUInt32LE(description.length);
      return Buffer.concat([Buffer.from('PAR1'), description, tail]);
    };
    const cases: [string, Buffer][] = [
      ['cut.parquet', whole.subarray(0, -1)],
      ['lies.parquet', Buffer.concat([whole.subarray(0, -8), Buffer.from([255, 255, 255, 127]), Buffer.from('PAR1')])],
      ['zeros.parquet', Buffer.concat([whole.subarray(0, -8 - length), Buffer.alloc(length), whole.subarray(-8)])],
      [
        'nested.parquet',
        Buffer.concat([whole.subarray(0, -8 - length), Buffer.alloc(length, 0x1c), whole.subarray(-8)]),
      ],
      ['short.parquet', Buffer.from('PAR1')],
      ['wide.parquet', wide(300_000)],
    ];
    for (const [name, bytes] of cases) {
      write(name, bytes);
      assert.deepEqual(await summaryOf(path.join(folder, name)), told({ bytes: bytes.length }), name);
    }
    write('narrow.parquet', wide(30_000));
    assert.deepEqual(await summaryOf(path.join(folder, 'narrow.parquet')), told({ counts: [40] }));
  });
});
