import assert from 'node:assert/strict';
import { Ahead, type Drawn } from '../../../src/learn/batches.js';

/** One value that tells which batch it is. */
const batch = (index: number): Drawn => ({
  count: 1,
  input: Float32Array.of(index),
  view: null,
  labels: null,
  targets: null,
});

describe('Batches drawn ahead', () => {
  it('are asked for one before they are taken, each once, and none after the last', async () => {
    const asked: number[] = [];
    const ahead = new Ahead((index) => (asked.push(index), Promise.resolve(batch(index))), 4);
    for (const [index, sofar] of [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 3],
    ] as const) {
      const drawn = ahead.take(index);
      assert.equal(asked.length, sofar + 1, 'asked for before this one has come');
      assert.equal((await drawn).input[0], index);
    }
    assert.deepEqual(asked, [0, 1, 2, 3]);
  });

  it('are those that are taken, also after a jump', async () => {
    const ahead = new Ahead((index) => Promise.resolve(batch(index)), 10);
    for (const index of [0, 1, 7, 8, 2]) assert.equal((await ahead.take(index)).input[0], index);
  });

  it('are not drawn ahead where they are there at once', () => {
    const asked: number[] = [];
    const ahead = new Ahead((index) => (asked.push(index), batch(index)), 4);
    for (const index of [0, 1]) assert.ok(!(ahead.take(index) instanceof Promise));
    assert.deepEqual(asked, [0, 1]);
  });

  it('that fail say so when they are taken, and nobody hears of one that never is', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): number => unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const draw = (index: number): Promise<Drawn> =>
        index === 1 ? Promise.reject(new Error('torn')) : Promise.resolve(batch(index));
      const ahead = new Ahead(draw, 3);
      await ahead.take(0);
      await new Promise(setImmediate);
      await assert.rejects(Promise.resolve(ahead.take(1)), /torn/);
      await new Ahead(draw, 3).take(0);
      await new Promise(setImmediate);
      assert.deepEqual(unheard, []);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });
});
