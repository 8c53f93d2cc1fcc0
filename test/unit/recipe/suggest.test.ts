import assert from 'node:assert/strict';
import { editDistance, nearest } from '../../../src/recipe/suggest.js';

describe('The nearest name', () => {
  it('is at the distance that the literature gives', () => {
    // Wagner & Fischer 1974 and Boytsov 2011 (optimal string alignment: "ca" to "abc" takes 3, not 2).
    for (const [a, b, distance] of [
      ['kitten', 'sitting', 3],
      ['saturday', 'sunday', 3],
      ['ca', 'abc', 3],
      ['epcohs', 'epochs', 1],
      ['', 'abc', 3],
      ['same', 'same', 0],
    ] as const) {
      assert.equal(editDistance(a, b), distance, `${a} ${b}`);
      assert.equal(editDistance(b, a), distance, `${b} ${a}`);
    }
  });

  it('is the same one but for case and separators before any other', () =>
    assert.equal(nearest('batch-size', ['batchSizes', 'batchSize']), 'batchSize'));

  it('is found by initials', () => {
    assert.equal(nearest('mse', ['meanAbsoluteError', 'meanSquaredError']), 'meanSquaredError');
    assert.equal(nearest('LR', ['loss', 'learningRate']), 'learningRate');
  });

  it('is found by its beginning and by a part of it', () => {
    assert.equal(nearest('act', ['units', 'activation']), 'activation');
    assert.equal(nearest('clipnorm', ['epochs', 'globalClipNorm']), 'globalClipNorm');
  });

  it('is none when nothing is near', () => {
    assert.equal(nearest('banana', ['epochs', 'batchSize', 'seed']), null);
    assert.equal(nearest('', ['epochs']), null);
    assert.equal(nearest('-', ['epochs']), null);
    assert.equal(nearest('x', ['y']), null);
    assert.equal(nearest('e'.repeat(1_000_000), ['epochs']), null);
  });
});
