import assert from 'node:assert/strict';
import { philox4x32, stream } from '../../../src/protocol/random.js';

describe('random streams', () => {
  // Known answers for philox4x32-10 published with Random123 (Salmon et al. 2011).
  const answers: [number[], number[], string][] = [
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ];
  for (const [counter, key, expected] of answers)
    it(`computes the published answer ${expected}`, () => {
      const out = new Uint32Array(4);
      const [c0, c1, c2, c3] = counter as [number, number, number, number];
      philox4x32(out, c0, c1, c2, c3, key[0] as number, key[1] as number);
      assert.equal(Array.from(out, (word) => word.toString(16).padStart(8, '0')).join(' '), expected);
    });

  it('repeats for the same seed, purpose and index, and differs otherwise', () => {
    const draw = (seed: number, purpose: string, index: number) =>
      Array.from(
        { length: 9 },
        (
          (s) => () =>
            s.nextUint32()
        )(stream(seed, purpose, index)),
      );
    assert.deepEqual(draw(1, 'order', 2), draw(1, 'order', 2));
    assert.notDeepEqual(draw(1, 'order', 2), draw(2, 'order', 2));
    assert.notDeepEqual(draw(1, 'order', 2), draw(1, 'noise', 2));
    assert.notDeepEqual(draw(1, 'order', 2), draw(1, 'order', 3));
  });

  it('permutes every position exactly once', () => {
    const order = stream(7, 'order').permutation(1000);
    assert.deepEqual(
      Array.from(order).sort((a, b) => a - b),
      Array.from({ length: 1000 }, (_, i) => i),
    );
    assert.notDeepEqual(Array.from(order.slice(0, 5)), [0, 1, 2, 3, 4]);
  });

  it('draws normal numbers with mean 0, variance 1 and kurtosis 3', () => {
    const s = stream(3, 'noise');
    const n = 100_000;
    const values = Float64Array.from({ length: n }, () => s.normal());
    const mean = values.reduce((sum, v) => sum + v, 0) / n;
    const moment = (k: number) => values.reduce((sum, v) => sum + (v - mean) ** k, 0) / n;
    assert.ok(Math.abs(mean) < 0.015, `mean ${mean}`);
    assert.ok(Math.abs(moment(2) - 1) < 0.02, `variance ${moment(2)}`);
    assert.ok(Math.abs(moment(4) / moment(2) ** 2 - 3) < 0.1, 'kurtosis');
  });
});
