import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { openDataset } from '../../../src/data/index.js';
import { DataError } from '../../../src/data/reader.js';
import { counting, float32, idx, npy, put, readAll, temporaryFolder } from './make.js';
import { zip, type ZipPart } from './tree/make.js';

type Broken = [what: string, bytes: Buffer];

const cuts = (bytes: Buffer, places: number[]): Broken[] =>
  places.map((place) => [`cut after ${place} bytes`, bytes.subarray(0, place)]);
const set = (bytes: Uint8Array, at: number, ...values: number[]): Buffer => {
  const copy = Buffer.from(bytes);
  copy.set(values, at < 0 ? copy.length + at : at);
  return copy;
};

/** The header is 16 bytes: magic, type, number of dimensions, and three of these. */
const images = idx(8, [4, 2, 3], counting(24));
const packed = gzipSync(images);
const brokenIdx: Broken[] = [
  ...cuts(images, [0, 1, 2, 3, 4, 5, 8, 9, 12, 15, 16, 17, 22, 39]),
  ['a byte too many', Buffer.concat([images, Buffer.of(0)])],
  ['twice', Buffer.concat([images, images])],
  ['a first byte', set(images, 0, 1)],
  ['a second byte', set(images, 1, 1)],
  ...[0, 7, 10, 15, 255].map((type): Broken => [`type ${type}`, set(images, 2, type)]),
  ...[0, 1, 2, 4, 9, 255].map((dimensions): Broken => [`${dimensions} dimensions`, set(images, 3, dimensions)]),
  ['4 billion images', set(images, 4, 255, 255, 255, 255)],
  ['4 billion of everything', set(images, 4, ...Array.from({ length: 12 }, () => 255))],
  ...[4, 8, 12].map((at): Broken => [`a dimension of 0 at ${at}`, set(images, at, 0, 0, 0, 0)]),
  ['one image less', set(images, 7, 3)],
  ['one image more', set(images, 7, 5)],
  ['NaN', idx(0x0d, [1, 1, 2], [1, NaN], 4, 'writeFloatBE')],
  ['infinity', idx(0x0e, [1, 1, 2], [1, -Infinity], 8, 'writeDoubleBE')],
];
const brokenPacked: Broken[] = [
  ...cuts(packed, [3, 9, 10, 12, packed.length - 8, packed.length - 4, packed.length - 1]),
  ['a flag of gzip', set(packed, 3, 4)],
  ['a method of gzip', set(packed, 2, 7)],
  ['a wrong check sum', set(packed, -8, ~(packed[packed.length - 8] ?? 0) & 255)],
  ['a wrong length', set(packed, -4, 0)],
  ...brokenIdx
    .filter(([, { length }]) => length > 0)
    .map(([what, bytes]): Broken => [`packed: ${what}`, gzipSync(bytes)]),
];

const values = float32(counting(6));
const array = npy('<f4', [2, 3], values);
const header = (text: string): Buffer => {
  const bytes = Buffer.from(`\x93NUMPY\x01\0\0\0${text}\n`, 'latin1');
  bytes.writeUInt16LE(text.length + 1, 8);
  return Buffer.concat([bytes, values]);
};
const described = (descr: string, fortran: string, shape: string): Buffer =>
  header(`{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`);
const brokenNpy: Broken[] = [
  ...cuts(array, [0, 1, 5, 6, 7, 8, 9, 10, 11, 64, 127, 128, 129, 151]),
  ['a byte too many', Buffer.concat([array, Buffer.of(0)])],
  ['another magic', set(array, 0, 0x92)],
  ...[0, 4, 255].map((version): Broken => [`version ${version}`, set(array, 6, version)]),
  ['a header of 64 kB', set(array, 8, 255, 255)],
  ['a header of 0 bytes', set(array, 8, 0, 0)],
  ['no header', header('')],
  ['JSON', header('{"descr": "<f4"}')],
  ['no type', header("{'fortran_order': False, 'shape': (2, 3), }")],
  ['no shape', header("{'descr': '<f4', 'fortran_order': False, }")],
  ...["'<f3'", "'f'", "'|O'", "'<U4'", "'<c8'", "'<M8[ns]'", "''", '[]', "[('a', '<f4')]"].map((descr): Broken => [
    `the type ${descr}`,
    described(descr, 'False', '(2, 3)'),
  ]),
  ['an order that is none', described("'<f4'", 'Maybe', '(2, 3)')],
  ...[
    '(2, -3)',
    '(2, 3',
    '(2.5, 3)',
    '(9223372036854775808, 3)',
    '(1e9, 3)',
    '(2, 4)',
    '(1, 3)',
    '(6,)',
    '()',
    '(0, 3)',
    '(2, 0)',
    `(${'1, '.repeat(5000)})`,
  ].map((shape): Broken => [`the shape ${shape.slice(0, 30)}`, described("'<f4'", 'False', shape)]),
  ['NaN', npy('<f4', [1, 2], float32([1, NaN]))],
  ['infinity', npy('<f8', [1, 2], new Uint8Array(Float64Array.of(-Infinity, 1).buffer))],
];

const examples: ZipPart = { name: 'x_train.npy', content: array };
const labels: ZipPart = { name: 'y_train.npy', content: npy('|u1', [2], Uint8Array.of(0, 1)) };
const archive = zip([examples, labels]);
const npz = (first: ZipPart, second: ZipPart = labels): Buffer =>
  zip([
    { ...examples, ...first },
    { ...labels, ...second },
  ]).bytes;
const brokenNpz: Broken[] = [
  ...cuts(archive.bytes, [
    0,
    3,
    ...archive.boundaries.flatMap((end) => [end - 1, end, end + 1]).filter((end) => end < archive.bytes.length),
  ]),
  ...brokenNpy.map(([what, content]): Broken => [`examples: ${what}`, npz({ ...examples, content })]),
  ...['(3,)', '(1,)', '()', '(2, 2, 2)', '(0,)', '(-2,)'].map((shape): Broken => [
    `labels of the shape ${shape}`,
    npz(examples, { ...labels, content: described("'|u1'", 'False', shape) }),
  ]),
  ['labels cut off', npz(examples, { ...labels, content: (labels.content as Buffer).subarray(0, -1) })],
  ['labels that are Python objects', npz(examples, { ...labels, content: described("'|O'", 'False', '(2,)') })],
  ['labels alone', zip([labels, { name: 'other.npy', content: array }]).bytes],
  ['examples twice', zip([examples, { ...examples, name: 'x.npy' }]).bytes],
  ['names that tell nothing', zip(['a.npy', 'b.npy'].map((name) => ({ name, content: array }))).bytes],
  ['no arrays', zip([{ name: 'notes.txt', content: 'x' }]).bytes],
  ['nothing', zip([]).bytes],
  ...[1, 3, 60_000].map((count): Broken => [`${count} entries`, zip([examples, labels], { count }).bytes]),
  ['a wrong check sum', npz({ ...examples, told: { crc: 1 } })],
  ['a size that is too small', npz({ ...examples, told: { bytes: 100 } })],
  ['a size that is too large', npz({ ...examples, told: { bytes: 200 } })],
  ['a size of gigabytes', npz({ ...examples, told: { bytes: 0xfffffff0 } })],
  ['packed bytes beyond the end', npz({ ...examples, told: { packed: 0xfffffff0 } })],
  ['an entry beyond the end', npz({ ...examples, told: { offset: 0xfffffff0 } })],
  ['an entry in another', npz(examples, { ...labels, told: { offset: 0 } })],
  ['another name in the entry', npz({ ...examples, localName: 'y_train.npy' })],
  ['no signature of an entry', npz({ ...examples, localSignature: 0 })],
  ['a password', npz({ ...examples, flags: 1 })],
  ['packed by another method', npz({ ...examples, method: 12 })],
  ['packed bytes that are none', npz({ ...examples, packed: Buffer.alloc(40, 255) })],
  ['zeros that unpack to a thousand times as much', npz({ ...examples, content: Buffer.alloc(4_000_000) })],
];

/** A label, and 32 × 32 × 3 bytes. */
const record = (label: number): Buffer => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, 7)]);
const two = Buffer.concat([record(1), record(9)]);
const brokenCifar: Broken[] = [
  ...cuts(two, [0, 1, 2, 1024, 1025, 2049, 3072, 3074, 4097, 6145]),
  ...[10, 11, 99, 100, 127, 128, 254, 255].map((label): Broken => [
    `the label ${label}`,
    Buffer.concat([two, record(label)]),
  ]),
  ...[10, 200].map((label): Broken => [`the first label ${label}`, record(label)]),
  ...[1, 2, 3071, 3072].map((more): Broken => [`${more} bytes too many`, Buffer.concat([two, Buffer.alloc(more)])]),
  ['pictures of 100 classes', Buffer.concat([Buffer.of(3), record(5), Buffer.of(3), record(5)])],
  ['a byte missing at the start', two.subarray(1)],
  ['text', Buffer.from('label,pixels\n1,2\n')],
  ['a web page', Buffer.from('<!DOCTYPE html>'.padEnd(3073, ' '))],
  ['zeros of half a picture', Buffer.alloc(1500)],
  ['bytes missing in the middle', Buffer.concat([two.subarray(0, 3000), two.subarray(3100)])],
  ['bytes put into the middle', Buffer.concat([two.subarray(0, 3000), Buffer.alloc(9, 255), two.subarray(3000)])],
];

describe('Broken arrays', function () {
  this.timeout(60_000);
  const at = temporaryFolder();

  it('begin from ones that are whole', async () => {
    for (const [name, bytes] of [
      ['train-images-idx3-ubyte', images],
      ['train-images-idx3-ubyte.gz', packed],
      ['x_train.npy', array],
      ['data.npz', archive.bytes],
      ['data_batch_1.bin', two],
    ] as const)
      assert.ok((await readAll(await openDataset(path.dirname(put(at('whole', name, name), bytes))))).count > 0, name);
  });

  for (const [kind, name, files] of [
    ['IDX', 'train-images-idx3-ubyte', brokenIdx],
    ['packed IDX', 'train-images-idx3-ubyte.gz', brokenPacked],
    ['NPY', 'x_train.npy', brokenNpy],
    ['NPZ', 'data.npz', brokenNpz],
    ['packed NPZ', 'data.npz.gz', brokenNpz.map(([what, bytes]): Broken => [what, gzipSync(bytes)])],
    [
      'NPZ in an archive',
      'data.zip',
      brokenNpz.map(([what, bytes]): Broken => [what, Buffer.from(zipSync({ 'data.npz': bytes }))]),
    ],
    ['CIFAR', 'data_batch_1.bin', brokenCifar],
  ] as const)
    it(`are refused by their file, with advice and without filling the memory: ${kind}`, async () => {
      assert.ok(files.length >= 30, `${files.length} files`);
      const before = process.memoryUsage.rss();
      const read: string[] = [];
      for (const [i, [what, bytes]] of files.entries()) {
        const file = put(at(kind, String(i), name), bytes);
        try {
          const dataset = await openDataset(path.dirname(file));
          await readAll(dataset);
          await dataset.close();
          read.push(what);
        } catch (error) {
          assert.ok(error instanceof DataError, `${what}: ${error instanceof Error ? error.stack : String(error)}`);
          assert.ok(error.message.includes(name), `${what}: ${error.message}`);
          assert.ok(error.advice, `${what}: ${error.message}`);
          assert.doesNotMatch(error.message, /undefined|null|out of range|Invalid|\[object/, what);
        }
      }
      assert.deepEqual(read, []);
      assert.ok(process.memoryUsage.rss() - before < 200_000_000);
    });
});
