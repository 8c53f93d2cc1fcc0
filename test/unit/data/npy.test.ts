import * as assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { openDataset } from '../../../src/data/index.js';
import { openNpy } from '../../../src/data/npy.js';
import { decodeNpy } from '../../../src/data/npyArray.js';
import { parseArrayName } from '../../../src/data/npyNames.js';
import { crc32OfBytes } from '../../../src/data/crc32.js';
import { counting, float32, npy, put, readAll, rejectsWith, temporaryFolder } from './make.js';
import { tar } from './tree/make.js';

/** Written by NumPy itself (make.py there). */
const fixtures = path.resolve('test/fixtures/numpy');
const fixture = (name: string): string => path.join(fixtures, name);

interface Expected {
  shape: number[];
  values: number[];
}

const zeros = (length: number): Uint8Array => new Uint8Array(length);

describe('NumPy arrays', () => {
  const at = temporaryFolder();

  it('of every type, byte order, version and memory order are read as NumPy wrote them', () => {
    const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Record<string, Expected>;
    assert.ok(Object.keys(expected).length >= 26);
    for (const [name, { shape, values }] of Object.entries(expected)) {
      const array = decodeNpy(readFileSync(fixture(name)), name, name);
      assert.deepEqual(array.shape, shape, name);
      const read = array.type === 'float64' ? values.map(Math.fround) : values.map((value) => value + 0);
      assert.deepEqual(
        Array.from(array.data as ArrayLike<number>, (value) => value + 0),
        read,
        name,
      );
    }
  });

  it('keep the type that fits: bytes, 32-bit integers, floats', () => {
    const type = (name: string): string => decodeNpy(readFileSync(fixture(name)), name, name).data.constructor.name;
    assert.match(type('cu1.npy'), /^Uint8Array$/);
    assert.equal(type('c-little-i8.npy'), 'Int32Array');
    assert.equal(type('large.npy'), 'Float32Array');
    assert.equal(type('c-big-f8.npy'), 'Float32Array');
  });

  it('of bytes [n, h, w] are images, [n, h, w, c] too, [n, d] are arrays', async () => {
    const shapeOf = async (content: Buffer): Promise<unknown> => {
      const { kind, shape, range } = (await openNpy(put(at('one.npy'), content))).info;
      return [kind, shape, range];
    };
    assert.deepEqual(await shapeOf(npy('|u1', [2, 3, 4], zeros(24))), ['image', [3, 4, 1], [0, 255]]);
    assert.deepEqual(await shapeOf(npy('|u1', [2, 3, 4, 3], zeros(72))), ['image', [3, 4, 3], [0, 255]]);
    assert.deepEqual(await shapeOf(npy('|u1', [2, 12], zeros(24))), ['array', [12], [0, 255]]);
    assert.deepEqual(await shapeOf(npy('|b1', [2, 3, 4], zeros(24))), ['image', [3, 4, 1], [0, 1]]);
    assert.deepEqual(await shapeOf(npy('<f4', [2, 12], float32(counting(24)))), ['array', [12], null]);
    assert.deepEqual(await shapeOf(npy('<f4', [2, 3, 4], float32(counting(24)))), ['array', [3, 4], null]);
  });

  it('of floats that look like pixels are images, scaled as they were', async () => {
    const pixels = (factor: number): Uint8Array => float32(counting(128).map((value) => value * factor));
    const info = async (content: Buffer): Promise<unknown> => {
      const { kind, shape, range } = (await openNpy(put(at('pixels.npy'), content))).info;
      return [kind, shape, range];
    };
    assert.deepEqual(await info(npy('<f4', [2, 8, 8], pixels(1 / 127))), ['image', [8, 8, 1], [0, 1]]);
    assert.deepEqual(await info(npy('<f4', [2, 8, 8], pixels(2))), ['image', [8, 8, 1], [0, 255]]);
    assert.deepEqual(await info(npy('<f4', [2, 8, 8], pixels(-1))), ['array', [8, 8], null]);
  });

  it('with channels first become channels last', async () => {
    const reader = await openNpy(put(at('chw.npy'), npy('|u1', [1, 3, 2, 5], Uint8Array.from(counting(30)))));
    assert.deepEqual(reader.info.shape, [2, 5, 3]);
    const { data } = await readAll(reader);
    assert.deepEqual([...data].slice(0, 6), [0, 10, 20, 1, 11, 21]);
  });

  it('of bytes in Fortran order are turned to C order', () => {
    const bytes = npy('|u1', [2, 3], Uint8Array.from([1, 2, 3, 4, 5, 6]), true);
    assert.deepEqual([...(decodeNpy(bytes, 'f.npy', 'f.npy').data as Uint8Array)], [1, 3, 5, 2, 4, 6]);
  });

  it('in an archive give splits and labels by their names', async () => {
    const reader = await openNpy(fixture('stored.npz'));
    assert.deepEqual(
      { ...reader.info, path: '', files: reader.info.files.map((file) => path.basename(file)) },
      {
        kind: 'image',
        format: 'npz',
        path: '',
        count: 6,
        shape: [4, 4, 1],
        range: [0, 255],
        classes: ['1', '2', '3'],
        groups: null,
        splits: [
          { name: 'train', start: 0, count: 4 },
          { name: 'test', start: 4, count: 2 },
        ],
        problems: [],
        files: ['stored.npz'],
      },
    );
    assert.deepEqual([...reader.labels!], [2, 0, 2, 1, 0, 1]);
    const { data } = await readAll(reader);
    assert.deepEqual(
      [...data],
      Array.from({ length: 96 }, (_, i) => (i * 7) % 256),
    );
  });

  it('in an .npz archive are read where it lies: in .zip, .tar and .tar.gz, beside others, packed by gzip', async () => {
    const bytes = readFileSync(fixture('stored.npz'));
    const alone = await openDataset(put(at('alone.npz'), bytes));
    const values = (await readAll(alone)).data;
    const members = [
      { name: 'set/README.md', content: 'x' },
      { name: 'set/digits.npz', content: bytes },
    ];
    const packed = gzipSync(bytes);
    const inZip = { 'set/README.md': Buffer.from('x'), 'set/digits.npz': bytes };
    for (const [name, content] of Object.entries({
      'stored.zip': Buffer.from(zipSync(inZip, { level: 0 })),
      'deflated.zip': Buffer.from(zipSync(inZip)),
      'packed.zip': Buffer.from(zipSync({ 'digits.npz.gz': packed })),
      'digits.tar': tar(...members),
      'digits.tar.gz': gzipSync(tar(...members)),
      'packed.tar': tar({ name: 'digits.npz.gz', content: packed }),
      'digits.npz.gz': packed,
      'folder/digits.npz.gz': packed,
    })) {
      const file = put(at('within', ...name.split('/')), content);
      for (const target of name.startsWith('folder') ? [file, path.dirname(file)] : [file]) {
        const reader = await openDataset(target);
        assert.deepEqual({ ...reader.info, path: '', files: [] }, { ...alone.info, path: '', files: [] }, target);
        assert.deepEqual([reader.info.path, reader.info.files], [file, [file]]);
        assert.deepEqual([...reader.labels!], [...alone.labels!]);
        assert.deepEqual((await readAll(reader)).data, values);
      }
    }
  });

  it('in a compressed archive are read, and text labels are class names', async () => {
    const reader = await openNpy(fixture('deflated.npz'));
    assert.deepEqual(reader.info.classes, ['cat', 'dog', 'é']);
    assert.deepEqual([...reader.labels!], [0, 1, 0, 2, 1, 0]);
  });

  it('without names are examples and labels; one-hot rows are classes', async () => {
    const { labels } = await openNpy(fixture('unnamed.npz'));
    assert.deepEqual([...labels!], [0, 2, 1, 0, 0, 2]);
  });

  it('in a folder belong together by their names', async () => {
    put(at('folder', 'x_train.npy'), npy('|u1', [2, 3], Uint8Array.from(counting(6))));
    put(at('folder', 'y_train.npy'), npy('|u1', [2, 1], Uint8Array.from([1, 0])));
    put(at('folder', 'notes.npy'), npy('|u1', [2, 1], Uint8Array.from([1, 0])));
    const { info, labels } = await openNpy(at('folder'));
    assert.deepEqual([info.count, info.shape, [...labels!]], [2, [3], [1, 0]]);
    assert.deepEqual(
      info.problems.map(({ file, reason }) => [path.basename(file), /not used/.test(reason)]),
      [['notes.npy', true]],
    );
  });

  it('are told by their usual names', () => {
    const cases: [string, string, string | null][] = [
      ['x_train', 'examples', 'train'],
      ['y_test', 'labels', 'test'],
      ['X', 'examples', null],
      ['y', 'labels', null],
      ['images', 'examples', null],
      ['train_labels', 'labels', 'train'],
      ['xTrain', 'examples', 'train'],
      ['yval', 'labels', 'validation'],
      ['test', 'examples', 'test'],
    ];
    for (const [name, role, split] of cases) assert.deepEqual([name, parseArrayName(name)], [name, { role, split }]);
    for (const name of ['weights', 'mean', 'constructor']) assert.equal(parseArrayName(name), null, name);
  });

  it('with labels that are fractions are used without labels, and this is told', async () => {
    const file = zipSync({
      'x.npy': npy('|u1', [2, 3], zeros(6)),
      'y.npy': npy('<f4', [2], float32([0.5, 1.5])),
    });
    const { info, labels } = await openNpy(put(at('regression.npz'), file));
    assert.deepEqual([info.classes, labels], [null, null]);
    assert.match(info.problems[0]?.reason ?? '', /without labels.*y holds fractions/);
  });

  it('have the check sum that ISO 3309 gives', () => {
    assert.equal(crc32OfBytes(Buffer.from('123456789')), 0xcbf43926);
  });

  describe('that are too large for memory', () => {
    const types: [string, number, (view: DataView, at: number, value: number) => void][] = [
      ['|u1', 1, (view, at, value) => view.setUint8(at, value)],
      ['<i4', 4, (view, at, value) => view.setInt32(at, value, true)],
      ['<f4', 4, (view, at, value) => view.setFloat32(at, value, true)],
      ['>f4', 4, (view, at, value) => view.setFloat32(at, value, false)],
      ['<f8', 8, (view, at, value) => view.setFloat64(at, value, true)],
      ['>i2', 2, (view, at, value) => view.setInt16(at, value, false)],
    ];
    const large = (descr: string, width: number, write: (typeof types)[0][2], values: number[]): Buffer => {
      const body = new DataView(new ArrayBuffer(values.length * width));
      values.forEach((value, i) => write(body, i * width, value));
      return npy(descr, [values.length / 6, 2, 3], new Uint8Array(body.buffer));
    };

    for (const [descr, width, write] of types)
      it(`are read from the disk, any order, with the values that reading them whole gives: ${descr}`, async () => {
        const values = Array.from({ length: 60 }, (_, i) => (i * 37) % 101);
        const file = put(at('large', `${descr.replace(/\W/g, '-')}.npy`), large(descr, width, write, values));
        const [disk, memory] = [await openNpy(file, {}, 0), await openNpy(file)];
        for (const positions of [[9, 0, 5, 6, 7, 5], [0], Array.from({ length: 10 }, (_, i) => i)])
          assert.deepEqual(
            Array.from((await disk.read(positions)).data),
            Array.from((await memory.read(positions)).data),
          );
        assert.deepEqual([disk.info.count, disk.info.splits], [memory.info.count, memory.info.splits]);
        if (descr !== '|u1') assert.deepEqual(disk.info.range, [0, 100]);
        await disk.close();
      });

    it('are refused when a value is not finite, cut off, or in Fortran order', async () => {
      const write = types[2]![2];
      const bytes = large('<f4', 4, write, [...counting(17), NaN]);
      await rejectsWith(openNpy(put(at('nan.npy'), bytes), {}, 0), 'nan.npy', /first is at \[2, 1, 2\]/);
      const many = new Float32Array(3_000_000); // looked through in more than one piece
      many[2_999_999] = Infinity;
      const late = npy('<f4', [1_000_000, 3], new Uint8Array(many.buffer));
      await rejectsWith(openNpy(put(at('late.npy'), late), {}, 0), 'late.npy', /first is at \[999999, 2\]/);
      await rejectsWith(openNpy(put(at('cut.npy'), bytes.subarray(0, -1)), {}, 0), 'cut.npy', /cut off/);
      const fortran = npy('<f4', [3, 2, 3], float32(counting(18)), true);
      await rejectsWith(openNpy(put(at('fortran.npy'), fortran), {}, 0), 'fortran.npy', /Fortran/, /ascontiguousarray/);
    });
  });

  describe('that cannot be used are told with what to do', () => {
    const wrong = (name: string, content: Uint8Array, ...says: RegExp[]): Promise<void> =>
      rejectsWith(openNpy(put(at('wrong', name), content)), name, ...says);
    const good = npy('<f4', [2, 3], float32(counting(6)));

    it('empty', () => wrong('empty.npy', zeros(0), /empty \(0 bytes\)/));
    it('cut off', () => wrong('cut.npy', good.subarray(0, good.length - 1), /cut off.*\[2, 3\].*152 bytes.*151/));
    it('cut off in the header', () => wrong('header.npy', good.subarray(0, 40), /header is cut off/));
    it('too long', () => wrong('long.npy', Buffer.concat([good, zeros(3)]), /wrong size/));
    it('wrong magic', () => wrong('magic.npy', Buffer.from('PK and something more'), /no NPY file.*NUMPY/));
    it('a version of the future', () => {
      const bytes = Buffer.from(good);
      bytes[6] = 9;
      return wrong('version.npy', bytes, /version 9/, /numpy.save/);
    });
    it('a header that is none', () =>
      wrong(
        'garbled.npy',
        Buffer.from(good.toString('latin1').replace('fortran', 'nartrof'), 'latin1'),
        /header does not give/,
      ));
    it('an impossible shape', () => wrong('shape.npy', npy('<f4', [2 ** 40, 2 ** 40], zeros(4)), /wrong size/));
    it('NaN in the data', () =>
      wrong(
        'nan.npy',
        npy('<f4', [2, 3], float32([1, 2, 3, 4, NaN, -Infinity])),
        /2 values of 6.*\[1, 1\]/,
        /Replace/,
      ));
    it('a double beyond 32-bit floats', () =>
      wrong(
        'double.npy',
        npy('<f8', [1, 2], new Uint8Array(Float64Array.of(1, 1e300).buffer)),
        /1 value of 2 is not finite/,
      ));
    it('one dimension only', () => wrong('flat.npy', npy('<f4', [6], float32(counting(6))), /\[6\]/, /two dimensions/));
    it('no examples', () => wrong('none.npy', npy('<f4', [0, 6], zeros(0)), /no examples/));
    it('Python objects, records and complex numbers', async () => {
      for (const [name, say] of [
        ['objects.npy', /Python objects/],
        ['records.npy', /records/],
        ['complex.npy', /<c8/],
      ] as const) {
        copyFileSync(fixture(name), at('wrong', name));
        await rejectsWith(openNpy(at('wrong', name)), name, say);
      }
    });
    it('labels that are not as many as the examples', () =>
      wrong(
        'count.npz',
        zipSync({ 'x.npy': npy('|u1', [2, 3], zeros(6)), 'y.npy': npy('|u1', [3], zeros(3)) }),
        /count.npz: y has 3 labels.*count.npz: x has 2 examples/,
      ));
    it('labels without examples', () =>
      wrong(
        'labels.npz',
        zipSync({ 'y_train.npy': npy('|u1', [3], zeros(3)), 'other.npy': npy('|u1', [3, 2], zeros(6)) }),
        /y_train holds labels, but there are no examples/,
        /x_train/,
      ));
    it('arrays of which none is known by its name', () =>
      wrong(
        'names.npz',
        zipSync({ 'a.npy': npy('|u1', [3, 1], zeros(3)), 'b.npy': npy('|u1', [3, 2], zeros(6)) }),
        /arrays a and b/,
        /x_train and y_train/,
      ));
    it('an archive without arrays', () => wrong('readme.npz', zipSync({ readme: zeros(3) }), /no arrays/));
    it('several .npz archives in one place', async () => {
      const some = readFileSync(fixture('stored.npz'));
      const file = put(at('several.zip'), zipSync({ 'a.npz': some, 'b.npz': some }));
      await rejectsWith(
        openDataset(file),
        'several.zip',
        /holds 2 \.npz archives: a\.npz and b\.npz/,
        /by numpy\.savez/,
      );
      for (const name of ['a.npz', 'b.npz']) put(at('several', name), some);
      await rejectsWith(openDataset(at('several')), 'several', /a\.npz in it looks like one/, /Name .*a\.npz instead/);
    });
    it('no archive', () => wrong('text.npz', Buffer.from('x,y\n1,2\n'), /no ZIP archive/));
    it('an archive that is cut off', () => {
      const bytes = readFileSync(fixture('stored.npz'));
      return wrong('cut.npz', bytes.subarray(0, bytes.length / 2), /cut off/);
    });
    it('an archive with a changed byte', () => {
      const bytes = readFileSync(fixture('stored.npz'));
      bytes[180] = ~bytes[180]! & 255;
      return wrong('changed.npz', bytes, /check sum of x_train/);
    });
    it('an archive that says it is smaller than it is', () => {
      const bytes = Buffer.from(zipSync({ 'x.npy': npy('|u1', [100, 1000], zeros(100_000)) }));
      const directory = bytes.indexOf('PK\x01\x02', 0, 'latin1');
      bytes.writeUInt32LE(1000, directory + 24);
      return wrong('bomb.npz', bytes, /cannot be unpacked to its 1,000 bytes/);
    });
    it('an array that would fill the memory', () => {
      const bytes = Buffer.from(zipSync({ 'x.npy': npy('|u1', [100, 1000], zeros(100_000)) }));
      bytes.writeUInt32LE(1.2e9, bytes.indexOf('PK\x01\x02', 0, 'latin1') + 24);
      return wrong('large.npz', bytes, /x has 1,200,000,000 bytes.*may have 1,073,741,824/, /as an \.npy file/);
    });
    it('a packing method that is not read', () => {
      const bytes = readFileSync(fixture('stored.npz'));
      bytes.writeUInt16LE(12, bytes.indexOf('PK\x01\x02', 0, 'latin1') + 10);
      return wrong('bzip2.npz', bytes, /method 12/, /savez/);
    });
  });
});
