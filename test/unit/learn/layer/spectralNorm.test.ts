import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { spectralNorm } from '../../../../src/learn/layer/spectralNorm.js';
import { engineOf } from '../engines.js';
import { tensorsOf } from '../learners.js';

describe('spectral normalisation', () => {
  before(() => engineOf('wasm'));

  // Singular values of diag(3, 1) turned: 3 and 1; of the convolution's kernel, all but its outputs are rows.
  const kernel = { shape: [2, 2], data: Float32Array.of(3 * 0.6, 3 * 0.8, -0.8, 0.6) };
  const norm = spectralNorm({ 'a/kernel': [2, 2], 'a/bias': [2], 'b/kernel': [3, 3, 2, 4] });

  it('has two unit vectors for each kernel and none for other values', () => {
    assert.deepEqual(norm.shapes, { 'a/kernel/u': [2], 'a/kernel/v': [2], 'b/kernel/u': [4], 'b/kernel/v': [18] });
    for (const { data } of Object.values(norm.init(1))) assert.ok(Math.abs(Math.hypot(...data) - 1) < 1e-6);
  });

  it('divides by the largest singular value, after a few iterations', () => {
    const { shapes, ...only } = spectralNorm({ 'a/kernel': [2, 2] });
    assert.equal(Object.keys(shapes).length, 2);
    let values = tensorsOf({
      'a/kernel': kernel,
      'a/bias': { shape: [2], data: Float32Array.of(7, 8) },
      ...only.init(1),
    });
    for (let i = 0; i < 12; i++) values = { ...values, ...Object.fromEntries(only.iterate(values)) };
    const normal = only.apply(values);
    normal['a/kernel']!.dataSync().forEach((value, i) => assert.ok(Math.abs(value - kernel.data[i]! / 3) < 1e-5));
    assert.deepEqual(Array.from(normal['a/bias']!.dataSync()), [7, 8]);
  });

  it('keeps no more tensors than its vectors', () => {
    const values = tensorsOf({
      'a/kernel': kernel,
      'b/kernel': { shape: [3, 3, 2, 4], data: new Float32Array(72).fill(0.1) },
      ...norm.init(1),
    });
    const before = tf.memory().numTensors;
    const updates = norm.iterate(values);
    assert.equal(tf.memory().numTensors, before + 4);
    tf.dispose([...updates.values()]);
  });
});
