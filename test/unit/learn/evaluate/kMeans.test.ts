import assert from 'node:assert/strict';
import { kMeans } from '../../../../src/learn/evaluate/kMeans.js';
import { stream } from '../../../../src/protocol/random.js';

const random = stream(2, 'k-means');
const groups = 4;
/** Four heaps far from each other, one point of each after the other. */
const heaps = {
  count: 200,
  width: 3,
  data: Float32Array.from({ length: 600 }, (_, at) => 20 * ((Math.floor(at / 3) % groups) + 1) + random.normal()),
};

describe('k-means', () => {
  it('finds heaps that are apart', () => {
    const found = kMeans(heaps, groups, null, stream(1, 'clusters'));
    assert.equal(new Set(found).size, groups);
    found.forEach((cluster, i) => assert.equal(cluster, found[i % groups]));
  });

  it('keeps the numbers of clusters from which it begins, though some points are in others now', () => {
    const start = Uint8Array.from({ length: heaps.count }, (_, i) => (i < 20 ? 0 : 3 - (i % groups)));
    const found = kMeans(heaps, groups, start, stream(1, 'clusters'));
    found.forEach((cluster, i) => assert.equal(cluster, 3 - (i % groups)));
  });

  it('takes fewer points than clusters, and points that are all the same', () => {
    const same = { count: 3, width: 1, data: Float32Array.of(1, 1, 1) };
    assert.deepEqual(Array.from(kMeans(same, 8, null, stream(1, 'clusters'))), [0, 0, 0]);
  });
});
