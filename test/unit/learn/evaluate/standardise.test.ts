import assert from 'node:assert/strict';
import type { Codes } from '../../../../src/learn/evaluate/codes.js';
import { spreadOf, standardised } from '../../../../src/learn/evaluate/standardise.js';

describe('standardised codes', () => {
  it('have mean 0 and deviation 1, by weights', () => {
    // The second number: 4 thrice and 8 once have mean 5 and variance (3 · 1 + 9) / 4.
    const codes: Codes = { count: 3, width: 2, data: Float32Array.of(1, 4, 1, 8, 1, 99) };
    const spread = spreadOf(codes, Float32Array.of(3, 1, 0));
    assert.deepEqual(Array.from(spread.mean), [1, 5]);
    assert.deepEqual(Array.from(spread.scale), [0, 1 / Math.sqrt(3)]);
    const expected = [0, -1, 0, 3, 0, 94].map((value) => Math.fround(value / Math.sqrt(3)));
    assert.deepEqual(Array.from(standardised(codes, spread)), expected);
  });

  it('leave out what differs by the rounding of float32 alone', () => {
    const rounded = Float32Array.from({ length: 40 }, (_, i) => 1000 + (i % 2) * 2 ** -13);
    assert.notEqual(rounded[0], rounded[1]);
    assert.equal(spreadOf({ count: 40, width: 1, data: rounded }).scale[0], 0);
    const small = rounded.map((value) => (value - 1000) * 1e-6);
    assert.ok(spreadOf({ count: 40, width: 1, data: small }).scale[0]! > 0);
  });

  it('are refused where one is no number', () => {
    const codes: Codes = { count: 2, width: 1, data: Float32Array.of(1, Infinity) };
    assert.throws(() => spreadOf(codes), /no number.*Take an earlier checkpoint/);
  });
});
