import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { JsonSchema } from '../../../../src/recipe/description.js';
import type { EncoderFamily } from '../../../../src/learn/encoder/encoder.js';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { Inputs, Method, Setting } from '../../../../src/learn/method/method.js';
import { methods } from '../../../../src/learn/method/index.js';
import { lossAndGradients } from '../../../../src/learn/step.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { stream } from '../../../../src/protocol/random.js';

/** Every method of unlabelled examples on every family that takes images, with their defaults. */

const shape = [6, 6, 1];
const COUNT = 4;
/** Numbers that a teacher tells of each example. */
const TOLD = 5;
/** Small and smooth, so that differences in float32 tell. */
const small: Record<string, Record<string, unknown>> = {
  dense: { units: [8, 6], activation: 'tanh' },
  convolutional: { filters: [3, 4], blocks: 1, code: 6, activation: 'tanh' },
  patchTransformer: { patchSize: 3, width: 8, blocks: 1, heads: 2 },
};

/** Methods that work with one encoder alone; those of texts have tests of their own. */
const needs: Record<string, { encoder: string; code: string }> = {
  masked: { encoder: 'patchTransformer', code: 'no-patches' },
  maskedLanguageModel: { encoder: 'tokenTransformer', code: 'no-tokens' },
  causalLanguageModel: { encoder: 'tokenTransformer', code: 'no-tokens' },
};

function defaults(options: Record<string, JsonSchema>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, schema]) => [name, schema.default]));
}

function setting(type: string, method: Method): Setting {
  const family = (encoders as Record<string, EncoderFamily>)[type]!;
  return {
    family,
    encoder: { type, ...defaults(family.description.options), ...small[type] },
    shape,
    labels: { classes: ['a', 'b'], unlabelled: 0, counts: [10, 10] },
    teacher: { shape, classes: null, code: TOLD },
    options: {
      ...defaults(method.description.options),
      ...(method.description.name === 'contractive' ? { weight: 0.01 } : {}),
    },
  };
}

for (const engineName of engineNames)
  describe(`every method on ${engineName}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(engineName, this);
    });

    const random = stream(1, 'families');
    const pixels = Float32Array.from({ length: COUNT * 36 }, () => random.uniform());

    for (const method of Object.values(methods))
      for (const type of Object.keys(small))
        it(`${method.description.name} learns with the ${type} encoder: its gradients are finite differences, nothing is left behind`, () => {
          const given = setting(type, method);
          const wrong = (method.check?.(given) ?? []).filter(({ severity }) => severity === 'error');
          const needed = needs[method.description.name];
          if (needed && needed.encoder !== type) {
            assert.deepEqual(
              wrong.map(({ code, fixes }) => [code, fixes]),
              [[needed.code, [needed.encoder]]],
            );
            return;
          }
          assert.deepEqual(wrong, []);
          const learner = method.build(given);
          if (learner.needs.labels || learner.needs.views || learner.objectives.length !== 1) return;
          const [objective] = learner.objectives;
          const arrays = movedValues(learner);
          const inputs: Inputs = {
            input: tf.tensor(pixels, [COUNT, ...shape]),
            ...(learner.needs.targets && { targets: tf.tensor2d(pixels.subarray(0, COUNT * TOLD), [COUNT, TOLD]) }),
          };
          checkGradients(learner, objective!, arrays, inputs, engine, { step: 1e-3, tolerance: 0.03 });

          const values = tensorsOf(arrays);
          const before = tf.memory().numTensors;
          const pass = passOf(engine);
          const { measured, gradients } = lossAndGradients(
            (at) => objective!.loss(at, inputs, pass),
            values,
            objective!.parameters,
            null,
          );
          for (const value of measured.dataSync<'float32'>())
            assert.ok(Math.abs(value) < 1e3, `${value} is of a size that a loss may have`);
          tf.dispose([measured, ...Object.values(gradients), ...pass.updates!.values()]);
          assert.equal(tf.memory().numTensors, before);
          const code = learner.encode(values, inputs.input, passOf(engine, { training: false }));
          assert.equal(code.rank, 2);
          assert.equal(code.shape[0], COUNT);
        });
  });
