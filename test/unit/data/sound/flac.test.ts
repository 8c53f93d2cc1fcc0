import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openDataset } from '../../../../src/data/index.js';
import { decodeSound, readSoundHeader } from '../../../../src/data/sound/decode.js';
import { decodeFlac, readFlacHeader } from '../../../../src/data/sound/flac.js';
import type { SoundCollection } from '../../../../src/data/soundFolder.js';
import { peerPython } from '../../../bench/peers.js';
import { json } from '../../../bench/program.js';
import { dataOptions, prepared, put, rejectsWith, temporaryFolder } from '../make.js';
import { constant, fixed, flacFile, lpc, md5, verbatim, type Bits, type Stream } from './flacFile.js';
import { wavFile } from './wavFile.js';

interface Expected {
  sampleRate: number;
  channels: number;
  float32: string;
}

/** Written and read by libsndfile with libFLAC (make.py there). */
const expected = Object.entries(
  JSON.parse(readFileSync('test/fixtures/sound/expected.json', 'utf8')) as Record<string, Expected>,
).filter(([name]) => name.endsWith('.flac'));

/** Whole numbers, interleaved, of a stream made by hand. */
function values(parts: Stream): number[] {
  const { data } = decodeFlac(flacFile(parts), 'a.flac');
  return Array.from(data, (value) => value * 2 ** ((parts.bits ?? 16) - 1));
}

const RAMP = Array.from({ length: 16 }, (_, i) => 100 * i - 800);
const WAVE = Array.from({ length: 16 }, (_, i) => Math.round(1e4 * Math.sin(i)));
const one = (subframe: Bits): Stream => ({ frames: [{ subframes: [subframe] }] });
/** What 32-bit floats keep of whole numbers of 32 bits. */
const rounded = (numbers: number[]): number[] => numbers.map((value) => Math.fround(value / 2 ** 31) * 2 ** 31);

describe('FLAC files', () => {
  for (const [name, { sampleRate, channels, float32 }] of expected)
    it(`are decoded to libFLAC's very values: ${name}`, () => {
      const sound = decodeSound(readFileSync(`test/fixtures/sound/${name}`), name);
      assert.deepEqual([sound.sampleRate, sound.channels], [sampleRate, channels]);
      assert.ok(Buffer.from(sound.data.buffer).equals(Buffer.from(float32, 'base64')));
    });

  it('tell rate, channels and length without being decoded', () => {
    const bytes = readFileSync('test/fixtures/sound/16.flac');
    const header = readFlacHeader(bytes, 'a.flac');
    assert.deepEqual(
      { ...header, md5: header.md5?.length, dataStart: 0 },
      {
        ...{ sampleRate: 44100, channels: 2, bits: 16, frames: 5000, md5: 32, dataStart: 0 },
      },
    );
    bytes.fill(0, header.dataStart);
    assert.equal(readSoundHeader(bytes, 'a.flac').frames, 5000);
  });

  it('of unknown length are as long as their frames', () => {
    const bytes = flacFile({
      channels: 2,
      frames: [0, 1, 2].map(() => ({ subframes: [verbatim(RAMP), constant(5)] })),
    });
    assert.equal(readFlacHeader(bytes, 'a.flac').frames, null);
    assert.deepEqual(readSoundHeader(bytes, 'a.flac'), { sampleRate: 8000, channels: 2, frames: 48 });
  });

  it('may begin with ID3v2 tags and end with an ID3v1 tag', () => {
    const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x01\x02', 'latin1'), Buffer.alloc(130)]);
    const after = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
    assert.deepEqual(values({ ...one(verbatim(RAMP)), before: Buffer.concat([tag, tag]), after }), RAMP);
    assert.deepEqual(values({ ...one(verbatim(RAMP)), total: 16, after }), RAMP);
  });

  it('are known by their content, whatever their names', () => {
    assert.equal(decodeSound(flacFile(one(constant(1))), 'a.wav').data.length, 16);
    assert.equal(decodeSound(wavFile(), 'a.flac').data.length, 20);
  });

  it('may lie anywhere in a buffer', () => {
    const bytes = readFileSync('test/fixtures/sound/24.flac');
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    assert.deepEqual(decodeFlac(shifted, 'a.flac'), decodeFlac(bytes, 'a.flac'));
  });

  it('may have any metadata', () =>
    assert.deepEqual(
      values({
        ...one(verbatim(RAMP)),
        blocks: [1, 2, 3, 4, 5, 6, 99].map((type) => ({ type, content: Buffer.alloc(9) })),
      }),
      RAMP,
    ));

  const coefficients = [1800, -700, 30, -5, 4, 3, -2, 1, 9, -8];
  for (const [what, subframe, numbers] of [
    ['a constant', constant(-7), RAMP.map(() => -7)],
    ['verbatim samples', verbatim(WAVE), WAVE],
    ...[0, 1, 2, 3, 4].map(
      (order) => [`the fixed predictor ${order}`, fixed(WAVE, order, { rice: 11 }), WAVE] as const,
    ),
    ['a linear predictor', lpc(WAVE, { coefficients: [1800, -900], precision: 12, shift: 10 }, { rice: 9 }), WAVE],
    ['a predictor of ten samples', lpc(WAVE, { coefficients, precision: 12, shift: 10 }, { rice: 9 }), WAVE],
    ['a shift of 0', lpc(WAVE, { coefficients: [1], precision: 2, shift: 0 }, { rice: 9 }), WAVE],
    ['a Rice parameter of 0', fixed(RAMP, 2, { rice: 0 }), RAMP],
    ['long codes', fixed(WAVE, 1, { rice: 2 }), WAVE],
    ['a Rice parameter of 5 bits', fixed(WAVE, 1, { rice: 27, method: 1 }), WAVE],
    ['an escape code', fixed(WAVE, 1, { escape: 17 }), WAVE],
    ['an escape code of 0 bits', fixed(RAMP, 2, { escape: 0 }), RAMP],
    [
      'an escape code of the second method',
      lpc(WAVE, { coefficients: [1], precision: 2, shift: 0 }, { escape: 15, method: 1 }),
      WAVE,
    ],
    ['wasted bits', fixed(RAMP, 1, { rice: 4 }, 16, 2), RAMP],
  ] as const)
    it(`have ${what}`, () => {
      assert.deepEqual(values({ ...one(subframe), total: 16, md5: md5(numbers, 16) }), numbers);
    });

  it('tell right and left by their difference and mean', () => {
    const [left, right] = [WAVE, WAVE.map((value, i) => value - 1000 + 77 * i)];
    const side = left.map((value, i) => value - right[i]!);
    const mid = left.map((value, i) => (value + right[i]!) >> 1);
    const both = left.flatMap((value, i) => [value, right[i]!]);
    for (const [assignment, a, b] of [
      [8, verbatim(left), fixed(side, 2, { rice: 10 }, 17)],
      [9, fixed(side, 2, { rice: 10 }, 17), verbatim(right)],
      [10, verbatim(mid), fixed(side, 2, { rice: 10 }, 17)],
    ] as const)
      assert.deepEqual(values({ channels: 2, frames: [{ assignment, subframes: [a, b] }] }), both, `${assignment}`);
  });

  it('of 32 bits are exact, also their difference of 33', () => {
    const extreme = [2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1, 5, -6, 2 ** 30 + 1];
    const left = Array.from({ length: 16 }, (_, i) => extreme[i % extreme.length]!);
    const right = left.map((value) => -value - 1);
    const side = left.map((value, i) => value - right[i]!);
    const mid = left.map((value, i) => Math.floor((value + right[i]!) / 2));
    const both = left.flatMap((value, i) => [value, right[i]!]);
    const rice = { rice: 30, method: 1 } as const;
    const stereo: [number, Bits, Bits][] = [
      [1, verbatim(left, 32), fixed(right, 0, rice, 32)],
      [8, verbatim(left, 32), verbatim(side, 33)],
      [9, verbatim(side, 33), verbatim(right, 32)],
      [10, verbatim(mid, 32), verbatim(side, 33)],
    ];
    for (const [assignment, a, b] of stereo) {
      const frames = [{ assignment, subframes: [a, b] }];
      const parts = { channels: 2, bits: 32, total: 16, md5: md5(both, 32), frames };
      assert.deepEqual(values(parts), rounded(both), `${assignment}`);
    }
  });

  it('predict a difference of 33 bits exactly', () => {
    const side = Array.from({ length: 24 }, (_, i) => 2 ** 32 - 8 - 1000 * i * i);
    const left = side.map((value) => Math.floor(value / 2));
    const both = left.flatMap((value, i) => [value, value - side[i]!]);
    const order8 = { coefficients: [16383, 12345, -16384, 4001, -12000, 16000, -9000, 4999], precision: 15, shift: 14 };
    for (const subframe of [
      fixed(side, 4, { rice: 12 }, 33),
      fixed(side, 1, { rice: 8 }, 33),
      fixed(side, 2, { escape: 20 }, 33, 3),
      lpc(side, order8, { rice: 30, method: 1 }, 33),
      lpc(side, { ...order8, coefficients: [...order8.coefficients, 5, -3] }, { rice: 30, method: 1 }, 33),
    ]) {
      const frames = [{ size: 24, assignment: 8, subframes: [verbatim(left, 32), subframe] }];
      assert.deepEqual(values({ channels: 2, bits: 32, total: 24, md5: md5(both, 32), frames }), rounded(both));
    }
  });

  it('have 4 to 32 bits and 1 to 8 channels', () => {
    for (const bits of [4, 7, 12, 20, 31, 32])
      for (const channels of [1, 3, 8]) {
        const most = 2 ** (bits - 1) - 1;
        const numbers = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? most : -most - 1));
        const all = numbers.flatMap((value) => Array.from({ length: channels }, () => value));
        const subframes = Array.from({ length: channels }, () => verbatim(numbers, bits));
        const parts = { bits, channels, total: 16, md5: md5(all, bits), frames: [{ subframes }] };
        assert.deepEqual(
          values(parts),
          bits > 24 ? all.map((v) => Math.fround(v / 2 ** (bits - 1)) * 2 ** (bits - 1)) : all,
        );
      }
  });

  it('have blocks of any size, told in every way', () => {
    const sizes: [size: number, code: number, bits: Bits][] = [
      [192, 1, []],
      ...[2, 3, 4, 5].map((code): [number, number, Bits] => [144 * 2 ** code, code, []]),
      [1, 6, [[0, 8]]],
      [256, 6, [[255, 8]]],
      [65535, 7, [[65534, 16]]],
      ...[8, 9, 15].map((code): [number, number, Bits] => [2 ** code, code, []]),
    ];
    let number = 0;
    const frames = sizes.map(([size, sizeCode, sizeBits]) => {
      number += size;
      return { variable: true, number: number - size, sizeCode, sizeBits, subframes: [constant(size % 1000)] };
    });
    const decoded = values({ frames });
    assert.equal(decoded.length, number);
    assert.deepEqual([...new Set(decoded)], [...new Set(sizes.map(([size]) => size % 1000))]);
  });

  it('count their frames in up to 36 bits', () => {
    for (const first of [0x7f, 0x7ff, 0xffff, 0x1f_ffff, 0x3ff_ffff, 0x7fff_ffff, 2 ** 36 - 20]) {
      const frames = [first, first + 16].map((number) => ({ variable: true, number, subframes: [constant(1)] }));
      assert.equal(values({ frames }).length, 32);
    }
  });

  it('may tell rate and bits in each frame', () => {
    const ways: [number, number, Bits][] = [
      [88200, 1, []], [176400, 2, []], [192000, 3, []], [8000, 4, []], [16000, 5, []], [22050, 6, []],
      [24000, 7, []], [32000, 8, []], [44100, 9, []], [48000, 10, []], [96000, 11, []],
      [12000, 12, [[12, 8]]], [11025, 13, [[11025, 16]]], [384000, 14, [[38400, 16]]],
    ]; // prettier-ignore
    for (const [rate, rateCode, rateBits] of ways)
      assert.equal(
        decodeFlac(flacFile({ rate, frames: [{ rateCode, rateBits, subframes: [constant(1)] }] }), 'a.flac').sampleRate,
        rate,
      );
    for (const [bits, bitsCode] of [
      [8, 1],
      [12, 2],
      [16, 4],
      [20, 5],
      [24, 6],
      [32, 7],
    ] as const)
      assert.equal(values({ bits, frames: [{ bitsCode, subframes: [constant(1, bits)] }] }).length, 16);
  });
});

describe('Folders of FLAC and WAV files', () => {
  const at = temporaryFolder();
  const options = { sound: { ...dataOptions.sound, seconds: 0.1 } };

  it('have classes, rates and lengths, and become spectrograms; what is damaged is told by file and frame', async () => {
    const bytes = readFileSync('test/fixtures/sound/s8.flac');
    put(at('sounds', 'cat', '1.flac'), bytes);
    put(at('sounds', 'cat', '2.FLAC'), readFileSync('test/fixtures/sound/mid-side.flac'));
    put(at('sounds', 'dog', '1.wav'), wavFile());
    const collection = await openDataset(at('sounds'));
    assert.deepEqual([collection.info.count, collection.info.classes], [3, ['cat', 'dog']]);
    assert.deepEqual(Array.from((collection as SoundCollection).seconds), [4500 / 8000, 2000 / 8000, 20 / 8000]);
    assert.equal((await prepared(collection, options)).splits.training.length, 3);

    bytes[2000]! ^= 1;
    put(at('sounds', 'dog', '2.flac'), bytes);
    await rejectsWith(
      prepared(await openDataset(at('sounds')), options),
      '2.flac',
      /byte [\d,]+: in frame 1, its check sum/,
    );
    const skipping = await prepared(await openDataset(at('sounds')), { ...options, onError: 'skip' });
    assert.equal(skipping.splits.training.length, 3);
    assert.match(skipping.notes.join('\n'), /1 examples .* left out \(dog.2\.flac: 2\.flac, byte [\d,]+: in frame 1/);
  });
});

describe('soundfile, installed by pip', function () {
  this.timeout(600_000);
  const at = temporaryFolder();
  let python = '';

  before(async function () {
    try {
      python = await peerPython('sound');
    } catch (error) {
      console.log(`      skipped: pip could not install soundfile: ${String(error).split('\n')[0]}`);
      this.skip();
    }
  });

  it('writes FLAC of which every value is the same here', async () => {
    const program = put(
      at('write.py'),
      Buffer.from(`
import base64, json, sys, numpy as np, soundfile
random = np.random.default_rng(7)
out = []
for subtype in ["PCM_S8", "PCM_16", "PCM_24"]:
    for channels in [1, 2, 3, 8]:
        for level in [0, 0.4, 1]:
            frames = int(random.integers(1, 9000))
            time = np.arange(frames)[:, None] / 16000
            sound = 0.4 * np.sin(2 * np.pi * (300 + 2000 * time) * time + 0.1 * np.arange(channels))
            kind = len(out) % 4
            if kind == 1: sound = sound + 0.2 * random.standard_normal(sound.shape)
            if kind == 2: sound = random.uniform(-1, 1, sound.shape)
            if kind == 3: sound = np.where(time < 0.1, 0, np.round(sound * 16) / 16)
            name = f"{sys.argv[1]}/{len(out)}.flac"
            soundfile.write(name, np.clip(sound, -1, 1), 16000, subtype=subtype, compression_level=level)
            data, rate = soundfile.read(name, dtype="float32", always_2d=True)
            out.append([name, base64.b64encode(data.astype("<f4").tobytes()).decode()])
print(json.dumps(out))
`),
    );
    const files = await json<[string, string][]>(python, [program, at('')]);
    assert.equal(files.length, 36);
    for (const [file, floats] of files) {
      const { data } = decodeSound(readFileSync(file), file);
      assert.ok(Buffer.from(data.buffer).equals(Buffer.from(floats, 'base64')), file);
    }
  });
});
