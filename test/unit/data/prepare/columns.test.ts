import assert from 'node:assert/strict';
import { openNpy } from '../../../../src/data/npy.js';
import { prepareDataset } from '../../../../src/data/prepare/index.js';
import { dataOptions, float32, npy, put, temporaryFolder } from '../make.js';

describe('An array of rows and columns', () => {
  const at = temporaryFolder();

  /** What is made of rows of which the last one is for validation. */
  async function made(rows: number[][], options: { large?: boolean; shape?: number[] } = {}) {
    const shape = options.shape ?? [rows.length, rows[0]!.length];
    const file = put(at('x.npy'), npy('<f4', shape, float32(rows.flat())));
    const dataset = await openNpy(file, {}, options.large ? 1 : undefined);
    const training = Int32Array.from({ length: dataset.info.count - 1 }, (_, i) => i);
    const splits = { training, validation: Int32Array.of(training.length), validationFrom: 'fraction' } as const;
    const { reader, preparation } = await prepareDataset(dataset, dataOptions, splits, {
      cache: null,
      fingerprint: '',
    });
    const { data } = await reader.read([...training, training.length]);
    await reader.close();
    return { data: [...data], preparation };
  }

  // Age, income, a constant.
  const people = [
    [20, 30_000, 5],
    [60, 50_000, 5],
    [30, 90_000, 5],
    [80, 10_000, 6],
  ];

  for (const large of [false, true])
    it(`is scaled column by column, by the training rows, ${large ? 'on disk' : 'in memory'}`, async () => {
      const { data, preparation } = await made(people, { large });
      // scikit-learn's MinMaxScaler(clip=True) on the first three; its constant column, too, is 0 below and clipped above.
      const expected = [0, 0, 0, 1, 1 / 3, 0, 0.25, 1, 0, 1, 0, 0].map(Math.fround);
      assert.deepEqual(data, expected);
      assert.deepEqual(JSON.parse(JSON.stringify(preparation)), {
        kind: 'numbers',
        shape: [3],
        range: [0, 1],
        columns: { low: [20, 30_000, 5], high: [60, 90_000, 5] },
      });
    });

  it('of pixels, or of more dimensions, keeps one range', async () => {
    const pixels = [
      [0, 16, 3],
      [8, 4, 0],
      [2, 2, 2],
    ];
    const { data, preparation } = await made(pixels);
    assert.deepEqual([preparation.range, data], [[0, 16], pixels.flat()]);
    const deeper = await made(people, { shape: [2, 2, 3] });
    assert.deepEqual(deeper.preparation.range, [5, 50_000]);
    assert.ok(!('columns' in deeper.preparation));
  });
});
