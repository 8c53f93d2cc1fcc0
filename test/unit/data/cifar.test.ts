import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { openDataset } from '../../../src/data/index.js';
import { put, readAll, rejectsWith, temporaryFolder } from './make.js';

/** Image i has red 10 i + 1, green 10 i + 2, blue 10 i + 3, and one pixel more at row 0, column 1. */
function records(labels: number[][]): Buffer {
  return Buffer.concat(
    labels.map((label, i) => {
      const planes = [1, 2, 3].map((colour) => Buffer.alloc(1024, 10 * i + colour));
      planes[1]![1] = 200;
      return Buffer.concat([Buffer.from(label), ...planes]);
    }),
  );
}

describe('CIFAR files', () => {
  const at = temporaryFolder();

  it('are images with the splits and class names that lie beside them, also in an archive', async () => {
    put(at('ten', 'cifar', 'data_batch_1.bin'), records([[3], [0]]));
    put(at('ten', 'cifar', 'data_batch_2.bin'), records([[9]]));
    put(at('ten', 'cifar', 'test_batch.bin'), records([[1]]));
    put(at('ten', 'cifar', 'batches.meta.txt'), 'a b c d e f g h i j'.split(' ').join('\n') + '\n\n');
    execFileSync('tar', ['-czf', at('ten.tar.gz'), '-C', at('ten'), 'cifar']);
    for (const target of [at('ten', 'cifar'), at('ten.tar.gz')]) {
      const dataset = await openDataset(target);
      const { format, shape, classes, splits, count } = dataset.info;
      assert.deepEqual([format, shape, count, classes?.join('')], ['cifar', [32, 32, 3], 4, 'abcdefghij']);
      assert.deepEqual(
        splits.map(({ name, start, count: length }) => [name, start, length]),
        [
          ['train', 0, 3],
          ['test', 3, 1],
        ],
      );
      assert.deepEqual([...dataset.labels!], [3, 0, 9, 1]);
      const { data } = await readAll(dataset);
      assert.deepEqual([...data.subarray(0, 6)], [1, 2, 3, 1, 200, 3]);
      assert.deepEqual([...data.subarray(3072, 3075)], [11, 12, 13]);
    }
  });

  it('of 100 classes take the fine label, the second', async () => {
    put(at('hundred', 'train.bin'), records([[5, 77]]));
    put(at('hundred', 'fine_label_names.txt'), Array.from({ length: 100 }, (_, i) => `class ${i}`).join('\n'));
    const { info, labels } = await openDataset(at('hundred'));
    assert.deepEqual([info.format, labels![0], info.classes![77]], ['cifar', 77, 'class 77']);
  });

  it('that are cut off or have a label too many are refused with the place', async () => {
    put(at('cut', 'data_batch_1.bin'), records([[1], [2]]).subarray(0, -1));
    await rejectsWith(openDataset(at('cut')), 'data_batch_1.bin', /6,?145 bytes.*3,?073/, /cut off/);
    put(at('wrong', 'data_batch_1.bin'), records([[1], [10]]));
    await rejectsWith(openDataset(at('wrong')), 'data_batch_1.bin', /image 1 \(byte 3073\) has the label 10/);
  });
});
