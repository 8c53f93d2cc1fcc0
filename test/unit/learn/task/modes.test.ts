import assert from 'node:assert/strict';
import { encoders } from '../../../../src/learn/encoder/index.js';
import { layersOf } from '../../../../src/learn/task/layers.js';
import { isNamed, modes } from '../../../../src/learn/task/modes.js';

const layers = ['encoder/stage_1', 'encoder/stage_2', 'encoder/code'];

function rates(name: keyof typeof modes, options: Record<string, unknown>, epoch = 0): number[] {
  const plan = modes[name].plan(options, layers);
  return layers.map((layer) => plan.rate(layer, epoch));
}

describe('modes of fine-tuning', () => {
  it('know the layers of an encoder from the input to the code', () => {
    const { shapes } = encoders.convolutional.encoder(
      {
        type: 'convolutional',
        size: 'small',
        filters: [4, 8],
        blocks: 1,
        code: 6,
        kernelSize: 3,
        activation: 'relu',
        normalisation: 'batch',
        residual: true,
        pooling: 'flatten',
      },
      [8, 8, 1],
    );
    assert.deepEqual(layersOf(Object.keys(shapes)), layers);
  });

  it('full: learning rates fall from the head to the input, and named layers stay as they are', () => {
    assert.deepEqual(rates('full', { layerDecay: 0.5, freeze: [] }), [0.125, 0.25, 0.5]);
    assert.deepEqual(rates('full', { layerDecay: 1, freeze: [] }), [1, 1, 1]);
    const { frozen, headRate } = modes.full.plan({ layerDecay: 1, freeze: ['encoder/stage_*'] }, layers);
    assert.deepEqual([frozen, headRate], [['encoder/stage_1', 'encoder/stage_2'], 1]);
    assert.ok(isNamed('encoder/code', 'encoder/code') && !isNamed('encoder/code', 'encoder/co'));
  });

  it('probe and neighbours: nothing of the encoder changes, and no step changes the head', () => {
    for (const name of ['probe', 'neighbours'] as const) {
      const { frozen, headRate } = modes[name].plan({}, layers);
      assert.deepEqual([frozen, headRate], [layers, 0]);
    }
  });

  it('gradual: one layer after the other joins, from the code down', () => {
    const options = { unfreezeEpochs: 2, layerDecay: 1 };
    const at = (epoch: number) => rates('gradual', options, epoch);
    assert.deepEqual(
      [at(0), at(1.99), at(2), at(4), at(6)],
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 1],
        [0, 1, 1],
        [1, 1, 1],
      ],
    );
    assert.equal(modes.gradual.plan(options, layers).headRate, 1);
  });
});
