import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { TablePreparation } from '../../../../src/data/table/prepare.js';
import { dense } from '../../../../src/learn/encoder/dense.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { categoryEmbeddings, embeddingWidth, hasCategories } from '../../../../src/learn/layer/categories.js';
import type { Objective } from '../../../../src/learn/method/method.js';
import { untied } from '../../../../src/learn/method/checks.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';

const number = (name: string, indicator = false) =>
  ({ kind: 'number', name, shift: 0, scale: 1, fill: 0, indicator }) as const;
const category = (name: string, categories: string[], other = false) =>
  ({ kind: 'category', name, categories, missing: false, other }) as const;
/** Of outputs: mass and whether it is missing, one of 4 islands, year, sex, one of 2 and another seasons. */
const columns: TablePreparation = {
  version: 1,
  columns: [
    number('mass', true),
    category('island', ['a', 'b', 'c', 'd']),
    number('year'),
    category('sex', ['f', 'm']),
    category('season', ['dry', 'wet'], true),
  ],
};
const WIDTH = 12;
const rows = [
  [0.5, 0, 0, 0, 1, 0, -1, 1, 0, 0, 1, 0],
  [-2, 1, 1, 0, 0, 0, 3, 0, 1, 0, 0, 1],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];
const options = { type: 'dense', units: [5, 2], activation: 'tanh', embeddings: true };

for (const name of engineNames)
  describe(`embeddings of categories on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('are the rows of the categories, numbers as they are, columns in their order', () => {
      const network = categoryEmbeddings('e', columns)([WIDTH]);
      const [islands, seasons] = [embeddingWidth(4), embeddingWidth(3)];
      assert.deepEqual([islands, seasons], [3, 2]);
      assert.deepEqual(network.shapes, { 'e/embeddings_1': [4, islands], 'e/embeddings_2': [3, seasons] });
      assert.deepEqual(network.outputShape, [2 + islands + 1 + 2 + seasons]);
      const arrays = movedValues(network);
      const out = network.apply(tensorsOf(arrays), tf.tensor2d(rows), passOf(engine));
      const row = (table: number, at: number, width: number) =>
        at < 0
          ? new Array<number>(width).fill(0)
          : Array.from(arrays[`e/embeddings_${table}`]!.data.subarray(at * width, (at + 1) * width));
      const expected = [
        [0.5, 0, ...row(1, 2, islands), -1, 1, 0, ...row(2, 1, seasons)],
        [-2, 1, ...row(1, 0, islands), 3, 0, 1, ...row(2, 2, seasons)],
        [0, 0, ...row(1, -1, islands), 0, 0, 0, ...row(2, -1, seasons)],
      ];
      assert.deepEqual(Array.from(out.dataSync()), expected.flat());
    });

    it('have the gradients of the encoder that begins with them', () => {
      const network = dense.encoder(options, [WIDTH], { columns });
      const objective: Objective = {
        metric: 'loss',
        parameters: Object.keys(network.shapes),
        loss: (values, { input }, pass) => ({
          loss: pass.engine.meanSquaredError(network.apply(values, input, pass), tf.ones([rows.length, 2])),
        }),
      };
      checkGradients(network, objective, movedValues(network), { input: tf.tensor2d(rows) }, engine);
    });
  });

describe('an encoder with embeddings of categories', () => {
  it('learns a layer of them before the others, and none where the recipe does not ask for it', () => {
    assert.deepEqual(Object.keys(dense.encoder(options, [WIDTH], { columns }).shapes), [
      'encoder/embedding/embeddings_1',
      'encoder/embedding/embeddings_2',
      'encoder/dense_1/kernel',
      'encoder/dense_1/bias',
      'encoder/dense_2/kernel',
      'encoder/dense_2/bias',
    ]);
    const plain = dense.encoder({ ...options, embeddings: false }, [WIDTH], { columns });
    assert.deepEqual(plain.shapes['encoder/dense_1/kernel'], [WIDTH, 5]);
  });

  it('is refused where nothing can be embedded: no table, or two categories, which are one number already', () => {
    const two: TablePreparation = { version: 1, columns: [number('mass'), category('sex', ['f', 'm'])] };
    assert.equal(hasCategories(two), false);
    for (const contents of [undefined, {}, { columns: two }])
      assert.deepEqual(
        dense.check!(options, [3], contents).map(({ code, path }) => [code, path]),
        [['nothing-to-embed', ['encoder', 'embeddings']]],
      );
    assert.deepEqual(dense.check!(options, [WIDTH], { columns }), []);
    assert.deepEqual(dense.check!({ ...options, embeddings: false }, [3]), []);
  });

  it('cannot lend its weights to the decoder', () => {
    const setting = { family: dense, encoder: options, shape: [WIDTH], options: { tied: true } };
    assert.deepEqual(
      untied(setting).map(({ code }) => code),
      ['cannot-be-tied'],
    );
    assert.deepEqual(untied({ ...setting, encoder: { ...options, embeddings: false } }), []);
  });
});
