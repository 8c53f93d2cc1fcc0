import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mixToMono } from '../../../../src/data/sound/sound.js';
import { decodeWav, readWavHeader } from '../../../../src/data/sound/wav.js';
import { chunk, extensible, ramp, uint32, uint64, wavFile, type Parts } from './wavFile.js';

interface Expected {
  sampleRate: number;
  channels: number;
  float32: string;
}

/** Written and read by libsndfile (make.py there). */
const expected = JSON.parse(readFileSync('test/fixtures/sound/expected.json', 'utf8')) as Record<string, Expected>;

const values = (parts: Parts): number[] => Array.from(decodeWav(wavFile(parts), 'a.wav').data, (x) => x * 0x8000);
const RAMP = Array.from({ length: 20 }, (_, i) => 100 * i);

describe('WAV files', () => {
  for (const [name, { sampleRate, channels, float32 }] of Object.entries(expected).filter(([name]) =>
    name.endsWith('.wav'),
  ))
    it(`are decoded to libsndfile's very values: ${name}`, () => {
      const bytes = Buffer.from(float32, 'base64');
      const sound = decodeWav(readFileSync(`test/fixtures/sound/${name}`), name);
      assert.deepEqual([sound.sampleRate, sound.channels], [sampleRate, channels]);
      assert.equal(sound.data.length, bytes.length / 4);
      assert.deepEqual(
        Array.from(sound.data),
        Array.from(sound.data, (_, i) => bytes.readFloatLE(4 * i)),
      );
    });

  it('tell their format, length and where the samples are', () => {
    const header = readWavHeader(readFileSync('test/fixtures/sound/pcm-24.wav'), 'a.wav');
    const { encoding, bits, channels, sampleRate, frames, dataStart, dataEnd } = header;
    assert.deepEqual([encoding, bits, channels, sampleRate, frames], ['pcm', 24, 1, 8000, 151]);
    assert.deepEqual([dataStart, dataEnd], [44, 44 + 3 * 151]);
  });

  it('may lie anywhere in a buffer', () => {
    const bytes = wavFile();
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    assert.deepEqual(decodeWav(shifted, 'a.wav'), decodeWav(bytes, 'a.wav'));
  });

  it('may have other chunks before and after, with and without their pad bytes', () => {
    const odd = chunk('LIST', Buffer.from('INFOodd'));
    assert.deepEqual(values({ before: odd }), RAMP);
    assert.deepEqual(values({ before: odd.subarray(0, -1) }), RAMP);
    assert.deepEqual(values({ before: chunk('bext', Buffer.alloc(700)), after: odd }), RAMP);
    assert.deepEqual(values({ data: ramp(20).subarray(0, 39), after: odd }), RAMP.slice(0, 19));
  });

  it('go to the end of the file when the size was not known at writing', () => {
    for (const size of [0, 0xffffffff])
      for (const riffSize of [0, 36, 0xffffffff]) assert.deepEqual(values({ dataSize: size, riffSize }), RAMP);
    assert.deepEqual(values({ dataSize: 0x7ffff000 }), RAMP);
    assert.deepEqual(values({ dataSize: 0x7fffeffc, channels: 3, data: ramp(21) }), [...RAMP, 2000]);
  });

  it('are empty when their size is 0 and the file is as long as it says', () => {
    assert.deepEqual(values({ data: new Uint8Array(0) }), []);
    assert.deepEqual(values({ data: new Uint8Array(0), after: chunk('LIST', Buffer.from('INFO')) }), []);
  });

  it('of 64-bit sizes take them from ds64', () => {
    const ds64 = (size: number): Buffer =>
      chunk('ds64', Buffer.concat([uint64(0), uint64(size), uint64(0), uint32(0)]));
    const before = ds64(20);
    assert.deepEqual(values({ container: 'RF64', before, dataSize: 0xffffffff }), RAMP.slice(0, 10));
    assert.throws(
      () => values({ container: 'RF64', before: ds64(2 ** 40), dataSize: 0xffffffff }),
      /states 1,099,511,627,776 bytes, but only 40 follow/,
    );
  });

  it('of fewer bits than bytes have them fill the upper ones', () => {
    assert.deepEqual(values({ bits: 12 }), RAMP);
    assert.deepEqual(values({ tag: 0xfffe, extension: extensible(1, 12) }), RAMP);
  });

  it('of IMA ADPCM may end within a block', () => {
    const bytes = readFileSync('test/fixtures/sound/ima-adpcm.wav');
    const start = readWavHeader(bytes, 'a.wav').dataStart;
    bytes.writeUInt32LE(256 + 4 + 10, start - 4);
    const cut = decodeWav(bytes.subarray(0, start + 256 + 4 + 10), 'a.wav').data;
    assert.equal(cut.length, 505 + 1 + 2 * 8);
    const whole = decodeWav(readFileSync('test/fixtures/sound/ima-adpcm.wav'), 'a.wav').data;
    assert.deepEqual(cut, whole.slice(0, cut.length));
  });

  it('may be big-endian and extensible', () =>
    assert.deepEqual(
      values({ container: 'RIFX', tag: 0xfffe, extension: extensible(1, 16, true), data: ramp(20, true) }),
      RAMP,
    ));

  it('of floats keep values beyond full scale', () => {
    const data = Buffer.from(Float32Array.of(1.5, -3).buffer);
    assert.deepEqual(Array.from(decodeWav(wavFile({ tag: 3, bits: 32, data }), 'a.wav').data), [1.5, -3]);
  });

  it('are mixed to one channel by the mean', () => {
    const sound = { sampleRate: 8000, channels: 3, data: Float32Array.of(0.25, 0.5, 0.75, -1, 1, 0.75) };
    assert.deepEqual(Array.from(mixToMono(sound)), [0.5, 0.25]);
    const mono = { ...sound, channels: 1 };
    assert.equal(mixToMono(mono), mono.data);
  });
});
