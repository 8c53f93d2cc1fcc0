import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { EncoderFamily } from '../../../../src/learn/encoder/encoder.js';
import { autoencoder } from '../../../../src/learn/method/autoencoder.js';
import { contractive } from '../../../../src/learn/method/contractive.js';
import { denoising } from '../../../../src/learn/method/denoising.js';
import { sparse } from '../../../../src/learn/method/sparse.js';
import { lossAndGradients } from '../../../../src/learn/step.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { difference, layer, linear, relu } from './byHand.js';

const shape = [2, 3, 1];
const examples = [
  [0, 1, 0.5, 0.25, 1, 0],
  [1, 0, 0, 0.75, 0.5, 1],
];

/** The network in double precision. */
function byHand(values: Arrays, layers: number, activation: (x: number) => number): number[][] {
  return examples.map((example) => {
    let x = example;
    for (let i = 1; i <= layers; i++) x = layer(values, `encoder/dense_${i}`, x, activation);
    for (let i = 1; i <= layers; i++) x = layer(values, `decoder/dense_${i}`, x, i === layers ? linear : activation);
    return x;
  });
}

const activations = { relu, tanh: Math.tanh };

for (const name of engineNames)
  describe(`the autoencoder on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    for (const loss of ['binaryCrossentropy', 'meanSquaredError'] as const)
      for (const [units, activation] of [
        [[3], 'relu'],
        [[5, 2], 'tanh'],
      ] as const)
        it(`${loss} of 6-${units.join('-')}-6 (${activation}) equals the formula to 1e-6, and its gradients finite differences`, () => {
          const learner = autoencoder.build({
            family: encoders.dense,
            encoder: { type: 'dense', units: [...units], activation },
            shape,
            options: { loss },
          });
          const arrays = learner.init(3);
          for (const [k, { data }] of Object.values(arrays).entries())
            data.forEach((value, i) => (data[i] = value + 0.05 * Math.sin(i + k))); // biases too
          const formula = (at: Arrays) => difference(loss, byHand(at, units.length, activations[activation]), examples);
          const input = tf.tensor(examples, [2, ...shape]);
          const [objective] = learner.objectives;
          const { measured: value, gradients } = lossAndGradients(
            (values) => objective!.loss(values, { input }, passOf(engine)),
            tensorsOf(arrays),
            objective!.parameters,
            null,
          );
          assert.ok(
            Math.abs(value.dataSync()[0]! - formula(arrays)) < 1e-6,
            `${value.dataSync()[0]} is not ${formula(arrays)}`,
          );

          assert.deepEqual(
            Object.keys(gradients).sort(),
            Object.keys(learner.shapes).sort(),
            'every parameter has a gradient',
          );
          for (const [parameter, gradient] of Object.entries(gradients)) {
            const actual = gradient.dataSync();
            for (let i = 0; i < actual.length; i++) {
              const at = (by: number) => {
                const data = Float32Array.from(arrays[parameter]!.data);
                data[i] = data[i]! + by;
                return { x: data[i], y: formula({ ...arrays, [parameter]: { ...arrays[parameter]!, data } }) };
              };
              const [high, low] = [at(1e-3), at(-1e-3)];
              const expected = (high.y - low.y) / (high.x! - low.x!);
              assert.ok(Math.abs(actual[i]! - expected) < 1e-4, `${parameter}[${i}]: ${actual[i]} is not ${expected}`);
            }
          }
        });

    for (const units of [[3], [5, 2]])
      it(`goes back by the encoder's own weights where they are tied: 6-${units.join('-')}-6 equals the formula`, () => {
        const learner = autoencoder.build({
          family: encoders.dense,
          encoder: { type: 'dense', units, activation: 'tanh' },
          shape,
          options: { loss: 'meanSquaredError', tied: true },
        });
        const biases = units.map((_, i) => `decoder/dense_${i + 1}/bias`);
        assert.deepEqual(
          Object.keys(learner.shapes).filter((value) => value.startsWith('decoder/')),
          biases,
        );
        const arrays = movedValues(learner);
        /** As if the decoder had kernels of its own. */
        const mirrored = units.map((_, i): [string, Arrays[string]] => {
          const { shape, data } = arrays[`encoder/dense_${units.length - i}/kernel`]!;
          const [rows, columns] = shape as [number, number];
          const turned = Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
          return [`decoder/dense_${i + 1}/kernel`, { shape: [columns, rows], data: turned }];
        });
        const outputs = byHand({ ...arrays, ...Object.fromEntries(mirrored) }, units.length, Math.tanh);
        const input = tf.tensor(examples, [2, ...shape]);
        const [objective] = learner.objectives;
        const { loss } = objective!.loss(tensorsOf(arrays), { input }, passOf(engine));
        const expected = difference('meanSquaredError', outputs, examples);
        assert.ok(Math.abs(loss.dataSync()[0]! - expected) < 1e-6, `${loss.dataSync()[0]} is not ${expected}`);
        checkGradients(learner, objective!, arrays, { input }, engine);
      });

    it('shows inputs and reconstructions as bytes, and the first layer as pictures', async () => {
      const learner = autoencoder.build({
        family: encoders.dense,
        encoder: { type: 'dense', units: [3], activation: 'relu' },
        shape,
        options: { loss: 'binaryCrossentropy' },
      });
      const arrays = learner.init(3);
      const { views, tensors } = await learner.preview(
        tensorsOf(arrays),
        { input: tf.tensor(examples, [2, ...shape]) },
        'validation',
        passOf(engine, { training: false }),
      );
      assert.deepEqual(views, [
        { kind: 'reconstruction', from: 'validation', input: 'input', output: 'output' },
        { kind: 'weights', tensor: 'weights', total: 3 },
      ]);
      assert.deepEqual(
        Array.from(tensors['input']!.data),
        examples.flat().map((value) => Math.round(value * 255)),
      );
      const expected = byHand(arrays, 1, activations.relu)
        .flat()
        .map((z) => Math.round(255 / (1 + Math.exp(-z))));
      assert.deepEqual(Array.from(tensors['output']!.data), expected);
      assert.deepEqual(tensors['weights']!.shape, [3, 2, 3, 1]);
      const kernel = arrays['encoder/dense_1/kernel']!.data;
      assert.equal(tensors['weights']!.data[6 + 4], kernel[4 * 3 + 1], 'pixel 4 of unit 1');
    });
  });

describe('the methods that rebuild', () => {
  for (const method of [autoencoder, denoising, sparse, contractive])
    it(`can tie the weights of a dense encoder only: ${method.description.name}`, () => {
      const options = Object.fromEntries(
        Object.entries(method.description.options).map(([option, { default: standard }]) => [option, standard]),
      );
      const told = (family: EncoderFamily, tied: boolean): string[] => {
        const described = family.description.options;
        const encoder = Object.fromEntries(
          Object.entries(described).map(([option, { default: standard }]) => [option, standard]),
        );
        const setting = { family, encoder: { type: family.description.name, ...encoder }, shape: [28, 28, 1] };
        const findings = method.check!({ ...setting, options: { ...options, tied } });
        return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      };
      assert.deepEqual(told(encoders.dense, true), []);
      assert.deepEqual(told(encoders.convolutional, true), ['cannot-be-tied']);
      assert.deepEqual(told(encoders.convolutional, false), []);
    });
});
