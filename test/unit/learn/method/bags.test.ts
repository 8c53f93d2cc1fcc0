import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { autoencoder } from '../../../../src/learn/method/autoencoder.js';
import { contractive } from '../../../../src/learn/method/contractive.js';
import { denoising } from '../../../../src/learn/method/denoising.js';
import type { Setting } from '../../../../src/learn/method/method.js';
import { sparse } from '../../../../src/learn/method/sparse.js';
import { variational } from '../../../../src/learn/method/variational.js';
import { engineOrSkip } from '../engines.js';
import { passOf, tensorsOf } from '../learners.js';
import { layer, linear, relu } from './byHand.js';

describe('the preview of bags of tokens', () => {
  let engine: Engine;
  before(async function () {
    engine = await engineOrSkip('cpu', this);
  });

  /** Which of eight tokens occur in each text; in the last one none. */
  const bags = [
    [1, 0, 0, 1, 1, 0, 0, 1],
    [0, 1, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0],
  ];
  const setting = (options: Record<string, unknown>, features?: 'bag'): Setting => ({
    family: encoders.dense,
    encoder: { type: 'dense', units: [4], activation: 'relu' },
    shape: [8],
    ...(features && { features }),
    options: { loss: 'binaryCrossentropy', ...options },
  });
  const input = () => tf.tensor2d(bags);

  it('shows the tokens of each text and as many likeliest ones, by the network’s own numbers', async () => {
    const learner = autoencoder.build(setting({}, 'bag'));
    const arrays = learner.init(5);
    for (const [k, { data }] of Object.values(arrays).entries())
      data.forEach((value, i) => (data[i] = value + 0.3 * Math.sin(i + k)));
    const { views, tensors } = await learner.preview(
      tensorsOf(arrays),
      { input: input() },
      'validation',
      passOf(engine, { training: false }),
    );
    assert.deepEqual(views, [
      { kind: 'tokens', content: 'bag', from: 'validation', input: 'texts', output: 'guesses' },
    ]);
    const expected = bags.map((bag) => {
      const scores = layer(arrays, 'decoder/dense_1', layer(arrays, 'encoder/dense_1', bag, relu), linear);
      const order = [0, 1, 2, 3, 4, 5, 6, 7].sort((a, b) => scores[b]! - scores[a]!);
      const own = order.filter((id) => bag[id] === 1);
      const filled = (ids: number[]) => [...ids, -1, -1, -1, -1].slice(0, 4);
      return { texts: filled(own), guesses: filled(order.slice(0, own.length)) };
    });
    for (const name of ['texts', 'guesses'] as const) {
      assert.deepEqual(tensors[name]!.shape, [3, 4]);
      assert.deepEqual(
        [...tensors[name]!.data],
        expected.flatMap((row) => row[name]),
        name,
      );
    }
  });

  for (const [method, options] of [
    [autoencoder, {}],
    [denoising, { noise: 'masking', amount: 0.25 }],
    [contractive, { weight: 0.1, projections: 0 }],
    [sparse, { penalty: 'l1', weight: 0.1, target: 0.05, k: 2, alpha: 1 }],
    [variational, { latent: 2, beta: 1, warmupEpochs: 0, freeBits: 0 }],
  ] as const)
    it(`is the only one of ${method.description.name}, and leaves no tensor behind; of other numbers it is pictures`, async () => {
      const kindsOf = async (features?: 'bag') => {
        const learner = method.build(setting(options, features));
        const values = tensorsOf(learner.init(1));
        const given = input();
        const before = tf.memory().numTensors;
        const { views } = await learner.preview(values, { input: given }, '', passOf(engine, { training: false }));
        assert.equal(tf.memory().numTensors, before);
        return views.map(({ kind }) => kind);
      };
      assert.deepEqual(
        (await kindsOf('bag')).filter((kind) => kind !== 'activity'),
        ['tokens'],
      );
      assert.ok((await kindsOf()).includes('reconstruction'));
    });
});
