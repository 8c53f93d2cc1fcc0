import * as assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { openDataset } from '../../../../src/data/index.js';
import { openParquet } from '../../../../src/data/parquetData.js';
import { Damage } from '../../../../src/data/parquet/damage.js';
import { DataError } from '../../../../src/data/reader.js';
import { stream, type RandomStream } from '../../../../src/protocol/random.js';
import { put, rejectsWith, temporaryFolder } from '../make.js';
import { doubles, ELEMENT, parquet, struct, varint, type Parts } from './make.js';
import { readColumns } from './values.js';

const fixtures = path.join(__dirname, '../../../fixtures/parquet');
const TEXT = { 1: 6, 3: 0, 4: 'x', 6: 0 };
const huge = 2 ** 31 - 1;

/** Length and bytes of each. */
function plainTexts(...texts: string[]): Buffer {
  return Buffer.concat(texts.map((text) => Buffer.from([text.length, 0, 0, 0, ...Buffer.from(text)])));
}

const LISTS = [
  { 4: 'root', 5: 1 },
  { 3: 1, 4: 'label', 5: 1, 6: 3 },
  { 3: 2, 4: 'list', 5: 1 },
  { 1: 6, 3: 1, 4: 'element', 6: 0 },
];

/** Each level so many times. */
function levels(...runs: [count: number, level: number][]): Buffer {
  const bytes = runs.flatMap(([count, level]) => [...varint(2 * count), level]);
  return Buffer.from([bytes.length, 0, 0, 0, ...bytes]);
}

/** A column "label" of lists of texts: repetition 0 begins one; definition 0 is null, 1 an empty list, 2 a missing label. */
function lists(repetition: Buffer, definition: Buffer, count: number, parts: Parts): Parts {
  return {
    ...parts,
    schema: LISTS,
    data: { 1: count, ...parts.data },
    column: { 1: 6, 3: ['label', 'list', 'element'], 5: BigInt(count), ...parts.column },
    body: Buffer.concat([repetition, definition, parts.body ?? plainTexts('a', 'b', 'c')]),
  };
}

/** Each with what its message says besides the file's name. */
const broken: Record<string, [file: Parts | Buffer, ...says: RegExp[]]> = {
  'is empty': [Buffer.alloc(0), /empty/],
  'has its first bytes only': [Buffer.from('PAR1'), /ends after 4 bytes/],
  'is a web page': [Buffer.from('<html>not found</html>'), /no Parquet file.*3c68746d/],
  'ends within its pages': [parquet().subarray(0, 20), /its end is missing/],
  'ends within its footer': [parquet().subarray(0, 90), /its end is missing/],
  'lacks its last byte': [parquet().subarray(0, -1), /its end is missing/],
  'is encrypted': [{ end: 'PARE' }, /encrypted/],
  'has encrypted columns': [{ chunk: { 8: {} } }, /encrypted/],
  'has a footer longer than itself': [{ footerLength: 0xffffffff }, /4.294.967.295 bytes/],
  'has a footer that is no struct': [{ footer: Buffer.alloc(40, 0xff) }, /description/],
  'has a footer of no fields': [{ footer: Buffer.from([0]) }, /description.*missing/],
  'has a list of two billion columns': [{ footer: Buffer.from([0x29, 0xfc, ...varint(huge), 0]) }, /cut off/],
  'has a name of two billion bytes': [{ footer: Buffer.from([0x68, ...varint(huge), 0]) }, /cut off/],
  'has a number without an end': [{ footer: Buffer.alloc(5000, 0x96) }, /does not end/],
  'has structs within structs': [{ footer: Buffer.alloc(5000, 0x1c) }, /nested/],
  'has lists within lists': [{ footer: Buffer.concat([Buffer.from([0x29]), Buffer.alloc(5000, 0x19)]) }, /nested/],
  'has a schema that is cut off': [{ schema: [{ 4: 'root', 5: 2 }, ELEMENT] }, /schema/],
  'has a schema of two billion columns': [{ schema: [{ 4: 'root', 5: huge }, ELEMENT] }, /schema/],
  'has more columns in its schema than it says': [{ schema: [{ 4: 'root', 5: 1 }, ELEMENT, ELEMENT] }, /schema/],
  'has two columns of one name': [
    { schema: [{ 4: 'root', 5: 2 }, ELEMENT, ELEMENT], group: { 1: [] } },
    /same name, “x”/,
  ],
  'has a column without a type': [
    {
      schema: [
        { 4: 'root', 5: 1 },
        { 3: 0, 4: 'x' },
      ],
    },
    /"x" has no type/,
  ],
  'has fixed bytes of no width': [
    {
      schema: [
        { 4: 'root', 5: 1 },
        { 1: 7, 3: 0, 4: 'x' },
      ],
    },
    /"x" has no width/,
  ],
  'has a row group without its columns': [{ group: { 1: [] } }, /row group 1 has 0 columns, not 1/],
  'has columns in other files': [{ chunk: { 1: 'other.parquet' } }, /another file, other.parquet/],
  'has a column that lies outside': [{ column: { 9: 1_000_000n } }, /"x" of row group 1 would lie outside/],
  'has a column of negative length': [{ column: { 7: -5n } }, /-5 is no count/],
  'has a column of another type than its schema': [{ column: { 1: 1 } }, /described as another column/],
  'has a row group of a billion rows': [{ rows: 1e9 }, /1.000.000.000 rows; up to/, /smaller row groups/],
  'has fewer rows than its row groups': [{ file: { 3: 2n } }, /has 2 rows, but its row groups have 3/],
  'has negative rows': [{ group: { 3: -3n } }, /-3 is no count/],
  'has a page with more rows than there are': [{ data: { 1: 4 } }, /more values than the 3/],
  'has a page with fewer values than it says': [{ body: doubles(1, 2) }, /column "x" of row group 1, it is cut off/],
  'has pages with fewer rows than there are': [{ data: { 1: 2 } }, /column "x" of row group 1, its pages are cut off/],
  'has a page longer than its column': [{ page: { 3: 5000 } }, /pages are cut off/],
  'has a page of negative length': [{ page: { 3: -1 } }, /-1 is no count/],
  'has a page of two billion bytes': [{ page: { 2: huge } }, /2.147.483.647 bytes; up to/],
  'has a page of another size than it says': [{ page: { 2: 23 } }, /24 bytes, not 23/],
  'has a page that is no page': [{ page: { 1: 9 } }, /unknown kind/],
  'has a page whose description is damaged': [{ before: Buffer.alloc(64, 0xfe), column: { 11: 4n } }, /row group 1/],
  'has a page with a wrong check sum': [{ page: { 4: 12345 } }, /check sum/],
  'has an unknown codec': [{ column: { 4: 99 } }, /not read here/, /snappy/],
  'has the codec LZO': [{ column: { 4: 3 } }, /LZO/, /snappy/],
  'has an unknown encoding': [{ data: { 2: 77 } }, /encoded as/],
  'has texts encoded as numbers': [
    { schema: [{ 4: 'root', 5: 1 }, TEXT], column: { 1: 6 }, data: { 2: 5 } },
    /BYTE_ARRAY DELTA_BINARY_PACKED/,
  ],
  'has a text longer than its page': [
    { schema: [{ 4: 'root', 5: 1 }, TEXT], column: { 1: 6 }, body: Buffer.from('ffffff7f61626364', 'hex') },
    /cut off/,
  ],
  'has no dictionary where one is named': [{ data: { 2: 8 }, body: Buffer.from([1, 6, 0]) }, /dictionary is missing/],
  'names more of its dictionary than there is': [
    {
      before: Buffer.concat([struct({ 1: 2, 2: 8, 3: 8, 7: { 1: 1, 2: 0 } }), doubles(7)]),
      data: { 2: 8 },
      body: Buffer.from([3, 6, 5]),
    },
    /value 5 of its dictionary is named, which has 1/,
  ],
  'has a dictionary of two billion values': [
    { before: Buffer.concat([struct({ 1: 2, 2: 8, 3: 8, 7: { 1: huge, 2: 0 } }), doubles(7)]), data: { 2: 8 } },
    /cut off/,
  ],
  'has levels that are cut off': [
    {
      schema: [
        { 4: 'root', 5: 1 },
        { ...ELEMENT, 3: 1 },
      ],
      body: Buffer.from([200, 0, 0, 0, 6, 1]),
    },
    /cut off/,
  ],
  'has a level too high': [
    {
      schema: [
        { 4: 'root', 5: 1 },
        { ...ELEMENT, 3: 1 },
      ],
      body: Buffer.concat([Buffer.from([2, 0, 0, 0, 6, 2]), doubles(1, 2, 3)]),
    },
    /a level is 2, of 1/,
  ],
  'has differences in blocks of nothing': [
    {
      schema: [
        { 4: 'root', 5: 1 },
        { ...ELEMENT, 1: 1 },
      ],
      column: { 1: 1 },
      data: { 2: 5 },
      body: Buffer.from([0, 0, 3, 2, 2]),
    },
    /blocks of 0/,
  ],
  'promises more than snappy can pack': [{ column: { 4: 1 }, page: { 2: 5e8 } }, /promises 500.000.000 bytes in 24/],
  'is a bomb of gzip': [{ column: { 4: 2 }, body: gzipSync(Buffer.alloc(50_000_000)), page: { 2: 24 } }, /GZIP/],
  'is a bomb of brotli': [
    { column: { 4: 4 }, body: brotliCompressSync(Buffer.alloc(50_000_000)), page: { 2: 24 } },
    /BROTLI/,
  ],
  'is a bomb of zstd': [
    // One frame: a window of 1 MiB, blocks of 128 KiB of one byte repeated.
    {
      column: { 4: 6 },
      body: Buffer.concat([
        Buffer.from('28b52ffd0050', 'hex'),
        ...Array.from({ length: 400 }, () => Buffer.from([0x02, 0, 0x10, 0])),
        Buffer.from([0x03, 0, 0x10, 0]),
      ]),
      page: { 2: 24 },
    },
    /ZSTD/,
  ],
  'has an absurd window of zstd': [
    { column: { 4: 6 }, body: Buffer.from('28b52ffd00f8010000', 'hex'), page: { 2: 24 } },
    /ZSTD.*window/,
  ],
  'is a bomb of LZ4': [
    { column: { 4: 7 }, body: Buffer.from([0x1f, 0, 1, 0, ...new Array<number>(500).fill(255), 0]), page: { 2: 2400 } },
    /LZ4/,
  ],
  'has damaged snappy': [{ column: { 4: 1 } }, /SNAPPY/],
  'has an infinite number': [{ body: doubles(1, Infinity, 3) }, /row 2, column “x”: Infinity is no finite number/],
  'has no rows': [{ rows: 0, body: Buffer.alloc(0) }, /no rows/],
  'has no columns': [{ schema: [{ 4: 'root', 5: 0 }], group: { 1: [] } }, /no column/],
  'begins within a list': [
    lists(levels([1, 1], [2, 0]), levels([3, 3]), 3, {}),
    /in column "label", it begins within a list/,
  ],
  'has lists of fewer rows than there are': [
    lists(levels([1, 0], [1, 1], [1, 0]), levels([3, 3]), 3, {}),
    /column "label" of row group 1, it holds the lists of 2 rows, not 3/,
  ],
  'has a page with more values than its lists': [
    lists(levels([3, 0]), levels([3, 3]), 3, { column: { 5: 2n } }),
    /more values than the 2/,
  ],
  'has lists of a billion values': [
    lists(levels([3, 0]), levels([3, 3]), 3, { column: { 5: 10n ** 9n } }),
    /lists have 1.000.000.000 values; up to/,
  ],
  'has a missing value in a list': [
    lists(levels([3, 0]), levels([1, 3], [1, 2], [1, 0]), 3, { body: plainTexts('a') }),
    /row 2, column “label”: its list holds a missing value/,
  ],
  'has a list of thousands of labels': [
    lists(levels([1, 0], [19_999, 1]), levels([20_000, 3]), 20_000, {
      rows: 1,
      before: Buffer.concat([struct({ 1: 2, 2: 5, 3: 5, 7: { 1: 1, 2: 0 } }), plainTexts('a')]),
      data: { 2: 8 },
      body: Buffer.from([1, ...varint(40_000), 0]),
    }),
    /row 1, column “label”: its list is longer than 10.000 labels/,
  ],
  'has lists only': [
    {
      schema: [
        { 4: 'root', 5: 1 },
        { ...ELEMENT, 3: 2 },
      ],
    },
    /no column of numbers/,
  ],
};

describe('Broken Parquet files', function () {
  this.timeout(60_000);
  const at = temporaryFolder();

  it('begin from one that is whole', async () => {
    const table = await openParquet(put(at('whole.parquet'), parquet()));
    const rows: unknown[] = [];
    await table.visit(null, (_, row) => void rows.push(row));
    assert.deepEqual(rows, [[1.5], [2.5], [4]]);
  });

  it('may hold lists that go on from page to page', async () => {
    const body = Buffer.concat([levels([1, 0], [1, 1]), levels([2, 3]), plainTexts('a', 'b')]);
    const page = struct({ 1: 0, 2: body.length, 3: body.length, 5: { 1: 2, 2: 0, 3: 3, 4: 3 } });
    const parts = lists(levels([1, 1], [1, 0]), levels([2, 3]), 2, { rows: 2, body: plainTexts('c', 'd') });
    const column = { ...parts.column, 5: 4n };
    const file = put(at('pages.parquet'), parquet({ ...parts, column, before: Buffer.concat([page, body]) }));
    assert.deepEqual((await readColumns(file)).get('label')?.texts, ['["a","b","c"]', '["d"]']);
  });

  for (const [name, [file, ...says]] of Object.entries(broken))
    it(`one that ${name} is told`, async () => {
      const target = put(at('some', 'one.parquet'), Buffer.isBuffer(file) ? file : parquet(file as Parts));
      await rejectsWith(openDataset(target), 'one.parquet', ...says);
    });

  it('a folder that is named as one is looked into', async () => {
    mkdirSync(at('folder.parquet'));
    await rejectsWith(openDataset(at('folder.parquet')), 'folder.parquet', /empty folder/);
    put(at('folder.parquet', 'part-0.parquet'), parquet());
    assert.equal((await openDataset(at('folder.parquet'))).info.count, 3);
  });

  it('cut at any byte, are told or read as far as they are whole', async () => {
    const whole = parquet({
      schema: [{ 4: 'root', 5: 1 }, TEXT],
      column: { 1: 6 },
      body: plainTexts('a', 'bc', 'd e'),
    });
    for (let length = 0; length < whole.length; length++)
      await assert.rejects(
        openParquet(put(at('cut.parquet'), whole.subarray(0, length))),
        DataError,
        `${length} bytes`,
      );
  });

  it('with random faults are told, or read to as many values, in bounded time and memory', async () => {
    const random = stream(7, 'parquet faults');
    const names = [
      'codec-none',
      'codec-lz4',
      'codec-zstd',
      'codec-snappy',
      'delta-1.0',
      'pages-2.0',
      'split-2.0',
      'int96',
      'labels-1.0',
      'labels-plain-2.0',
    ];
    const files = names.map((name) => readFileSync(path.join(fixtures, 'values', `${name}.parquet`)));
    const before = process.memoryUsage().rss;
    let told = 0;
    let longest = 0;
    for (let i = 0; i < 240; i++) {
      const mutated = mutate(files[i % files.length]!, random);
      const file = at('mutated.parquet');
      writeFileSync(file, mutated);
      const start = performance.now();
      try {
        await (i % 3 === 0 ? openParquet(file) : readColumns(file));
      } catch (error) {
        assert.ok(
          error instanceof DataError || error instanceof Damage,
          `${i}: ${error instanceof Error ? error.stack : String(error)}`,
        );
        told++;
      }
      longest = Math.max(longest, performance.now() - start);
    }
    assert.ok(told > 60, `${told} told`);
    assert.ok(longest < 20_000, `${longest} ms`);
    assert.ok(process.memoryUsage().rss - before < 1e9);
  });
});

/** Cuts something out, or changes a few bytes, of which half lie in the description at the end. */
function mutate(bytes: Buffer, random: RandomStream): Buffer {
  const footer = bytes.readUInt32LE(bytes.length - 8);
  const copy = Buffer.from(bytes);
  if (random.uniform() < 0.1) {
    const from = random.integer(copy.length);
    return Buffer.concat([copy.subarray(0, from), copy.subarray(from + 1 + random.integer(64))]);
  }
  const inFooter = random.uniform() < 0.5;
  for (let i = 1 + random.integer(3); i > 0; i--) {
    const index = inFooter ? copy.length - 8 - footer + random.integer(footer) : random.integer(copy.length);
    copy[index] = random.uniform() < 0.5 ? copy[index]! ^ (1 << random.integer(8)) : random.integer(256);
  }
  return copy;
}
