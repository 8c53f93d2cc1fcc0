import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderFamily } from '../../../../src/learn/encoder/encoder.js';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { maskedLanguageModel } from '../../../../src/learn/method/maskedLanguageModel.js';
import type { RandomTensors } from '../../../../src/learn/random.js';
import { lossAndGradients } from '../../../../src/learn/step.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { layer, mean, type Row } from './byHand.js';
import {
  crossEntropy,
  gelu,
  length,
  normalised,
  scoresByHand,
  sentences,
  settingOf,
  statesByHand,
  texts,
  textTensor,
  vocabulary,
} from './texts.js';
import { assertLearnsAndResumes } from './training.js';

const RATIO = 0.4;
const setting = (change = {}) => settingOf(false, { maskRatio: RATIO }, change);

/** Random numbers that the test knows, by purpose. */
function known(count = texts.length, seed = 1): { draws: Record<string, Row[]>; random: RandomTensors } {
  const draws: Record<string, Row[]> = {};
  for (const purpose of ['mask', 'fate', 'token']) {
    const random = stream(seed, purpose);
    draws[purpose] = Array.from({ length: count }, () => Array.from({ length }, () => Math.fround(random.uniform())));
  }
  const random = { uniform: (purpose: string) => tf.tensor2d(draws[purpose]!) } as unknown as RandomTensors;
  return { draws, random };
}

/** Places that are to be guessed and what is seen, by the paper. */
function chosenByHand(ids: Row, row: number, draws: Record<string, Row[]>): { places: number[]; seen: Row } {
  const present = ids.flatMap((id, place) => (id === vocabulary.pad ? [] : [place]));
  const order = present.sort((a, b) => draws['mask']![row]![b]! - draws['mask']![row]![a]!);
  const places = order.slice(0, Math.max(1, Math.round(RATIO * present.length)));
  const seen = ids.map((id, place) => {
    const fate = draws['fate']![row]![place]!;
    if (!places.includes(place) || fate >= 0.9) return id;
    return fate < 0.8 ? vocabulary.mask! : Math.floor(draws['token']![row]![place]! * vocabulary.size);
  });
  return { places, seen };
}

function logitsByHand(arrays: Arrays, state: Row): Row {
  const hidden = normalised(arrays, 'decoder/norm', layer(arrays, 'decoder/dense', state, gelu));
  return scoresByHand(arrays, hidden).map((score, id) => score + arrays['decoder/bias']!.data[id]!);
}

for (const name of engineNames)
  describe(`the masked language model on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });
    const learner = maskedLanguageModel.build(setting());
    const [objective] = learner.objectives;
    const arrays = movedValues(learner);

    for (const seed of [1, 2, 3])
      it(`loss and accuracy are those of the formulas to 1e-5, over the chosen tokens only (${seed})`, () => {
        const { draws, random } = known(texts.length, seed);
        const guesses = texts.flatMap((ids, row) => {
          const { places, seen } = chosenByHand(ids, row, draws);
          assert.equal(places.length, [2, 2, 1][row]);
          const states = statesByHand(arrays, seen, false);
          return places.map((place) => {
            const logits = logitsByHand(arrays, states[place]!);
            return {
              loss: crossEntropy(logits, ids[place]!),
              right: logits.indexOf(Math.max(...logits)) === ids[place],
            };
          });
        });
        const pass = { ...passOf(engine), random };
        const found = objective!.loss(tensorsOf(arrays), { input: textTensor() }, pass);
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

    it('guesses do not depend on the tokens that are masked, nor on how far texts are filled up', async () => {
      const { draws, random } = known();
      draws['fate']!.forEach((row) => row.fill(0));
      const guess = async (rows: Row[]) => {
        const inputs = { input: textTensor(rows) };
        const values = tensorsOf(arrays);
        const before = tf.memory().numTensors;
        const preview = await learner.preview(values, inputs, 'validation', { ...passOf(engine), random });
        assert.equal(tf.memory().numTensors, before);
        return preview;
      };
      const { views, tensors } = await guess(texts);
      assert.deepEqual(views, [
        { kind: 'tokens', content: 'masked', from: 'validation', input: 'texts', output: 'guesses' },
      ]);
      const shown = texts.flat().map((id) => (id === vocabulary.pad ? -1 : id));
      assert.deepEqual(tensors['texts'], { shape: [3, length], data: Int32Array.from(shown) });
      const guesses = Array.from(tensors['guesses']!.data);
      const chosen = texts.map((ids, row) => chosenByHand(ids, row, draws));
      texts.forEach((ids, row) =>
        ids.forEach((_, place) =>
          assert.equal(guesses[row * length + place] !== -1, chosen[row]!.places.includes(place)),
        ),
      );
      // The same guesses as by hand, from what is seen alone.
      chosen.forEach(({ places, seen }, row) => {
        const states = statesByHand(arrays, seen, false);
        for (const place of places) {
          const logits = logitsByHand(arrays, states[place]!);
          assert.equal(guesses[row * length + place], logits.indexOf(Math.max(...logits)));
        }
      });
      const others = texts.map((ids, row) =>
        ids.map((id, place) => (chosen[row]!.places.includes(place) ? 5 + ((id - 4) % 4) : id)),
      );
      assert.notDeepEqual(others, texts);
      assert.deepEqual(Array.from((await guess(others)).tensors['guesses']!.data), guesses);
    });

    it('80 % of the chosen tokens are masked, 10 % are others, 10 % stay', () => {
      const rows = Array.from({ length: 500 }, () => [8, 8, 8, 8, 8, 8]);
      const { family } = setting();
      let seen: number[] = [];
      const watching = maskedLanguageModel.build(
        setting({
          family: {
            ...family,
            tokens: (...given: Parameters<NonNullable<EncoderFamily['tokens']>>) => {
              const made = family.tokens!(...given);
              return {
                ...made,
                encode: (values: never, ids: tf.Tensor2D, pass: never) => {
                  seen = Array.from(ids.dataSync());
                  return made.encode(values, ids, pass);
                },
              };
            },
          },
        }),
      );
      watching.objectives[0]!.loss(tensorsOf(arrays), { input: textTensor(rows) }, passOf(engine));
      const share = (is: (id: number) => boolean) => seen.filter(is).length / (500 * 2);
      assert.ok(Math.abs(share((id) => id === vocabulary.mask) - 0.8) < 0.05, `${share((id) => id === 4)} masked`);
      // Of the tokens that are drawn at random, one of nine is the mask, and one what was there.
      const other = share((id) => id !== vocabulary.mask && id !== 8);
      assert.ok(Math.abs(other - (0.1 * 7) / 9) < 0.03, `${other} replaced`);
    });

    it('the code is the mean over the tokens, whatever is filled up', () => {
      const code = learner.encode(tensorsOf(arrays), textTensor(), passOf(engine, { training: false })).arraySync();
      texts.forEach((ids, i) => {
        const states = statesByHand(arrays, ids, false).filter((_, place) => ids[place] !== vocabulary.pad);
        code[i]!.forEach((value, k) => assert.ok(Math.abs(value - mean(states.map((state) => state[k]!))) < 1e-5));
      });
    });

    it('learns sentences, and goes on after a stop as if there had been none', async () => {
      const { data, ...facts } = await sentences();
      const encoder = { ...setting().encoder, width: 8, blocks: 1 };
      await assertLearnsAndResumes(engine, maskedLanguageModel.build(setting({ ...facts, encoder })), { data });
    });
  });

describe('what the masked language model says of a recipe', () => {
  const told = (change: Parameters<typeof settingOf>[2], causal = false) =>
    maskedLanguageModel.check!(settingOf(causal, {}, change)).map(({ code, path, fixes }) => [
      code,
      path.join('.'),
      fixes,
    ]);

  it('wants an encoder that reads tokens and looks at both sides, and a token that masks', () => {
    assert.deepEqual(told({}), []);
    assert.deepEqual(told({}, true), [['wrong-direction', 'encoder.causal', [false]]]);
    assert.deepEqual(told({ family: encoders.dense }), [['no-tokens', 'encoder.type', ['tokenTransformer']]]);
    assert.deepEqual(told({ vocabulary: { ...vocabulary, mask: null } }), [
      ['no-mask-token', 'data.text.tokenizer', ['word', 'bytePair']],
    ]);
  });
});
