import * as assert from 'node:assert/strict';
import { openNpy } from '../../../../src/data/npy.js';
import { heldBytes } from '../../../../src/data/prepare/index.js';
import type { Preparation } from '../../../../src/data/prepare/preparation.js';
import type { ChosenSplits } from '../../../../src/data/split.js';
import { TextPacker } from '../../../../src/data/text/collection.js';
import { float32, npy, put, temporaryFolder } from '../make.js';

const splits = (training: number, validation: number): ChosenSplits => ({
  training: new Int32Array(training),
  validation: new Int32Array(validation),
  validationFrom: 'fraction',
});

describe('Examples that training holds in memory', () => {
  const at = temporaryFolder();

  it('are those that are prepared, by the bytes of their values, unless they are so many that they stay in a file', () => {
    const packer = new TextPacker();
    packer.begin('train');
    packer.add('one', null, 'line 1', 'texts.txt');
    const texts = packer.collection({ format: 'text', path: 'texts.txt', files: [], problems: [] });
    const held = (features: 'bag' | 'ids', count: number): number => {
      const preparation = { kind: 'text', shape: [2 ** 20], range: [0, 1], features } as Preparation;
      return heldBytes(texts, preparation, splits(count - 10, 10));
    };
    const mebibyte = 2 ** 20;
    assert.deepEqual([held('bag', 100), held('bag', 512), held('bag', 513)], [100 * mebibyte, 512 * mebibyte, 0]);
    assert.deepEqual([held('ids', 100), held('ids', 128), held('ids', 129)], [400 * mebibyte, 512 * mebibyte, 0]);
  });

  it('are all of an array, as it is stored, unless it is read from its file', async () => {
    const file = put(at('x.npy'), npy('<f4', [5, 2, 3], float32(Array.from({ length: 30 }, (_, i) => i))));
    const preparation: Preparation = { kind: 'numbers', shape: [2, 3], range: [0, 29] };
    for (const [largeBytes, bytes] of [
      [Infinity, 120],
      [0, 0],
    ] as const) {
      const array = await openNpy(file, {}, largeBytes);
      assert.equal(heldBytes(array, preparation, splits(2, 1)), bytes);
      await array.close();
    }
  });
});
