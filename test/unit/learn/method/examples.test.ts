import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { shownExamples, type Looks } from '../../../../src/learn/method/examples.js';
import { engineOrSkip } from '../engines.js';

describe('examples that the monitor shows', () => {
  before(async function () {
    await engineOrSkip('cpu', this);
  });

  const shown = async (input: tf.Tensor, looks: Looks = {}) => {
    const found = await shownExamples(input, looks);
    input.dispose();
    return found;
  };

  it('are pictures of quantities', async () =>
    assert.deepEqual(await shown(tf.tensor([0, 1, 0.5, 2], [1, 2, 2, 1]), { kind: 'image' }), {
      shape: [1, 2, 2, 1],
      data: Uint8Array.of(0, 255, 128, 255),
    }));

  it('are ids of tokens of texts, nothing where they are padded', async () =>
    assert.deepEqual(
      await shown(tf.tensor2d([[7, 3, 0, 0]], undefined, 'int32'), { vocabulary: { size: 10, pad: 0, mask: null } }),
      { shape: [1, 4], data: Int32Array.of(7, 3, -1, -1) },
    ));

  it('are ids of the tokens that occur, of a bag', async () => {
    const bags = tf.tensor2d([
      [0, 1, 0, 1],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ]);
    assert.deepEqual(await shown(bags, { kind: 'text', features: 'bag' }), {
      shape: [3, 2],
      data: Int32Array.of(1, 3, 2, -1, -1, -1),
    });
  });

  it('are the values themselves, of rows of a table', async () =>
    assert.deepEqual(await shown(tf.tensor2d([[-2, 0.5, 1]]), { kind: 'table' }), {
      shape: [1, 3],
      data: Float32Array.of(-2, 0.5, 1),
    }));
});
