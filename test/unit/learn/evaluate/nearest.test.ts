import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startCpu } from '../../../../src/learn/engine/cpu.js';
import { Nearest } from '../../../../src/learn/evaluate/nearest.js';
import { stream } from '../../../../src/protocol/random.js';

describe('Nearest codes', () => {
  before(() => startCpu());

  const codes = (rows: number[][]) => ({
    count: rows.length,
    width: rows[0]!.length,
    data: Float32Array.from(rows.flat()),
  });
  const cosine = (a: number[], b: number[]): number => {
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };

  it('are those of the largest cosine, over all batches, computed one by one', async () => {
    const random = stream(7, 'nearest');
    const rows = (count: number) =>
      Array.from({ length: count }, () => Array.from({ length: 5 }, () => Math.fround(2 * random.uniform() - 1)));
    const [queries, references] = [rows(3), rows(40)];
    const before = tf.memory().numTensors;
    const nearest = new Nearest(codes(queries), 4);
    for (let from = 0; from < 40; from += 3) await nearest.add(codes(references.slice(from, from + 3)), from);
    for (const [i, query] of queries.entries()) {
      const expected = references
        .map((reference, position) => ({ position, cosine: cosine(query, reference) }))
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, 4);
      const found = nearest.neighbours[i]!;
      assert.deepEqual(
        found.map(({ position }) => position),
        expected.map(({ position }) => position),
      );
      found.forEach((one, place) => assert.ok(Math.abs(one.cosine - expected[place]!.cosine) < 1e-6));
    }
    nearest.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('come in the order of their positions where they are as near, and are all where there are few', async () => {
    const nearest = new Nearest(codes([[1, 0]]), 5);
    await nearest.add(
      codes([
        [0, 1],
        [3, 0],
      ]),
      0,
    );
    await nearest.add(
      codes([
        [2, 0],
        [0, 0],
      ]),
      2,
    );
    assert.deepEqual(nearest.neighbours, [
      [
        { position: 1, cosine: 1 },
        { position: 2, cosine: 1 },
        { position: 0, cosine: 0 },
        { position: 3, cosine: 0 },
      ],
    ]);
    nearest.dispose();
  });
});
