import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { inSlices, nextSlice, sliceIsOver } from '../../../src/data/slice.js';

describe('Work in slices of time', () => {
  it('lets others at the thread after each slice, however many work at once', async () => {
    let sinceTurn = 0;
    let most = 0;
    let working = 4;
    const work = async (): Promise<void> => {
      for (let step = 0; step < 5; step++) {
        while (!sliceIsOver()); // busy for one slice
        most = Math.max(most, ++sinceTurn);
        await nextSlice();
      }
      working--;
    };
    const works = Array.from({ length: working }, async () => {
      await setImmediate();
      await work();
    });
    await setImmediate();
    most = sinceTurn = 0;
    while (working > 0) {
      sinceTurn = 0;
      await setImmediate();
    }
    await Promise.all(works);
    assert.ok(most <= 2, `${most} slices were done in one turn`);
  });

  it('goes through many in their order, in as many turns as their time takes', async () => {
    const items = Array.from({ length: 300 }, (_, i) => i);
    const seen: number[] = [];
    let turns = 0;
    let done = false;
    const others = (async () => {
      for (; !done; turns++) await setImmediate();
    })();
    await inSlices(items, (item, index) => {
      assert.equal(item, index);
      seen.push(item);
      if (item % 64 === 0) while (!sliceIsOver()); // each 64th takes a whole slice
    });
    done = true;
    await others;
    assert.deepEqual(seen, items);
    assert.ok(turns >= 4, `others had ${turns} turns`);
  });
});
