import assert from 'node:assert/strict';
import { aligned } from '../../../../src/learn/evaluate/procrustes.js';
import { stream } from '../../../../src/protocol/random.js';

const random = stream(1, 'procrustes');
const map = Float32Array.from({ length: 60 }, () => random.normal());

/** Each point through a 2 x 2 matrix, then moved. */
function moved([a, b, c, d]: [number, number, number, number], x = 0, y = 0): Float32Array {
  return map.map((value, i) => {
    const [first, second] = i % 2 === 0 ? [value, map[i + 1]!] : [map[i - 1]!, value];
    return i % 2 === 0 ? a * first + b * second + x : c * first + d * second + y;
  });
}

function meanless(points: Float32Array): number[] {
  const mean = [0, 1].map(
    (k) => points.reduce((sum, value, i) => (i % 2 === k ? sum + value : sum), 0) / (points.length / 2),
  );
  return Array.from(points, (value, i) => value - mean[i % 2]!);
}

function assertNear(actual: Float32Array, expected: Float32Array): void {
  const [first, second] = [meanless(actual), meanless(expected)];
  first.forEach((value, i) =>
    assert.ok(Math.abs(value - second[i]!) < 1e-5, `${value} instead of ${second[i]!} at ${i}`),
  );
}

describe('maps are aligned', () => {
  const [cosine, sine] = [Math.cos(2.2), Math.sin(2.2)];

  it('by turning one back onto the other', () =>
    assertNear(aligned(moved([cosine, -sine, sine, cosine], 4, -7), map), map));

  it('by mirroring it where that fits better', () =>
    assertNear(aligned(moved([cosine, sine, sine, -cosine], 1, 2), map), map));

  it('whatever the scale, which stays', () =>
    assertNear(
      aligned(moved([0, -3, 3, 0]), map),
      map.map((value) => 3 * value),
    ));

  it('no farther from the other than by any other angle, where they differ', () => {
    const noisy = moved([cosine, -sine, sine, cosine]).map((value) => value + random.normal());
    const off = (points: Float32Array): number => {
      const target = meanless(map);
      return meanless(points).reduce((sum, value, i) => sum + (value - target[i]!) ** 2, 0);
    };
    const best = off(aligned(noisy, map));
    for (let angle = 0; angle < 360; angle++)
      for (const mirror of [1, -1]) {
        const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
        const other = noisy.map((_, i) => {
          const [x, y] = [noisy[i - (i % 2)]!, mirror * noisy[i - (i % 2) + 1]!];
          return i % 2 === 0 ? c * x - s * y : s * x + c * y;
        });
        assert.ok(best <= off(other) + 1e-3, `${angle}° (${mirror}) is nearer`);
      }
  });
});
