import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Activation, Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { contractive } from '../../../../src/learn/method/contractive.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { difference, layer, linear, mean, relu, rows, sigmoid, type Row } from './byHand.js';
import { assertLearnsAndResumes, digitShape, trained } from './training.js';

const shape = [2, 3, 1];
const examples = [
  [0.2, 1, 0.5, 0.25, 0.9, 0.4],
  [1, 0.7, 0.1, 0.75, 0.5, 0.3],
];
const WEIGHT = 0.05;

function build(units: number[], activation: Activation, projections = 1) {
  return contractive.build({
    family: encoders.dense,
    encoder: { type: 'dense', units, activation },
    shape,
    options: { weight: WEIGHT, projections, loss: 'binaryCrossentropy' },
  });
}

/** Abramowitz & Stegun 7.1.5: a series for the error function, exact to double precision near 0. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 40; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const activations: Record<Activation, (x: number) => number> = {
  linear,
  relu,
  sigmoid,
  tanh: Math.tanh,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
};

function encode(values: Arrays, layers: number, f: (x: number) => number, x: Row): Row {
  for (let i = 1; i <= layers; i++) x = layer(values, `encoder/dense_${i}`, x, f);
  return x;
}

function decode(values: Arrays, layers: number, f: (x: number) => number, code: Row): Row {
  for (let i = 1; i <= layers; i++) code = layer(values, `decoder/dense_${i}`, code, i === layers ? linear : f);
  return code;
}

/** ∂encoder/∂x along a direction, by central differences in double precision. */
function along(encoder: (x: Row) => Row, x: Row, direction: Row): Row {
  const at = (by: number) => encoder(x.map((value, i) => value + by * direction[i]!));
  const [high, low] = [at(1e-5), at(-1e-5)];
  return high.map((value, j) => (value - low[j]!) / 2e-5);
}

const square = (row: Row) => row.reduce((sum, value) => sum + value ** 2, 0);
const unit = (i: number) => Array.from({ length: 6 }, (_, k) => Number(k === i));
const frobenius = (encoder: (x: Row) => Row, x: Row) =>
  examples[0]!.reduce((sum, _, i) => sum + square(along(encoder, x, unit(i))), 0);

for (const name of engineNames)
  describe(`the contractive autoencoder on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    const measure = (learner: ReturnType<typeof build>, arrays: Arrays) => {
      const losses = learner.objectives[0]!.loss(
        tensorsOf(arrays),
        { input: tf.tensor(examples, [2, ...shape]) },
        passOf(engine),
      );
      return Object.fromEntries(Object.entries(losses).map(([term, value]) => [term, value.dataSync()[0]!]));
    };

    for (const activation of Object.keys(activations) as Activation[])
      it(`one layer (${activation}): the Jacobian equals differences in double precision to 1e-5, and its gradients finite differences`, () => {
        const learner = build([4], activation);
        const arrays = movedValues(learner);
        const f = activations[activation];
        const jacobian = mean(examples.map((x) => frobenius((at) => encode(arrays, 1, f, at), x)));
        const outputs = examples.map((x) => decode(arrays, 1, f, encode(arrays, 1, f, x)));
        const found = measure(learner, arrays);
        assert.ok(Math.abs(found['jacobian']! - jacobian) < 1e-5, `${found['jacobian']} is not ${jacobian}`);
        const expected = difference('binaryCrossentropy', outputs, examples);
        assert.ok(Math.abs(found['reconstruction']! - expected) < 1e-6);
        assert.ok(Math.abs(found['loss']! - expected - WEIGHT * jacobian) < 1e-5);
        checkGradients(
          learner,
          learner.objectives[0]!,
          arrays,
          { input: tf.tensor(examples, [2, ...shape]) },
          engine,
          // Of relu the derivative jumps: along short steps it stays the same.
          activation === 'relu' ? { step: 5e-4 } : {},
        );
      });

    it('two layers: along the directions that were drawn it is the length of J u, and its gradients finite differences', () => {
      const learner = build([5, 3], 'tanh', 2);
      const arrays = movedValues(learner);
      const encoder = (x: Row) => encode(arrays, 2, Math.tanh, x);
      const pass = passOf(engine);
      const lengths = [1, 2].flatMap((k) =>
        rows(pass.random.normal(`direction ${k}`, [2, ...shape]).dataSync<'float32'>(), 6).map((direction, row) =>
          square(along(encoder, examples[row]!, direction)),
        ),
      );
      const found = measure(learner, arrays);
      // float32 and the step of 0.001 leave three digits.
      assert.ok(
        Math.abs(found['jacobian']! / mean(lengths) - 1) < 2e-3,
        `${found['jacobian']} is not ${mean(lengths)}`,
      );
      checkGradients(learner, learner.objectives[0]!, arrays, { input: tf.tensor(examples, [2, ...shape]) }, engine);
    });

    it('two layers: over many directions it comes to the norm of the Jacobian', () => {
      const learner = build([5, 3], 'sigmoid', 64);
      const arrays = movedValues(learner);
      const expected = mean(examples.map((x) => frobenius((at) => encode(arrays, 2, sigmoid, at), x)));
      const found = mean(
        Array.from({ length: 8 }, (_, step) => {
          const input = tf.tensor(examples, [2, ...shape]);
          const losses = learner.objectives[0]!.loss(tensorsOf(arrays), { input }, passOf(engine, { step }));
          return losses['jacobian']!.dataSync()[0]!;
        }),
      );
      // Of 1,024 estimates, each as spread as its mean times √2: four standard deviations are 0.18.
      assert.ok(Math.abs(found / expected - 1) < 0.18, `${found} is not about ${expected}`);
    });

    const onDigits = (units: number[], activation: Activation, weight: number) =>
      contractive.build({
        family: encoders.dense,
        encoder: { type: 'dense', units, activation },
        shape: digitShape,
        options: { weight, projections: 1, loss: 'binaryCrossentropy' },
      });

    it('learns digits, and goes on after a stop as if there had been none', () =>
      assertLearnsAndResumes(engine, onDigits([12, 6], 'tanh', 0.001)));

    it('contracts by its weight', async () => {
      // A linear encoder has no other way than smaller weights.
      const [held, free] = [
        await trained(engine, onDigits([12], 'linear', 0.1)),
        await trained(engine, onDigits([12], 'linear', 0)),
      ].map(({ epochs }) => epochs.at(-1)!.validation!['jacobian']!);
      assert.ok(held! < 0.8 * free!, `${held} is much less than ${free}`);
    });
  });
