import * as assert from 'node:assert/strict';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { DataError } from '../../../../src/data/reader.js';
import { openTree } from '../../../../src/data/tree/tree.js';
import { put, temporaryFolder } from '../make.js';
import { pax, tar, tarPart, zip, type TarPart, type ZipPart } from './make.js';

/** What became of an archive: everything that was said of it, and the names of the files that could be read. */
interface Outcome {
  said: string[];
  read: string[];
}

async function outcome(file: string): Promise<Outcome> {
  const said: string[] = [];
  const read: string[] = [];
  const tell = (error: unknown): void => {
    assert.ok(error instanceof DataError, error instanceof Error ? error.stack : String(error));
    assert.ok(error.file.startsWith(file), `${error.file} is not ${file}`);
    assert.ok(error.advice, 'no advice');
    assert.doesNotMatch(error.message, /undefined|NaN|\[object|\n {4}at /);
    said.push(`${error.message} ${error.advice}`);
  };
  try {
    const tree = await openTree(file);
    for (const problem of tree.problems) {
      assert.ok(problem.file.startsWith(file));
      said.push(problem.reason);
    }
    await tree.contents(tree.files, ({ name }, content) => {
      if (content instanceof DataError) tell(content);
      else read.push(name);
    });
    for (const one of tree.files) {
      try {
        for await (const piece of one.stream()) assert.ok(Buffer.isBuffer(piece));
        assert.ok(read.includes(one.name), `${one.name} can be streamed, but not read`);
      } catch (error) {
        tell(error);
        assert.ok(!read.includes(one.name), `${one.name} can be read, but not streamed`);
      }
    }
    await tree.close();
  } catch (error) {
    tell(error);
  }
  return { said, read: read.sort() };
}

const good: ZipPart = { name: 'good.txt', content: 'good' };
const text = 'some text, '.repeat(50);
const u64 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => bytes.writeBigUInt64LE(BigInt(value), 8 * i));
  return bytes;
};

/** Names that climb out, for both kinds. */
const climbing = ['../x', 'a/../../x', '/etc/passwd', '\\\\server\\x', 'C:\\x', 'c:x', 'a\\..\\..\\x'];

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
}

/** An archive, what is said of it, and what can be read all the same; by default nothing. */
type Case = [bytes: Buffer, says: RegExp, read?: string[]];

const damaged = /damaged/;
const wholeZip = zip([good, { name: 'b.txt', content: text }]).bytes;
const bomb = deflateRawSync(Buffer.alloc(5_000_000));

const zips: Record<string, Case> = {
  'a count too small': [zip([good, good], { count: 1 }).bytes, /2 entries instead of 1/],
  'a count too large': [zip([good], { count: 5 }).bytes, /1 entries instead of 5/],
  'a count of zero': [zip([good], { count: 0 }).bytes, /1 entries instead of 0/],
  'a directory that begins elsewhere': [zip([good], { offset: 3 }).bytes, damaged],
  'a directory beyond the end': [zip([good], { offset: 1_000_000 }).bytes, /beyond its own end, to byte 1,000,/],
  'a directory of gigabytes': [zip([good], { length: 0xfffffff0 }).bytes, /directory claims 4,294,967,280 bytes/],
  'a directory too short': [zip([good, good], { length: 60 }).bytes, /entry 2 of its directory is damaged/],
  'a directory with something behind its entries': [
    zip([good], { directoryTail: Buffer.from('something') }).bytes,
    /entry 2 of its directory is damaged.*byte/,
  ],
  'a name longer than the directory': [changed(wholeZip, wholeZip.lastIndexOf('PK\x01\x02') + 29, 255), damaged],
  'one part of several': [zip([good], { disk: 2 }).bytes, /one of several parts.*Join/],
  'an entry that claims gigabytes': [
    zip([{ ...good, told: { bytes: 0xfffffff0 } }]).bytes,
    /good\.txt claims 4,294,967,280 bytes/,
  ],
  'a stored entry that claims gigabytes': [
    zip([{ ...good, method: 0, told: { bytes: 0xf0000000 } }]).bytes,
    /good\.txt claims/,
  ],
  'an entry packed to gigabytes': [zip([{ ...good, told: { packed: 0xf0000000 } }]).bytes, /good\.txt in it reaches/],
  'a bomb that says less than it holds': [
    zip([{ name: 'bomb', packed: bomb, content: Buffer.alloc(1000) }]).bytes,
    /bomb (cannot be unpacked to its 1,000|has more than its 1,000) bytes/,
  ],
  'a bomb that says more than it holds': [
    zip([{ name: 'bomb', packed: bomb, told: { bytes: 5_014_000 } }]).bytes,
    /bomb has 5,000,000 bytes instead of 5,014,000/,
  ],
  'a bomb of entries that overlap': [
    zip([
      { name: 'a', content: text },
      { name: 'b', content: text, told: { offset: 0 } },
    ]).bytes,
    /a and b in it share the same bytes/,
  ],
  'a bomb of entries within another': [
    zip([
      { name: 'a', content: zip([good]).bytes, method: 0, told: { packed: 150, bytes: 150 } },
      { name: 'b', content: text },
    ]).bytes,
    /a and b in it share the same bytes/,
  ],
  'an entry that begins elsewhere': [zip([good, { ...good, told: { offset: 1 } }]).bytes, /share the same bytes/],
  'an entry beyond the end': [zip([{ ...good, told: { offset: 0xfffffff0 } }]).bytes, /good\.txt in it reaches/],
  'an entry with another signature': [
    zip([good, { name: 'x', localSignature: 0x12345678 }]).bytes,
    /x does not begin at byte 44/,
    ['good.txt'],
  ],
  'an entry with another name than the directory says': [
    zip([{ ...good, localName: 'evil.txt' }]).bytes,
    /good\.txt does not begin at byte 0/,
  ],
  'an entry whose own header is longer than the file': [
    changed(zip([good]).bytes, 29, 255),
    /beyond its own end|cannot be unpacked/,
  ],
  'a wrong check sum': [zip([good, { name: 'x', told: { crc: 1 } }]).bytes, /check sum of x/, ['good.txt']],
  'a changed byte in a stored entry': [
    changed(zip([{ name: 'x', content: text, method: 0 }]).bytes, 100, 1),
    /check sum of x/,
  ],
  'a changed byte in a deflated entry': [changed(zip([{ name: 'x', content: text }]).bytes, 40, 0), damaged],
  'deflate that is none': [
    zip([{ name: 'x', content: text, packed: Buffer.alloc(400, 7) }]).bytes,
    /x cannot be unpacked/,
  ],
  'deflate that is cut off': [
    zip([{ name: 'x', content: text, packed: deflateRawSync(text).subarray(0, 15) }]).bytes,
    /x (cannot be unpacked|has)/,
  ],
  'encrypted entries': [zip([good, { name: 'x', flags: 1 }]).bytes, /x in it is encrypted.*password/, ['good.txt']],
  'entries packed in another way': [zip([good, { name: 'x', method: 93 }]).bytes, /method 93/, ['good.txt']],
  links: [zip([good, { name: 'x', content: '/etc/passwd', mode: 0o120777 }]).bytes, /a link/, ['good.txt']],
  'a NUL in a name': [zip([good, { name: 'x\0.txt' }]).bytes, /NUL/, ['good.txt']],
  'a name of 60,000 characters': [zip([good, { name: 'x'.repeat(60_000) }]).bytes, /longer than/, ['good.txt']],
  'a ZIP64 directory that is not there': [
    withZip64(zip([good]).bytes, (start) => Buffer.concat([Buffer.alloc(56), locator(start)])),
    /ZIP64 directory is not where/,
  ],
  'a ZIP64 directory beyond the end': [
    withZip64(zip([good]).bytes, () => locator(2 ** 52)),
    /beyond its own end, to byte 4,503,/,
  ],
  'a ZIP64 count of billions': [
    withZip64(zip([good]).bytes, (start, at, length) => Buffer.concat([end64(2 ** 40, length, at), locator(start)])),
    /1 entries instead of/,
  ],
  'a ZIP64 directory of petabytes': [
    withZip64(zip([good]).bytes, (start, at) => Buffer.concat([end64(1, 2 ** 50, at), locator(start)])),
    /directory claims 1,125,/,
  ],
  'zeros at its end': [Buffer.concat([zip([good]).bytes, Buffer.alloc(100_000)]), /does not end as ZIP archives do/],
  'zeros in place of its directory': [
    Buffer.concat([zip([good]).bytes.subarray(0, 44), Buffer.alloc(54), zip([good]).bytes.subarray(-22)]),
    /entry 1 of its directory/,
  ],
  'only its first four bytes': [Buffer.from('PK\x03\x04'), damaged],
};

/** Puts ZIP64's end before the end; its arguments: where it comes, where the directory begins, and its length. */
function withZip64(archive: Buffer, make: (start: number, at: number, length: number) => Buffer): Buffer {
  const start = archive.length - 22;
  const at = archive.readUInt32LE(start + 16);
  return Buffer.concat([archive.subarray(0, start), make(start, at, start - at), archive.subarray(start)]);
}

function locator(offset: number): Buffer {
  return Buffer.concat([Buffer.from('PK\x06\x07\0\0\0\0', 'latin1'), u64(offset), Buffer.from([1, 0, 0, 0])]);
}

function end64(count: number, length: number, offset: number): Buffer {
  return Buffer.concat([
    Buffer.from('PK\x06\x06', 'latin1'),
    u64(44),
    Buffer.alloc(12),
    u64(count, count, length, offset),
  ]);
}

const entry: TarPart = { name: 'good.txt', content: 'good' };
const octal = (size: number): string => `${size.toString(8).padStart(11, '0')}\0`;

const tars: Record<string, Case> = {
  'no end mark': [tarPart(entry), /no mark at its end/, ['good.txt']],
  'something after its end mark': [
    Buffer.concat([tarPart(entry), Buffer.alloc(512), tarPart({ name: 'more' })]),
    /follows the mark/,
    ['good.txt'],
  ],
  'a wrong check sum': [tar(entry, { name: 'x', checksum: '000000\0 ' }), /byte 1024|byte 1,024/],
  'a check sum that is no number': [tar(entry, { name: 'x', checksum: '????????' }), damaged],
  'a changed byte in a name': [changed(tar(entry, { name: 'x' }), 1024, 0x79), /byte 1,024 .*check sum/],
  'zeros in place of a header': [
    Buffer.concat([tarPart(entry), Buffer.alloc(512), Buffer.alloc(512, 1)]),
    /follows the mark/,
    ['good.txt'],
  ],
  'a size that is no number': [tar(entry, { name: 'x', size: 'twelve bytes' }), /byte 1,024 .*size/],
  'a negative size': [tar(entry, { name: 'x', size: '-0000000001\0' }), /size/],
  'a negative size in base 256': [tar(entry, { name: 'x', size: Buffer.alloc(12, 255) }), /size/],
  'a size of gigabytes': [tar(entry, { name: 'x', size: octal(2 ** 32) }), /ends at byte 2,560, within x/],
  'a size of exabytes': [
    tar(entry, { name: 'x', size: Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 255)]) }),
    /size in its header is no number/,
  ],
  'a size of petabytes': [
    tar(entry, { name: 'x', size: Buffer.from([0x80, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0]) }),
    /ends at byte 2,560, within x/,
  ],
  'a size in attributes that is no number': [tar(entry, pax({ size: 'many' }), { name: 'x' }), /size/],
  'a size in attributes that is negative': [tar(entry, pax({ size: '-5' }), { name: 'x' }), /size/],
  'a size in attributes that is too large': [tar(entry, pax({ size: '99999999' }), { name: 'x' }), /within x/],
  'a name of gigabytes': [tar(entry, { type: 'L', size: octal(2 ** 32) }), /claims 4,294,967,296 bytes for a name/],
  'attributes of gigabytes': [tar(entry, { type: 'x', size: octal(2 ** 32) }), /claims 4,294,967,296 bytes/],
  'attributes that are cut off': [tar(entry, { type: 'x', size: octal(9000) }), /cut off.*within a header/],
  'attributes without a length': [tar(entry, { type: 'x', content: 'path=x\n' }), /no pairs/],
  'attributes with a wrong length': [tar(entry, { type: 'x', content: '999 path=x\n' }), /no pairs/],
  'attributes with a length of zero': [tar(entry, { type: 'x', content: '0 path=x\n' }), /no pairs/],
  'attributes without a value': [tar(entry, { type: 'x', content: '9 pathxx\n' }), /no pairs/],
  'attributes without a line end': [tar(entry, { type: 'x', content: '11 path=xyz' }), /no pairs/],
  'a NUL in a name': [tar(entry, pax({ path: 'a\0b' }), { name: 'x' }), /NUL/, ['good.txt']],
  'a name of 10,000 characters': [tar(entry, pax({ path: 'x'.repeat(10_000) }), {}), /longer/, ['good.txt']],
  'links in a circle': [
    tar(entry, { name: 'a', type: '2', link: 'b' }, { name: 'b', type: '2', link: 'a' }),
    /a link/,
    ['good.txt'],
  ],
  'a link to itself': [tar(entry, { name: 'a', type: '1', link: 'a' }), /a link/, ['good.txt']],
  'a link that claims a size': [tar(entry, { name: 'a', type: '1', size: octal(2 ** 30) }), /a link/, ['good.txt']],
  devices: [tar(entry, { name: 'a', type: '3' }, { name: 'b', type: '6' }), /no file/, ['good.txt']],
  'a part of another archive': [tar(entry, { name: 'a', type: 'M', content: text }), /no file/, ['good.txt']],
  'a sparse file of GNU': [
    tar(entry, { name: 'a', type: 'S', content: text }, { name: 'b' }),
    /sparse/,
    ['b', 'good.txt'],
  ],
  'a sparse file with a long map': [
    tar(
      entry,
      tarPart({ name: 'a', type: 'S', size: octal(0), change: (header) => (header[482] = 1) }),
      Buffer.alloc(512),
      { name: 'b' },
    ),
    /sparse/,
    ['b', 'good.txt'],
  ],
  'a sparse file whose map never ends': [
    Buffer.concat([tarPart({ name: 'a', type: 'S', change: (header) => (header[482] = 1) }), Buffer.alloc(5120, 1)]),
    /cut off/,
  ],
  'a sparse file of POSIX': [tar(entry, pax({ 'GNU.sparse.major': '1' }), { name: 'a' }), /sparse/, ['good.txt']],
};

const packedTar = gzipSync(tar(entry, { name: 'x', content: text }));
const member = gzipSync(text);

const gzips: Record<string, Case> = {
  'a wrong check sum': [changed(packedTar, -5, 1), /gzip data is wrong after/],
  'a wrong length': [changed(packedTar, -1, 1), /gzip data is wrong/],
  'its end missing': [packedTar.subarray(0, -8), /gzip data ends/],
  'a wrong check sum, of a file alone': [changed(member, -5, 1), /gzip data is wrong/],
  'a wrong length, of a file alone': [changed(member, -1, 1), /gzip data is wrong/],
  'something behind it': [Buffer.concat([member, Buffer.from('something')]), /gzip data is wrong after/],
  'zeros and something behind it': [Buffer.concat([member, Buffer.alloc(9), Buffer.from('x')]), /gzip data is wrong/],
  'a second member whose first byte is zero': [Buffer.concat([member, changed(member, 0, 0)]), /gzip data is wrong/],
  'a second member whose first byte is wrong': [Buffer.concat([member, changed(member, 0, 1)]), /gzip data is wrong/],
  'a second member that is cut off': [Buffer.concat([member, member.subarray(0, 12)]), /gzip data ends/],
  'a second member with a wrong sum': [Buffer.concat([member, changed(member, -5, 1)]), /gzip data is wrong/],
  'a changed byte': [changed(packedTar, 40, 3), /gzip data (is wrong|ends)|damaged|cut off/],
  'a broken archive in it': [gzipSync(tar(entry, { name: 'x', checksum: '000000\0 ' })), /damaged at byte 1,024/],
  'an archive in it that is cut off': [gzipSync(tar(entry, { content: text }).subarray(0, 1700)), /cut off: it ends/],
  ...Object.fromEntries(
    [0, 1, 7, 9, 255].map((method): [string, Case] => [
      `method ${method}`,
      [changed(member, 2, method), /is (cut off|named as .*but is none)|cannot be read|gzip data is wrong/],
    ]),
  ),
  ...Object.fromEntries(
    [0x20, 0x40, 0x80, 0xff].map((flags): [string, Case] => [
      `reserved flags ${flags}`,
      [changed(member, 3, flags), /gzip data (is wrong|ends)/],
    ]),
  ),
  'a check sum of its header that does not fit': [
    Buffer.concat([changed(member, 3, 2).subarray(0, 10), Buffer.from([1, 2]), member.subarray(10)]),
    /gzip data is wrong/,
  ],
  'a name without an end': [Buffer.concat([changed(member, 3, 8).subarray(0, 10), Buffer.alloc(600, 'x')]), /gzip/],
  'a remark without an end': [Buffer.concat([changed(member, 3, 16).subarray(0, 10), Buffer.alloc(600, 'x')]), /gzip/],
  'an extra field beyond its end': [
    Buffer.concat([changed(member, 3, 4).subarray(0, 10), Buffer.from([255, 255]), member.subarray(10)]),
    /gzip data ends/,
  ],
  ...Object.fromEntries(
    (
      [
        ['a block of no kind', [7]],
        ['a stored block whose lengths differ', [1, 5, 0, 5, 0, 1, 2, 3, 4, 5]],
        ['a stored block longer than the file', [1, 255, 255, 0, 0]],
        ['code lengths that are no code', [5, 0xff, 0xff, 0xff, 0xff, 0xff]],
        ['a distance before its beginning', [0x4b, 0x04, 0x62, 0x00]],
        ['no block', []],
      ] as [string, number[]][]
    ).map(([what, deflated]): [string, Case] => [
      what,
      [Buffer.concat([member.subarray(0, 10), Buffer.from(deflated), Buffer.alloc(8)]), /gzip data (is wrong|ends)/],
    ]),
  ),
};

describe('Broken archives', function () {
  this.timeout(60_000);
  const at = temporaryFolder();

  for (const [kind, cases] of Object.entries({ zip: zips, tar: tars, gz: gzips }))
    describe(`of ${kind}`, () => {
      it('are of thirty kinds at least', () => assert.ok(Object.keys(cases).length >= 30));

      for (const [what, [bytes, says, read = []]] of Object.entries(cases))
        it(`with ${what}`, async () => {
          const found = await outcome(put(at(`broken.${kind}`), bytes));
          assert.deepEqual(found.read, read);
          assert.ok(found.said.length > 0);
          for (const said of found.said) assert.match(said, says);
        });
    });

  for (const name of climbing)
    it(`with a name that climbs out: ${JSON.stringify(name)}`, async () => {
      const files = [put(at('c.zip'), zip([good, { name }]).bytes), put(at('c.tar'), tar(entry, { name }))];
      for (const file of files)
        assert.deepEqual(await outcome(file), {
          said: ['Left out: its name leads out of the archive.'],
          read: ['good.txt'],
        });
    });

  it('that are cut off anywhere at a boundary, or beside one, are told', async () => {
    const { bytes, boundaries } = zip([
      good,
      { name: 'b.txt', content: text },
      { name: 'c.txt', content: text, method: 0 },
    ]);
    for (const boundary of boundaries
      .flatMap((end) => [end - 1, end, end + 1])
      .filter((end) => end > 4 && end < bytes.length)) {
      const { said, read } = await outcome(put(at('cut.zip'), bytes.subarray(0, boundary)));
      assert.match(said.join(), /cut\.zip cannot be read/, `cut at ${boundary}`);
      assert.deepEqual(read, []);
    }
    const archive = tar(
      entry,
      pax({ path: 'long.txt' }),
      { content: text },
      { name: '@', type: 'L', content: 'name\0' },
      {},
    );
    for (let block = 1; block * 512 < archive.length - 512; block++)
      for (const end of [block * 512 - 1, block * 512, block * 512 + 1]) {
        if (end < 512) continue;
        const { said } = await outcome(put(at('cut.tar'), archive.subarray(0, end)));
        assert.match(said.join(), /cut\.tar is cut off: it ends at byte|no mark at its end/, `cut at ${end}`);
      }
    for (let end = 18; end < packedTar.length; end++) {
      const { said, read } = await outcome(put(at('cut.tar.gz'), packedTar.subarray(0, end)));
      assert.match(said.join(), /cut\.tar\.gz is (cut off|named)/, `cut at ${end}`);
      assert.deepEqual(read, []);
    }
  });

  it('that would unpack to gigabytes are unpacked no further than what may be read', async () => {
    const zeros = Buffer.alloc(50_000_000);
    const files = [
      put(at('bomb.bin.gz'), gzipSync(zeros)),
      put(at('bomb.zip'), zip([{ name: 'bomb', content: zeros }]).bytes),
      put(at('bomb.tgz'), gzipSync(tar({ name: 'bomb', content: zeros }))),
      put(at('bombs.zip'), zip([{ name: 'bomb.gz', content: gzipSync(zeros) }]).bytes),
    ];
    for (const file of files) {
      const tree = await openTree(file);
      const memory = process.memoryUsage.rss();
      await assert.rejects(tree.files[0]!.read({ most: 1_000_000 }), (error) => {
        assert.ok(error instanceof DataError && error.message.includes('1,000,000'), String(error));
        return true;
      });
      assert.ok(process.memoryUsage.rss() - memory < 30_000_000, file);
      await tree.close();
    }
  });
});
