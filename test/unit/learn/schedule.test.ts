import assert from 'node:assert/strict';
import { learningRateFactor } from '../../../src/learn/schedule.js';

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

describe('the learning rate', () => {
  it('stays with a constant schedule', () => {
    for (const step of [0, 7, 99]) assert.equal(learningRateFactor({ name: 'constant' }, step, 10, 10), 1);
  });

  it('is multiplied after every few epochs with a step schedule', () => {
    const factor = (step: number) => learningRateFactor({ name: 'step', everyEpochs: 2, factor: 0.1 }, step, 10, 10);
    close(factor(0), 1);
    close(factor(19), 1);
    close(factor(20), 0.1);
    close(factor(40), 0.01);
  });

  it('rises linearly from above 0 to 1, then falls along half a cosine to its final part', () => {
    const factor = (step: number) => learningRateFactor({ name: 'cosine', warmupEpochs: 2, final: 0.2 }, step, 10, 10);
    close(factor(0), 1 / 21);
    close(factor(9), 10 / 21);
    close(factor(20), 1);
    close(factor(60), 0.6); // the middle of the fall: 0.2 + 0.8 / 2
    close(factor(40), 0.2 + 0.8 * 0.5 * (1 + Math.SQRT1_2)); // a quarter of it: cos(π/4)
    close(factor(100), 0.2);
  });

  it('falls from the first step without a warm-up', () => {
    close(learningRateFactor({ name: 'cosine', warmupEpochs: 0, final: 0 }, 0, 10, 10), 1);
    assert.ok(learningRateFactor({ name: 'cosine', warmupEpochs: 0, final: 0 }, 1, 10, 10) < 1);
    close(learningRateFactor({ name: 'cosine', warmupEpochs: 0, final: 0 }, 50, 10, 10), 0.5);
  });
});
