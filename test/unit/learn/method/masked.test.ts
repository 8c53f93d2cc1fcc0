import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { patchTransformer } from '../../../../src/learn/encoder/patchTransformer.js';
import type { Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { gridPositions, patchGrid } from '../../../../src/learn/layer/patches.js';
import { masked } from '../../../../src/learn/method/masked.js';
import type { Learner } from '../../../../src/learn/method/method.js';
import type { EncoderOptions } from '../../../../src/recipe/recipe.js';
import { engineOf, engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';
import { assertLearnsAndResumes, digitShape } from './training.js';

const encoder: EncoderOptions = {
  type: 'patchTransformer',
  size: 'small',
  patchSize: 2,
  width: 8,
  blocks: 1,
  heads: 2,
};
const options = { maskRatio: 0.75, normalised: false, decoderWidth: 8, decoderBlocks: 1 };
/** 3 × 2 patches of 2 × 2, the last column half filled. */
const shape = [6, 3, 2];
const COUNT = 6;
const WIDTH = 8;
const pixel = (example: number, y: number, x: number, channel: number) =>
  example >= 3 || y >= 6 || x >= 3 ? 0 : (100 * example + 10 * y + x + channel / 2) / 400;
const pixels = Float32Array.from({ length: 3 * 36 }, (_, i) =>
  pixel(Math.floor(i / 36), Math.floor((i % 36) / 6), Math.floor((i % 6) / 2), i % 2),
);

const learnerOf = (change: Partial<typeof options> = {}): Learner =>
  masked.build({ family: patchTransformer, encoder, shape, options: { ...options, ...change } });

describe('patches', () => {
  before(() => engineOf('wasm'));

  it('hold the pixels of their square, row by row, and are put together again', () => {
    const grid = patchGrid(shape, 2);
    assert.deepEqual([grid.rows, grid.columns, grid.count, grid.width], [3, 2, COUNT, WIDTH]);
    const images = tf.tensor(pixels, [3, ...shape]);
    const split = grid.split(images);
    const expected = [0, 1, 2].flatMap((example) =>
      Array.from({ length: COUNT }, (_, patch) => patch).flatMap((patch) =>
        Array.from({ length: WIDTH }, (_, i) =>
          pixel(
            example,
            2 * Math.floor(patch / 2) + Math.floor(i / 4),
            2 * (patch % 2) + (Math.floor(i / 2) % 2),
            i % 2,
          ),
        ),
      ),
    );
    assert.deepEqual(split.shape, [3, COUNT, WIDTH]);
    assert.deepEqual(split.dataSync(), Float32Array.from(expected));
    assert.deepEqual(grid.join(split).dataSync(), images.dataSync());
  });

  it('have positions that tell all of them apart, within -1 and 1', () => {
    const positions = gridPositions(3, 2, 8);
    const rows = Array.from({ length: COUNT }, (_, i) => positions.subarray(8 * i, 8 * i + 8).join());
    assert.equal(new Set(rows).size, COUNT);
    assert.ok(positions.every((value) => Math.abs(value) <= 1));
    // Row 2, column 1: sin and cos of 2, then of 1, at frequencies 1 and 1/100.
    const last = [2, 0.02, 1, 0.01];
    const expected = [
      Math.sin(2),
      Math.sin(0.02),
      Math.cos(2),
      Math.cos(0.02),
      Math.sin(1),
      Math.sin(0.01),
      Math.cos(1),
    ];
    assert.equal(last.length, 4);
    expected.forEach((value, i) => assert.ok(Math.abs(positions[5 * 8 + i]! - value) < 1e-6));
    assert.throws(() => gridPositions(1, 1, 6), /6 is not a multiple of 4/);
  });
});

describe('the masked autoencoder', () => {
  it('refuses a mask of all or nothing, and widths that cannot be shared', () => {
    const told = (change: Partial<typeof options>) =>
      masked.check!({ family: patchTransformer, encoder, shape, options: { ...options, ...change } }).map(
        ({ severity, code }) => `${severity} ${code}`,
      );
    assert.deepEqual(told({}), []);
    assert.deepEqual(told({ maskRatio: 0.99 }), ['error mask-of-all-or-nothing']);
    assert.deepEqual(told({ maskRatio: 0.01 }), ['error mask-of-all-or-nothing']);
    assert.deepEqual(told({ decoderWidth: 12 }), ['error width-not-shared']);
    assert.deepEqual(
      patchTransformer.check!({ ...encoder, width: 10 }, shape).map(({ code, fixes }) => [code, fixes]),
      [['width-not-shared', [8]]],
    );
  });
});

for (const name of engineNames)
  describe(`the masked autoencoder on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });
    const input = () => tf.tensor(pixels, [3, ...shape]);

    for (const normalised of [false, true])
      it(`has the gradients of its loss${normalised ? ', normalised by patch' : ''}`, () => {
        const learner = learnerOf({ normalised });
        const change = { step: 1e-3, tolerance: 0.03 };
        checkGradients(learner, learner.objectives[0]!, movedValues(learner), { input: input() }, engine, change);
      });

    it('measures the hidden patches only, and guesses them from the visible ones only', () => {
      const learner = learnerOf({ maskRatio: 0.5 });
      const values = tensorsOf(movedValues(learner));
      const pass = passOf(engine);
      const lossOf = (images: Float32Array) =>
        learner.objectives[0]!.loss(values, { input: tf.tensor(images, [3, ...shape]) }, pass).loss.dataSync()[0]!;
      const grid = patchGrid(shape, 2);
      const order = tf.topk(pass.random.uniform('mask', [3, COUNT]), COUNT).indices.dataSync();
      /** The images with the patch that stands at a place in the order of the first example set to a value. */
      const withPatch = (place: number, value: number) => {
        const patches = grid.split(input()).dataSync().slice();
        patches.fill(value, order[place]! * WIDTH, (order[place]! + 1) * WIDTH);
        return grid.join(tf.tensor(patches, [3, COUNT, WIDTH])).dataSync<'float32'>();
      };
      // With three of six visible, the fourth of the order is hidden. The loss is quadratic in what is hidden, since the
      // guess does not depend on it: its second difference is constant. That of a visible patch is not.
      const curvature = (place: number, at: number) =>
        lossOf(withPatch(place, at - 0.5)) - 2 * lossOf(withPatch(place, at)) + lossOf(withPatch(place, at + 0.5));
      const inside = (place: number) => (order[place]! % 2 === 0 ? WIDTH : WIDTH / 2); // half of the last column is filling
      const share = (2 * 0.25 * inside(3)) / (3 * 3 * WIDTH);
      for (const at of [0, 1])
        assert.ok(Math.abs(curvature(3, at) - share) < 1e-4, `${curvature(3, at)} is not ${share}`);
      assert.ok(Math.abs(curvature(0, 0) - curvature(0, 1)) > 1e-4 || Math.abs(curvature(0, 0) - share) > 1e-4);
    });

    it('puts each guess where its patch is hidden', async () => {
      const learner = learnerOf();
      const arrays = movedValues(learner);
      // Blocks that add nothing, and a token of 0: a guess is then what the last layers make of its position alone.
      for (const [name, { data }] of Object.entries(arrays))
        if (/^decoder\/(block_1\/(attention\/output|mlp_2)|mask)/.test(name)) data.fill(0);
      // Within the shades of a picture.
      for (const i of arrays['decoder/pixels/kernel']!.data.keys()) arrays['decoder/pixels/kernel']!.data[i]! *= 0.2;
      arrays['decoder/pixels/bias']!.data.fill(0.5);
      const positions = gridPositions(3, 2, 8);
      const array = (part: string) => arrays[`decoder/${part}`]!.data;
      const own = Array.from({ length: COUNT }, (_, place) => {
        const position = Array.from(positions.subarray(8 * place, 8 * place + 8));
        const mean = position.reduce((sum, value) => sum + value, 0) / 8;
        const deviation = Math.sqrt(position.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8 + 1e-5);
        const normal = position.map(
          (value, i) => ((value - mean) / deviation) * array('norm/gamma')[i]! + array('norm/beta')[i]!,
        );
        return Array.from({ length: WIDTH }, (_, i) =>
          normal.reduce(
            (sum, value, j) => sum + value * array('pixels/kernel')[j * WIDTH + i]!,
            array('pixels/bias')[i]!,
          ),
        );
      });
      const shades = own.flat();
      assert.ok(Math.min(...shades) > 0 && Math.max(...shades) < 1, shades.join());
      const values = tensorsOf(arrays);
      const grid = patchGrid(shape, 2);
      const images = grid.join(tf.tensor([own, own, own].flat(2), [3, COUNT, WIDTH]));
      for (const seed of [1, 2]) {
        const { tensors } = await learner.preview(values, { input: images }, 'validation', passOf(engine, { seed }));
        // Visible patches are copied, hidden ones guessed: together the same picture, as bytes.
        assert.deepEqual(tensors['output'], tensors['input']);
      }
    });

    it('shows the input, the visible patches, and the picture filled in', async () => {
      const learner = learnerOf({ maskRatio: 0.5 });
      const pass = passOf(engine, { training: false });
      const { views, tensors } = await learner.preview(
        tensorsOf(learner.init(1)),
        { input: input() },
        'validation',
        pass,
      );
      assert.deepEqual(views, [
        { kind: 'reconstruction', from: 'validation', input: 'input', seen: 'seen', output: 'output' },
      ]);
      const [given, seen, output] = ['input', 'seen', 'output'].map((part) => tensors[part]!.data);
      let hidden = 0;
      seen!.forEach((value, i) => {
        if (value === 128) hidden++;
        else assert.deepEqual([value, output![i]], [given![i], given![i]], 'visible pixels are the input’s');
      });
      assert.ok(hidden >= 36 && hidden <= 66, `${hidden} of 108 numbers are hidden`);
    });

    it('learns digits, and goes on after a stop as if there had been none', function () {
      if (name === 'cpu') this.skip(); // it takes the plain JavaScript engine a minute
      this.timeout(60_000);
      const digits = { ...encoder, patchSize: 7 };
      return assertLearnsAndResumes(
        engine,
        masked.build({ family: patchTransformer, encoder: digits, shape: digitShape, options }),
      ).then(() => undefined);
    });
  });
