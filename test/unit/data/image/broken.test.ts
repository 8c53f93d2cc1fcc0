import * as assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { decodeImage } from '../../../../src/data/image/decode.js';
import { readHeader, readImageHeader } from '../../../../src/data/image/header.js';
import { stream, type RandomStream } from '../../../../src/protocol/random.js';
import { put, temporaryFolder } from '../make.js';
import { brokenBmp, brokenJpeg, brokenPng, brokenPnm, brokenWebp, type Broken } from './broken.js';
import { image, references } from './reference.js';

const kinds: Record<string, { files: string[]; breakIt: (bytes: Buffer) => Broken[] }> = {
  PNG: { files: ['rgb8.png', 'grey1-interlaced.png', 'rgba16.png'], breakIt: brokenPng },
  JPEG: { files: ['420.jpg', '444-progressive.jpg', 'grey.jpg', 'cmyk.jpg'], breakIt: brokenJpeg },
  WebP: { files: ['lossless.webp', 'lossy.webp', 'lossy-alpha.webp'], breakIt: brokenWebp },
  BMP: { files: ['24.bmp', 'grey.bmp', 'rle8.bmp', '565.bmp'], breakIt: brokenBmp },
  PNM: { files: ['1.pbm', '2.pgm', '3.ppm', '4.pbm', '5.pgm', '6.ppm'], breakIt: brokenPnm },
};
/** More than any of the small whole images needs. */
const MAX_BYTES = 150e6;
const SEEDS = 60;

/** Memory that this process has, also outside of JavaScript's heap. */
const resident = (): number => process.memoryUsage.rss();

function damage(bytes: Buffer, random: RandomStream): Buffer {
  const copy = Buffer.from(bytes);
  const kind = random.uniform();
  if (kind < 0.15) return copy.subarray(0, random.integer(copy.length));
  if (kind < 0.25) {
    const from = random.integer(copy.length);
    return Buffer.concat([copy.subarray(0, from), copy.subarray(from + 1 + random.integer(20))]);
  }
  const changes = 1 + random.integer(6);
  for (let i = 0; i < changes; i++) {
    const at = random.integer(random.uniform() < 0.5 ? Math.min(64, copy.length) : copy.length);
    copy[at] = random.uniform() < 0.5 ? copy[at]! ^ (1 << random.integer(8)) : random.integer(256);
  }
  return copy;
}

describe('Broken images', function () {
  this.timeout(60_000);
  const at = temporaryFolder();

  for (const [kind, { files, breakIt }] of Object.entries(kinds))
    it(`are refused with the reason, without filling the memory: ${kind}`, () => {
      const broken = files.flatMap((file) =>
        breakIt(image(file)).map(([what, bytes]) => [`${file}, ${what}`, bytes] as const),
      );
      assert.ok(broken.length >= 30, `${broken.length} files`);
      const before = resident();
      for (const [what, bytes] of broken) {
        const decode = (): unknown => decodeImage(bytes, { channels: 3 });
        assert.throws(
          decode,
          (error) => {
            assert.ok(error instanceof Error);
            assert.match(error.message, /^it('s| |s )|^its /, what);
            assert.doesNotMatch(
              error.message,
              /undefined|null|not a function|out of range|RuntimeError|longjmp|0 MiB/,
              what,
            );
            return true;
          },
          what,
        );
      }
      assert.ok(resident() - before < MAX_BYTES, `${resident() - before} bytes`);
    });

  it('are told apart by their file’s header alone as well, where that is cut off', async () => {
    for (const file of ['rgb8.png', '420.jpg', 'lossless.webp', 'grey.bmp', '5.pgm']) {
      const bytes = image(file).subarray(0, 12);
      await assert.rejects(readImageHeader(put(at(file), bytes)), /^Error: its \w+ header is cut off$/);
    }
    await assert.rejects(readImageHeader(put(at('empty'), '')), /it is empty/);
    await assert.rejects(readImageHeader(put(at('a.gif'), 'GIF89a')), /it is a GIF image, which is not read/);
    await assert.rejects(readImageHeader(put(at('text'), 'some text')), /it is neither PNG nor JPEG.*736f6d65/);
  });

  it('are told from small ones by their size alone', () => {
    const size = (name: string, change: (bytes: Buffer) => void): string => {
      const bytes = Buffer.from(image(name));
      change(bytes);
      try {
        readHeader(bytes);
        return 'read';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    const frame = (bytes: Buffer): number => bytes.indexOf('\xff\xc0', 0, 'latin1');
    const large = /^it has more than 100 million pixels \(its \w+ header says \d+ × \d+\); scale it down$/;
    assert.match(
      size('lossless.webp', (bytes) => bytes.writeUInt32LE(0x0fffffff, 21)),
      large,
    );
    assert.match(
      size('420.jpg', (bytes) => bytes.fill(0xff, frame(bytes) + 5, frame(bytes) + 9)),
      large,
    );
    assert.match(
      size('24.bmp', (bytes) => bytes.fill(0x7f, 18, 26)),
      large,
    );
    assert.match(
      size('24.bmp', (bytes) => bytes.fill(0, 18, 26)),
      /^its BMP header says 0 × 0$/,
    );
    const png = Buffer.from(image('one.png'));
    png.writeUInt32BE(2, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    assert.throws(() => decodeImage(png, { channels: 3 }), /its pixels are 4 bytes, not 8/);
  });

  it('do not spoil the images that follow', () => {
    for (const [name, cut] of [
      ['420.jpg', 500],
      ['lossy.webp', 60],
    ] as const) {
      const whole = decodeImage(image(name), { channels: 3 });
      assert.throws(() => decodeImage(image(name).subarray(0, cut), { channels: 3 }));
      assert.deepEqual(decodeImage(image(name), { channels: 3 }), whole);
    }
    const short = image('extraneous.jpg');
    assert.throws(() => decodeImage(short.subarray(0, short.length - 300), { channels: 3 }), /Premature end/);
    const noTable = Buffer.from(image('420.jpg'));
    noTable[noTable.indexOf(Buffer.from([0xff, 0xdb])) + 1] = 0xec;
    for (let i = 0; i < 3000; i++)
      assert.throws(() => decodeImage(noTable, { channels: 3 }), /Quantization table 0x00 was not defined/);
  });

  for (const name of references.keys())
    it(`are refused or decoded whole, however they are changed: ${name}`, () => {
      const random = stream(11, name);
      const whole = image(name);
      const original = name.endsWith('.png') ? Buffer.from(decodeImage(whole, { channels: 3 }).data) : null;
      const before = resident();
      for (let i = 0; i < SEEDS; i++) {
        const bytes = damage(whole, random);
        try {
          const { width, height, data } = decodeImage(bytes, { channels: 3 });
          const header = readHeader(bytes);
          assert.deepEqual([header.width, header.height, data.length], [width, height, width * height * 3]);
          // Every chunk of a PNG has a check sum.
          if (name.endsWith('.png')) assert.ok(original?.equals(data), `seed ${i}: other pixels`);
        } catch (error) {
          assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
          assert.match(error.message, /^it /.test(error.message) ? /./ : /^its /, `seed ${i}`);
        }
      }
      assert.ok(resident() - before < 4 * MAX_BYTES, `${resident() - before} bytes`);
    });
});
