import * as assert from 'node:assert/strict';
import * as jpeg from 'jpeg-js';
import { imbalanceOf } from '../../../../src/data/inspect/classes.js';
import { countCharacters } from '../../../../src/data/inspect/characters.js';
import { columnStatistics } from '../../../../src/data/inspect/columns.js';
import { profileColumns } from '../../../../src/data/table/columns.js';
import { openCsv } from '../../../../src/data/table/csv.js';
import { pieces } from '../pieces.js';
import { lengthsOf, sizesOf } from '../../../../src/data/inspect/extents.js';
import { Moments } from '../../../../src/data/inspect/moments.js';
import { UnchangingPixels } from '../../../../src/data/inspect/pixels.js';
import { nearPairs } from '../../../../src/data/inspect/near.js';
import { asPicture, lookOf, Looks, perceptualHash, type Picture } from '../../../../src/data/inspect/perceptual.js';
import { resizeImage } from '../../../../src/data/image/resize.js';
import { stream } from '../../../../src/protocol/random.js';

const close = (found: number, wanted: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${found} is not ${wanted}`);

describe('Statistics of values', () => {
  it('are those of the textbook: 2, 4, 4, 4, 5, 5, 7, 9 have the mean 5 and the deviation 2', () => {
    for (const make of [Uint8Array, Int32Array, Float32Array]) {
      const moments = new Moments();
      moments.add(make.from([2, 4, 4]));
      moments.add(make.from([4, 5, 5, 7, 9]));
      assert.deepEqual(moments.result(), { count: 8, minimum: 2, maximum: 9, mean: 5, deviation: 2, notFinite: 0 });
    }
  });

  it('stay exact where values are large and lie close together', () => {
    const moments = new Moments();
    const random = stream(1, 'values');
    const values = Array.from({ length: 40 }, () => Float32Array.from({ length: 100 }, () => 1e6 + random.uniform()));
    for (const part of values) moments.add(part);
    const all = values.flatMap((part) => [...part]);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
    close(moments.result()!.mean, mean);
    close(moments.result()!.deviation, deviation, 1e-6);
  });

  it('count what is not finite and leave it out', () => {
    const moments = new Moments();
    moments.add(Float32Array.of(1, NaN, 3, Infinity));
    assert.deepEqual([moments.result()?.notFinite, moments.result()?.count, moments.result()?.mean], [2, 2, 2]);
    assert.equal(new Moments().result(), null);
  });

  it('of one channel leave the others out', () => {
    const moments = new Moments();
    moments.add(Uint8Array.of(1, 100, 3, 200), 0, 2);
    assert.deepEqual(moments.result(), {
      ...{ count: 2, minimum: 1, maximum: 3, mean: 2, deviation: 1 },
      notFinite: 0,
    });
  });

  it('seen on several threads are those of all', () => {
    const random = stream(2, 'values');
    for (const make of [Uint8Array, Float32Array]) {
      const parts = [30, 31, 32].map((length) => make.from(Array.from({ length }, () => random.integer(200))));
      const [all, joined] = [new Moments(), new Moments()];
      for (const part of parts) {
        all.add(part);
        const there = new Moments();
        there.add(part);
        joined.join(structuredClone(there.seen()));
      }
      const [wanted, found] = [all.result()!, joined.result()!];
      assert.deepEqual([found.count, found.minimum, found.maximum], [wanted.count, wanted.minimum, wanted.maximum]);
      close(found.mean, wanted.mean);
      close(found.deviation, wanted.deviation);
    }
  });
});

describe('Pixels that never change', () => {
  it('are those of which all channels stay the same in all images', () => {
    const pixels = new UnchangingPixels([2, 2, 3]);
    pixels.add(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    assert.equal(pixels.result(), null);
    pixels.add(Uint8Array.of(1, 2, 3, 4, 0, 6, 7, 8, 9, 0, 11, 12));
    assert.deepEqual(pixels.result(), { pixels: 2, of: 4, share: 0.5, images: 2 });
    pixels.add(Uint8Array.of(1, 2, 0, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    assert.deepEqual([pixels.result()?.pixels, pixels.isOpen], [1, true]);
    pixels.add(new Uint8Array(12).fill(99));
    assert.deepEqual([pixels.result()?.pixels, pixels.isOpen], [0, false]);
    pixels.add(null);
    assert.deepEqual(pixels.result(), { pixels: 0, of: 4, share: 0, images: 5 });
  });
});

describe('The search for near hashes', () => {
  for (const bound of [0, 3, 5, 8])
    it(`finds what comparing all with all finds, within ${bound} bits`, () => {
      const random = stream(bound, 'hashes');
      const hashes: [number, number][] = Array.from({ length: 60 }, () => [random.nextUint32(), random.nextUint32()]);
      for (let i = 0; i < 240; i++) {
        const copy: [number, number] = [...hashes[random.integer(60)]!];
        for (let flips = random.integer(12); flips > 0; flips--) copy[random.integer(2)]! ^= 1 << random.integer(32);
        hashes.push([copy[0] >>> 0, copy[1] >>> 0]);
      }
      const bits = ([high, low]: [number, number]) => (BigInt(high) << 32n) | BigInt(low);
      const wanted: string[] = [];
      for (let a = 0; a < hashes.length; a++)
        for (let b = a + 1; b < hashes.length; b++) {
          const distance = (bits(hashes[a]!) ^ bits(hashes[b]!)).toString(2).replaceAll('0', '').length;
          if (distance <= bound) wanted.push(`${a} ${b} ${distance}`);
        }
      const found: string[] = [];
      const halves = [hashes.map(([high]) => high), hashes.map(([, low]) => low)] as const;
      const complete = nearPairs(...halves, { bits: bound, bands: bound + 1 }, Infinity, ({ a, b, distance }) =>
        found.push(`${Math.min(a, b)} ${Math.max(a, b)} ${distance}`),
      );
      assert.equal(complete, true);
      assert.ok(wanted.length > 10);
      assert.deepEqual(found.sort(), wanted.sort());
    });

  it('says that it stopped when there is too much to compare', () => {
    const zeros = new Uint32Array(1000);
    let pairs = 0;
    assert.equal(
      nearPairs(zeros, zeros, { bits: 3, bands: 4 }, 1000, () => pairs++),
      false,
    );
    assert.equal(pairs, 0);
  });
});

/** Smooth blobs: as photographs are, unlike noise. */
function blobs(seed: number, width = 64, height = 48): Picture {
  const random = stream(seed, 'blobs');
  const spots = Array.from({ length: 9 }, () => Array.from({ length: 4 }, () => random.uniform()));
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        let value = 0.1;
        for (const [sx = 0, sy = 0, size = 0, tone = 0] of spots)
          value +=
            (tone + 0.1 * channel) *
            Math.exp(-((x / width - sx) ** 2 + (y / height - sy) ** 2) / (0.005 + 0.03 * size));
        data[to++] = Math.max(0, Math.min(255, 160 * value));
      }
  return { width, height, channels: 3, data };
}

function recompressed({ width, height, data }: Picture, quality: number): Picture {
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  const decoded = jpeg.decode(jpeg.encode({ width, height, data: rgba }, quality).data, {
    useTArray: true,
    formatAsRGBA: false,
  });
  return { width, height, channels: 3, data: decoded.data };
}

describe('The looks of images', () => {
  const bitsBetween = (looks: Looks, a: number, b: number) =>
    [looks.high, looks.low]
      .map((half) => ((half[a]! ^ half[b]!) >>> 0).toString(2).replaceAll('0', '').length)
      .reduce((sum, bits) => sum + bits);

  it('change by few bits when an image is compressed, scaled or made brighter, and by many to another', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const image = blobs(seed);
      const looks = new Looks();
      looks.add(0, lookOf(image)!);
      looks.add(1, lookOf(recompressed(image, 40))!);
      looks.add(2, lookOf(resizeImage(image, { width: 40, height: 30, fit: 'stretch' }))!);
      looks.add(3, lookOf({ ...image, data: image.data.map((value) => Math.round(value * 0.8 + 10)) })!);
      looks.add(4, lookOf(blobs(100 + seed))!);
      for (const changed of [1, 2, 3]) {
        assert.ok(bitsBetween(looks, 0, changed) <= 5, `image ${seed}, change ${changed}`);
        assert.ok(looks.correlate(0, changed, 0.995));
      }
      assert.ok(bitsBetween(looks, 0, 4) > 12 && !looks.correlate(0, 4, 0.97), `image ${seed} and another`);
    }
  });

  it('are nothing for an image of one colour', () => {
    assert.equal(lookOf({ width: 20, height: 20, channels: 1, data: new Uint8Array(400).fill(90) }), null);
  });

  it('are told by the signs of the cosine transform as it is defined', () => {
    const random = stream(3, 'thumbnail');
    const thumbnail = Uint8Array.from({ length: 256 }, () => random.integer(256));
    const coefficients: number[] = [];
    for (let v = 1; v <= 8; v++)
      for (let u = 1; u <= 8; u++) {
        let sum = 0;
        for (let y = 0; y < 16; y++)
          for (let x = 0; x < 16; x++)
            sum +=
              thumbnail[16 * y + x]! *
              Math.cos(((2 * x + 1) * u * Math.PI) / 32) *
              Math.cos(((2 * y + 1) * v * Math.PI) / 32);
        coefficients.push(sum);
      }
    const sorted = [...coefficients].sort((a, b) => a - b);
    const median = (sorted[31]! + sorted[32]!) / 2;
    const [high, low] = perceptualHash(thumbnail);
    const bits = coefficients.map((_, i) => ((i < 32 ? high : low) >>> (i % 32)) & 1);
    assert.deepEqual(
      bits,
      coefficients.map((coefficient) => Number(coefficient > median)),
    );
  });

  it('are those of the first three of four channels, and of other numbers in their own range', () => {
    assert.deepEqual(asPicture(Uint8Array.of(1, 2, 3, 9, 4, 5, 6, 9), [1, 2, 4]).data, Uint8Array.of(1, 2, 3, 4, 5, 6));
    assert.deepEqual(asPicture(Float32Array.of(-1, 0, 1), [1, 3, 1]).data, Uint8Array.of(0, 128, 255));
  });
});

describe('Sizes, lengths, classes and columns', () => {
  it('tell smallest, most frequent and largest by area', () => {
    assert.deepEqual(sizesOf([10, 20, 20, 5], [10, 30, 30, 100]), {
      smallest: { height: 10, width: 10, position: 0 },
      largest: { height: 30, width: 20, position: 1 },
      mostFrequent: { height: 30, width: 20, count: 2 },
      distinct: 3,
    });
  });

  it('tell shortest, longest, mean and median of what was examined', () => {
    assert.deepEqual(lengthsOf([3, NaN, 1, 8], 'seconds'), {
      unit: 'seconds',
      shortest: { value: 1, position: 2 },
      longest: { value: 8, position: 3 },
      mean: 4,
      median: 3,
      total: 12,
    });
    assert.equal(lengthsOf([NaN], 'characters'), null);
  });

  it('say how unbalanced classes are', () => {
    assert.equal(imbalanceOf({ a: 5 }), null);
    assert.equal(imbalanceOf({ a: 5, b: 20 })?.ratio, 4);
    assert.match(imbalanceOf({ a: 5, b: 20 })!.sentence, /"b" has 20 training examples, "a" only 5, 4 times fewer/);
    assert.match(imbalanceOf({ a: 5, b: 5 })!.sentence, /same number of training examples, 5/);
    assert.deepEqual([imbalanceOf({ a: 5, b: 0 })!.ratio], [null]);
  });

  it('count a character of two UTF-16 units once', () => assert.equal(countCharacters('a😀b'), 3));

  it('tell numbers from texts, and what is missing', async () => {
    const csv = await openCsv(pieces('mass,sex,note\n1,m,\nNA,f,\n4,m,NA\n'), 'a.csv');
    const [mass, sex, note] = (await profileColumns(csv)).map(columnStatistics);
    assert.deepEqual(
      [mass!.type, mass!.missing, mass!.minimum, mass!.maximum, mass!.mean, mass!.deviation],
      ['number', 1, 1, 4, 2.5, 1.5],
    );
    assert.deepEqual([sex!.type, sex!.distinct, sex!.frequent], ['text', 2, [{ name: 'm', count: 2 }]]);
    assert.deepEqual([note!.type, note!.missing], ['empty', 3]);
  });
});
