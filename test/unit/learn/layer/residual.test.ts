import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { biasActivation } from '../../../../src/learn/layer/activation.js';
import { dense } from '../../../../src/learn/layer/dense.js';
import { residual } from '../../../../src/learn/layer/residual.js';
import { engineOf } from '../engines.js';
import { passOf } from '../learners.js';

describe('a residual layer', () => {
  let engine: Engine;
  before(async () => {
    engine = await engineOf('wasm');
  });

  it('adds to what it is given', () => {
    const network = residual(biasActivation('b', 'relu'))([3]);
    const values = { 'b/bias': tf.tensor1d([0.5, 0.5, -4]) };
    const out = network.apply(values, tf.tensor2d([[1, -2, 3]]), passOf(engine));
    assert.deepEqual(Array.from(out.dataSync()), [1 + 1.5, -2 + 0, 3 + 0]);
  });

  it('refuses what changes the shape', () =>
    assert.throws(() => residual(dense('d', 2, 'relu'))([3]), /\[2\] cannot be added to \[3\]/));
});
