import assert from 'node:assert/strict';
import type { Engine } from '../../../src/learn/engine/engine.js';
import { engineNames } from '../../../src/learn/engine/index.js';
import { randomTensors } from '../../../src/learn/random.js';
import { engineOrSkip } from './engines.js';

for (const name of engineNames)
  describe(`random tensors on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const numbers = (purpose: string, seed = 1, index = 0, stage?: string): Float32Array =>
      randomTensors(engine, seed, index, stage).normal(purpose, [3, 5]).dataSync<'float32'>().slice();

    it('are the same for the same seed, purpose, index and stage, and others for others', () => {
      const first = numbers('noise');
      assert.deepEqual(numbers('noise'), first);
      for (const other of [
        numbers('mask'),
        numbers('noise', 2),
        numbers('noise', 1, 1),
        numbers('noise', 1, 0, 'evaluation'),
      ])
        assert.notDeepEqual(other, first);
    });

    it('are uniform in [0, 1), or have mean 0 and standard deviation 1', () => {
      const count = 40_000;
      const random = randomTensors(engine, 5, 3);
      const uniform = random.uniform('u', [count]).dataSync<'float32'>();
      assert.ok(uniform.every((value) => value >= 0 && value < 1));
      const tenths = new Float64Array(10);
      uniform.forEach((value) => (tenths[Math.floor(10 * value)]! += 1));
      // Five standard deviations of a binomial count.
      for (const tenth of tenths) assert.ok(Math.abs(tenth - count / 10) < 5 * Math.sqrt(count * 0.09), String(tenths));
      const normal = random.normal('n', [count / 4, 4]);
      assert.deepEqual(normal.shape, [count / 4, 4]);
      const values = normal.dataSync<'float32'>();
      const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / count;
      assert.ok(Math.abs(moment(1)) < 5 / Math.sqrt(count));
      assert.ok(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / count));
      assert.ok(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / count));
    });
  });
