import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DataError } from '../../../../src/data/reader.js';
import { decodeSound } from '../../../../src/data/sound/decode.js';
import { readFlacHeader } from '../../../../src/data/sound/flac.js';
import { stream } from '../../../../src/protocol/random.js';
import { brokenFlac } from './brokenFlac.js';

describe('Broken FLAC files', () => {
  for (const [what, bytes, message] of brokenFlac)
    it(`are refused by file, place and advice: ${what}`, () => {
      assert.throws(
        () => decodeSound(bytes, '/data/broken.flac'),
        (error) => {
          assert.ok(error instanceof DataError);
          assert.ok(error.message.startsWith(`broken.flac, byte ${message}`), error.message);
          assert.equal(error.file, '/data/broken.flac');
          assert.match(error.advice ?? '', /\.$/);
          return true;
        },
      );
    });

  it('cost no memory by what their headers state', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const [, bytes] of brokenFlac) assert.throws(() => decodeSound(bytes, 'broken.flac'));
    assert.ok(process.memoryUsage().arrayBuffers - before < 20_000_000);
  });
});

describe('FLAC files that are changed at random', function () {
  this.timeout(60_000);
  for (const name of ['s8', '16', '24', 'six-channels', 'mid-side'])
    it(`are refused, or give what they gave: ${name}`, () => {
      const original = readFileSync(`test/fixtures/sound/${name}.flac`);
      const { dataStart } = readFlacHeader(original, name);
      const before = decodeSound(original, name);
      const random = stream(3, name);
      let refused = 0;
      for (let round = 0; round < 1000; round++) {
        const changed = Buffer.from(original);
        const end = random.uniform() < 0.2 ? random.integer(changed.length + 1) : changed.length;
        for (let i = random.integer(4); i >= 0; i--) {
          const at = random.integer(random.uniform() < 0.3 ? dataStart + 20 : changed.length);
          changed[at] = random.uniform() < 0.5 ? changed[at]! ^ (1 << random.integer(8)) : random.integer(256);
        }
        try {
          assert.deepEqual(decodeSound(changed.subarray(0, end), `${name}.flac`), before);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          refused++;
        }
      }
      assert.ok(refused > 900, `${refused} of 1000 were refused`);
    });

  it('are refused also where nothing but the sums of the frames tells it', () => {
    const original = readFileSync('test/fixtures/sound/16.flac');
    const { dataStart } = readFlacHeader(original, '16');
    original.fill(0, 26, 42); // no MD5
    const random = stream(4, 'frames');
    for (let round = 0; round < 500; round++) {
      const changed = Buffer.from(original);
      const at = dataStart + random.integer(changed.length - dataStart);
      changed[at]! ^= 1 << random.integer(8);
      assert.throws(() => decodeSound(changed, '16.flac'), DataError, `byte ${at}`);
    }
  });
});
