import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { convolutional } from '../../../src/learn/encoder/convolutional.js';
import type { Engine } from '../../../src/learn/engine/engine.js';
import { engineNames } from '../../../src/learn/engine/index.js';
import { autoencoder } from '../../../src/learn/method/autoencoder.js';
import { parameter } from '../../../src/learn/parameters.js';
import { stream } from '../../../src/protocol/random.js';
import type { EncoderOptions } from '../../../src/recipe/recipe.js';
import { engineOrSkip } from './engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from './learners.js';

const defaults = {
  type: 'convolutional',
  size: 'small',
  filters: null,
  blocks: null,
  code: null,
  kernelSize: 3,
  activation: 'relu',
  normalisation: 'batch',
  residual: true,
  pooling: 'flatten',
};
const options = (change: Partial<typeof defaults> | Record<string, unknown> = {}): EncoderOptions => ({
  ...defaults,
  ...change,
});
/** Odd sides: halving rounds up, and the way back must come to the same. */
const shape = [7, 5, 2];

const numbers = (purpose: string, length: number) => {
  const random = stream(8, purpose);
  return Float32Array.from({ length }, () => random.uniform());
};

describe('the convolutional encoder', () => {
  it('has the stages of its size, or those that are given', () => {
    assert.deepEqual(convolutional.summary(options(), [28, 28, 1]), {
      encoder: '28×28×1 → 14×14×16 → 7×7×32 → 64',
      decoder: '7×7×32 → 14×14×16 → 28×28×1',
    });
    const encoder = convolutional.encoder(options({ filters: [4, 6], blocks: 1, code: 3 }), shape);
    assert.deepEqual(encoder.outputShape, [3]);
    assert.deepEqual(encoder.shapes['encoder/stage_2/kernel'], [3, 3, 4, 6]);
    assert.deepEqual(encoder.shapes['encoder/stage_2/block_1/kernel'], [3, 3, 6, 6]);
    assert.deepEqual(encoder.shapes['encoder/code/kernel'], [2 * 2 * 6, 3]);
    assert.deepEqual(
      convolutional.encoder(options({ filters: [4, 6], code: 3, pooling: 'average' }), shape).shapes[
        'encoder/code/kernel'
      ],
      [6, 3],
    );
    assert.deepEqual(convolutional.decoder(options(), shape).outputShape, shape);
  });

  it('refuses what is no image, and warns of more stages than there is to halve', () => {
    const told = (change: object, inputShape: number[]) =>
      convolutional.check!(options(change), inputShape).map(({ severity, code }) => `${severity} ${code}`);
    assert.deepEqual(told({}, [784]), ['error no-image']);
    assert.deepEqual(told({}, [28, 28, 1]), []);
    assert.deepEqual(told({ filters: [1, 1, 1, 1] }, [8, 8, 1]), []);
    assert.deepEqual(told({ filters: [1, 1, 1, 1, 1] }, [8, 8, 1]), ['warning too-many-stages']);
  });
});

for (const name of engineNames)
  describe(`the convolutional encoder on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });
    const examples = () => tf.tensor(numbers('examples', 4 * 7 * 5 * 2), [4, ...shape]);

    // A curve without corners, so that differences have a limit that can be compared.
    for (const change of [
      { normalisation: 'batch', residual: true },
      { normalisation: 'none', residual: false, pooling: 'average' },
    ])
      it(`and its decoder have the gradients of their loss (${Object.values(change).join(', ')})`, () => {
        const learner = autoencoder.build({
          family: convolutional,
          encoder: options({ filters: [3, 4], blocks: 1, code: 5, activation: 'tanh', ...change }),
          shape,
          options: { loss: 'binaryCrossentropy' },
        });
        checkGradients(learner, learner.objectives[0]!, movedValues(learner), { input: examples() }, engine);
      });

    it('convolves and normalises as their definitions say', () => {
      // One filter of one stage with average pooling and an identity for the code: mean over places of the normalised.
      const encoder = convolutional.encoder(
        options({ filters: [1], blocks: 0, code: 1, activation: 'linear', pooling: 'average' }),
        [4, 4, 1],
      );
      const values = tensorsOf({
        ...encoder.init(1),
        'encoder/stage_1/beta': { shape: [1], data: Float32Array.of(0.25) },
        'encoder/stage_1/moving_mean': { shape: [1], data: Float32Array.of(0.5) },
        'encoder/stage_1/moving_variance': { shape: [1], data: Float32Array.of(4) },
        'encoder/code/kernel': { shape: [1, 1], data: Float32Array.of(1) },
      });
      const image = numbers('image', 16);
      const kernel = parameter(values, 'encoder/stage_1/kernel').dataSync();
      // Stride 2 on an even side with "same": one row and column of zeros, below and to the right.
      const places = [0, 2].flatMap((y) =>
        [0, 2].map((x) => {
          let sum = 0;
          for (let i = 0; i < 3; i++)
            for (let j = 0; j < 3; j++)
              if (y + i < 4 && x + j < 4) sum += image[(y + i) * 4 + x + j]! * kernel[3 * i + j]!;
          return sum;
        }),
      );
      const expected =
        places.reduce((sum, place) => sum + (place - 0.5) / Math.sqrt(4 + 1e-3) + 0.25, 0) / places.length;
      const code = encoder.apply(values, tf.tensor(image, [1, 4, 4, 1]), passOf(engine, { training: false }));
      assert.ok(Math.abs(code.dataSync()[0]! - expected) < 1e-5, `${code.dataSync()[0]} is not ${expected}`);
    });

    it('normalises by the batch while training, and keeps running statistics of it for later', () => {
      const encoder = convolutional.encoder(options({ filters: [2], blocks: 0, code: 2 }), shape);
      const values = tensorsOf(encoder.init(1));
      const pass = passOf(engine);
      tf.tidy(() => encoder.apply(values, examples(), pass));
      assert.deepEqual([...pass.updates!.keys()].sort(), [...encoder.untrained].sort());
      const convolved = tf.conv2d(
        examples() as tf.Tensor4D,
        parameter<tf.Tensor4D>(values, 'encoder/stage_1/kernel'),
        2,
        'same',
      );
      const { mean, variance } = tf.moments(convolved, [0, 1, 2]);
      const close = (name: string, expected: tf.Tensor) => {
        const actual = pass.updates!.get(name)!.dataSync();
        expected.dataSync().forEach((value, i) => assert.ok(Math.abs(actual[i]! - value) < 1e-5, name));
      };
      close('encoder/stage_1/moving_mean', tf.mul(mean, 0.1));
      close('encoder/stage_1/moving_variance', tf.add(0.9, tf.mul(variance, 0.1)));
    });
  });
