import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../../../src/learn/encoder/index.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { CodeMap, mappedPositions, type MapOptions, type Places } from '../../../../src/learn/evaluate/codeMap.js';
import { train, type Source } from '../../../../src/learn/loop.js';
import { autoencoder } from '../../../../src/learn/method/autoencoder.js';
import type { Preview } from '../../../../src/learn/method/method.js';
import type { PretrainOptions } from '../../../../src/recipe/recipe.js';
import { engineOrSkip } from '../engines.js';
import { digits, digitShape, plainOptions } from '../method/training.js';

const options: PretrainOptions = {
  ...plainOptions,
  optimizer: { ...plainOptions.optimizer, learningRate: 0.01 },
  epochs: 2,
};
const learner = autoencoder.build({
  family: encoders.dense,
  encoder: { type: 'dense', units: [16], activation: 'relu' },
  shape: digitShape,
  options: { loss: 'binaryCrossentropy' },
});

async function run(engine: Engine, map?: MapOptions): Promise<{ weights: Arrays; previews: Preview[] }> {
  const previews: Preview[] = [];
  let weights: Arrays = {};
  await train({
    engine,
    learner,
    options,
    training: digits(100),
    validation: digits(60, 2),
    previewPositions: Int32Array.of(0),
    start: null,
    ...(map && { map }),
    observer: {
      beforeStep: () => 'go',
      afterStep: () => undefined,
      afterEpoch: () => undefined,
      checkpoint: (checkpoint) => void (weights = checkpoint.weights),
      wantsPreview: () => false,
      preview: (_, preview) => void previews.push(preview),
      wentBack: () => undefined,
      diagnosis: () => undefined,
    },
  });
  return { weights, previews };
}

const alone: MapOptions = { before: null, layouts: null };

for (const name of engineNames)
  describe(`the map of codes on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    it('is drawn before the first step and after the last one, and changes no bit of the training', async () => {
      const before = tf.memory().numTensors;
      const [mapped, plain] = [await run(engine, alone), await run(engine)];
      assert.deepEqual(mapped.weights, plain.weights);
      assert.deepEqual(
        mapped.previews.map(({ views }) => views.flatMap((view) => (view.kind === 'map' ? [view.step] : []))),
        [[0], [14]],
      );
      for (const { tensors } of mapped.previews) {
        assert.deepEqual([tensors['map/pca']?.shape, tensors['map/clusters']?.shape], [[60, 2], [60]]);
        assert.ok(Object.keys(tensors).length > 2, 'beside what the method shows');
      }
      assert.ok(plain.previews.every(({ views }) => views.every(({ kind }) => kind !== 'map')));
      assert.equal(tf.memory().numTensors, before);
    });
  });

describe('the map of codes', () => {
  let engine: Engine;
  before(async function () {
    engine = await engineOrSkip('wasm', this);
  });

  const values = (seed: number) =>
    Object.fromEntries(
      Object.entries(learner.init(seed)).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
    );
  const job = (training: Source) => ({ engine, learner, options, training, validation: null });
  const placesOf = ({ tensors }: Preview): Places => ({
    points: tensors['map/pca']!.data as Float32Array,
    clusters: tensors['map/clusters']!.data as Uint8Array,
  });

  it('shows at most 2,000 examples, in their order, the same for the same seed', () => {
    const positions = mappedPositions({ count: 50_000 }, 3);
    assert.deepEqual(positions, mappedPositions({ count: 50_000 }, 3));
    assert.notDeepEqual(positions, mappedPositions({ count: 50_000 }, 4));
    assert.equal(new Set(positions).size, 2000);
    assert.ok(positions.every((position, i) => i === 0 || position > positions[i - 1]!));
    assert.deepEqual(Array.from(mappedPositions({ count: 3 }, 3)), [0, 1, 2]);
  });

  it('goes on from the map of before just as if it had drawn that itself', async () => {
    const training = digits(80);
    const whole = new CodeMap(job(training), alone);
    await whole.draw(values(1), { step: 0, epoch: 0 });
    const first = placesOf(whole.preview());
    await whole.draw(values(2), { step: 9, epoch: 1 });
    const second = new CodeMap(job(training), { ...alone, before: first });
    await second.draw(values(2), { step: 9, epoch: 1 });
    assert.deepEqual(second.preview(), whole.preview());
    const fresh = new CodeMap(job(training), alone);
    await fresh.draw(values(2), { step: 9, epoch: 1 });
    assert.notDeepEqual(placesOf(fresh.preview()).points, placesOf(whole.preview()).points, 'it was turned');
    const other = new CodeMap(job(training), {
      ...alone,
      before: { points: new Float32Array(2), clusters: new Uint8Array(1) },
    });
    await other.draw(values(2), { step: 9, epoch: 1 });
    assert.deepEqual(other.preview(), fresh.preview(), 'a map of other examples is none to go on from');
  });

  it('is the last one as long as codes are no finite numbers', async () => {
    const map = new CodeMap(job(digits(30)), alone);
    assert.deepEqual(map.preview(), { views: [], tensors: {} });
    await map.draw(values(1), { step: 0, epoch: 0 });
    const drawn = map.preview();
    const broken = Object.fromEntries(
      Object.entries(values(1)).map(([name, { shape }]) => [name, tf.fill(shape, NaN)]),
    );
    await map.draw(broken, { step: 4, epoch: 1 });
    assert.deepEqual(map.preview(), drawn);
  });

  it('is due when it has taken a small part of the time', async () => {
    const map = new CodeMap(job(digits(100)), alone);
    assert.ok(map.isDue(0), 'the first time at once');
    const began = performance.now();
    await map.draw(values(1), { step: 0, epoch: 0 });
    const took = performance.now() - began;
    assert.ok(!map.isDue(took), 'all the time would go into it');
    assert.ok(map.isDue(120 * took));
  });
});
