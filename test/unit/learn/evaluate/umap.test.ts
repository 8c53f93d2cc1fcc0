import assert from 'node:assert/strict';
import { DIGIT_SIZE, drawDigit } from '../../../../src/data/strokeDraw.js';
import { fuzzyGraph, nearestNeighbours, umap } from '../../../../src/learn/evaluate/umap.js';
import { stream } from '../../../../src/protocol/random.js';
import { rowsOf, scikit } from './scikit.js';

const count = 400;
const width = DIGIT_SIZE * DIGIT_SIZE;
const bytes = new Uint8Array(count * width);
const drawing = stream(1, 'umap digits');
for (let i = 0; i < count; i++) drawDigit(i % 10, drawing, bytes, i * width);
const digits = { count, width, data: Float32Array.from(bytes, (value) => value / 255) };
const random = stream(2, 'umap start');
const start = Float32Array.from({ length: 2 * count }, () => 20 * random.uniform() - 10);

const program = `
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors
data = np.array(given['data'])
distances, indices = NearestNeighbors(n_neighbors=15).fit(data).kneighbors(data)
print(json.dumps(dict(
    distances=distances.tolist(),
    trust=[trustworthiness(data, np.array(layout), n_neighbors=15) for layout in given['layouts']])))
`;

// What umap-js 1.4.0 makes of the same digits has trustworthiness 0.895, and 1,553 of 2,000 neighbours of the same class.
describe('UMAP', () => {
  let laid: Float32Array;
  before(() => {
    laid = umap({ ...digits, start, epochs: 300, seed: 1 });
  });

  it('keeps near what is near, by the measure of scikit-learn, and finds the neighbours that it finds', async function () {
    const { trust, distances } = await scikit<{ trust: [number, number]; distances: number[][] }>(this, program, {
      data: rowsOf(digits.data, width),
      layouts: [rowsOf(laid, 2), rowsOf(start, 2)],
    });
    assert.ok(trust[0] > 0.88, `trustworthiness ${trust[0]}, of the start ${trust[1]}`);
    assert.ok(trust[1] < 0.6);
    const found = nearestNeighbours(digits, 15);
    distances.forEach((row, i) =>
      row.forEach((distance, k) => assert.ok(Math.abs(found.distances[i * 15 + k]! - distance) < 1e-5, `${i}, ${k}`)),
    );
  });

  it('parts classes: nearest neighbours on the map are mostly of the same one', () => {
    const { indices } = nearestNeighbours({ count, width: 2, data: laid }, 6);
    const same = indices.filter((j, at) => j % 10 === Math.floor(at / 6) % 10).length - count;
    assert.ok(same / (5 * count) > 0.75, `${same} of ${5 * count}`);
  });

  it('begins with memberships that add up to the logarithm of the number of neighbours, and a symmetric graph', () => {
    const neighbours = nearestNeighbours(digits, 15);
    const { from, to, weights } = fuzzyGraph(neighbours, count);
    const known = new Map(Array.from(weights, (weight, edge) => [`${from[edge]} ${to[edge]}`, weight]));
    for (const [edge, weight] of weights.entries()) {
      assert.ok(weight > 0 && weight <= 1);
      assert.equal(known.get(`${to[edge]} ${from[edge]}`), weight);
    }
    // Three points on a line, two neighbours each: of 0 the nearest counts 1, the other log2(3) - 1.
    const line = fuzzyGraph(nearestNeighbours({ count: 3, width: 1, data: Float32Array.of(0, 1, 3) }, 3), 3);
    const of = (i: number, j: number): number =>
      line.weights[line.from.findIndex((one, e) => one === i && line.to[e] === j)]!;
    const other = Math.log2(3) - 1;
    assert.equal(of(0, 1), 1);
    assert.ok(Math.abs(of(0, 2) - (other + other - other * other)) < 1e-4, `${of(0, 2)}`);
  });

  it('is the same for the same seed, and another for another one', () => {
    assert.deepEqual(umap({ ...digits, start, epochs: 20, seed: 3 }), umap({ ...digits, start, epochs: 20, seed: 3 }));
    assert.notDeepEqual(
      umap({ ...digits, start, epochs: 20, seed: 3 }),
      umap({ ...digits, start, epochs: 20, seed: 4 }),
    );
  });

  it('takes codes that are all the same, and too few of them', () => {
    const same = umap({
      count: 20,
      width: 2,
      data: new Float32Array(40),
      start: start.slice(0, 40),
      epochs: 50,
      seed: 1,
    });
    assert.ok(same.every(Number.isFinite));
    assert.deepEqual(
      umap({ count: 2, width: 1, data: Float32Array.of(1, 2), start: Float32Array.of(1, 2, 3, 4), epochs: 5, seed: 1 }),
      Float32Array.of(1, 2, 3, 4),
    );
  });
});
