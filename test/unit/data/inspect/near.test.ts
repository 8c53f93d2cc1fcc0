import * as assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { nearDuplicates } from '../../../../src/data/inspect/duplicates.js';
import { lookOf, Looks } from '../../../../src/data/inspect/perceptual.js';
import { stream, type RandomStream } from '../../../../src/protocol/random.js';

const file = path.join(__dirname, '../../../../../shared/data/fashion-mnist/train-images-idx3-ubyte.gz');
/** Of the training images; the bounds were chosen by the test images. */
const IMAGES = 10_000;
const CHANGED = 1000;

const noisy = (value: number, deviation: number, random: RandomStream): number =>
  value + deviation * Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

/** What is done to each of 256 levels, and how many of 100 are found at least. */
const changes: Record<
  string,
  [change: (value: number, random: RandomStream, factor: number) => number, least: number]
> = {
  'noise of deviation 4': [(value, random) => noisy(value, 4, random), 0.99],
  'noise of deviation 8': [(value, random) => noisy(value, 8, random), 0.95],
  'less contrast, some brightness': [(value, _, factor) => factor * value + 10, 0.99],
  'less contrast and noise of deviation 8': [(value, random, factor) => noisy(factor * value, 8, random), 0.95],
};

describe('Near-duplicates among real images', function () {
  this.timeout(120_000);

  const images = (): Uint8Array[] => {
    const bytes = gunzipSync(readFileSync(file)).subarray(16);
    return Array.from({ length: IMAGES }, (_, i) => new Uint8Array(bytes.subarray(i * 784, (i + 1) * 784)));
  };
  const looksOf = (all: readonly Uint8Array[]): Looks => {
    const looks = new Looks();
    all.forEach((data, position) => {
      const look = lookOf({ width: 28, height: 28, channels: 1, data });
      if (look) looks.add(position, look);
    });
    return looks;
  };
  /** Originals are of one split, changed images of another, so that pairs of both are counted by themselves. */
  const count = (looks: Looks) =>
    nearDuplicates(looks, { split: (at) => (at < IMAGES ? 'train' : 'test'), label: () => -1 });

  before(function () {
    if (!existsSync(file)) this.skip();
  });

  it('are hardly any', () => {
    const { examples, complete } = count(looksOf(images()));
    assert.ok(complete);
    assert.ok(examples <= 20, `${examples} of ${IMAGES}`);
  });

  for (const [change, [level, least]] of Object.entries(changes))
    it(`are found after ${change}`, () => {
      const random = stream(5, change);
      const all = images();
      const changed = Array.from({ length: CHANGED }, (_, i) => {
        const factor = 0.7 + 0.3 * random.uniform();
        return (all[(i * IMAGES) / CHANGED] as Uint8Array).map((value) =>
          Math.max(0, Math.min(255, Math.round(level(value, random, factor)))),
        );
      });
      const { betweenSplits } = count(looksOf([...all, ...changed]));
      assert.ok(betweenSplits >= least * CHANGED, `${betweenSplits} of ${CHANGED}`);
    });
});
