import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { knnAccuracy, knnClasses, neighbourShares, unit, type Labelled } from '../../../../src/learn/evaluate/knn.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { rowsOf, scikit } from './scikit.js';

/** Clouds of five classes that overlap. No two cosines are alike: whom scikit-learn takes of these is by chance. */
function clouds(count: number, width: number, purpose: string): Labelled {
  const random = stream(4, purpose);
  const centres = stream(4, 'centres');
  const middle = Array.from({ length: 5 * width }, () => centres.normal());
  const labels = Int32Array.from({ length: count }, () => Math.floor(random.uniform() * 5));
  const data = Float32Array.from(
    { length: count * width },
    (_, i) => middle[labels[Math.floor(i / width)]! * width + (i % width)]! + 1.5 * random.normal(),
  );
  return { count, width, data, labels };
}

const cases = [
  [700, 8],
  [900, 64],
  [7, 3],
].map(([count = 0, width = 0]) => [clouds(count, width, 'references'), clouds(300, width, 'queries')] as const);

/** scikit-learn's classifier with the cosine as its measure and the paper's weights. */
const program = `
from sklearn.neighbors import KNeighborsClassifier
def classes(references, labels, queries):
    knn = KNeighborsClassifier(n_neighbors=min(20, len(labels)), metric="cosine", weights=lambda d: np.exp((1 - d) / 0.07))
    return knn.fit(np.array(references), labels).predict(np.array(queries)).tolist()
print(json.dumps([classes(*case) for case in given]))
`;
let asked: Promise<number[][]> | undefined;

/** For each case, once for all engines. */
function expectedClasses(test: Mocha.Context): Promise<number[][]> {
  const rows = ({ data, width }: Labelled) => rowsOf(data, width);
  return (asked ??= scikit(
    test,
    program,
    cases.map(([from, of]) => [rows(from), Array.from(from.labels), rows(of)]),
  ));
}

for (const name of engineNames)
  describe(`weighted nearest neighbours on ${name}`, () => {
    before(async function () {
      await engineOrSkip(name, this);
    });

    for (const [index, [references, queries]] of cases.entries())
      it(`find the classes that scikit-learn finds among ${references.count} references of ${references.width} numbers`, async function () {
        const expected = (await expectedClasses(this))[index]!;
        assert.deepEqual(Array.from(await knnClasses(references, queries)), expected);
        const right = expected.filter((label, i) => label === queries.labels[i]).length / queries.count;
        assert.ok(right > 0.22 && right < 1, `neither by chance nor perfect: ${right}`);
        assert.equal(await knnAccuracy(references, queries), right);
      });

    it('let a code of zeros be as near to all as to none, and leave no tensors behind', async () => {
      const before = tf.memory().numTensors;
      const references: Labelled = {
        count: 3,
        width: 2,
        data: Float32Array.of(-1, 0, 0, -1, 0, 0),
        labels: Int32Array.of(0, 0, 1),
      };
      // cos: -1, 0, 0 and votes: class 0 e^(-1/0.07) + 1, class 1 e^0 = 1
      const found = await knnClasses(references, { count: 2, width: 2, data: Float32Array.of(0, 0, 5, 0) });
      assert.deepEqual(Array.from(found), [0, 0]);
      assert.equal(tf.memory().numTensors, before);
    });

    it('never have a share above 1, whose logarithm of the rest would be none', () => {
      const [references, queries] = [clouds(500, 8, 'references'), clouds(500, 8, 'queries')].map(
        ({ data, count, width }) => tf.tensor2d(data, [count, width]),
      ) as [tf.Tensor2D, tf.Tensor2D];
      const shares = neighbourShares(unit(references), tf.ones([500, 3]), queries, 20).dataSync();
      assert.ok(
        shares.every((share) => share <= 1 && share > 0.999),
        `${Math.max(...shares)}`,
      );
    });
  });
