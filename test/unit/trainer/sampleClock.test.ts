import assert from 'node:assert/strict';
import { SampleClock } from '../../../src/trainer/sampleClock.js';

describe('Samples are drawn', () => {
  /** Steps of a tenth of a second, in which the first epoch does not end. @returns steps at which one was drawn, which took so long */
  function steps(count: number, milliseconds: number): number[] {
    let now = 0;
    const clock = new SampleClock(() => now);
    const drawn: number[] = [];
    for (let step = 1; step <= count; step++) {
      now += 100;
      if (!clock.isDue({ step, epoch: 0.5 }, 100, now / 1000)) continue;
      now += milliseconds;
      clock.drawn();
      drawn.push(step);
    }
    return drawn;
  }

  it('at powers of two, and every three seconds between them', () => {
    const found = steps(400, 1);
    for (const power of [1, 2, 4, 8, 16, 32, 64, 128, 256]) assert.ok(found.includes(power), String(power));
    assert.ok(found.every((step, i) => i === 0 || step - found[i - 1]! <= 31));
  });

  it('at ends of epochs, two hundred times at most', () => {
    const clock = new SampleClock(() => 0);
    const ends = (epochs: number) =>
      Array.from({ length: epochs }, (_, i) => i + 1).filter((epoch) => clock.isDue({ step: 3, epoch }, epochs, 0));
    assert.equal(ends(50).length, 50);
    assert.equal(ends(1000).length, 200);
  });

  it('so seldom that they take a twentieth of the time, where each takes long', () => {
    const found = steps(10_000, 2000).filter((step) => step > 512 && (step & (step - 1)) !== 0);
    assert.ok(found.length > 5, `${found.length}`);
    for (const [i, step] of found.entries())
      if (i > 0) assert.ok((step - found[i - 1]!) * 100 >= 20 * 2000, `after ${step - found[i - 1]!} steps`);
  });

  it('without counting what somebody asked for in between', () => {
    let now = 0;
    const clock = new SampleClock(() => now);
    clock.isDue({ step: 1, epoch: 0.1 }, 100, 0);
    clock.drawn();
    now = 50_000;
    clock.drawn();
    now += 3500;
    assert.ok(clock.isDue({ step: 3, epoch: 0.5 }, 100, 10), 'it is no sample that took 50 seconds');
  });
});
