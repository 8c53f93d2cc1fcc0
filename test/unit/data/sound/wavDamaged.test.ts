import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DataError } from '../../../../src/data/reader.js';
import { decodeWav, readWavHeader } from '../../../../src/data/sound/wav.js';
import { stream } from '../../../../src/protocol/random.js';
import { brokenWav } from './brokenWav.js';

describe('Broken WAV files', () => {
  for (const [what, bytes, message] of brokenWav)
    it(`are refused by file, byte and advice: ${what}`, () => {
      assert.throws(
        () => decodeWav(bytes, '/data/broken.wav'),
        (error) => {
          assert.ok(error instanceof DataError);
          assert.ok(error.message.startsWith(`broken.wav, byte ${message}`), error.message);
          assert.equal(error.file, '/data/broken.wav');
          assert.match(error.advice ?? '', /\.$/);
          return true;
        },
      );
    });

  it('cost no memory by what their headers state', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const [, bytes] of brokenWav) assert.throws(() => decodeWav(bytes, 'broken.wav'));
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
  });
});

describe('WAV files that are changed at random', function () {
  this.timeout(60_000);
  for (const name of [
    'pcm-u8',
    'pcm-16',
    'pcm-24',
    'pcm-32',
    'extensible-float',
    'double',
    'mu-law',
    'ima-adpcm-stereo',
    'rf64',
  ])
    it(`give the untouched samples as they were, or a DataError: ${name}`, () => {
      const original = readFileSync(`test/fixtures/sound/${name}.wav`);
      const header = readWavHeader(original, name);
      const before = decodeWav(original, name);
      const format = original.indexOf('fmt ') + 8;
      const random = stream(3, name);
      let refused = 0;
      for (let round = 0; round < 3000; round++) {
        const changed = Buffer.from(original);
        const end = random.uniform() < 0.3 ? random.integer(changed.length + 1) : changed.length;
        const touched = new Set<number>();
        for (let i = random.integer(4); i >= 0; i--) {
          const at = random.integer(random.uniform() < 0.7 ? header.dataStart : changed.length);
          changed[at] = random.uniform() < 0.5 ? changed[at]! ^ (1 << random.integer(8)) : random.integer(256);
          if (changed[at] !== original[at]) touched.add(at);
        }
        try {
          const sound = decodeWav(changed.subarray(0, end), name);
          // Another codec of the same width, or more channels in larger frames: nobody can tell it from a sound file.
          if (touched.has(format) || (touched.has(format + 2) && touched.has(format + 12))) continue;
          assert.equal(sound.channels, before.channels);
          if (![4, 5, 6, 7].some((i) => touched.has(format + i))) assert.equal(sound.sampleRate, before.sampleRate);
          assertUntouchedEqual(sound.data, before.data, header, touched);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          refused++;
        }
      }
      assert.ok(refused > 300 && refused < 2900, `${refused} of 3000 were refused`);
    });
});

/** Units that were not touched have their values; a unit is a sample, with ADPCM a block, as its samples build on each other. */
function assertUntouchedEqual(
  after: Float32Array,
  before: Float32Array,
  { encoding, dataStart, blockAlign, framesPerBlock, channels }: ReturnType<typeof readWavHeader>,
  touched: Set<number>,
): void {
  const unitBytes = encoding === 'imaAdpcm' ? blockAlign : blockAlign / channels;
  const unitValues = encoding === 'imaAdpcm' ? framesPerBlock * channels : 1;
  const dirty = new Set([...touched].map((at) => Math.floor((at - dataStart) / unitBytes)));
  for (let i = 0; i < Math.min(after.length, before.length); i++)
    if (after[i] !== before[i] && !dirty.has(Math.floor(i / unitValues)))
      assert.fail(`value ${i} is ${after[i]} instead of ${before[i]}, touched: ${[...touched].join(' ')}`);
}
