import assert from 'node:assert/strict';
import { countParameters, glorotUniform, parameter } from '../../../src/learn/parameters.js';

describe('parameters before training', () => {
  it('are uniform within ±sqrt(6 / (in + out)), as Glorot & Bengio 2010 have it', () => {
    const { data, shape } = glorotUniform(1, 'kernel', [784, 32]);
    const limit = Math.sqrt(6 / (784 + 32));
    assert.deepEqual(shape, [784, 32]);
    const [least, most] = data.reduce(
      ([low, high], value) => [Math.min(low!, value), Math.max(high!, value)],
      [0, 0],
    ) as [number, number];
    assert.ok(least >= -limit && least < -0.999 * limit, `least ${least}`);
    assert.ok(most <= limit && most > 0.999 * limit, `most ${most}`);
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
    assert.ok(Math.abs(mean) < 0.02 * limit);
    assert.ok(Math.abs(variance / (limit ** 2 / 3) - 1) < 0.02, 'a uniform variance');
  });

  it('differ by name and by seed, and repeat for the same', () => {
    const draw = (seed: number, name: string) => glorotUniform(seed, name, [3, 2]).data;
    assert.deepEqual(draw(1, 'a'), draw(1, 'a'));
    assert.notDeepEqual(draw(1, 'a'), draw(1, 'b'));
    assert.notDeepEqual(draw(1, 'a'), draw(2, 'a'));
  });

  it('are counted', () => assert.equal(countParameters({ kernel: [784, 32], bias: [32] }), 784 * 32 + 32));

  it('are named when one is missing', () =>
    assert.throws(() => parameter({}, 'encoder/kernel'), /No parameter is named encoder\/kernel/));
});
