import assert from 'node:assert/strict';
import type { EfficiencyMean } from '../../../../src/protocol/efficiency.js';
import { interval, labelsFor, meansOf } from '../../../../src/trainer/efficiency/means.js';

const near = (found: number | null, wanted: number, tolerance = 1e-4) =>
  assert.ok(found !== null && Math.abs(found - wanted) < tolerance, `${found} is not ${wanted}`);

describe('The mean of several seeds', () => {
  it('has the 95 % interval that Student’s t gives, by the quantiles 4.302653 and 2.045230', () => {
    const three = interval([0.6, 0.62, 0.66]);
    near(three.mean, 0.626667);
    near(three.low, 0.550774);
    near(three.high, 0.70256);
    const many = interval(Array.from({ length: 30 }, (_, i) => 0.5 + 0.01 * (i % 5)));
    near(many.low, 0.514629);
    near(many.high, 0.525371);
  });

  it('stays within 0 and 1, and has no interval with one seed', () => {
    const two = interval([0.9, 1]);
    assert.equal(two.high, 1);
    near(two.low, 0.3147, 1e-3);
    assert.equal(interval([0, 0.3]).low, 0);
    assert.deepEqual(interval([0.7]), { mean: 0.7, low: null, high: null });
  });

  const point = (mode: string, labelsPerClass: number, seed: number, score: number) => ({
    mode,
    labelsPerClass,
    seed,
    score,
  });

  it('is compared with scratch seed by seed: what all seeds share does not hide a difference', () => {
    const scores = [0.5, 0.6, 0.7];
    const points = scores.flatMap((score, i) => [
      point('scratch', 10, i + 1, score),
      point('probe', 10, i + 1, score + [0.02, 0.03, 0.04][i]!),
      point('full', 10, i + 5, score), // of other seeds
    ]);
    const [scratch, probe, full] = meansOf(points, ['scratch', 'probe', 'full']);
    // 0.03 and a deviation of 0.01: 4.302653 · 0.01 / √3 to both sides.
    near(probe!.gain!.low, 0.005159);
    near(probe!.gain!.high, 0.054841);
    assert.ok(probe!.low! < scratch!.high!, 'the intervals overlap');
    assert.deepEqual([scratch!.gain, full!.gain], [null, null]);
  });

  it('is taken for each mode and budget, in the order of both', () => {
    const points = [
      point('full', 10, 1, 0.5),
      point('full', 1, 1, 0.2),
      point('probe', 1, 1, 0.3),
      point('full', 1, 2, 0.4),
    ];
    assert.deepEqual(
      meansOf(points, ['probe', 'full', 'scratch']).map(({ mode, labelsPerClass, seeds, mean }) => [
        mode,
        labelsPerClass,
        seeds,
        Number(mean.toFixed(6)),
      ]),
      [
        ['probe', 1, 1, 0.3],
        ['full', 1, 2, 0.3],
        ['full', 10, 1, 0.5],
      ],
    );
  });
});

describe('The labels that a score takes', () => {
  const curve = Object.entries({ 1: 0.2, 10: 0.4, 100: 0.8 }).map(([labels, mean]): EfficiencyMean => ({
    mode: 'scratch',
    labelsPerClass: Number(labels),
    seeds: 1,
    mean,
    low: null,
    high: null,
    gain: null,
  }));

  it('lie between two budgets on a straight line over the logarithm', () => {
    const found = labelsFor(0.6, curve);
    assert.equal(found.type, 'about');
    near(found.labels, Math.sqrt(1000)); // half way from 10 to 100
    near(labelsFor(0.25, curve).labels, 10 ** 0.25);
  });

  it('are those of the first budget that reaches it', () => {
    assert.deepEqual(labelsFor(0.4, curve), { type: 'about', labels: 10.000000000000002 });
    assert.deepEqual(labelsFor(0.1, curve), { type: 'atMost', labels: 1 });
  });

  it('are more than were measured where no mean reaches it', () =>
    assert.deepEqual(labelsFor(0.9, curve), { type: 'moreThan', labels: 100 }));
});
