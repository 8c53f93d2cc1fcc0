import * as assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFiles } from '../../../src/data/idxWrite.js';
import { openDataset } from '../../../src/data/index.js';
import { drawStrokeDigits, openStrokeDigits, writeStrokeDigits } from '../../../src/data/strokeDigits.js';
import { put, readAll, rejectsWith, temporaryFolder } from './make.js';

const PIXELS = 784;

describe('Stroke digits', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  let images: Uint8Array;
  let labels: Uint8Array;
  before(async () => {
    ({ images, labels } = await drawStrokeDigits());
  });

  it('are 5,000 for training and 1,000 for testing, each digit equally often', async () => {
    const { info, labels } = await openStrokeDigits();
    assert.deepEqual(
      [info.count, info.shape, info.splits.map(({ count }) => count)],
      [6000, [28, 28, 1], [5000, 1000]],
    );
    for (let digit = 0; digit < 10; digit++) {
      assert.equal(labels!.subarray(0, 5000).filter((label) => label === digit).length, 500);
      assert.equal(labels!.subarray(5000).filter((label) => label === digit).length, 100);
    }
  });

  it('are the same for the same seed, and others for another', async () => {
    const [same, other] = await Promise.all([1, 2].map((seed) => drawStrokeDigits({ seed })));
    assert.ok(Buffer.from(images).equals(Buffer.from(same!.images)));
    assert.ok(!Buffer.from(images).equals(Buffer.from(other!.images)));
    assert.notDeepEqual(labels, other!.labels);
  });

  it('differ from each other, have grey edges, and keep off the border', () => {
    const distinct = new Set<string>();
    for (let i = 0; i < 6000; i++) {
      const image = images.subarray(i * PIXELS, (i + 1) * PIXELS);
      distinct.add(Buffer.from(image).toString('latin1'));
      const ink = image.filter((value) => value > 0).length;
      const grey = image.filter((value) => value > 20 && value < 200).length;
      assert.ok(ink > 20 && ink < 350, `image ${i} has ink on ${ink} pixels`);
      assert.ok(grey > 10, `image ${i} has ${grey} grey pixels`);
      for (let k = 0; k < 28; k++)
        assert.equal(
          image[k]! + image[k * 28]! + image[27 * 28 + k]! + image[k * 28 + 27]!,
          0,
          `image ${i} touches the border`,
        );
    }
    assert.equal(distinct.size, 6000);
  });

  it('can be told apart, but not trivially: nearest mean is right for most and wrong for some', () => {
    const means = Array.from({ length: 10 }, () => new Float64Array(PIXELS));
    for (let i = 0; i < 5000; i++) {
      const mean = means[labels[i]!]!;
      for (let p = 0; p < PIXELS; p++) mean[p]! += images[i * PIXELS + p]! / 500;
    }
    let right = 0;
    for (let i = 5000; i < 6000; i++) {
      const distances = means.map((mean) =>
        mean.reduce((sum, value, p) => sum + (value - images[i * PIXELS + p]!) ** 2, 0),
      );
      if (distances.indexOf(Math.min(...distances)) === labels[i]) right++;
    }
    assert.ok(right > 600 && right < 990, `${right} of 1,000`);
  });

  it('are written as MNIST is, and read back the same', async () => {
    const written = await writeStrokeDigits(at('digits'));
    assert.deepEqual(readdirSync(at('digits')).sort(), [
      't10k-images-idx3-ubyte.gz',
      't10k-labels-idx1-ubyte.gz',
      'train-images-idx3-ubyte.gz',
      'train-labels-idx1-ubyte.gz',
    ]);
    assert.equal(written.length, 4);
    const [drawn, read] = [await openStrokeDigits(), await openDataset(at('digits'))];
    assert.deepEqual(read.info.splits, drawn.info.splits);
    assert.deepEqual(read.labels, drawn.labels);
    assert.ok(Buffer.from((await readAll(read)).data).equals(Buffer.from((await readAll(drawn)).data)));
  });

  it('overwrite nothing, and leave nothing half-written', async () => {
    put(at('mine', 't10k-images-idx3-ubyte.gz'), 'precious');
    await rejectsWith(writeStrokeDigits(at('mine')), 't10k-images-idx3-ubyte.gz', /not overwritten/, /another folder/);
    assert.equal(readFileSync(at('mine', 't10k-images-idx3-ubyte.gz'), 'utf8'), 'precious');
    assert.deepEqual(readdirSync(at('mine')), ['t10k-images-idx3-ubyte.gz']);
    put(at('file'), 'x');
    await rejectsWith(writeStrokeDigits(at('file')), 'file', /a file is in the way/);
    mkdirSync(at('stopped'));
    const reason = new Error('stopped');
    await assert.rejects(writeStrokeDigits(at('stopped'), { signal: AbortSignal.abort(reason) }), reason);
    assert.deepEqual(readdirSync(at('stopped')), []);
  });

  it('leave nothing behind when writing ends in the middle', async () => {
    const controller = new AbortController();
    const second = {
      name: 'b',
      get content(): Buffer {
        controller.abort(new Error('stopped'));
        return Buffer.alloc(3);
      },
    };
    const written = writeFiles(at('half'), [{ name: 'a', content: Buffer.alloc(3) }, second], controller.signal);
    await assert.rejects(written, /stopped/);
    assert.deepEqual(readdirSync(at('half')), []);
  });
});
