import assert from 'node:assert/strict';
import { align, nearest, reduce, type Points } from '../../webview/chart/decimate.js';
import { clockTicks, countTicks, linearTicks, logTicks } from '../../webview/chart/ticks.js';
import { MetricStore } from '../../webview/state/metrics.js';
import { Smoothed } from '../../webview/state/smoothing.js';

function metric(step: number, values: Record<string, unknown>, time = step * 0.01): string {
  return JSON.stringify({ step, epoch: step / 10, time, values });
}

function filled(...lines: string[]): MetricStore {
  const store = new MetricStore();
  for (const line of lines) store.addLine(line);
  return store;
}

describe('smoothing', () => {
  const noisy = Array.from({ length: 50 }, (_v, i) => Math.sin(i) + 2);

  /** The definition: weights b^(n-1-i), normed. */
  function weighted(list: number[], b: number): number {
    const weights = list.map((_v, i) => b ** (list.length - 1 - i));
    return list.reduce((sum, v, i) => sum + v * (weights[i] ?? 0), 0) / weights.reduce((sum, w) => sum + w, 0);
  }

  it('is the weighted mean of the past, without a pull towards zero at the start', () => {
    const store = filled(...noisy.map((loss, i) => metric(i, { loss })));
    const smoothed = new Smoothed();
    smoothed.update(store.series.get('loss')!, 0.9);
    for (let i = 0; i < noisy.length; i++)
      assert.ok(Math.abs(smoothed.values.at(i) - weighted(noisy.slice(0, i + 1), 0.9)) < 1e-12);
  });

  it('goes on where it was as points arrive, and starts over when the factor or the past changes', () => {
    const store = filled(...noisy.slice(0, 20).map((loss, i) => metric(i, { loss })));
    const smoothed = new Smoothed();
    const check = (list: number[], b: number): void => {
      smoothed.update(store.series.get('loss')!, b);
      assert.equal(smoothed.values.length, list.length);
      assert.ok(Math.abs(smoothed.values.last - weighted(list, b)) < 1e-12);
    };
    check(noisy.slice(0, 20), 0.6);
    noisy.slice(20).forEach((loss, i) => store.addLine(metric(20 + i, { loss })));
    check(noisy, 0.6);
    check(noisy, 0);
    store.addLine(metric(10, { loss: 7 }));
    check([...noisy.slice(0, 10), 7], 0);
  });

  it('passes over gaps', () => {
    const store = filled(metric(1, { loss: 1 }), metric(2, { loss: null }), metric(3, { loss: 3 }));
    const smoothed = new Smoothed();
    smoothed.update(store.series.get('loss')!, 0.5);
    assert.ok(Number.isNaN(smoothed.values.at(1)));
    assert.ok(Math.abs(smoothed.values.at(2) - (0.5 * 1 + 3) / 1.5) < 1e-12);
  });
});

describe('reduction to the pixels', () => {
  function points(y: number[], x = y.map((_v, i) => i)): Points {
    return { x: Float64Array.from(x), y: Float64Array.from(y), count: y.length };
  }
  const into = { x: [] as number[], y: [] as number[] };

  it('gives at most two points a column and loses no extreme', () => {
    const y = Array.from({ length: 100_000 }, (_v, i) => Math.sin(i / 5000) + (i === 77_777 ? 40 : 0));
    reduce(points(y), 0, 99_999, 600, false, into);
    assert.ok(into.x.length <= 2 * 600 + 4, String(into.x.length));
    assert.equal(Math.max(...into.y), Math.max(...y));
    assert.equal(
      Math.min(...into.y),
      y.reduce((a, b) => Math.min(a, b)),
    );
    assert.ok(into.x.every((x, i) => i === 0 || x >= (into.x[i - 1] ?? 0)));
  });

  it('leaves few points as they are, with a neighbour beyond each edge of the view', () => {
    reduce(points([5, 6, 7, 8, 9, 10]), 2, 3, 100, false, into);
    assert.deepEqual(into.x, [1, 2, 3, 4]);
  });

  it('has no logarithm of what is not positive, and no point without a number', () => {
    reduce(points([1, 0, -1, NaN, 100]), 0, 4, 100, true, into);
    assert.deepEqual(into, { x: [0, 4], y: [0, 2] });
  });

  it('puts lines over a common x', () => {
    assert.deepEqual(
      align([
        { x: [1, 3, 3], y: [10, 30, 31] },
        { x: [2, 3], y: [200, 300] },
      ]),
      [
        [1, 2, 3, 3],
        [10, undefined, 30, 31],
        [undefined, 200, 300, undefined],
      ],
    );
  });

  it('finds the point nearest to the pointer that has a value', () => {
    const line = points([1, NaN, 3, 4]);
    assert.equal(nearest(line, 1.2), 2);
    assert.equal(nearest(line, 2.3), 2);
    assert.equal(nearest(line, 2.7), 3);
    assert.equal(nearest(line, -5), 0);
    assert.equal(nearest(line, 99), 3);
    assert.equal(nearest(points([NaN]), 0), -1);
  });
});

describe('marks of an axis', () => {
  it('are round numbers on a logarithmic axis, not too close', () => {
    const rounded = (ticks: number[]): number[] => ticks.map((tick) => Number((10 ** tick).toPrecision(6)));
    assert.deepEqual(rounded(logTicks(Math.log10(0.079), Math.log10(0.41), 280, 24)), [0.08, 0.1, 0.15, 0.2, 0.3, 0.4]);
    assert.deepEqual(rounded(logTicks(-6, 0, 280, 40)), [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]);
    assert.deepEqual(rounded(logTicks(Math.log10(0.095), Math.log10(0.105), 280, 40)), [0.095, 0.1, 0.105]);
    for (const [low, high] of [
      [-0.2, -0.19],
      [-12, 8],
      [3, 3.5],
    ] as const) {
      const ticks = logTicks(low, high, 300, 30);
      assert.ok(ticks.length >= 2 && ticks.length <= 11, `${low} to ${high}: ${ticks.length}`);
      assert.ok(ticks.every((tick) => tick >= low - 1e-6 && tick <= high + 1e-6));
    }
  });

  it('end, whatever the limits', () => {
    assert.deepEqual(linearTicks(0.6899999999999998, 0.69, 28), [0.6899999999999998]);
    assert.deepEqual(linearTicks(0, Infinity, 5), [0]);
    assert.ok(logTicks(-320, 300, 300, 30).length <= 11);
  });

  it('are never fractions of a step, and whole minutes where there are minutes', () => {
    assert.deepEqual(countTicks(0, 3, 10), [0, 1, 2, 3]);
    assert.deepEqual(clockTicks(0, 300, 6), [0, 60, 120, 180, 240, 300]);
  });
});
