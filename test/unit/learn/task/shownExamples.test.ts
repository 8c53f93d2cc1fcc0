import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { shownExamples } from '../../../../src/learn/task/classification.js';
import { engineOrSkip } from '../engines.js';

describe('examples that the monitor shows beside their classes', () => {
  before(async function () {
    await engineOrSkip('cpu', this);
  });

  const shown = async (input: tf.Tensor, pad?: number) => {
    const found = await shownExamples(input, pad === undefined ? undefined : { size: 10, pad, mask: null });
    input.dispose();
    return found;
  };

  it('are pictures of quantities', async () =>
    assert.deepEqual(await shown(tf.tensor([0, 1, 0.5, 2], [1, 2, 2, 1])), {
      shape: [1, 2, 2, 1],
      data: Uint8Array.of(0, 255, 128, 255),
    }));

  it('are ids of tokens of texts, nothing where they are padded', async () =>
    assert.deepEqual(await shown(tf.tensor2d([[7, 3, 0, 0]], undefined, 'int32'), 0), {
      shape: [1, 4],
      data: Int32Array.of(7, 3, -1, -1),
    }));
});
