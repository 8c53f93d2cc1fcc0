import assert from 'node:assert/strict';
import { Pace } from '../../../src/protocol/pace.js';

/** Steps of equal length from where the pace is. */
function go(pace: Pace, from: { step: number; seconds: number }, steps: number, each: number): typeof from {
  let { step, seconds } = from;
  for (let i = 0; i < steps; i++) pace.update(++step, (seconds += each));
  return { step, seconds };
}

const start = { step: 0, seconds: 0 };

describe('The pace of a run', () => {
  it('is not known before anything was measured', () => {
    const pace = new Pace();
    assert.equal(pace.secondsLeft(100), null);
    pace.update(0, 1.5);
    assert.equal(pace.secondsLeft(100), null);
  });

  it('is the mean since the beginning at first, and the time left follows from it', () => {
    const pace = new Pace();
    pace.update(100, 4);
    assert.equal(pace.stepsPerSecond, 25);
    assert.equal(pace.secondsLeft(1100), 40);
  });

  it('is an average whose weights fall by e in 20 seconds', () => {
    const pace = new Pace();
    pace.update(100, 10);
    pace.update(110, 30);
    const kept = Math.exp(-20 / 20);
    assert.ok(Math.abs(pace.stepsPerSecond - (100 * kept + 10) / (10 * kept + 20)) < 1e-12);
  });

  it('follows a change of speed, and is not moved by one slow step', () => {
    const pace = new Pace();
    let at = go(pace, start, 1000, 0.1);
    const before = pace.stepsPerSecond;
    at = go(pace, at, 1, 1);
    assert.ok(pace.stepsPerSecond > before * 0.94, `${pace.stepsPerSecond}`);
    go(pace, at, 1000, 0.2);
    assert.ok(Math.abs(pace.stepsPerSecond - 5) < 0.01, `${pace.stepsPerSecond}`);
  });

  it('is the same however often it is looked at', () => {
    const fine = new Pace();
    const coarse = new Pace();
    let at = start;
    for (let second = 0; second < 60; second++) {
      at = go(fine, at, 50, second < 30 ? 0.02 : 0.04);
      coarse.update(at.step, at.seconds);
    }
    assert.ok(Math.abs(fine.stepsPerSecond / coarse.stepsPerSecond - 1) < 0.03);
  });

  it('goes on where the run was resumed from an earlier step', () => {
    for (const seconds of [5, 12]) {
      const pace = new Pace();
      go(pace, start, 100, 0.1);
      pace.update(50, seconds);
      pace.update(60, seconds + 1);
      assert.ok(Math.abs(pace.stepsPerSecond - 10) < 1e-9);
      assert.equal(pace.secondsLeft(100), 4);
    }
  });

  it('counts from where it is told to', () => {
    const pace = new Pace(1000, 0);
    pace.update(1010, 2);
    assert.equal(pace.stepsPerSecond, 5);
  });

  it('tells the time left in tens of seconds after a minute and in minutes after ten', () => {
    const pace = new Pace();
    pace.update(1, 1);
    assert.deepEqual(
      [1.2, 48, 184, 1000.4].map((left) => pace.secondsLeft(1 + left)),
      [2, 48, 190, 1020],
    );
    assert.equal(pace.secondsLeft(1), 0);
  });
});
