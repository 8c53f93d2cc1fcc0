import assert from 'node:assert/strict';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { contrastive } from '../../../../src/learn/method/contrastive.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { mean } from './byHand.js';
import { batch, contrast, dot, projected, shape } from './pairs.js';
import { settingOf, texts, textTensor } from './texts.js';
import { assertLearnsAndResumes, digitShape } from './training.js';

const temperature = 0.3;

function setting(units: number[], of = shape, batchSize = 64) {
  return {
    family: encoders.dense,
    encoder: { type: 'dense', units, activation: 'relu' },
    shape: of,
    options: { temperature, projection: 4 },
    batchSize,
  };
}

for (const name of engineNames)
  describe(`contrastive learning on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    for (const count of [3, 1])
      it(`its loss and terms equal the formulas for ${count} examples, and its gradients finite differences`, () => {
        const learner = contrastive.build(setting([5]));
        const arrays = movedValues(learner);
        const pairs = batch(count);
        const z = projected(arrays, pairs);
        const near = (i: number, k: number) => Math.exp(-2 * (2 - 2 * dot(z[i]!, z[k]!)));
        const uniformity = [0, count].map((from) => {
          const all: number[] = [];
          for (let i = 0; i < count; i++)
            for (let k = 0; k < count; k++) if (i !== k) all.push(near(from + i, from + k));
          return all.length === 0 ? 0 : Math.log(mean(all));
        });
        const expected: Record<string, number> = {
          loss: contrast(z, temperature, (i) => [(i + count) % (2 * count)]),
          alignment: mean(z.slice(0, count).map((one, i) => 2 - 2 * dot(one, z[i + count]!))),
          uniformity: mean(uniformity),
        };
        const [objective] = learner.objectives;
        const losses = objective!.loss(tensorsOf(arrays), pairs.inputs, passOf(engine));
        assert.deepEqual(Object.keys(losses), Object.keys(expected));
        for (const [term, value] of Object.entries(expected)) {
          const found = losses[term]!.dataSync()[0]!;
          assert.ok(Math.abs(found - value) < 1e-5, `${term}: ${found} is not ${value}`);
        }
        if (count > 1) checkGradients(learner, objective!, arrays, pairs.inputs, engine);
      });

    it('shows pairs, and how similar each first view is to each second one', async () => {
      const learner = contrastive.build(setting([5]));
      const arrays = movedValues(learner);
      const pairs = batch(3);
      const pass = passOf(engine, { training: false });
      const { views, tensors } = await learner.preview(tensorsOf(arrays), pairs.inputs, 'validation', pass);
      assert.deepEqual(views, [
        { kind: 'pairs', from: 'validation', first: 'first', second: 'second', similarity: 'similarity' },
      ]);
      assert.deepEqual(tensors['second']!.shape, [3, 2, 3, 1]);
      assert.equal(tensors['second']!.data[7], Math.round(pairs.rows.second[1]![1]! * 255));
      const z = projected(arrays, pairs);
      assert.deepEqual(tensors['similarity']!.shape, [3, 3]);
      for (let i = 0; i < 3; i++)
        for (let k = 0; k < 3; k++)
          assert.ok(Math.abs(tensors['similarity']!.data[3 * i + k]! - dot(z[i]!, z[3 + k]!)) < 1e-5);
    });

    it('compares views of texts, and shows their tokens without padding', async () => {
      const learner = contrastive.build(settingOf(false, { temperature, projection: 4 }));
      const arrays = movedValues(learner);
      const inputs = { input: textTensor(), view: textTensor([texts[1]!, texts[2]!, texts[0]!]) };
      const [objective] = learner.objectives;
      // What the head makes of texts is near 0, where its direction turns quickly.
      checkGradients(learner, objective!, arrays, inputs, engine, { step: 1e-4 });
      const pass = passOf(engine, { training: false });
      const { tensors } = await learner.preview(tensorsOf(arrays), inputs, 'validation', pass);
      assert.deepEqual(
        Array.from(tensors['first']!.data),
        [5, 6, 7, 8, 5, 7, 8, 7, 1, 6, -1, -1, 6, 5, -1, -1, -1, -1],
      );
      assert.deepEqual(tensors['second']!.shape, [3, 6]);
      assert.ok(tensors['second']!.data instanceof Int32Array);
      // The first views are the second ones in another order: the similarities of equal texts are 1.
      for (const [row, column] of [
        [1, 0],
        [2, 1],
        [0, 2],
      ] as const)
        assert.ok(Math.abs(tensors['similarity']!.data[3 * row + column]! - 1) < 1e-5);
    });

    it('learns digits, and goes on after a stop as if there had been none', () =>
      assertLearnsAndResumes(engine, contrastive.build(setting([16], digitShape))));
  });

describe('contrastive learning', () => {
  it('refuses a batch of one, and warns of a few', () => {
    const told = (batchSize: number) =>
      contrastive.check!(setting([5], shape, batchSize)).map(({ severity, code, path }) => [severity, code, path]);
    const path = ['pretrain', 'batchSize'];
    assert.deepEqual(told(1), [['error', 'nothing-to-compare', path]]);
    assert.deepEqual(told(31), [['warning', 'few-negatives', path]]);
    assert.deepEqual(told(32), []);
  });
});
