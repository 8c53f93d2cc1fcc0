import assert from 'node:assert/strict';
import { accuracy } from '../../../../src/learn/evaluate/accuracy.js';

describe('Accuracy', () => {
  it('is the part whose largest score is that of their class; of equal ones the first counts', () => {
    const scores = Float32Array.of(1, 3, 2, /**/ -5, -1, -2, /**/ 0, 0, 0, /**/ 0.1, 0.2, 0.7);
    assert.equal(accuracy(Int32Array.of(1, 1, 0, 2), scores, 3), 1);
    assert.equal(accuracy(Int32Array.of(0, 1, 1, 2), scores, 3), 0.5);
  });

  it('is of no use without examples, and where a score is no number', () => {
    assert.throws(() => accuracy(new Int32Array(), new Float32Array(), 3), /no example with a label/);
    assert.throws(() => accuracy(Int32Array.of(0), Float32Array.of(1, NaN), 2), /For example 0 the model gives NaN/);
  });
});
