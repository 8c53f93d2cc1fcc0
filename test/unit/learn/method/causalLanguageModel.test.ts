import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { causalLanguageModel } from '../../../../src/learn/method/causalLanguageModel.js';
import { lossAndGradients } from '../../../../src/learn/step.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { mean } from './byHand.js';
import {
  crossEntropy,
  length,
  scoresByHand,
  sentences,
  settingOf,
  statesByHand,
  texts,
  textTensor,
  vocabulary,
} from './texts.js';
import { assertLearnsAndResumes } from './training.js';

const setting = () => settingOf(true, { temperature: 0.8 });

for (const name of engineNames)
  describe(`the causal language model on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });
    const learner = causalLanguageModel.build(setting());
    const [objective] = learner.objectives;
    const arrays = movedValues(learner);

    it('loss and accuracy are those of the formulas to 1e-5, over tokens that are no padding', () => {
      const guesses = texts.flatMap((ids) => {
        const states = statesByHand(arrays, ids, true);
        return ids.slice(1).flatMap((target, place) => {
          if (target === vocabulary.pad) return [];
          const logits = scoresByHand(arrays, states[place]!);
          return [{ loss: crossEntropy(logits, target), right: logits.indexOf(Math.max(...logits)) === target }];
        });
      });
      assert.equal(guesses.length, 5 + 3 + 1);
      const found = objective!.loss(tensorsOf(arrays), { input: textTensor() }, passOf(engine));
      const near = (value: tf.Tensor, expected: number) =>
        assert.ok(Math.abs(value.dataSync()[0]! - expected) < 1e-5, `${value.dataSync()[0]} is not ${expected}`);
      near(found.loss, mean(guesses.map(({ loss }) => loss)));
      near(found['accuracy']!, mean(guesses.map(({ right }) => Number(right))));
    });

    it('the gradients are finite differences, and nothing is left behind', () => {
      checkGradients(learner, objective!, arrays, { input: textTensor() }, engine);
      const [values, inputs] = [tensorsOf(arrays), { input: textTensor() }];
      const before = tf.memory().numTensors;
      const { measured, gradients } = lossAndGradients(
        (at) => objective!.loss(at, inputs, passOf(engine)),
        values,
        objective!.parameters,
        null,
      );
      tf.dispose([measured, gradients]);
      assert.equal(tf.memory().numTensors, before);
    });

    it('a token does not depend on what comes after it, and does on what is before', () => {
      const { family, encoder } = setting();
      const { encode } = family.tokens!(encoder, length, vocabulary);
      const states = (ids: number[]) => encode(tensorsOf(arrays), textTensor([ids]), passOf(engine)).arraySync()[0]!;
      const [before, after] = [states([5, 6, 7, 8, 5, 7]), states([5, 6, 7, 6, 8, 8])];
      assert.deepEqual(after.slice(0, 3), before.slice(0, 3));
      for (const place of [3, 4, 5]) assert.notDeepEqual(after[place], before[place]);
      assert.notDeepEqual(states([6, 6, 7, 8, 5, 7])[5], before[5]);
    });

    it('the code is the mean over the tokens, whatever is filled up', () => {
      const code = learner.encode(tensorsOf(arrays), textTensor(), passOf(engine, { training: false })).arraySync();
      texts.forEach((ids, i) => {
        const states = statesByHand(arrays, ids, true).filter((_, place) => ids[place] !== vocabulary.pad);
        code[i]!.forEach((value, k) => assert.ok(Math.abs(value - mean(states.map((state) => state[k]!))) < 1e-5));
      });
    });

    it('writes on from the beginnings: never padding, likely tokens when it is cold, and the same each time', async () => {
      // Tokens that are far from equally likely.
      const arrays = movedValues(learner);
      arrays['encoder/tokens/embeddings']!.data.forEach((value, i, all) => (all[i] = 30 * value));
      const write = async (temperature: number) => {
        const one = causalLanguageModel.build(settingOf(true, { temperature }));
        const inputs = { input: textTensor() };
        const values = tensorsOf(arrays);
        const before = tf.memory().numTensors;
        const preview = await one.preview(values, inputs, 'validation', passOf(engine, { training: false }));
        assert.equal(tf.memory().numTensors, before);
        return preview;
      };
      const { views, tensors } = await write(0.01);
      const [view] = views;
      assert.ok(view?.kind === 'tokens' && view.content === 'generated');
      const loss = objective!.loss(tensorsOf(arrays), { input: textTensor() }, passOf(engine)).loss.dataSync()[0]!;
      assert.ok(Math.abs(view.perplexity! - Math.exp(loss)) < 1e-4);
      assert.deepEqual(tensors['beginnings'], { shape: [3, 2], data: Int32Array.of(5, 6, 8, 7, 6, 5) });
      assert.deepEqual(tensors['written']!.shape, [3, 4]);
      const { data } = tensors['written']!;
      assert.ok(data.every((id) => id !== vocabulary.pad && id >= 0 && id < vocabulary.size));
      // Near 0 each one is the likeliest of those that are no padding.
      const ids = [5, 6, ...data.subarray(0, 4)];
      for (let place = 2; place < length; place++) {
        const logits = scoresByHand(arrays, statesByHand(arrays, ids.slice(0, place), true)[place - 1]!);
        logits[vocabulary.pad] = -Infinity;
        assert.equal(ids[place], logits.indexOf(Math.max(...logits)));
      }
      assert.deepEqual(await write(10), await write(10));
      assert.notDeepEqual((await write(10)).tensors['written'], (await write(0.01)).tensors['written']);
    });

    it('learns sentences, and goes on after a stop as if there had been none', async () => {
      const { data, ...facts } = await sentences();
      const encoder = { ...setting().encoder, width: 8, blocks: 1 };
      await assertLearnsAndResumes(engine, causalLanguageModel.build({ ...setting(), ...facts, encoder }), { data });
    });
  });

describe('what the causal language model says of a recipe', () => {
  const told = (change: Parameters<typeof settingOf>[2], causal = true) =>
    causalLanguageModel.check!(settingOf(causal, {}, change)).map(({ code, path, fixes }) => [
      code,
      path.join('.'),
      fixes,
    ]);

  it('wants an encoder that reads tokens and does not look ahead, and texts of two tokens', () => {
    assert.deepEqual(told({}), []);
    assert.deepEqual(told({}, false), [['wrong-direction', 'encoder.causal', [true]]]);
    assert.deepEqual(told({ shape: [1] }), [['no-next-token', 'data.text.length', [64]]]);
  });
});
